use plimsoll_shell::packages::{self, Manager, Package};

use super::bases::Family;
use super::edits::Replacement;
use super::kept::{kept_packages, listed};
use super::{Build, DockerfileRule, ImageRef, Reporter, Run, Stage};
use crate::data::build_package;

pub(crate) struct BuildToolsInFinalStage;

impl DockerfileRule for BuildToolsInFinalStage {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        if build.is_toolbox() {
            return;
        }
        let Some(stage) = build.final_stage() else { return };
        if build.base_image(stage).is_some_and(is_for_building) {
            return;
        }
        let brought = brought_by_base(build, stage);
        for kept in kept_packages(build) {
            let tools: Vec<_> = kept
                .packages
                .iter()
                .filter(|p| !brought.iter().any(|names| names.contains(&p.name.as_str())))
                .filter_map(|p| what_of(p).map(|what| (p, what)))
                .collect();
            let Some((first, what)) = tools.first() else { continue };
            let names: Vec<&str> = tools.iter().map(|(p, _)| p.name.as_str()).collect();
            let message = match names.as_slice() {
                [name] => format!(
                    "`{name}` ({what}) stays in the image: only building needs it, and it helps an intruder"
                ),
                _ => format!(
                    "{} stay in the image: only building needs them, and they help an intruder",
                    listed(&names)
                ),
            };
            let draft = report.flag(kept.run.span(first.span), message);
            draft
                .help("build in an earlier stage and take the result with `COPY --from=...`, or remove them in the same RUN")
                .also("CIS-DI-0003");
            // What goes with headers may be a library that the program needs.
            if tools.iter().all(|(_, what)| *what != "headers") && builds_there_alone(build, kept.run) {
                draft.mend(purged(build, kept.run, first, &names), false);
            }
        }
    }
}

/// Whether a base is made of build tools, and so was chosen for them.
fn is_for_building(image: &ImageRef) -> bool {
    const OFFICIAL: &[&str] = &["buildpack-deps", "gcc", "golang", "rust", "maven", "gradle"];
    const WORDS: &[&str] = &["builder", "devel", "toolchain", "toolchains"];
    match image.official_mirrored() {
        Some(name) => OFFICIAL.contains(&name.as_str()),
        None => {
            let repository = image.repository().to_ascii_lowercase();
            let tag = image.tag().unwrap_or("").to_ascii_lowercase();
            let named = |text: &str| {
                text.split(['/', '-', '.', '_']).any(|part| {
                    WORDS.contains(&part) || part.starts_with("manylinux") || part.starts_with("musllinux")
                })
            };
            named(&repository) || named(&tag)
        }
    }
}

/// The build tools that the official images which stand on `buildpack-deps` have.
const BUILDPACK_PACKAGES: &[&str] = &[
    "autoconf",
    "automake",
    "bzip2",
    "cpp",
    "default-libmysqlclient-dev",
    "imagemagick",
    "libbz2-dev",
    "libcurl4-openssl-dev",
    "libdb-dev",
    "libevent-dev",
    "libffi-dev",
    "libgdbm-dev",
    "libglib2.0-dev",
    "libgmp-dev",
    "libjpeg-dev",
    "libkrb5-dev",
    "liblzma-dev",
    "libmagickcore-dev",
    "libmagickwand-dev",
    "libmaxminddb-dev",
    "libmysqlclient-dev",
    "libncurses-dev",
    "libncurses5-dev",
    "libncursesw5-dev",
    "libpng-dev",
    "libpq-dev",
    "libreadline-dev",
    "libsqlite3-dev",
    "libssl-dev",
    "libtool",
    "libwebp-dev",
    "libxml2-dev",
    "libxslt-dev",
    "libxslt1-dev",
    "libyaml-dev",
    "m4",
    "patch",
    "unzip",
    "zlib1g-dev",
];
/// Those, and PHP's own images on Debian, which compile its extensions.
const COMPILER_PACKAGES: &[&str] = &[
    "autoconf",
    "binutils",
    "build-essential",
    "dpkg-dev",
    "file",
    "g++",
    "gcc",
    "libc-dev",
    "libc6-dev",
    "libstdc++-dev",
    "make",
    "pkg-config",
    "pkgconf",
    "re2c",
];

/// The packages that the stage's image has from its base: installing them adds nothing. Of a base without a tag, or with
/// `latest`, that is not said: `pin-base-image` asks for a tag, and its fix writes one of an image without them.
fn brought_by_base<'s>(build: &Build<'s>, stage: &Stage<'s>) -> Vec<&'static [&'static str]> {
    let Some((image, name)) = build.official_base(stage) else { return Vec::new() };
    let Some(tag) = image.tag().filter(|tag| *tag != "latest") else { return Vec::new() };
    if build.family(stage) != Some(Family::Debian) || tag.contains("slim") {
        return Vec::new();
    }
    match name.as_str() {
        "node" | "python" | "ruby" | "perl" | "pypy" | "erlang" | "elixir" => {
            vec![BUILDPACK_PACKAGES, COMPILER_PACKAGES]
        }
        "php" => vec![COMPILER_PACKAGES],
        _ => Vec::new(),
    }
}

/// In `java-17-openjdk-devel` the number is no version.
fn what_of(package: &Package) -> Option<&'static str> {
    build_package(&package.name).or_else(|| build_package(&package.text))
}

/// Commands that compile what is installed for it.
const BUILDERS: &[&str] = &[
    "pip",
    "pip3",
    "python",
    "python3",
    "gem",
    "bundle",
    "npm",
    "yarn",
    "pnpm",
    "make",
    "cmake",
    "ninja",
    "gcc",
    "cc",
    "g++",
    "go",
    "cargo",
    "configure",
    "luarocks",
    "pecl",
    "docker-php-ext-install",
    "R",
    "Rscript",
    "cpanm",
    "uv",
    "poetry",
];

/// Whether the RUN that installs the tools also uses them, and no other RUN of what is shipped could.
fn builds_there_alone(build: &Build<'_>, run: &Run) -> bool {
    let compiles = |r: &Run| {
        r.script.is_opaque()
            || r.script.effective_commands().any(|c| {
                let name = c.name();
                c.is_any(BUILDERS)
                    || name.starts_with("python")
                    || name.ends_with(".sh")
                    || name.contains('$')
            })
    };
    let others = build.shipped().flat_map(|s| build.runs_of(s)).filter(|r| r.instruction > run.instruction);
    compiles(run) && !run.script.is_opaque() && others.into_iter().all(|r| !compiles(r))
}

/// The tools removed at the end of the RUN that installs them.
fn purged(build: &Build<'_>, run: &Run, first: &Package, names: &[&str]) -> Option<Replacement> {
    let (step, _) = build.step_with_word(run, first.span)?;
    let list = names.join(" ");
    let command = match packages::installs(step.command)?.manager {
        Manager::Apt => format!("apt-get purge -y --auto-remove {list}"),
        Manager::Apk => format!("apk del {list}"),
        _ => return None,
    };
    build.with_last_step(&step, &command)
}
