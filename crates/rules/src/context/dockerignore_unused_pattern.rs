use super::{ContextRule, IgnoreSubject, Reporter, lines_of, span};
use crate::rule::nearest;

pub(crate) struct DockerignoreUnusedPattern;

/// Names of what a build, a test run, an editor or a developer makes later.
const LATER: &[&str] = &[
    "node_modules",
    "bower_components",
    "dist",
    "build",
    "out",
    "target",
    "bin",
    "obj",
    "coverage",
    "htmlcov",
    "venv",
    "env",
    "ENV",
    "virtualenv",
    "__pycache__",
    "logs",
    "log",
    "tmp",
    "temp",
    "cache",
    "vendor",
    "secrets",
    "data",
    "db",
    "uploads",
    "media",
    "staticfiles",
    "npm-debug.log",
    "yarn-error.log",
    "yarn-debug.log",
    "docker-compose.yml",
    "docker-compose.yaml",
    "compose.yml",
    "compose.yaml",
    "docker-compose.override.yml",
    "Dockerfile",
    "Thumbs.db",
    "desktop.ini",
    "deploy.key",
    "README.md",
    "LICENSE",
    "CHANGELOG.md",
    "Makefile",
];

impl ContextRule for DockerignoreUnusedPattern {
    fn check_ignore(&self, file: &IgnoreSubject<'_>, report: &mut Reporter) {
        let Some(folder) = file.folder() else { return };
        let listing = folder.listing();
        for &at in &listing.unused_patterns {
            let Some(pattern) = file.ignore.patterns().get(at) else { continue };
            let path = pattern.cleaned.as_str();
            let name = path.rsplit('/').next().unwrap_or(path);
            // Wildcards and hidden files are for what comes later, or on another machine.
            let later = path.contains(['*', '?', '[', '\\'])
                || path.split('/').any(|part| part.starts_with('.') || LATER.contains(&part))
                || folder.is_gitignored(name)
                || folder.is_gitignored(path);
            if later {
                continue;
            }
            let siblings: Vec<&str> = listing
                .entries
                .iter()
                .map(|entry| entry.path.as_str())
                .filter(|known| known.matches('/').count() == path.matches('/').count())
                .collect();
            let near = nearest(path, siblings.iter().copied());
            let meant = near.map(|near| format!(", did you mean `{near}`?")).unwrap_or_default();
            let whole = span(&pattern.span);
            let (place, text) = match near {
                Some(near) => (whole, format!("{}{near}", if pattern.exception { "!" } else { "" })),
                None => (lines_of(file.source.text(), whole), String::new()),
            };
            report
                .flag(
                    span(&pattern.span),
                    format!("`{}` matches nothing in the context{meant}", pattern.text),
                )
                .help("take the line out, or mend the path: it starts at the context's root")
                .replace(place, text, true);
        }
    }
}
