use super::{Base, Build, DockerfileRule, Reporter};
use crate::data::official_tags;

pub(crate) struct UseSlimBase;

/// Words in a tag that say it is a small variant, or one whose contents somebody chose.
const CHOSEN: &[&str] = &[
    "slim",
    "alpine",
    "minimal",
    "windowsservercore",
    "nanoserver",
    "ubi",
    "jre",
    "distroless",
    "busybox",
    "scratch",
    "curl",
    "scm",
    "perl",
    "otel",
    "oracle",
    "tiny",
    "headless",
];

impl DockerfileRule for UseSlimBase {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        let Some(stage) = build.shipped().find(|s| matches!(s.base, Base::Image(_))) else { return };
        if build.is_toolbox() {
            return;
        }
        let Some((image, name)) = build.official_base(stage) else { return };
        let Some(tag) = image.tag() else { return };
        let is_version = tag.starts_with(|c: char| c.is_ascii_digit()) || is_codename(tag);
        if !is_version || CHOSEN.iter().any(|word| tag.contains(word)) {
            return;
        }
        let Some((smaller, is_alpine)) = smaller_tag(&name, tag) else { return };
        let message = if is_alpine {
            format!(
                "`{name}:{tag}` has an Alpine variant of the same version, a fraction of its size and of its packages to patch"
            )
        } else if name == "debian" {
            format!(
                "`debian:{tag}` has a slim variant: the same system without manual pages, documentation and translations"
            )
        } else {
            format!(
                "`{name}:{tag}` has a slim variant of the same version, a fraction of its size and of its packages to patch"
            )
        };
        let draft = report.flag(build.image_span(stage), message);
        draft.also("CIS-DI-0003");
        if is_alpine {
            draft.help(format!("try `{name}:{smaller}` (it has musl in place of glibc: programs compiled for the other may not run)"));
        } else {
            draft.help(match name.as_str() {
                "debian" => format!("write `debian:{smaller}`"),
                _ => format!("write `{name}:{smaller}`, and build in an earlier stage what needs a compiler"),
            });
            if name == "debian" || !needs_whole(build) {
                draft.mend(build.with_tag(stage, &smaller), false);
            }
        }
    }
}

/// Programs and managers that the whole image has what they need for, and a slim one does not.
const WHOLE: &[&str] = &[
    "autoconf",
    "autoreconf",
    "bzip2",
    "cargo",
    "cc",
    "cmake",
    "configure",
    "curl",
    "g++",
    "gcc",
    "git",
    "gpg",
    "hg",
    "make",
    "node-gyp",
    "patch",
    "pkg-config",
    "svn",
    "unzip",
    "wget",
    "xz",
];

/// Whether a RUN, or what the container starts, calls what only the whole image has.
fn needs_whole(build: &Build<'_>) -> bool {
    let stages = build.shipped().map(|s| s.index).collect::<Vec<_>>();
    build.runs().iter().filter(|run| stages.contains(&run.stage)).any(|run| {
        run.script.is_opaque()
            || run.script.effective_commands().any(|c| {
                let script = c.name().ends_with(".sh") || c.name_word().is_some_and(|w| w.has_expansion);
                // Ruby's gems are compiled where they are installed.
                c.is_any(WHOLE) || c.is_any(&["bundle", "gem"]) || script
            })
    })
}

/// The slim variant of the same version, or else the Alpine one, and whether it is that.
pub(super) fn smaller_tag(name: &str, tag: &str) -> Option<(String, bool)> {
    let tags = official_tags(name)?;
    let has = |wanted: &str| tags.clone().any(|t| t == wanted);
    let candidates = candidates(tag);
    if let Some(slim) = candidates.iter().find(|c| has(c)) {
        return Some((slim.clone(), false));
    }
    // An older version is no longer listed; what its image has today, it had then.
    let plain = |t: &str| t.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    if plain(tag) && !has(tag) && tags.clone().any(|t| t.strip_suffix("-slim").is_some_and(plain)) {
        return Some((format!("{tag}-slim"), false));
    }
    let alpine = format!("{tag}-alpine");
    has(&alpine).then_some((alpine, true))
}

/// `3.13-slim`; with a distribution `3.13-slim-bookworm` (python) or `22-bookworm-slim` (node).
fn candidates(tag: &str) -> Vec<String> {
    let mut candidates = vec![format!("{tag}-slim")];
    if let Some((version, distribution)) = tag.split_once('-') {
        candidates.push(format!("{version}-slim-{distribution}"));
    }
    candidates
}

fn is_codename(tag: &str) -> bool {
    let word = tag.split('-').next().unwrap_or(tag);
    let cycles = crate::data::cycles("debian");
    cycles.iter().any(|c| !c.codename.is_empty() && c.codename.eq_ignore_ascii_case(word))
}
