//! What a file is, by its name.

use std::path::Path;

/// What a file is, by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FileKind {
    /// `Dockerfile`, `api.Dockerfile`, `Containerfile.prod`.
    Dockerfile,
    /// `compose.yaml`, `docker-compose.prod.yml`.
    Compose,
    /// `.dockerignore`, `Dockerfile.dockerignore`.
    Dockerignore,
    /// `.env`, `.env.example`.
    Env,
}

/// Endings after `Dockerfile.` that say what else a file is: prose and data about one, a copy that an editor or a merge
/// left behind, a template that one is made from.
const NOT_DOCKERFILES: [&str; 24] = [
    "bak", "erb", "gotmpl", "htm", "html", "j2", "jinja", "jinja2", "json", "log", "markdown", "md",
    "mustache", "orig", "rej", "rst", "swo", "swp", "template", "tmp", "tmpl", "tpl", "yaml", "yml",
];

/// The kind of a file that somebody names outright: what its name says, or else its ending and what stands in it.
/// `text` is asked only where that decides. None: nothing tells, so that it may be a Dockerfile of any name.
pub fn kind_of_named(path: &Path, text: impl FnOnce() -> Option<Vec<u8>>) -> Option<FileKind> {
    let by_name = kind_of(path);
    if by_name.is_some() {
        return by_name;
    }
    match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
        "env" => Some(FileKind::Env),
        "yml" | "yaml" => has_services(&text()?).then_some(FileKind::Compose),
        _ => None,
    }
}

/// Whether `services` is a key at the left edge of a YAML text.
fn has_services(text: &[u8]) -> bool {
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    text.split(|byte| *byte == b'\n').any(|line| {
        [&b"services"[..], b"\"services\"", b"'services'"]
            .iter()
            .any(|key| line.strip_prefix(*key).is_some_and(|rest| rest.trim_ascii_start().starts_with(b":")))
    })
}

/// The kind that a file's name says, or None. A folder is searched for these.
///
/// An ending of `.dockerignore` wins over a beginning of `Dockerfile.`: that file belongs to the Dockerfile.
pub fn kind_of(path: &Path) -> Option<FileKind> {
    let name = path.file_name()?.to_str()?;
    let lower = name.to_ascii_lowercase();
    if lower.ends_with(".dockerignore") || lower.ends_with(".containerignore") {
        return Some(FileKind::Dockerignore);
    }
    for word in ["dockerfile", "containerfile"] {
        let first_upper = name.starts_with(['D', 'C']);
        let variant =
            lower.strip_prefix(word).and_then(|rest| rest.strip_prefix('.')).filter(|_| first_upper);
        let last = variant.map(|variant| variant.rsplit('.').next().unwrap_or(variant));
        if last.is_some_and(|last| NOT_DOCKERFILES.contains(&last)) {
            return None;
        }
        let plain = lower == word || last.is_some();
        let ending = lower.strip_suffix(word).is_some_and(|rest| rest.ends_with('.') && rest.len() > 1);
        if plain || ending || lower.strip_prefix('.') == Some(word) {
            return Some(FileKind::Dockerfile);
        }
    }
    if name == ".env" || name.starts_with(".env.") {
        return Some(FileKind::Env);
    }
    let stem = lower.strip_suffix(".yml").or_else(|| lower.strip_suffix(".yaml"))?;
    let compose = stem == "compose"
        || stem.starts_with("compose.")
        || ["docker-compose", "podman-compose", "container-compose"]
            .iter()
            .any(|tool| stem.starts_with(tool))
        || stem.ends_with(".compose")
        || stem.ends_with(".docker-compose");
    compose.then_some(FileKind::Compose)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_the_kind() {
        use FileKind::*;
        for (name, kind) in [
            ("Dockerfile", Some(Dockerfile)),
            ("dockerfile", Some(Dockerfile)),
            ("Dockerfile.dev", Some(Dockerfile)),
            ("api.Dockerfile", Some(Dockerfile)),
            ("api.dockerfile", Some(Dockerfile)),
            (".Dockerfile", Some(Dockerfile)),
            ("Containerfile", Some(Dockerfile)),
            ("Containerfile.prod", Some(Dockerfile)),
            ("Dockerfile.dockerignore", Some(Dockerignore)),
            (".dockerignore", Some(Dockerignore)),
            ("compose.yaml", Some(Compose)),
            ("docker-compose.yml", Some(Compose)),
            ("docker-compose.prod.yml", Some(Compose)),
            ("compose.override.yaml", Some(Compose)),
            ("x.compose.yml", Some(Compose)),
            (".env", Some(Env)),
            (".env.production", Some(Env)),
            ("Dockerfiles.md", None),
            ("dockerfile_parser.rs", None),
            ("composer.json", None),
            ("decompose.yaml", None),
            ("env", None),
        ] {
            assert_eq!(kind_of(Path::new(name)), kind, "{name}");
        }
    }

    #[test]
    fn the_pre_commit_hook_takes_the_same_names() {
        let hooks = std::fs::read_to_string("../../.pre-commit-hooks.yaml").expect("it is there");
        let pattern = |key: &str| {
            let rest = hooks.split_once(&format!("  {key}: &{key} |\n")).expect("the key").1;
            let lines: Vec<&str> =
                rest.lines().take_while(|line| line.starts_with("    ")).map(str::trim).collect();
            // The regular expressions of Python and of this crate read this alike.
            regex::Regex::new(&lines.join("\n")).expect("a regular expression")
        };
        let (files, exclude) = (pattern("files"), pattern("exclude"));
        let words = [
            "Dockerfile",
            "dockerfile",
            "DOCKERFILE",
            "Containerfile",
            "containerfile",
            "compose",
            "Compose",
        ];
        let more =
            ["docker-compose", "podman-compose", "container-compose", "docker-stack", ".env", "env", "x"];
        let ends = [
            "",
            ".yml",
            ".YAML",
            ".md",
            ".json",
            ".prod",
            ".prod.md",
            ".Dockerfile",
            ".dockerfile",
            ".compose.yml",
        ];
        let more_ends =
            [".docker-compose.yaml", ".dockerignore", ".containerignore", ".local", ".py", "-x.yml", "s"];
        for word in words.iter().chain(&more) {
            for end in ends.iter().chain(&more_ends) {
                for start in ["", ".", "api.", "my"] {
                    let name = format!("{start}{word}{end}");
                    let path = format!("a/b/{name}");
                    let taken = files.is_match(&path) && !exclude.is_match(&path);
                    assert_eq!(taken, kind_of(Path::new(&path)).is_some(), "{name}");
                }
            }
        }
    }
}
