use plimsoll_dockerfile::{Kind, Span};
use plimsoll_secrets::{Certainty, credential_file};
use plimsoll_shell::packages;

use super::edits::Replacement;
use super::secret_names::GOOGLE_KEY_FILE;
use super::stage_facts::FileCopy;
use super::{Build, DockerfileRule, Reporter, Run, Stage};
use crate::Severity;

pub(crate) struct CopyCredentialFile;

/// Folders that people keep credentials in.
const FOLDERS: &[(&str, &str)] = &[
    (".ssh", "SSH keys"),
    (".aws", "AWS credentials"),
    (".azure", "Azure credentials"),
    (".kube", "Kubernetes credentials"),
    (".gnupg", "OpenPGP private keys"),
    (".config/gcloud", "Google Cloud credentials"),
    (".docker", "Docker registry credentials"),
];

/// Names of which most are public: keys that verify packages, settings without a credential.
const MOSTLY_PUBLIC: &[&str] = &[".asc", ".gpg", ".ssh/config", ".aws/config", ".mobileprovision"];

impl DockerfileRule for CopyCredentialFile {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        for stage in build.stages() {
            let shipped = build.is_shipped(stage);
            for copy in build.copies(stage) {
                let google = google_key(build, stage, &copy);
                let trivy = google.is_some();
                let found = credentials(&copy);
                for (span, path, what, certain) in
                    if found.is_empty() { google.into_iter().collect() } else { found }
                {
                    // A settings file in a stage that nobody gets is common, and often holds no credential.
                    if !certain && !shipped {
                        continue;
                    }
                    let keyword = copy.instruction.kind.as_str();
                    let message = if certain {
                        format!(
                            "{keyword} puts `{path}` ({what}) into a layer, where deleting it later does not help"
                        )
                    } else {
                        format!(
                            "{keyword} puts `{path}` ({what}) into the image: whoever has the image has what is in it"
                        )
                    };
                    let help = if copy.files.from.is_some() {
                        "copy only what the container runs from that stage, and give it the credential when it starts".to_owned()
                    } else {
                        format!(
                            "mount it in the RUN that needs it, `RUN --mount=type=secret,id={},target=...`, or give it to the container when it starts; list it in .dockerignore",
                            secret_id(&path)
                        )
                    };
                    let edit = match deleted_again(build, stage, &copy, &path) {
                        Some(both) => both,
                        None => without_source(build, stage, &copy, span, &path).into_iter().collect(),
                    };
                    report
                        .flag(span, message)
                        .severity(if certain && shipped { Severity::Error } else { Severity::Warning })
                        .help(help)
                        .also("CIS-DI-0010")
                        .also_if(trivy, "DS-0031")
                        .mend(edit, false);
                }
            }
        }
    }
}

/// The COPY taken out together with the RUN that deletes the file again and does nothing else, where nothing between the two
/// may read it.
fn deleted_again(
    build: &Build<'_>,
    stage: &Stage<'_>,
    copy: &FileCopy<'_>,
    path: &str,
) -> Option<Vec<Replacement>> {
    let to = copy.files.destination.as_ref().filter(|to| to.starts_with('/') && !to.ends_with('/'))?;
    let deletes = |run: &&Run| {
        let [command] = run.script.commands.as_slice() else { return false };
        let mut paths = command.args_without_flags();
        command.is("rm") && paths.next().is_some_and(|p| p.text() == Some(to)) && paths.next().is_none()
    };
    let later = || build.runs_of(stage).filter(|run| run.instruction > copy.index);
    let run = later().find(deletes)?;
    let instruction = build.tree.instructions.get(run.instruction)?;
    let between = copy.instruction.span.end as usize..instruction.span.start as usize;
    let between = build.source.text().get(between)?;
    let read = || later().take_while(|r| r.instruction < run.instruction).any(|r| may_read(r, path));
    let plain = build.is_short() && copy.files.sources.len() == 1 && !copy.files.json && !run.onbuild;
    if !plain || copy.instruction.kind == Kind::Onbuild || between.contains(to.as_str()) || read() {
        return None;
    }
    Some(vec![build.without_instruction(copy.instruction)?, build.without_instruction(instruction)?])
}

/// The source taken out of its COPY, where nothing later in the file speaks of the file.
fn without_source(
    build: &Build<'_>,
    stage: &Stage<'_>,
    copy: &FileCopy<'_>,
    span: Span,
    path: &str,
) -> Option<Replacement> {
    let name = path.trim_end_matches('/').rsplit('/').next().filter(|n| !n.is_empty())?;
    let later = build.source.text().get(copy.instruction.span.end as usize..)?;
    let folder = copy.files.destination.as_ref().map_or("", |d| d.trim_end_matches('/'));
    let read = || build.runs_of(stage).any(|run| run.instruction > copy.index && may_read(run, path));
    let used = !build.is_short()
        || read()
        || later.contains(name)
        || folder.len() > 4 && folder != "/root" && later.contains(folder);
    let at = copy.files.sources.iter().position(|s| s.text.span == span);
    if used || copy.files.json || copy.instruction.kind == Kind::Onbuild {
        return None;
    }
    match (at, copy.files.sources.len()) {
        (_, 1) => build.without_instruction(copy.instruction),
        (Some(at), _) => build.without_item(copy.instruction, &copy.files.sources, at, |s| s.text.span),
        (None, _) => None,
    }
}

/// Whether a RUN may read the file without a word: any may read a tool's own settings, what fetches a key, and what makes a
/// bundle an environment.
fn may_read(run: &Run, path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let is_environment = name == ".env" || name.starts_with(".env.") || name.ends_with(".env");
    let keys = [".key", ".pem"].iter().any(|end| name.ends_with(end)) || name.starts_with("id_");
    if !is_environment && !keys || run.script.is_opaque() {
        return true;
    }
    run.script.effective_commands().any(|c| {
        let script = c.name().contains(['.', '$']) || c.is_any(&["make", "source"]);
        let fetches = packages::installs(c).is_some_and(|i| !i.manager.is_system())
            || c.is_any(&["git", "ssh", "scp", "rsync", "curl", "wget", "go", "bundle", "poetry", "cargo"]);
        let bundles = c.is_any(&["npm", "yarn", "pnpm", "bun", "npx", "node", "php", "rails", "rake"]);
        script || if is_environment { bundles } else { fetches }
    })
}

/// What is copied to where `GOOGLE_APPLICATION_CREDENTIALS` points.
fn google_key<'s>(build: &Build<'s>, stage: &Stage<'s>, copy: &FileCopy<'_>) -> Option<Credential> {
    let destination = copy.files.destination.as_ref()?;
    let variable = [format!("${GOOGLE_KEY_FILE}"), format!("${{{GOOGLE_KEY_FILE}}}")];
    let named = variable.iter().any(|v| *destination == v.as_str());
    // The variable may be set behind the COPY.
    let path_here = || build.expand_at(copy.index, &variable[0]).filter(|path| !path.is_empty());
    let pointed_at = || path_here().or_else(|| build.env(stage, GOOGLE_KEY_FILE));
    let source = copy.files.sources.iter().find(|s| {
        let name = s.text.rsplit('/').next().unwrap_or_default();
        s.heredoc.is_none()
            && (named
                || pointed_at().is_some_and(|path| match destination.strip_suffix('/') {
                    Some(folder) => path.rsplit_once('/') == Some((folder, name)),
                    None => path == destination.as_str(),
                }))
    })?;
    Some((source.text.span, source.text.as_str().to_owned(), "a key for Google Cloud", true))
}

/// Where it is named, its path, what it is, and whether it certainly is one.
type Credential = (Span, String, &'static str, bool);

fn credentials(copy: &FileCopy<'_>) -> Vec<Credential> {
    let mut found = Vec::new();
    for source in copy.files.sources.iter().filter(|s| s.heredoc.is_none()) {
        let path = source.text.as_str();
        if path.contains("://") {
            continue;
        }
        if let Some((what, certain)) = judged(path) {
            found.push((source.text.span, path.to_owned(), what, certain));
        }
    }
    // `COPY deploy_key /root/.ssh/id_rsa`: the place says what it is.
    if found.is_empty()
        && let Some(destination) = &copy.files.destination
        && !destination.ends_with('/')
        && let Some((what, true)) = judged(destination)
    {
        found.push((destination.span, destination.as_str().to_owned(), what, true));
    }
    found
}

fn judged(path: &str) -> Option<(&'static str, bool)> {
    let trimmed = path.trim_end_matches('/').trim_end_matches("/*");
    let folder = FOLDERS.iter().find(|(folder, _)| {
        trimmed.strip_suffix(folder).is_some_and(|before| before.is_empty() || before.ends_with('/'))
    });
    if let Some((_, what)) = folder {
        return Some((what, false));
    }
    if MOSTLY_PUBLIC.iter().any(|end| path.ends_with(end)) {
        return None;
    }
    credential_file(path).map(|f| (f.what, f.certainty == Certainty::Certain))
}

/// `id_rsa` for `keys/id_rsa`, `env` for `.env`.
fn secret_id(path: &str) -> String {
    let name = path.trim_end_matches('/').rsplit('/').next().unwrap_or(path).trim_start_matches('.');
    let plain: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' }).collect();
    if plain.is_empty() { "credential".into() } else { plain }
}
