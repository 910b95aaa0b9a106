use super::{Build, DockerfileRule, Reporter};
use crate::Severity;

pub(crate) struct PinGoPackages;

impl DockerfileRule for PinGoPackages {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        for step in build.steps().filter(|s| s.command.is("go")) {
            let mut words = step.command.args_without_flags();
            let Some(verb) = words.next().map(|w| w.text_lossy()) else { continue };
            // `go run` takes one package, and then the program's own arguments.
            let most = match verb {
                "install" | "get" => usize::MAX,
                "run" => 1,
                _ => continue,
            };
            let Some(word) = words.take(most).find(|w| is_moving(w.text_lossy())) else { continue };
            let text = word.text_lossy();
            let bare = text.split('@').next().unwrap_or(text);
            let hadolints = step.is_in_plain_sight() && (!text.contains('@') || text.ends_with("@latest"));
            // Since Go 1.16 only `go get` asks for the newest release where no version is named.
            let of_module = verb != "get" && !text.contains('@');
            let (message, severity) = match of_module {
                true => (
                    format!(
                        "`go {verb} {text}` names no version: it takes the one of go.mod, and fails where there is none"
                    ),
                    Severity::Style,
                ),
                false => (
                    format!(
                        "`{text}` is whatever was published last, so the next build may install another release"
                    ),
                    Severity::Warning,
                ),
            };
            let help = match of_module {
                true => format!("name the version where go.mod does not: `{bare}@v1.2.3`"),
                false => format!("name the version: `{bare}@v1.2.3`"),
            };
            report
                .flag(step.run.span(word.span), message)
                .severity(severity)
                .help(help)
                .also_if(hadolints, "DL3062");
        }
    }
}

/// Versions that move: Go's own words for the newest, and what branches are called.
const MOVING: &[&str] =
    &["latest", "upgrade", "patch", "HEAD", "master", "main", "trunk", "develop", "dev", "nightly"];

/// Whether a package of another module is named without a fixed version; the standard library (no dot in its first
/// part) and the module's own folders come with the source.
fn is_moving(package: &str) -> bool {
    if package.starts_with(['.', '/', '$', '~']) || package.ends_with(".go") {
        return false;
    }
    let host = package.split(['/', '@']).next().unwrap_or("");
    match package.split_once('@') {
        Some((_, version)) => MOVING.contains(&version),
        None => host.contains('.'),
    }
}
