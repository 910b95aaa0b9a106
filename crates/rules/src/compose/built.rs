//! What a service's own Dockerfile says of the image that it makes.

use std::collections::HashSet;
use std::path::PathBuf;

use plimsoll_compose::{Build, Project, Service};
use plimsoll_dockerfile::instructions::Pair;
use plimsoll_dockerfile::{Body, Form, Kind, Source};

use super::stack::Beside;
use crate::config::Settings;
use crate::dockerfile::owners::Owners;
use crate::dockerfile::{self, Around, ImageRef, Start};

/// An image that a service builds, as far as its Dockerfile tells.
#[derive(Clone, Debug, Default)]
pub(crate) struct BuiltImage {
    /// The names of the stages, those without one left out.
    pub(crate) stages: Vec<String>,
    /// How many stages there are.
    pub(crate) stage_count: usize,
    /// The user that it ends as, its variables put in; None where nothing says so.
    pub(crate) user: Option<String>,
    /// Whether a stage that it is made of says how its health is tested.
    pub(crate) has_healthcheck: bool,
    /// The ports it says it listens on; None where one depends on what is not known.
    pub(crate) exposed: Option<Vec<(u16, u16)>>,
    /// Whether it builds a frontend's bundle, into which public variables go.
    pub(crate) has_bundle: bool,
    /// What ENV sets for the container, as far as its value is known.
    pub(crate) env: Vec<(String, String)>,
    /// The build arguments that its stages take.
    pub(crate) args: HashSet<String>,
    /// The folder that it works in, as far as its Dockerfile says.
    pub(crate) workdir: Option<String>,
    /// The image it is built on, when that is one with a name that is known.
    pub(crate) base: Option<ImageRef>,
    /// What the container starts, where the Dockerfile says it.
    pub(crate) start: Option<Start>,
    /// The words of its ENTRYPOINT: none where it has none or a shell reads it.
    pub(crate) entrypoint: Vec<String>,
    /// Whether a shell reads its ENTRYPOINT, which no command changes.
    pub(crate) has_fixed_start: bool,
    /// Whether it holds the server that Next.js writes for itself.
    pub(crate) has_next_standalone: bool,
    /// Whom its files are made for, where the service names a user of its own.
    pub(crate) owners: Owners,
}

/// Official images of systems and languages, which expose no port.
const PLAIN: &[&str] = &[
    "almalinux",
    "alpine",
    "amazoncorretto",
    "amazonlinux",
    "archlinux",
    "busybox",
    "debian",
    "eclipse-temurin",
    "elixir",
    "erlang",
    "fedora",
    "golang",
    "node",
    "openjdk",
    "oraclelinux",
    "perl",
    "python",
    "rockylinux",
    "ruby",
    "rust",
    "ubuntu",
];

impl BuiltImage {
    /// Whether its base is known to expose no port, so that those of its Dockerfile are all.
    pub(crate) fn exposes_only_its_own(&self) -> bool {
        self.base.as_ref().and_then(ImageRef::official).is_some_and(|name| PLAIN.contains(&name))
    }
}

/// A path that a build names.
pub(crate) struct BuildPaths {
    /// The context.
    pub(crate) context: PathBuf,
    /// The Dockerfile; None when it stands in the compose file itself.
    pub(crate) dockerfile: Option<PathBuf>,
}

/// Where a build's context and Dockerfile are on this disk; None when the context is a URL or not known.
pub(crate) fn paths(project: &Project, build: &Build) -> Option<BuildPaths> {
    let (written, span) = match &build.context {
        Some(context) => (context.value.as_str(), context.span()),
        None => (".", &build.key),
    };
    let elsewhere =
        written.contains("://") || written.starts_with("git@") || written.starts_with("github.com/");
    if elsewhere || written.contains('$') {
        return None;
    }
    let context = project.resolve(span, written);
    let dockerfile = match (&build.dockerfile, &build.dockerfile_inline) {
        (_, Some(_)) => None,
        (Some(name), _) if name.value.contains('$') => return None,
        (Some(name), _) => Some(context.join(&name.value)),
        (None, None) => Some(context.join("Dockerfile")),
    };
    // The folder that one stands in has no name that could be opened.
    let here = context.as_os_str().is_empty();
    Some(BuildPaths { context: if here { PathBuf::from(".") } else { context }, dockerfile })
}

/// Reads the Dockerfile of a service that has a build. None when there is none to read.
pub(crate) fn built(
    project: &Project,
    settings: &Settings,
    beside: &Beside,
    service: &Service,
) -> Option<BuiltImage> {
    let build = service.build.as_ref()?;
    let bytes = match &build.dockerfile_inline {
        Some(inline) => inline.value.clone().into_bytes(),
        None => beside.read(&paths(project, build)?.dockerfile?)?,
    };
    let mut settings = settings.clone();
    settings.target = build.target.as_ref().map(|t| t.value.clone()).filter(|t| !t.contains('$'));
    let given = build.args.iter().filter_map(|a| Some((a.key.clone(), a.value.clone()?)));
    settings.build_args.extend(given.filter(|(_, value)| !value.contains('$')));
    let source = Source::new(bytes);
    let tree = plimsoll_dockerfile::parse(&source);
    let around = Around::nowhere();
    let build = dockerfile::Build::new(&source, &tree, &settings, &around);
    let mut image = digest(&build);
    // Nobody else asks.
    if let Some(stage) = build.final_stage().filter(|_| service.user.is_some()) {
        image.owners = Owners::of(&build, stage);
    }
    Some(image)
}

fn digest(build: &dockerfile::Build<'_>) -> BuiltImage {
    let names = build.stages().iter().filter_map(|s| s.name.map(str::to_owned));
    let mut image = BuiltImage {
        stages: names.collect(),
        stage_count: build.stages().len(),
        exposed: Some(Vec::new()),
        ..BuiltImage::default()
    };
    let Some(stage) = build.final_stage() else { return image };
    image.user = build.user(stage).map(|user| user.name);
    image.has_healthcheck = build.healthcheck(stage).is_some();
    image.base = build.base_image(stage).cloned();
    image.workdir = build.workdir_at(stage, usize::MAX);
    image.has_bundle = build.builds_bundle();
    image.start = build.start(stage);
    if let Some((_, entrypoint)) = build.last_of(stage, Kind::Entrypoint) {
        match entrypoint.form().and_then(Form::json) {
            Some(words) => image.entrypoint = words.iter().map(|word| word.as_str().to_owned()).collect(),
            None => image.has_fixed_start = true,
        }
    }
    image.has_next_standalone = dockerfile::next_standalone::is_in(build);
    for stage in build.shipped() {
        for (at, instruction) in build.instructions(stage) {
            if let Body::Env(pairs) = &instruction.body {
                let known = |p: &Pair<'_>| {
                    Some((p.key.as_str().to_owned(), build.expand_at(at, &p.unquoted(build.tree.escape))?))
                };
                image.env.extend(pairs.iter().filter_map(known));
            }
            if let Body::Arg(declared) = &instruction.body {
                image.args.extend(declared.iter().map(|d| d.name.as_str().to_owned()));
            }
            let Body::Expose(ports) = &instruction.body else { continue };
            for port in ports {
                let range = match &port.parsed {
                    Some(parsed) => Some((parsed.start, parsed.end)),
                    None => build.expand_at(at, &port.text).and_then(|text| {
                        let number = text.split('/').next()?.parse().ok()?;
                        Some((number, number))
                    }),
                };
                match (range, &mut image.exposed) {
                    (Some(range), Some(known)) => known.push(range),
                    _ => image.exposed = None,
                }
            }
        }
    }
    image
}
