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

/// The kind that a file's name says, or None.
///
/// An ending of `.dockerignore` wins over a beginning of `Dockerfile.`: that file belongs to the Dockerfile.
pub fn kind_of(path: &Path) -> Option<FileKind> {
    let name = path.file_name()?.to_str()?;
    let lower = name.to_ascii_lowercase();
    if lower.ends_with(".dockerignore") || lower.ends_with(".containerignore") {
        return Some(FileKind::Dockerignore);
    }
    for word in ["dockerfile", "containerfile"] {
        let first_upper = name.starts_with(['D', 'C']) && lower.starts_with(word);
        let plain = lower == word || (first_upper && lower.as_bytes().get(word.len()) == Some(&b'.'));
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
        || stem.starts_with("docker-compose")
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
}
