use std::collections::BTreeSet;

use plimsoll_dockerfile::{Body, Instruction, Kind, Span};

use super::inherited::names_set_by;
use super::questions::expanded_words;
use super::variables::{references, references_in_lines};
use super::{Base, Build, DockerfileRule, ImageRef, Reporter, Stage};
use crate::Severity;
use crate::rule::nearest;

pub(crate) struct UndefinedVariable;

/// What a builder defines without being asked.
const ALWAYS: &[&str] = &["PATH", "BUILDKIT_SBOM_SCAN_CONTEXT", "BUILDKIT_SBOM_SCAN_STAGE"];

/// A name that was meant is not looked for among more: each is compared with each.
const MAX_CANDIDATES: usize = 200;

impl DockerfileRule for UndefinedVariable {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        for stage in build.stages() {
            if build.is_windows(stage) {
                continue;
            }
            let Some(given) = given_by_base(build, stage) else { continue };
            let mut known: BTreeSet<&str> = BTreeSet::new();
            for (_, instruction) in build.instructions(stage) {
                let set_here: Vec<&str> = names_set_by(instruction).collect();
                let mut reported = BTreeSet::new();
                let is_known = |name: &str| {
                    known.contains(name)
                        || build.is_set_below(stage, name)
                        || ALWAYS.contains(&name)
                        || given
                            .iter()
                            .any(|g| *g == name || g.strip_suffix('*').is_some_and(|p| name.starts_with(p)))
                };
                judge_heredocs(stage, instruction, is_known, report);
                for word in expanded_words(instruction) {
                    for reference in references(word, build.tree.escape) {
                        let name = reference.name;
                        let defined = is_known(name)
                            // `ENV A=1 B=$A` is self-referencing-env's to report.
                            || (instruction.kind == Kind::Env && set_here.len() > 1 && set_here.contains(&name));
                        if defined || !reported.insert(name.to_owned()) {
                            continue;
                        }
                        let span = word.piece(reference.range.clone()).span;
                        let draft = if reference.has_fallback {
                            let mut draft = report.flag(
                                span,
                                format!(
                                    "`{name}` is never set in {}, so only the fallback ever holds",
                                    stage.label()
                                ),
                            );
                            draft = draft.severity(Severity::Info);
                            draft
                        } else {
                            report.flag(span, format!("`{name}` is never set before this line in {}, so nothing is put in its place", stage.label()))
                        };
                        draft.also("UndefinedVar").help(help(build, name));
                        if let Some(own) = declared_by_itself(instruction, name) {
                            draft
                                .help(format!(
                                    "write `ARG {name}`, without a default: it takes {}",
                                    taken(build, name)
                                ))
                                .replace(own, name, false);
                        } else if is_global(build, name) {
                            draft.mend([build.line_above(instruction, &format!("ARG {name}"))], false);
                        } else if name.len() > 3
                            && build.source.slice(span) == name
                            && let Some(meant) = nearest(name, candidates(build, stage, &known))
                        {
                            draft.replace(span, meant, false);
                        }
                    }
                }
                known.extend(set_here);
            }
        }
    }
}

/// Looks into the heredocs that a COPY or ADD writes: one finding for each with variables that nothing sets.
fn judge_heredocs(
    stage: &Stage<'_>,
    instruction: &Instruction<'_>,
    is_known: impl Fn(&str) -> bool,
    report: &mut Reporter,
) {
    let (Body::Copy(copy) | Body::Add(copy)) = &instruction.body else { return };
    let heredocs = copy.sources.iter().filter_map(|source| instruction.heredocs.get(source.heredoc?));
    for heredoc in heredocs.filter(|heredoc| heredoc.expand) {
        let references = references_in_lines(&heredoc.content);
        let mut unset = references.iter().filter(|r| !r.has_fallback && !is_known(r.name));
        let Some(first) = unset.next() else { continue };
        let others: BTreeSet<&str> = unset.map(|r| r.name).filter(|name| *name != first.name).collect();
        let (what, its) = match others.len() {
            0 => (format!("`{}` is", first.name), "its"),
            1 => (format!("`{}` and another variable are", first.name), "their"),
            more => (format!("`{}` and {more} other variables are", first.name), "their"),
        };
        let start = heredoc.body.start + first.range.start as u32;
        let span = Span::new(start, start + first.name.len() as u32);
        let kept = references.iter().all(|r| !is_known(r.name));
        let quoted = format!("<<{}'{}'", if heredoc.chomp { "-" } else { "" }, heredoc.name);
        let draft = report
            .flag(
                span,
                format!(
                    "{what} never set before this line in {}, so {} writes nothing in {its} place: the builder expands the lines of `<<{}`",
                    stage.label(),
                    instruction.kind,
                    heredoc.name
                ),
            )
            .also("UndefinedVar")
            .help(format!("quote the name, `{quoted}`, to write the lines as they are; or declare what the build is to put in"));
        if kept && heredoc.fd == 0 {
            draft.replace(heredoc.span, quoted, false);
        }
    }
}

/// The variables that may have been meant: those set before in the stage, and those of the stages below.
fn candidates<'b, 's>(
    build: &'b Build<'s>,
    stage: &'b Stage<'s>,
    known: &BTreeSet<&'b str>,
) -> BTreeSet<&'b str> {
    let below = build.lineage(stage).skip(1).take(MAX_CANDIDATES);
    let names = below.flat_map(|below| build.instructions(below)).flat_map(|(_, i)| names_set_by(i));
    known.iter().copied().chain(names).take(MAX_CANDIDATES).collect()
}

fn is_global(build: &Build<'_>, name: &str) -> bool {
    build.global_args().flat_map(names_set_by).any(|n| n == name)
}

/// The declaration in `ARG X=$X`, which names the variable that it declares.
fn declared_by_itself(instruction: &Instruction<'_>, name: &str) -> Option<Span> {
    let Body::Arg(arguments) = &instruction.body else { return None };
    let own = arguments.iter().find(|a| a.name.as_str() == name)?;
    let value = own.default.as_ref()?.trim_matches('"');
    (value == format!("${name}") || value == format!("${{{name}}}")).then_some(own.span)
}

fn taken(build: &Build<'_>, name: &str) -> &'static str {
    match is_global(build, name) {
        true => "the value of the ARG before FROM, or of `--build-arg`",
        false => "the value of `--build-arg`",
    }
}

fn help(build: &Build<'_>, name: &str) -> String {
    if is_global(build, name) {
        format!("an ARG before FROM holds for FROM only: add `ARG {name}` to this stage")
    } else {
        format!("declare it first: `ARG {name}=...` or `ENV {name}=...`")
    }
}

/// The variables that the stage's base image brings along; None where that cannot be known.
fn given_by_base(build: &Build<'_>, stage: &Stage<'_>) -> Option<&'static [&'static str]> {
    let bottom = std::iter::successors(Some(stage.index), |s| match build.stage(*s)?.base {
        Base::Stage(index) => Some(index),
        _ => None,
    })
    .last()?;
    match &build.stage(bottom)?.base {
        Base::Scratch => Some(&[]),
        Base::Image(image) => variables_of(&ImageRef::parse(image)?),
        _ => None,
    }
}

/// The variables that official images set, besides PATH.
fn variables_of(image: &ImageRef) -> Option<&'static [&'static str]> {
    Some(match image.official()? {
        "alpine" | "busybox" | "debian" | "ubuntu" | "fedora" | "centos" | "rockylinux" | "almalinux"
        | "amazonlinux" | "archlinux" | "oraclelinux" | "buildpack-deps" | "photon" | "clearlinux" => {
            &["LANG", "LC_ALL"]
        }
        "golang" => &["GO*"],
        "node" => &["NODE_*", "YARN_*"],
        "python" | "pypy" => &["PY*", "LANG", "GPG_KEY"],
        "ruby" | "jruby" => &["RUBY*", "JRUBY*", "GEM*", "BUNDLE*", "LANG", "JAVA*"],
        "php" => &["PHP*", "GPG_KEYS", "APACHE*"],
        "rust" => &["RUST*", "CARGO_HOME"],
        "openjdk"
        | "adoptopenjdk"
        | "eclipse-temurin"
        | "amazoncorretto"
        | "ibmjava"
        | "sapmachine"
        | "ibm-semeru-runtimes" => &["JAVA*", "JDK_*", "LANG*", "LC_ALL", "CA_CERTIFICATES_JAVA_VERSION"],
        "maven" | "gradle" => &["JAVA*", "MAVEN*", "GRADLE*", "LANG*", "LC_ALL"],
        "nginx" => &["NGINX*", "NJS*", "PKG_RELEASE", "DYNPKG_RELEASE", "ACME_VERSION"],
        "httpd" => &["HTTPD*"],
        _ => return None,
    })
}
