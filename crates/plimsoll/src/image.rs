//! `plimsoll image`.

use std::io::IsTerminal;
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};
use plimsoll_dockerfile::Source;
use plimsoll_image::{Options, Platform, Progress};
use plimsoll_rules::config::Settings;
use plimsoll_rules::{AuditOptions, BuiltFrom, InputError, Outcome, audit_path, audit_stream};

use crate::args::{Format, Image};
use crate::output;
use crate::settings::SettingsFinder;

/// How long an image may take before a progress bar is shown.
const PATIENCE: Duration = Duration::from_secs(1);

/// Audits the images and prints the report. Fails on wrong usage or an unusable configuration.
pub fn run(args: &Image) -> Result<ExitCode, String> {
    let platform: Option<Platform> = match &args.platform {
        Some(text) => Some(text.parse().map_err(|_| format!("--platform {text}: write it as linux/arm64"))?),
        None => None,
    };
    let finder = SettingsFinder::new(&args.check, |settings: &mut Settings| {
        if let Some(name) = &args.profile {
            settings.profile = Some(settings.profile_named(name)?);
        }
        Ok(())
    });
    let settings = finder.for_folder(Path::new("."))?;
    let built_from = match &args.dockerfile {
        Some(path) => {
            let bytes =
                std::fs::read(path).map_err(|e| format!("{}: {}", path.display(), output::io_message(&e)))?;
            Some(BuiltFrom { name: path.to_string_lossy().into_owned(), source: Source::new(bytes) })
        }
        None => None,
    };
    let mut outcome = Outcome::default();
    for path in &args.images {
        outcome.absorb(audit(path, &settings, platform.as_ref(), built_from.as_ref()));
    }
    outcome.sort();
    output::print(&outcome, &args.check, Format::Text)?;
    Ok(output::exit_code(&outcome, settings.fail_on))
}

/// Reads and audits one image, with a progress bar where somebody watches.
pub fn audit(
    path: &Path,
    settings: &Settings,
    platform: Option<&Platform>,
    built_from: Option<&BuiltFrom>,
) -> Outcome {
    let name = path.to_string_lossy();
    let bar = Bar::new();
    let progress = |p: Progress<'_>| bar.update(p);
    let read = Options { platform: platform.cloned(), progress: bar.is_shown().then_some(&progress) };
    let options = AuditOptions { read, built_from };
    let outcome = if path.as_os_str() == "-" {
        audit_stream(std::io::stdin(), "standard input", settings, &options)
    } else if !path.exists() && looks_like_a_name(&name) {
        let message = format!(
            "no such file or folder; plimsoll reads saved images: docker save {name} | plimsoll image -"
        );
        let error =
            InputError { file: None, image: Some(name.to_string()), layer: None, offset: None, message };
        Outcome { errors: vec![error], ..Outcome::default() }
    } else {
        audit_path(path, &name, settings, &options)
    };
    bar.clear();
    outcome
}

/// Whether a word that is no file may be the name of an image in a registry or an engine.
fn looks_like_a_name(word: &str) -> bool {
    let archive = [".tar", ".tgz", ".tar.gz", ".tar.zst", ".gz", ".zst"];
    !word.starts_with(['.', '/', '~']) && !archive.iter().any(|end| word.ends_with(end))
}

/// A progress bar on a terminal, for what takes longer than a second.
struct Bar {
    bar: Option<ProgressBar>,
    started: Instant,
}

impl Bar {
    fn new() -> Self {
        let bar = std::io::stderr().is_terminal().then(ProgressBar::hidden);
        Self { bar, started: Instant::now() }
    }

    fn is_shown(&self) -> bool {
        self.bar.is_some()
    }

    fn update(&self, progress: Progress<'_>) {
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
        bar.set_message(progress.blob.to_owned());
    }

    fn clear(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
