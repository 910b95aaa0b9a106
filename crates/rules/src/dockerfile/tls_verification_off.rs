use plimsoll_dockerfile::{Body, Kind, Span};
use plimsoll_shell::{Command, Word, packages};

use super::authorities::{how_to_trust, tool_of};
use super::edits::Replacement;
use super::steps::Step;
use super::{Build, DockerfileRule, Reporter};
use crate::draft::Draft;

pub(crate) struct TlsVerificationOff;

impl DockerfileRule for TlsVerificationOff {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        for step in build.steps() {
            let command = step.command;
            let stage = build.stage(step.run.stage);
            let help = || how_to_trust(build, stage, tool_of(tool(command)));
            if let Some((word, off)) = by_flag(command) {
                let edits = without_flag(build, &step, word);
                flag(report, step.run.span(word.span), &off, help()).mend(edits.into_iter().flatten(), false);
            } else if let Some((word, off)) = by_setting(command) {
                // What writes into a file may write more than that.
                let alone = command.redirects.is_empty() && !command.is_any(&["echo", "printf", "sed"]);
                let edit = build.without_command(step.run, command).filter(|_| alone);
                flag(report, step.run.span(word.span), &off, help()).mend(edit, false);
            }
        }
        for run in build.run_scripts() {
            for assignment in run.script.commands.iter().flat_map(|c| &c.assignments) {
                let value = assignment.value.as_ref().map_or("", Word::text_lossy);
                if let Some(off) = by_variable(&assignment.name, value) {
                    let stage = build.stage(run.stage);
                    let help = how_to_trust(build, stage, tool_of(&assignment.name));
                    flag(report, run.span(assignment.span), &off, help);
                }
            }
        }
        for instruction in &build.tree.instructions {
            let help = |name: &str| {
                let at = build.instruction_at(instruction.span.start);
                let stage = at.and_then(|at| build.stages().iter().find(|s| s.instructions.contains(&at)));
                how_to_trust(build, stage, tool_of(name))
            };
            match &instruction.innermost().body {
                Body::Env(pairs) => {
                    for (at, pair) in pairs.iter().enumerate() {
                        if let Some(off) = by_variable(&pair.key, &pair.unquoted('\\')) {
                            let edit = build.without_item(instruction, pairs, at, |p| p.span);
                            flag(report, pair.span, &off, help(&pair.key))
                                .mend(edit.filter(|_| instruction.kind != Kind::Onbuild), false);
                        }
                    }
                }
                Body::Arg(arguments) => {
                    for (at, argument) in arguments.iter().enumerate() {
                        let value = argument.default.as_ref().map_or("", |d| d.as_str());
                        if let Some(off) = by_variable(&argument.name, value) {
                            let edit = build.without_item(instruction, arguments, at, |a| a.span);
                            flag(report, argument.span, &off, help(&argument.name))
                                .mend(edit.filter(|_| instruction.kind != Kind::Onbuild), false);
                        }
                    }
                }
                _ => {}
            }
        }
    }
}

/// What is switched off, and what Checkov calls it.
pub(super) struct Off {
    what: String,
    codes: &'static [&'static str],
}

fn off(what: impl Into<String>, codes: &'static [&'static str]) -> Off {
    Off { what: what.into(), codes }
}

/// The flag taken out: the word, its letter, or with the value that it takes.
fn without_flag(build: &Build<'_>, step: &Step<'_>, word: &Word) -> Option<Vec<Replacement>> {
    let text = word.text_lossy();
    let words = &step.command.words;
    let at = words.iter().position(|w| w.span == word.span)?;
    let before = words.get(at.checked_sub(1)?)?;
    // `-o StrictHostKeyChecking=no`, `--trusted-host x`: the flag stands before its value.
    let valued = ["-o", "--trusted-host", "--allow-insecure-host", "-c", "--setopt"];
    if valued.contains(&before.text_lossy()) {
        // pip takes several hosts.
        let all = before.text_lossy().ends_with("-host");
        let pairs = words.windows(2).filter(|pair| match pair {
            [flag, value] => value.span == word.span || all && flag.text_lossy() == before.text_lossy(),
            _ => false,
        });
        return build.without_words(step, pairs.flatten());
    }
    if text.starts_with("--") || text == "-k" || text == "-insecure" || text.starts_with("-D") {
        return build.without_words(step, [word]);
    }
    // `-fsSLk` without its letter; a letter that takes a value would get another.
    let letters = text
        .strip_prefix('-')
        .filter(|l| step.command.is("curl") && l.bytes().all(|b| b"fsSLkvgG".contains(&b)))?;
    let place = build.exactly(step.run, word.span)?;
    Some(vec![(place, format!("-{}", letters.replace('k', "")))])
}

fn flag<'r>(report: &'r mut Reporter, span: Span, off: &Off, help: String) -> &'r mut Draft {
    let draft = report
        .flag(span, format!("{}: whoever is on the way can put their own files into the image", off.what));
    draft.help(help);
    for code in off.codes {
        draft.also(code);
    }
    draft
}

/// The tool whose setting it is: `echo strict-ssl=false > .npmrc` is npm's.
fn tool(command: &Command) -> &str {
    if !command.is_any(&["echo", "printf", "sed"]) {
        return match packages::manager(command) {
            Some(packages::Manager::Pip | packages::Manager::Pipx) => "pip",
            Some(packages::Manager::Uv) => "uv",
            _ => command.name(),
        };
    }
    let says = |word: &str| command.args().iter().any(|w| w.text_lossy().to_ascii_lowercase().contains(word));
    let lines = [("strict-ssl", "npm"), ("sslverify", "dnf"), ("check", "wget"), ("ssl_verify", "conda")];
    lines.into_iter().find(|(word, _)| says(word)).map_or("", |(_, tool)| tool)
}

fn is_no(value: &str) -> bool {
    matches!(
        value.trim_matches(['"', '\'']).to_ascii_lowercase().as_str(),
        "0" | "false" | "no" | "off" | "none" | "n"
    )
}

fn is_yes(value: &str) -> bool {
    matches!(value.trim_matches(['"', '\'']).to_ascii_lowercase().as_str(), "1" | "true" | "yes" | "on" | "y")
}

/// Flags that switch it off for one call.
const FLAGS: &[(&[&str], &[&str], &[&str])] = &[
    (&["curl"], &["-k", "--insecure", "--proxy-insecure", "--doh-insecure"], &["CKV2_DOCKER_2"]),
    (&["wget", "wget2"], &["--no-check-certificate"], &["CKV2_DOCKER_3"]),
    (&["apk"], &["--no-check-certificate"], &[]),
    (&["aws"], &["--no-verify-ssl"], &[]),
    (&["helm", "kubectl", "oc", "argocd"], &["--insecure-skip-tls-verify", "--insecure"], &[]),
    (&["hg"], &["--insecure"], &[]),
    (&["svn"], &["--trust-server-cert"], &[]),
    (&["go"], &["-insecure"], &[]),
    (&["http", "https"], &["--verify=no", "--verify=false"], &[]),
    (&["aria2c"], &["--check-certificate=false"], &[]),
    (&["mvn", "mvnw"], &["-Dmaven.wagon.http.ssl.insecure=true"], &[]),
    (&["conda", "mamba", "micromamba"], &["--insecure", "-k"], &[]),
];

fn by_flag(command: &Command) -> Option<(&Word, Off)> {
    let name = command.name();
    let spelled = |word: &Word, flag: &str| {
        let text = word.text_lossy();
        text == flag
            || flag.len() == 2
                && text.starts_with('-')
                && !text.starts_with("--")
                && text.contains(&flag[1..])
    };
    for (programs, flags, codes) in FLAGS {
        if !programs.contains(&name) || asks_itself(command) {
            continue;
        }
        for flag in *flags {
            let value = flag.contains('=') || flag.len() > 2 && !flag.starts_with("--");
            let given = if value { command.has_arg(flag) } else { command.has_any_flag(&[flag]) };
            if let Some(word) = command.args().iter().find(|w| given && spelled(w, flag)) {
                return Some((word, off(format!("`{name} {flag}` takes any certificate"), codes)));
            }
        }
    }
    let pip = matches!(
        packages::manager(command),
        Some(packages::Manager::Pip | packages::Manager::Pipx | packages::Manager::Uv)
    );
    if let Some((host, word)) = ["--trusted-host", "--allow-insecure-host"]
        .into_iter()
        .find_map(|f| command.flag_value_words(f).next())
        .filter(|_| pip)
    {
        return Some((
            word,
            off(format!("`{name}` takes any certificate from {host}, or none"), &["CKV2_DOCKER_4"]),
        ));
    }
    let strict = ["--strict-ssl=false", "--strict-ssl=0", "--no-strict-ssl"];
    if command.is_any(&["npm", "yarn", "pnpm", "npx"])
        && let Some(word) = command.args().iter().find(|w| strict.contains(&w.text_lossy()))
    {
        return Some((word, off(format!("`{name}` takes any certificate"), &["CKV2_DOCKER_13"])));
    }
    if command.is_any(&["yum", "dnf", "dnf5", "tdnf", "microdnf", "yum-config-manager"]) {
        let sslverify = |w: &&Word| {
            let text = w.text_lossy();
            text.rsplit_once("sslverify=").is_some_and(|(_, value)| is_no(value))
        };
        if let Some(word) = command.args().iter().find(sslverify) {
            let configures = name == "yum-config-manager" || command.subcommand() == Some("config-manager");
            let codes: &[&str] = if configures { &["CKV2_DOCKER_15"] } else { &[] };
            return Some((word, off(format!("`{name}` takes any certificate"), codes)));
        }
    }
    if command.is_any(&["apt-get", "apt"]) {
        let word = command.args().iter().find(|w| {
            let text = w.text_lossy().to_ascii_lowercase();
            text.contains("acquire::https")
                && (text.contains("verify-peer=") || text.contains("verify-host="))
                && is_no(text.rsplit('=').next().unwrap_or(""))
        })?;
        return Some((word, off(format!("`{name}` takes any certificate"), &[])));
    }
    if command.is_any(&["ssh", "scp", "sftp", "rsync"]) {
        let word = command.args().iter().find(|w| {
            w.text_lossy().to_ascii_lowercase().replace(' ', "=").contains("stricthostkeychecking=no")
        })?;
        return Some((word, off(format!("`{name}` takes any host key"), &[])));
    }
    None
}

/// Whether a call only goes to the machine itself.
fn asks_itself(command: &Command) -> bool {
    let mut addresses = command.args().iter().map(Word::text_lossy).filter(|t| t.contains("://")).peekable();
    addresses.peek().is_some()
        && addresses.all(|a| {
            ["localhost", "127.0.0.1", "[::1]"]
                .iter()
                .any(|h| a.split("://").nth(1).is_some_and(|rest| rest.starts_with(h)))
        })
}

/// Settings that switch it off for later calls: `git config http.sslVerify false`, `npm config set strict-ssl false`.
fn by_setting(command: &Command) -> Option<(&Word, Off)> {
    let name = command.name();
    let args = command.args();
    let text = |at: usize| args.get(at).map_or("", Word::text_lossy);
    let pair = |is_key: &dyn Fn(&str) -> bool, is_value: fn(&str) -> bool| {
        (0..args.len()).find(|&at| match text(at).split_once('=') {
            Some((key, value)) if is_key(key) => is_value(value),
            _ => is_key(text(at)) && is_value(text(at + 1)),
        })
    };
    let key = |wanted: &'static str| move |k: &str| k.to_ascii_lowercase().ends_with(wanted);
    let found = match name {
        "git" => pair(&key("sslverify"), is_no).map(|at| (at, &[][..])),
        "npm" | "yarn" | "pnpm" => pair(
            &|k: &str| matches!(k.to_ascii_lowercase().as_str(), "strict-ssl" | "enablestrictssl"),
            is_no,
        )
        .map(|at| (at, &["CKV2_DOCKER_13"][..])),
        "conda" | "mamba" | "micromamba" => pair(&key("ssl_verify"), is_no).map(|at| (at, &[][..])),
        "composer" => pair(&key("disable-tls"), is_yes).map(|at| (at, &[][..])),
        "bundle" | "bundler" => pair(&key("ssl_verify_mode"), is_no).map(|at| (at, &[][..])),
        "poetry" => pair(&|k: &str| k.starts_with("certificates.") && k.ends_with(".cert"), is_no)
            .map(|at| (at, &[][..])),
        _ if matches!(packages::manager(command), Some(packages::Manager::Pip)) => (0..args.len())
            .find(|&at| text(at).ends_with("trusted-host") && !text(at).starts_with('-'))
            .map(|at| (at, &[][..])),
        _ if command.is_any(&["echo", "printf", "sed"]) => by_text(command),
        _ => None,
    };
    let (at, codes) = found?;
    let word = args.get(at)?;
    Some((word, off(format!("`{name}` switches certificate checks off for what follows"), codes)))
}

/// Lines that `echo`, `printf` or `sed` write into a configuration file.
fn by_text(command: &Command) -> Option<(usize, &'static [&'static str])> {
    const LINES: &[(&str, &[&str])] = &[
        ("sslverify=", &[]),
        ("strict-ssl=", &[]),
        ("check_certificate=", &[]),
        ("check-certificate=", &[]),
        ("ssl_verify:", &[]),
    ];
    command.args().iter().enumerate().find_map(|(at, word)| {
        let text: String = word.text_lossy().to_ascii_lowercase().chars().filter(|c| *c != ' ').collect();
        LINES.iter().find_map(|(line, codes)| {
            let value = text.split_once(line)?.1;
            let value: String = value.chars().take_while(char::is_ascii_alphanumeric).collect();
            is_no(&value).then_some((at, *codes))
        })
    })
}

/// Variables that switch it off.
pub(super) fn by_variable(name: &str, value: &str) -> Option<Off> {
    let switched: (bool, &'static [&'static str]) = match name.to_ascii_uppercase().as_str() {
        "PYTHONHTTPSVERIFY" => (is_no(value), &["CKV2_DOCKER_5"]),
        "NODE_TLS_REJECT_UNAUTHORIZED" => (is_no(value), &["CKV2_DOCKER_6"]),
        "NPM_CONFIG_STRICT_SSL" => (is_no(value), &["CKV2_DOCKER_12"]),
        "YARN_STRICT_SSL" | "YARN_ENABLE_STRICT_SSL" => (is_no(value), &[]),
        // Any value counts for git, `false` as well.
        "GIT_SSL_NO_VERIFY" => (!value.is_empty(), &["CKV2_DOCKER_14"]),
        "PIP_TRUSTED_HOST" => (!value.is_empty(), &["CKV2_DOCKER_16"]),
        "UV_INSECURE_HOST" | "GOINSECURE" => (!value.is_empty(), &[]),
        "PERL_LWP_SSL_VERIFY_HOSTNAME" | "BUNDLE_SSL_VERIFY_MODE" | "CONDA_SSL_VERIFY" => (is_no(value), &[]),
        "AZURE_CLI_DISABLE_CONNECTION_VERIFICATION" => (is_yes(value), &[]),
        _ => return None,
    };
    switched.0.then(|| off(format!("`{name}={value}` switches certificate checks off"), switched.1))
}
