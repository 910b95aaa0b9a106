//! How far the reading of an image has come.

use std::io::IsTerminal;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};
use plimsoll_image::Progress;

/// How long an image may take before a progress bar is shown.
const PATIENCE: Duration = Duration::from_secs(1);

/// A progress bar on a terminal, for what takes longer than a second.
pub struct Bar {
    bar: Option<ProgressBar>,
    started: Instant,
}

impl Bar {
    pub fn new() -> Self {
        let bar = std::io::stderr().is_terminal().then(ProgressBar::hidden);
        Self { bar, started: Instant::now() }
    }

    pub fn is_shown(&self) -> bool {
        self.bar.is_some()
    }

    pub fn update(&self, progress: Progress<'_>) {
        let Some(bar) = &self.bar else { return };
        if bar.is_hidden() {
            if self.started.elapsed() < PATIENCE {
                return;
            }
            bar.set_draw_target(indicatif::ProgressDrawTarget::stderr());
            let known = "{bar:30} {bytes}/{total_bytes} {bytes_per_sec} {wide_msg}";
            let unknown = "{spinner} {bytes} {bytes_per_sec} {wide_msg}";
            let template = if progress.total.is_some() { known } else { unknown };
            if let Ok(style) = ProgressStyle::with_template(template) {
                bar.set_style(style);
            }
        }
        if let Some(total) = progress.total {
            bar.set_length(total);
        }
        bar.set_position(progress.bytes);
        bar.set_message(short(progress.blob).to_owned());
    }

    pub fn clear(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

/// The start of the digest in a blob's name, or the name where there is none.
fn short(blob: &str) -> &str {
    let digest =
        blob.split(['/', '.']).find(|part| part.len() == 64 && part.bytes().all(|b| b.is_ascii_hexdigit()));
    digest.map_or(blob, |digest| &digest[..12])
}

#[cfg(test)]
mod tests {
    use super::short;

    #[test]
    fn blobs_are_shown_by_the_start_of_their_digest() {
        let digest = "0123456789abcdef".repeat(4);
        for name in [format!("blobs/sha256/{digest}"), format!("{digest}/layer.tar"), format!("{digest}.tar")]
        {
            assert_eq!(short(&name), "0123456789ab");
        }
        assert_eq!(short("layer.tar"), "layer.tar");
        assert_eq!(short(""), "");
    }
}
