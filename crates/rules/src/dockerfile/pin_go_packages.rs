use super::{Build, DockerfileRule, Reporter};

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
            report
                .flag(
                    step.run.span(word.span),
                    format!("`{text}` is whatever was published last, so the next build may install another release"),
                )
                .help(format!("name the version: `{bare}@v1.2.3`"))
                .also_if(hadolints, "DL3062");
        }
    }
}

/// Whether a package of another module is named without a fixed version; the standard library (no dot in its first
/// part) and the module's own folders come with the source.
fn is_moving(package: &str) -> bool {
    if package.starts_with(['.', '/', '$', '~']) || package.ends_with(".go") {
        return false;
    }
    let host = package.split(['/', '@']).next().unwrap_or("");
    match package.split_once('@') {
        Some((_, version)) => matches!(version, "latest" | "master" | "main" | "HEAD" | "upgrade"),
        None => host.contains('.'),
    }
}
