use plimsoll_shell::Command;

use super::verify_downloads::{checks_digests, program_address};
use super::{Build, DockerfileRule, Reporter};
use crate::connections::{Url, is_private_name};

pub(crate) struct PlainHttpDownload;

impl DockerfileRule for PlainHttpDownload {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        for run in build.run_scripts() {
            let checked = checks_digests(build, run);
            for step in build.steps_of(run) {
                let address = match registry(step.command) {
                    Some(address) => Some(address),
                    None if checked => None,
                    None => program_address(step.command),
                };
                let Some((address, host)) = address.and_then(|a| Some((a, on_the_internet(a)?))) else {
                    continue;
                };
                let word = step.command.args().iter().find(|w| w.text_lossy().ends_with(address));
                let span = word.map_or(step.whole(), |w| step.run.span(w.span));
                report
                    .flag(
                        span,
                        format!("what comes from {host} comes without TLS: whoever is on the way can put their own program into the image"),
                    )
                    .help("write `https://`; where the server has none, compare the file with a digest that came another way (`sha256sum --check`)");
            }
        }
    }
}

/// A package registry without TLS: `npm config set registry http://...`, `pip install --index-url http://...`.
fn registry(command: &Command) -> Option<&str> {
    let plain = |text: &str| text.starts_with("http://");
    let flags = match command.name() {
        "npm" | "yarn" | "pnpm" => {
            let words: Vec<&str> = command.args().iter().map(|w| w.text_lossy()).collect();
            let set = words.windows(2).find(|w| w[0] == "registry").map(|w| w[1]);
            let joined = words.iter().find_map(|w| w.strip_prefix("registry="));
            if let Some(address) = set.or(joined).filter(|a| plain(a)) {
                return Some(address);
            }
            &["--registry"][..]
        }
        "pip" | "pip3" => &["--index-url", "-i", "--extra-index-url"][..],
        "gem" => &["--source", "-s"][..],
        _ => return None,
    };
    flags.iter().find_map(|flag| command.flag_value(flag)).filter(|a| plain(a))
}

/// The host of an address without TLS, where it is a name that lies beyond the builder's own network. A port of its own
/// is what the servers of a company have.
fn on_the_internet(address: &str) -> Option<&str> {
    let url =
        Url::parse(address).filter(|url| url.scheme == "http" && matches!(url.port, None | Some(80)))?;
    let is_name = url.host.contains('.') && !url.host.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    let is_known = is_name && !url.host.contains('$') && (!url.has_port || url.port.is_some());
    (is_known && !is_private_name(&url.host.to_ascii_lowercase())).then_some(url.host)
}
