use plimsoll_dockerfile::Kind;
use plimsoll_shell::packages;

use super::{Build, DockerfileRule, ImageRef, Purpose, Reporter, Stage};

pub(crate) struct MissingProgram;

/// Programs that images are known to lack, and the packages that bring them.
const PROGRAMS: &[(&str, &[&str])] = &[
    ("curl", &["curl"]),
    ("wget", &["wget"]),
    ("bash", &["bash"]),
    ("nc", &["netcat", "netcat-openbsd", "netcat-traditional", "nmap-ncat"]),
    ("ps", &["procps", "procps-ng"]),
    ("pgrep", &["procps", "procps-ng"]),
    ("dumb-init", &["dumb-init"]),
    ("tini", &["tini"]),
    ("gosu", &["gosu"]),
    ("su-exec", &["su-exec"]),
    ("jq", &["jq"]),
];

impl DockerfileRule for MissingProgram {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        let Some(stage) = build.final_stage() else { return };
        let Some(base) = base(build, stage) else { return };
        if brings_unknown(build) {
            return;
        }
        let starts = [Kind::Entrypoint, Kind::Cmd, Kind::Healthcheck];
        let holding: Vec<usize> =
            starts.iter().filter_map(|k| build.last_of(stage, *k)).map(|(at, _)| at).collect();
        for run in
            build.runs().iter().filter(|r| r.purpose != Purpose::Run && holding.contains(&r.instruction))
        {
            let keyword = build.tree.instructions[run.instruction].kind.as_str();
            for command in run.script.commands.iter().flat_map(|c| std::iter::once(c).chain(c.effective())) {
                let Some((name, packages)) = PROGRAMS.iter().find(|(name, _)| command.is(name)) else {
                    continue;
                };
                if !base.lacks(name) || is_installed(build, name, packages) {
                    continue;
                }
                let Some(word) = command.name_word() else { continue };
                let alone =
                    run.script.commands.iter().filter(|c| PROGRAMS.iter().any(|(n, _)| c.is(n))).count() < 2;
                report
                    .flag(
                        run.span(word.span),
                        format!(
                            "{keyword} needs `{name}`, which `{}` does not have and no RUN installs",
                            base.title
                        ),
                    )
                    .help(match *name {
                        "curl" | "wget" => {
                            format!("install it, or ask with what the image has: {}", base.asks)
                        }
                        _ => {
                            format!("install `{}`, or start it another way", packages.first().unwrap_or(name))
                        }
                    })
                    .mend(
                        packages
                            .first()
                            .filter(|_| alone)
                            .and_then(|package| build.with_package(stage, package)),
                        false,
                    );
                break;
            }
        }
    }
}

/// What is known of a base.
struct Known {
    title: String,
    lacks: &'static [&'static str],
    asks: &'static str,
}

impl Known {
    fn lacks(&self, program: &str) -> bool {
        self.lacks.contains(&program)
    }
}

const DEBIAN: &[&str] = &["curl", "wget", "nc", "ps", "pgrep", "dumb-init", "tini", "gosu", "su-exec", "jq"];
const ALPINE: &[&str] = &["curl", "bash", "dumb-init", "tini", "gosu", "su-exec", "jq"];

fn base(build: &Build<'_>, stage: &Stage<'_>) -> Option<Known> {
    let stage = build.stage(stage.index)?;
    let (image, name) = build.official_base(stage)?;
    let tag = image.tag().unwrap_or("latest");
    let title = format!("{}:{tag}", familiar(image));
    let python = "`python -c \"import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/')\"`";
    let node = "`node -e \"fetch('http://127.0.0.1:3000/').then(r => process.exit(r.ok ? 0 : 1))\"`";
    let wget = "`wget -q --spider http://127.0.0.1/`";
    let slim = tag.contains("slim");
    let alpine = tag.contains("alpine");
    let (lacks, asks) = match name.as_str() {
        "debian" | "ubuntu" => (DEBIAN, "a program of the service itself"),
        "alpine" => (ALPINE, wget),
        "python" if slim => (DEBIAN, python),
        "node" if slim => (DEBIAN, node),
        "ruby" | "perl" if slim => (DEBIAN, "a program of the service itself"),
        "python" | "node" | "golang" | "ruby" if alpine => (ALPINE, wget),
        _ => return None,
    };
    Some(Known { title, lacks, asks })
}

fn familiar(image: &ImageRef) -> String {
    image.familiar_name()
}

/// Whether files of another stage or unknown packages may bring anything.
fn brings_unknown(build: &Build<'_>) -> bool {
    build.shipped().any(|stage| {
        let copies = build.copies(stage).any(|c| {
            let to = c.files.destination.as_ref().map_or("", |d| d.trim_end_matches('/'));
            let into_path = to.is_empty()
                || to.ends_with("bin")
                || to.contains("/bin/")
                || to == "/usr"
                || to == "/usr/local";
            into_path
                || c.instruction.kind == Kind::Add && c.files.sources.iter().any(|s| s.text.contains(".tar"))
        });
        let installs = build.runs_of(stage).any(|run| {
            run.script.is_opaque()
                || run.script.effective_commands().any(|c| {
                    packages::installs(c).is_some_and(|i| {
                        i.manager.is_system()
                            && (i.packages.is_empty()
                                || i.packages
                                    .iter()
                                    .any(|p| p.is_variable || p.is_file_or_url || p.text.contains('$')))
                    }) || runs_a_script(c)
                })
        });
        copies || installs
    })
}

/// A script of the project may install anything.
fn runs_a_script(command: &plimsoll_shell::Command) -> bool {
    let name = command.words.first().map_or("", |w| w.text_lossy());
    name.contains('/')
        && !name.starts_with("/usr/bin/")
        && !name.starts_with("/bin/")
        && !name.starts_with("/usr/sbin/")
        || name.contains('$')
        || (command.is_any(&["sh", "bash", "dash", "."]) && command.wrapped().is_empty())
        || command.is_any(&["make", "source", "xargs", "ansible-playbook"])
}

/// Whether any RUN of the shipped stages speaks of it: an install, a download, a link.
fn is_installed(build: &Build<'_>, name: &str, packages: &[&str]) -> bool {
    build.shipped().any(|stage| {
        let by_copy = build.copies(stage).any(|c| {
            let mut texts =
                c.files.sources.iter().map(|s| s.text.as_str()).chain(c.files.destination.as_deref());
            texts.any(|t| t.contains(name))
        });
        by_copy
            || build.runs_of(stage).any(|run| {
                run.script.effective_commands().any(|c| {
                    c.args().iter().any(|w| {
                        let text = w.text_lossy();
                        packages.iter().any(|p| {
                            text == *p
                                || text
                                    .strip_prefix(p)
                                    .is_some_and(|rest| rest.starts_with(['=', '~', '<', '>', ':', '-']))
                        }) || text.ends_with(&format!("/{name}"))
                            || text == name
                    }) || c.is(name) && !c.is("bash")
                })
            })
    })
}
