//! What a folder holds: the applications that are built in it, and the compose projects that run them.

use std::path::{Component, Path, PathBuf};

use plimsoll_compose::{Diagnostic, Disk, Project, Service};

use super::verdict::Evidence;
use crate::compose::{build_paths, compose_projects};
use crate::config::Settings;
use crate::context::names_in;
use crate::dockerfile::ImageRef;
use crate::evidence;
use crate::profile::Profile;
use crate::{ComposeFiles, FileKind};

/// A folder, as a checklist sees it.
#[derive(Debug, Default)]
pub struct Surroundings {
    /// The folder.
    pub folder: PathBuf,
    /// What is built, in the order of the Dockerfiles' paths.
    pub apps: Vec<App>,
    /// What is run.
    pub(crate) projects: Vec<Project>,
    /// Files that are laid over one of them (`-f compose.yaml -f compose.prod.yaml`): its index, and both merged.
    pub(crate) overlays: Vec<(usize, Project)>,
    /// What Compose refuses in the projects: where, and why.
    pub(crate) refused: Vec<Evidence>,
    /// Applications without a Dockerfile: the file that tells of one, and its profile.
    pub(crate) unbuilt: Vec<(String, String)>,
}

/// An application: a Dockerfile, and what is known of the image that it makes.
#[derive(Clone, Debug)]
pub struct App {
    /// The compose service's name, or else the folder's.
    pub name: String,
    /// The Dockerfile.
    pub dockerfile: PathBuf,
    /// The Dockerfile as findings call it.
    pub shown: String,
    /// The build context.
    pub context: PathBuf,
    /// The stage that the compose file builds.
    pub target: Option<String>,
    /// Where the compose file says so: `compose.yaml:7`.
    pub(crate) target_place: String,
    /// What it is held to.
    pub profile: Option<Profile>,
    /// Why it has that profile.
    pub because: String,
    /// The services that run it: the project's index, and the service's name.
    pub(crate) services: Vec<(usize, String)>,
}

impl App {
    /// Whether it is held to the profile of that name.
    pub(crate) fn is(&self, profile: &str) -> bool {
        self.profile.as_ref().is_some_and(|p| p.name == profile)
    }
}

impl Surroundings {
    /// Looks at a folder whose files plimsoll has found, each with its kind. Nothing fails: what cannot be read is
    /// left out, and reported by who checks it.
    pub fn find(folder: &Path, files: &[(PathBuf, FileKind)], settings: &Settings) -> Self {
        let of = |kind: FileKind| files.iter().filter(move |(_, k)| *k == kind).map(|(path, _)| path.clone());
        let compose: Vec<PathBuf> = of(FileKind::Compose).collect();
        let (laid_over, whole): (Vec<ComposeFiles>, Vec<ComposeFiles>) =
            compose_projects(&compose).into_iter().partition(|p| p.about.is_some());
        let load = |files: &ComposeFiles| Project::load(&files.files, &Disk, &|_| None);
        let projects: Vec<Project> = whole.iter().map(load).collect();
        let refused =
            whole.iter().zip(&projects).flat_map(|(files, project)| refused(files, project)).collect();
        let overlay = |files: &ComposeFiles| {
            let base = whole.iter().position(|own| own.files.first() == files.files.first())?;
            Some((base, load(files)))
        };
        let overlays = laid_over.iter().filter_map(overlay).collect();
        let mut dockerfiles: Vec<PathBuf> = of(FileKind::Dockerfile).collect();
        for project in &projects {
            // Whatever its name: the compose file says that it is one.
            let builds =
                project.compose.services.iter().filter_map(|s| build_paths(project, s.build.as_ref()?));
            let named = builds.filter_map(|paths| paths.dockerfile).filter(|path| path.is_file());
            for path in named {
                if !dockerfiles.iter().any(|known| plain(known) == plain(&path)) {
                    dockerfiles.push(path);
                }
            }
        }
        let apps: Vec<App> = dockerfiles.into_iter().map(|path| app(path, &projects, settings)).collect();
        let unbuilt = unbuilt(folder, &apps, settings);
        Self { folder: folder.to_owned(), apps, projects, overlays, refused, unbuilt }
    }

    /// The application that a name means: its own, or that of its profile where only one has it.
    pub fn app_named(&self, name: &str) -> Option<usize> {
        let own = self.apps.iter().position(|app| app.name == name);
        own.or_else(|| {
            let mut of_profile = self.apps.iter().enumerate().filter(|(_, app)| app.is(name));
            let first = of_profile.next()?.0;
            of_profile.next().is_none().then_some(first)
        })
    }

    /// Whether a service runs an image that is only pulled.
    pub fn pulls(&self, service: &str) -> bool {
        self.services().any(|(_, own)| own.name == service && own.build.is_none())
    }

    /// The names by which images can be given: of the applications, and of the services whose images are only pulled.
    pub fn image_names(&self) -> Vec<&str> {
        let pulled = self.services().filter(|(_, service)| service.build.is_none());
        let pulled = pulled.map(|(_, service)| service.name.as_str());
        self.apps.iter().map(|app| app.name.as_str()).chain(pulled).collect()
    }

    /// The services that run an application.
    pub(crate) fn services_of<'s>(
        &'s self,
        app: &'s App,
    ) -> impl Iterator<Item = (&'s Project, &'s Service)> {
        app.services.iter().filter_map(|(project, name)| {
            let project = self.projects.get(*project)?;
            Some((project, project.compose.service(name)?))
        })
    }

    /// Every service of every project.
    pub(crate) fn services(&self) -> impl Iterator<Item = (&Project, &Service)> {
        self.projects.iter().flat_map(|project| project.compose.services.iter().map(move |s| (project, s)))
    }
}

/// What Compose refuses in a project.
fn refused(files: &ComposeFiles, project: &Project) -> Vec<Evidence> {
    let first = files.files.first().map(|file| shown(file)).unwrap_or_default();
    let told = |diagnostic: &Diagnostic| {
        let (file, line) = place(project, &diagnostic.span);
        let file = if file.is_empty() { first.clone() } else { file };
        Evidence::at(&file, line.filter(|line| *line > 0), diagnostic.message.clone())
    };
    project.diagnostics.iter().map(told).collect()
}

/// The file that a compose span stands in, as findings call it, and the line.
pub(crate) fn place(project: &Project, span: &plimsoll_compose::Span) -> (String, Option<u32>) {
    let file = project.source(span).map(|s| shown(&s.path)).unwrap_or_default();
    (file, u32::try_from(span.line).ok())
}

/// A path as findings call it.
pub(crate) fn shown(path: &Path) -> String {
    path.strip_prefix("./").unwrap_or(path).to_string_lossy().into_owned()
}

/// Paths are compared without the `.` in them.
pub(super) fn plain(path: &Path) -> PathBuf {
    path.components().filter(|c| *c != Component::CurDir).collect()
}

fn app(dockerfile: PathBuf, projects: &[Project], settings: &Settings) -> App {
    let folder = match dockerfile.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
        _ => PathBuf::from("."),
    };
    let mut app = App {
        name: String::new(),
        shown: shown(&dockerfile),
        context: folder.clone(),
        target: None,
        target_place: String::new(),
        profile: None,
        because: String::new(),
        services: Vec::new(),
        dockerfile,
    };
    let mut images = Vec::new();
    for (at, project) in projects.iter().enumerate() {
        for service in project.compose.services.iter() {
            let Some(build) = &service.build else { continue };
            let Some(paths) = build_paths(project, build) else { continue };
            if paths.dockerfile.as_deref().map(plain) != Some(plain(&app.dockerfile)) {
                continue;
            }
            if app.services.is_empty() {
                app.name.clone_from(&service.name);
                app.context = paths.context;
                if let Some(target) = build.target.as_ref().filter(|t| !t.value.contains('$')) {
                    app.target = Some(target.value.clone());
                    let (file, line) = place(project, target.span());
                    app.target_place = Evidence::at(&file, line, "").place();
                }
            }
            images.extend(service.image.as_ref().map(|i| i.value.clone()));
            app.services.push((at, service.name.clone()));
        }
    }
    if app.name.is_empty() {
        app.name = own_name(&app.dockerfile, &folder);
    }
    choose_profile(&mut app, &folder, &images, settings);
    app
}

/// `api` of `api.Dockerfile`, or else the folder's name.
fn own_name(dockerfile: &Path, folder: &Path) -> String {
    let file = dockerfile.file_name().and_then(|n| n.to_str()).unwrap_or_default();
    let word = file.strip_prefix("Dockerfile.").or_else(|| file.strip_suffix(".Dockerfile"));
    let absolute = || std::path::absolute(folder).ok();
    let folder = folder.file_name().map(|n| n.to_string_lossy().into_owned());
    let folder = folder.or_else(|| Some(absolute()?.file_name()?.to_string_lossy().into_owned()));
    word.map(str::to_owned).or(folder).unwrap_or_else(|| "app".to_owned())
}

/// What is said in plimsoll.toml wins, then what the project depends on, then names.
fn choose_profile(app: &mut App, folder: &Path, images: &[String], settings: &Settings) {
    let path = app.dockerfile.strip_prefix("./").unwrap_or(&app.dockerfile);
    if let Some(profile) = settings.asked_profile(images, Some(path)) {
        app.because = "as configured".to_owned();
        app.profile = Some(profile);
        return;
    }
    for place in [app.context.as_path(), folder] {
        if let Some((profile, because)) = evidence::suggested(place, settings) {
            app.because = because;
            app.profile = Some(profile.clone());
            return;
        }
    }
    let image_names = images.iter().filter_map(|i| Some(ImageRef::parse(i)?.repository()));
    for name in std::iter::once(app.name.clone()).chain(image_names) {
        let mut words = name.split(['-', '_', '.', '/']);
        let found = settings.profiles().find(|p| words.clone().any(|w| p.names.iter().any(|n| n == w)));
        if let Some(profile) = found {
            let word = words.find(|w| profile.names.iter().any(|n| n == w)).unwrap_or_default();
            app.because = format!("named `{word}`");
            app.profile = Some(profile.clone());
            return;
        }
    }
}

/// Folders, this one and those directly in it, that hold an application and no Dockerfile.
fn unbuilt(folder: &Path, apps: &[App], settings: &Settings) -> Vec<(String, String)> {
    let inside = names_in(folder).into_iter().filter(|n| !n.starts_with('.') && n != "node_modules");
    let folders = std::iter::once(folder.to_owned()).chain(inside.map(|n| folder.join(n)));
    let is_built = |place: &Path| {
        apps.iter().any(|app| {
            plain(&app.context).starts_with(plain(place))
                || app.dockerfile.parent().is_some_and(|p| plain(p) == plain(place))
        })
    };
    folders
        .filter(|place| place.is_dir() && !is_built(place))
        .filter_map(|place| {
            let (profile, because) = evidence::suggested(&place, settings)?;
            Some((format!("{}: {because}", shown(&place)), profile.name.clone()))
        })
        .collect()
}
