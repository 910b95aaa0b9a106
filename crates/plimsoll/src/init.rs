//! `plimsoll init`.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use plimsoll_dockerfile::{Body, ImageRef, Source};
use plimsoll_rules::all_rules;
use plimsoll_rules::hadolint::{self, Hadolint};

use crate::args::Init;
use crate::discover::{FileKind, walk};
use crate::output;

/// Writes `plimsoll.toml` into the folder and says what to paste elsewhere. Fails where there is one already, and
/// where hadolint's settings are asked for and cannot be read.
pub fn run(args: &Init) -> Result<ExitCode, String> {
    let folder = &args.folder;
    let file = folder.join("plimsoll.toml");
    let found = Found::in_folder(folder)?;
    let old = hadolint::FILE_NAMES.iter().map(|name| folder.join(name)).find(|file| file.is_file());
    let text = match &args.from_hadolint {
        Some(named) => {
            let none = || format!("{}: no .hadolint.yaml in this folder", folder.display());
            taken_over(named.as_ref().or(old.as_ref()).ok_or_else(none)?)?
        }
        None => found.starter(),
    };
    write_new(&file, &text)?;
    if let (Some(old), None) = (&old, &args.from_hadolint) {
        output::note(&format!(
            "{} is not read any more, now that there is a plimsoll.toml; `plimsoll init --from-hadolint` takes it over",
            shown(old)
        ));
    }
    let mut out = std::io::stdout().lock();
    // Whoever reads may stop reading.
    _ = write!(out, "{} written: {}\n\n{}", shown(&file), found.summary(), found.to_paste(folder));
    Ok(ExitCode::SUCCESS)
}

fn shown(file: &Path) -> String {
    file.strip_prefix("./").unwrap_or(file).display().to_string()
}

/// Never writes over a file that is there, not even one that appears meanwhile.
fn write_new(file: &Path, text: &str) -> Result<(), String> {
    let opened = std::fs::OpenOptions::new().write(true).create_new(true).open(file);
    opened.and_then(|mut opened| opened.write_all(text.as_bytes())).map_err(|e| match e.kind() {
        std::io::ErrorKind::AlreadyExists => {
            format!("{}: is there already, and stays as it is", shown(file))
        }
        _ => format!("{}: {}", shown(file), output::io_message(&e)),
    })
}

/// The plimsoll.toml that says what a `.hadolint.yaml` says.
fn taken_over(file: &Path) -> Result<String, String> {
    let name = shown(file);
    let text = std::fs::read_to_string(file).map_err(|e| format!("{name}: {}", output::io_message(&e)))?;
    let read = Hadolint::parse(&text, Path::new(&name)).map_err(|e| e.to_string())?;
    read.notes.iter().for_each(|note| output::note(note));
    let mut text = format!("# What {name} says, as plimsoll says it. `plimsoll schema` knows every key.\n");
    let codes = |default: bool| {
        let rules = all_rules().filter(move |rule| rule.default == default);
        rules.flat_map(|rule| rule.also.iter().copied()).collect::<BTreeSet<&str>>()
    };
    let on = codes(true);
    let opinions: BTreeSet<&str> = codes(false)
        .into_iter()
        .filter(|code| code.starts_with("DL3") && !on.contains(code))
        .filter(|code| !read.config.ignore.iter().chain(&read.config.extend_select).any(|c| c == code))
        .collect();
    let quoted: Vec<String> = opinions.iter().map(|code| format!("\"{code}\"")).collect();
    _ = writeln!(
        text,
        "#\n# Rules of hadolint's that are opinions here, and off; `extend-select` turns them on:\n# {}\n",
        quoted.join(", ")
    );
    text.push_str(&read.to_toml());
    Ok(text)
}

/// What a project holds.
struct Found {
    dockerfiles: Vec<PathBuf>,
    compose: Vec<PathBuf>,
    registries: BTreeSet<String>,
}

impl Found {
    fn in_folder(folder: &Path) -> Result<Self, String> {
        if !folder.is_dir() {
            return Err(format!("{}: no such folder", folder.display()));
        }
        let mut found = Self { dockerfiles: Vec::new(), compose: Vec::new(), registries: BTreeSet::new() };
        for (path, kind) in walk(folder).files {
            let relative = path.strip_prefix(folder).unwrap_or(&path).to_owned();
            match kind {
                FileKind::Dockerfile => {
                    found.registries.extend(registries(&path));
                    found.dockerfiles.push(relative);
                }
                FileKind::Compose => found.compose.push(relative),
                FileKind::Dockerignore | FileKind::Env => {}
            }
        }
        Ok(found)
    }

    fn summary(&self) -> String {
        let counted =
            |count: usize, word: &str| format!("{count} {word}{}", if count == 1 { "" } else { "s" });
        format!(
            "{}, {} here",
            counted(self.dockerfiles.len(), "Dockerfile"),
            counted(self.compose.len(), "compose file")
        )
    }

    fn starter(&self) -> String {
        let mut text = String::from(
            "# plimsoll's settings. `plimsoll schema` knows every key, `plimsoll rules` every rule.\n\n\
             # The least severity that fails a run: error, warning, info, style, or never.\n\
             fail-on = \"warning\"\n\n\
             # Rules, categories or other linters' codes that are never reported.\n\
             ignore = []\n\n\
             # Opinions are off until they are asked for.\n\
             # extend-select = [\"pin-apt-packages\", \"pin-base-image-digest\"]\n",
        );
        if !self.registries.is_empty() {
            let list: Vec<String> = self.registries.iter().map(|name| format!("{name:?}")).collect();
            _ = write!(
                text,
                "\n# The registries that base images come from today. Without the `#` any other is reported.\n\
                 # trusted-registries = [{}]\n",
                list.join(", ")
            );
        }
        for dockerfile in self.dockerfiles.iter().filter(|path| is_for_development(path)) {
            _ = write!(
                text,
                "\n# Only developers run it.\n[[per-path]]\npath = {}\nignore = [\"add-healthcheck\", \"development-server\"]\n",
                quoted(dockerfile)
            );
        }
        let profiles = self.dockerfiles.iter().filter_map(|path| Some((path, profile(path)?)));
        for (index, (dockerfile, profile)) in profiles.enumerate() {
            if index == 0 {
                text.push_str("\n# What `plimsoll image --dockerfile` holds each image to: a backend to 200 MB, a frontend to 100 MB.\n");
            }
            _ = write!(text, "[[image]]\ndockerfile = {}\nprofile = \"{profile}\"\n\n", quoted(dockerfile));
        }
        format!("{}\n", text.trim_end())
    }

    /// What belongs into files that others own.
    fn to_paste(&self, folder: &Path) -> String {
        let version = env!("CARGO_PKG_VERSION");
        let repository = env!("CARGO_PKG_REPOSITORY");
        let mut text = format!(
            "For .pre-commit-config.yaml, under `repos:`\n\n  \
             - repo: {repository}\n    rev: v{version}\n    hooks:\n      - id: plimsoll\n\n"
        );
        if folder.join(".gitlab-ci.yml").is_file() {
            text.push_str(
                "For .gitlab-ci.yml\n\n  plimsoll:\n    script:\n      \
                 - plimsoll lint --format gitlab --output gl-code-quality-report.json\n    artifacts:\n      \
                 when: always\n      reports:\n        codequality: gl-code-quality-report.json\n\n",
            );
        } else {
            text.push_str("As a step of a GitHub workflow\n\n  - run: plimsoll lint --format github\n\n");
        }
        text.push_str(
            "To begin with new findings alone\n\n  plimsoll lint --baseline plimsoll-baseline.json --write-baseline\n",
        );
        text
    }
}

fn quoted(path: &Path) -> String {
    let text = path.to_string_lossy().replace('\\', "/");
    // A glob that matches this one path.
    format!("{text:?}")
}

/// Where the base images of a Dockerfile come from, as far as their names say it.
fn registries(path: &Path) -> Vec<String> {
    let Ok(bytes) = std::fs::read(path) else { return Vec::new() };
    let source = Source::new(bytes);
    let tree = plimsoll_dockerfile::parse(&source);
    let mut stages: Vec<String> = vec!["scratch".to_owned()];
    let mut registries = Vec::new();
    for instruction in &tree.instructions {
        let Body::From(from) = &instruction.body else { continue };
        let image = from.image.as_str();
        let is_stage = stages.iter().any(|stage| stage.eq_ignore_ascii_case(image));
        if let Some(name) = ImageRef::parse(image).filter(|_| !is_stage)
            && !name.registry().contains('$')
            && !name.written_repository().contains('$')
        {
            registries.push(name.registry().to_owned());
        }
        stages.extend(from.alias.as_ref().map(|alias| alias.as_str().to_owned()));
    }
    registries
}

/// The words of a path, split where its parts and their names are.
fn words(path: &Path) -> Vec<String> {
    let lower = path.to_string_lossy().to_ascii_lowercase();
    lower.split(['/', '\\', '.', '-', '_']).map(str::to_owned).collect()
}

fn is_for_development(path: &Path) -> bool {
    let name = path.file_name().map(Path::new).unwrap_or(path);
    words(name).iter().any(|word| ["dev", "development", "local", "test"].contains(&word.as_str()))
}

fn profile(path: &Path) -> Option<&'static str> {
    let words = words(path);
    let has = |known: &[&str]| words.iter().any(|word| known.contains(&word.as_str()));
    if is_for_development(path) {
        None
    } else if has(&["frontend", "web", "webapp", "ui", "client"]) {
        Some("frontend")
    } else if has(&["backend", "api", "server", "service", "worker"]) {
        Some("backend")
    } else {
        None
    }
}
