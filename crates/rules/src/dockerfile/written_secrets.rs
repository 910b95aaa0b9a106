//! Commands of a RUN that write a credential into a file of the layer.

use plimsoll_dockerfile::Span;
use plimsoll_secrets::{Certainty, credential_file, secret_name};
use plimsoll_shell::Command;

use super::{Build, Purpose, Run};

/// A credential that a RUN writes down.
pub(super) struct Written<'b> {
    pub(super) run: &'b Run,
    /// The words that write it.
    pub(super) span: Span,
    /// Where it is written to: `~/.npmrc`.
    pub(super) file: String,
    /// Whether Trivy reports it too.
    pub(super) trivy: bool,
}

/// Settings commands: program, words that must follow, the file they write.
const SETTINGS: &[(&str, &[&str], &str)] = &[
    ("npm", &["config", "set"], ".npmrc"),
    ("npm", &["set"], ".npmrc"),
    ("pnpm", &["config", "set"], ".npmrc"),
    ("pnpm", &["set"], ".npmrc"),
    ("yarn", &["config", "set"], ".yarnrc.yml"),
    ("git", &["config"], ".gitconfig"),
    ("git", &["clone"], ".git/config"),
    ("git", &["remote"], ".git/config"),
    ("composer", &["config"], "auth.json"),
    ("pip", &["config", "set"], "pip.conf"),
    ("pip3", &["config", "set"], "pip.conf"),
    ("poetry", &["config"], "auth.toml"),
    ("bundle", &["config"], ".bundle/config"),
    ("aws", &["configure", "set"], ".aws/credentials"),
    ("docker", &["login"], ".docker/config.json"),
    ("helm", &["repo", "add"], "repositories.yaml"),
    ("dotnet", &["nuget", "add"], "NuGet.Config"),
    ("nuget", &["sources", "add"], "NuGet.Config"),
];

/// Every credential that a RUN of the file writes down and does not remove again. What the detectors see in the text
/// itself is left to them.
pub(super) fn written_secrets<'b>(build: &'b Build<'_>) -> Vec<Written<'b>> {
    let mut found = Vec::new();
    for run in build.runs().iter().filter(|r| r.purpose == Purpose::Run) {
        for command in run.script.effective_commands() {
            let login = by_login(run, command);
            let trivy = login.is_some();
            let Some((span, file)) =
                login.or_else(|| by_setting(run, command)).or_else(|| by_redirect(run, command))
            else {
                continue;
            };
            let whole = run.span(command.span);
            if build.leak_in(whole).is_none() && !removed_later(run, command, &file) {
                found.push(Written { run, span, file, trivy });
            }
        }
    }
    found
}

/// The commands of the clouds' tools that keep what they are given, whatever it is given as.
fn by_login(run: &Run, command: &Command) -> Option<(Span, String)> {
    let words: Vec<&str> = command.args_without_flags().map(|w| w.text_lossy()).take(3).collect();
    let file = match (command.name(), words.as_slice()) {
        ("aws", ["configure", "set", "aws_access_key_id" | "aws_secret_access_key"]) => ".aws/credentials",
        ("az", ["login", ..]) if command.has_any_flag(&["-p", "--password"]) => {
            ".azure/msal_token_cache.json"
        }
        ("gcloud", ["auth", "activate-service-account", ..]) if command.has_any_flag(&["--key-file"]) => {
            ".config/gcloud/credentials.db"
        }
        _ => return None,
    };
    Some((run.span(command.span), file.to_owned()))
}

fn by_setting(run: &Run, command: &Command) -> Option<(Span, String)> {
    let (_, _, file) = SETTINGS.iter().find(|(program, words, _)| {
        command.is(program)
            && command
                .args_without_flags()
                .map(|w| w.text_lossy())
                .take(words.len())
                .eq(words.iter().copied())
    })?;
    let word = command.args().iter().find(|w| w.variables.iter().any(|v| secret_name(&v.name)))?;
    // `git clone $REPO`, `npm config set registry $X` say nothing of a credential; only a credential's variable does.
    Some((run.span(word.span), (*file).to_owned()))
}

fn by_redirect(run: &Run, command: &Command) -> Option<(Span, String)> {
    let mut targets = command
        .redirects
        .iter()
        .filter(|r| r.fd.is_none_or(|fd| fd == 1))
        .filter_map(|r| Some((r.written_path()?.to_owned(), r.target.span)));
    let tee = command
        .is("tee")
        .then(|| command.args_without_flags().next().map(|w| (w.text_lossy().to_owned(), w.span)));
    let (path, place) = targets.next().or(tee.flatten())?;
    let file = credential_file(&path)?;
    // With a certain name the file is a credential whatever is written; else what is written must be one.
    let secret = carries_secret(run, command);
    let writes = matches!(command.name(), "echo" | "printf" | "cat" | "tee" | "base64" | "envsubst" | "");
    let certain = file.certainty == Certainty::Certain && writes && has_content(run, command);
    (secret || certain).then(|| (run.span(place), path))
}

fn carries_secret(run: &Run, command: &Command) -> bool {
    let body = command.redirects.iter().find_map(|r| run.script.heredoc_body(r)).unwrap_or("");
    let in_body = |name: &str| body.contains(&format!("${name}")) || body.contains(&format!("${{{name}"));
    let piped = command.pipeline.map(|place| place.pipeline);
    let same_pipe = |c: &&Command| {
        std::ptr::eq(*c, command) || (piped.is_some() && c.pipeline.map(|p| p.pipeline) == piped)
    };
    let mut commands = run.script.commands.iter().filter(same_pipe);
    commands.any(|c| c.variables().any(|v| secret_name(&v.name)))
        || command.variables().any(|v| secret_name(&v.name))
        || run.script.variables.iter().any(|v| secret_name(&v.name) && in_body(&v.name))
}

/// Whether something is written at all: `cat /dev/null > f` and `echo > f` write nothing.
fn has_content(run: &Run, command: &Command) -> bool {
    let words =
        command.args_without_flags().filter(|w| !w.text_lossy().is_empty() && w.text_lossy() != "/dev/null");
    // What `cat a b` copies is not told here.
    let told = !command.is("cat") && words.count() > 0;
    told || command.redirects.iter().any(|r| run.script.heredoc_body(r).is_some()) || command.is_piped_from()
}

fn removed_later(run: &Run, command: &Command, file: &str) -> bool {
    let name = file.rsplit('/').next().unwrap_or(file).to_owned();
    run.script.any_later(command, |later| {
        let removes = later.is_any(&["rm", "shred", "unlink", "truncate"]);
        let unsets = later.has_any_flag(&["--unset", "--unset-all", "--remove-section"])
            || matches!(later.subcommand(), Some("logout" | "unset"))
            || later
                .args_without_flags()
                .nth(1)
                .is_some_and(|w| matches!(w.text_lossy(), "delete" | "rm" | "unset"));
        let folder = file.rsplit('/').nth(1).unwrap_or("");
        removes
            && later.args_without_flags().any(|w| {
                let text = w.text_lossy();
                text.ends_with(&name)
                    || text == file
                    || (!folder.is_empty() && text.trim_end_matches('/').ends_with(folder))
            })
            || (unsets && later.name() == command.name())
    })
}
