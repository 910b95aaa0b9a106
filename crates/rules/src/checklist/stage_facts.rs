//! What a Dockerfile's stages are made of.

use plimsoll_dockerfile::{Body, Kind};
use plimsoll_shell::packages;

use super::facts::AppView;
use super::quoting::word;
use super::surroundings::place;
use super::verdict::{Evidence, Verdict};
use crate::dockerfile::base_users::{BaseUser, user_of};
use crate::dockerfile::{FileCopy, Stage, users};

/// There is a Dockerfile; it has been read.
pub(crate) fn dockerfile(view: &AppView<'_>, _: &str) -> Verdict {
    Verdict::holds(Evidence::at(&view.app.shown, None, format!("builds `{}`", view.app.name)))
}

/// What is said of everything in the built stage where the compose file names one that is not there.
pub(crate) fn lacks_stage(view: &AppView<'_>) -> Option<Verdict> {
    let target = view.app.target.as_ref()?;
    let is_missing = view.stage().is_none() && !view.build.stages().is_empty();
    is_missing.then(|| {
        let place = &view.app.target_place;
        Verdict::not_checked(format!("{} has no stage `{target}`, which {place} builds", view.app.shown), "")
    })
}

/// What is built in one stage ships in another.
pub(crate) fn multi_stage(view: &AppView<'_>, _: &str) -> Verdict {
    let Some(stage) = view.stage() else { return Verdict::fails(view.lacking("there is no FROM")) };
    let taken = view.build.shipped().find_map(|s| {
        let copy = view.build.copies(s).find(|c| from_stage(view, c).is_some())?;
        Some((copy.index, from_stage(view, &copy)?))
    });
    match taken {
        Some((at, from)) => {
            let count = view.build.stages().len();
            Verdict::holds(view.at(at, format!("the last of {count} stages takes from {from}")))
        }
        None => {
            let at = stage.instructions.start;
            Verdict::fails(view.at(at, "what is built here is what ships: no other stage is copied from"))
        }
    }
}

/// The stage that a COPY takes from, as a message calls it.
fn from_stage(view: &AppView<'_>, copy: &FileCopy<'_>) -> Option<String> {
    let name = view.build.expand_at(copy.index, copy.files.from.as_ref()?)?;
    view.build.stage_called(&name).map(|s| s.label().to_owned())
}

/// The runtime of the profile, in its version.
pub(crate) fn runtime(view: &AppView<'_>, _: &str) -> Verdict {
    let Some(profile) = view.profile else { return Verdict::not_applicable("it has no profile") };
    let Some(runtime) = &profile.runtime else {
        return Verdict::not_applicable(format!("profile `{}` names no runtime", profile.name));
    };
    let version = profile.runtime_version.as_deref().unwrap_or("");
    let mut right = Vec::new();
    let mut wrong = Vec::new();
    for stage in view.build.stages().iter().filter(|s| view.build.base_image_of(s).is_some()) {
        let Some((image, name)) = view.build.official_base(stage) else { continue };
        if name != *runtime {
            continue;
        }
        let tag = image.tag().unwrap_or("latest");
        let seen = view.at(stage.instructions.start, format!("`{name}:{tag}`"));
        if is_version(tag, version) { &mut right } else { &mut wrong }.push(seen);
    }
    let asked = format!("{runtime} {version}");
    if !wrong.is_empty() {
        for evidence in &mut wrong {
            evidence.text = format!("{}, and {} is asked for", evidence.text, asked.trim_end());
        }
        return Verdict::failed(wrong);
    }
    match right.pop() {
        // The last one is nearest to what ships.
        Some(seen) => Verdict::holds(seen),
        None => Verdict::fails(
            view.lacking(format!("no stage is based on `{runtime}`: {} is asked for", asked.trim_end())),
        ),
    }
}

/// Whether a tag is of that version: `3.11` has `3.11-slim` and `3.11.16`, not `3.110`.
fn is_version(tag: &str, version: &str) -> bool {
    tag.strip_prefix(version)
        .is_some_and(|rest| version.is_empty() || rest.is_empty() || rest.starts_with(['.', '-']))
}

/// A RUN installs what a file of dependencies lists.
pub(crate) fn installs_from(view: &AppView<'_>, file: &str) -> Verdict {
    for stage in view.build.stages() {
        let copied = view.build.lineage(stage).any(|s| view.build.copies(s).any(|c| brings(&c, file)));
        for run in view.build.runs_of(stage) {
            for command in run.script.effective_commands() {
                let names_it = command.args().iter().any(|w| {
                    let text = w.text_lossy();
                    text == file || text.ends_with(&format!("/{file}")) || text.ends_with(&format!("={file}"))
                });
                let install = packages::installs(command);
                let by_manifest =
                    || copied && file.ends_with(".json") && install.as_ref().is_some_and(|i| i.from_manifest);
                if (names_it && install.is_some()) || by_manifest() {
                    let what = format!("`{}` installs what {file} lists", command_words(command));
                    return Verdict::holds(view.at(run.instruction, what));
                }
            }
        }
    }
    Verdict::fails(view.lacking(format!("no RUN installs what {file} lists")))
}

/// `pip install`, `npm ci`.
fn command_words(command: &plimsoll_shell::Command) -> String {
    format!("{} {}", command.name(), command.subcommand().unwrap_or_default()).trim_end().to_owned()
}

fn brings(copy: &FileCopy<'_>, file: &str) -> bool {
    copy.takes_whole_context()
        || copy.files.sources.iter().any(|s| {
            let name = s.text.rsplit('/').next().unwrap_or_default();
            let stem = file.split('.').next().unwrap_or(file);
            name == file || (name.contains('*') && name.starts_with(stem))
        })
}

/// A RUN makes the production build.
pub(crate) fn runs_build(view: &AppView<'_>, _: &str) -> Verdict {
    match production_build(view) {
        Some((_, at, words)) => Verdict::holds(view.at(at, format!("`{words}`"))),
        None => Verdict::fails(view.lacking("no RUN makes a production build, such as `npm run build`")),
    }
}

/// The stage in which the production build runs, the RUN, and the command.
pub(super) fn production_build(view: &AppView<'_>) -> Option<(usize, usize, String)> {
    let builds = |c: &&plimsoll_shell::Command| {
        let words: Vec<&str> = c.args_without_flags().map(|w| w.text_lossy()).collect();
        match c.name() {
            "npm" | "yarn" | "pnpm" | "bun" => words.iter().any(|w| *w == "build" || w.starts_with("build:")),
            "next" | "vite" | "nuxt" | "ng" | "turbo" => words.contains(&"build"),
            "npx" => words.len() > 1 && words.contains(&"build"),
            _ => false,
        }
    };
    view.build.stages().iter().find_map(|stage| {
        view.build.runs_of(stage).find_map(|run| {
            let command = run.script.effective_commands().find(builds)?;
            let words: Vec<&str> = command.words.iter().map(|w| w.text_lossy()).collect();
            Some((stage.index, run.instruction, words.join(" ")))
        })
    })
}

/// The container's user is the one that the profile wants.
pub(crate) fn user(view: &AppView<'_>, _: &str) -> Verdict {
    let Some(stage) = view.stage() else { return Verdict::fails(view.lacking("there is no FROM")) };
    let wanted = view.profile.and_then(|p| p.user.as_deref()).unwrap_or("non-root");
    match view.build.user(stage) {
        Some(user) => {
            let name = user.name.split(':').next().unwrap_or_default();
            let right = if wanted == "non-root" { !users::is_root(&user.name) } else { name == wanted };
            let seen = view.at(user.instruction, format!("the container runs as `{}`", user.name));
            if right {
                return Verdict::holds(seen);
            }
            let asked =
                if wanted == "non-root" { "anybody but root".to_owned() } else { format!("`{wanted}`") };
            Verdict::fails(Evidence { text: format!("{}, and {asked} is asked for", seen.text), ..seen })
        }
        None => match view.build.base_image(stage) {
            Some(base) if wanted == "non-root" && users::runs_unprivileged(base) => Verdict::holds(
                view.lacking(format!("`{}` runs as another user than root", base.familiar_name())),
            ),
            Some(base) if wanted == "non-root" && user_of(base) == BaseUser::Unknown => {
                let name = base.familiar_name();
                Verdict::not_checked(
                    format!("there is no USER, and which user {name} sets no file here says"),
                    format!("docker image inspect --format '{{{{.Config.User}}}}' {}", word(&name)),
                )
            }
            _ => Verdict::fails(view.lacking("there is no USER: the container runs as root")),
        },
    }
}

/// Files of the application belong to the user who runs it.
pub(crate) fn owned_copies(view: &AppView<'_>, _: &str) -> Verdict {
    let mut owned = Vec::new();
    let mut foreign = Vec::new();
    for stage in view.build.shipped() {
        for copy in view.build.copies(stage).filter(|c| goes_to_the_workdir(view, stage, c)) {
            let to = copy.files.destination.as_ref().map_or("", |d| d.as_str());
            match &copy.files.chown {
                Some(owner) if !users::is_root(owner) => {
                    owned.push(view.at(copy.index, format!("`{to}` belongs to `{}`", owner.as_str())));
                }
                _ if is_given_away(view, stage, &copy) => {
                    owned.push(view.at(copy.index, format!("`{to}` is given to the user by a later chown")));
                }
                _ => foreign
                    .push(view.at(copy.index, format!("`{to}` belongs to root: no --chown says otherwise"))),
            }
        }
    }
    if !foreign.is_empty() {
        return Verdict::failed(foreign);
    }
    if owned.is_empty() {
        return Verdict::not_applicable("nothing is copied into the working folder");
    }
    Verdict::all(owned.into_iter().map(Verdict::holds))
}

/// Whether a COPY puts files where the application works.
fn goes_to_the_workdir(view: &AppView<'_>, stage: &Stage<'_>, copy: &FileCopy<'_>) -> bool {
    let Some(to) = copy.files.destination.as_ref().map(|d| d.as_str()) else { return false };
    if !to.starts_with('/') {
        return true;
    }
    let Some(stage) = view.build.stage(stage.index) else { return false };
    let folder = view.build.workdir_at(stage, view.build.tree.instructions.len());
    folder.filter(|f| !f.trim_matches('/').is_empty()).is_some_and(|f| {
        to.strip_prefix(f.trim_end_matches('/')).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    })
}

/// Whether a RUN behind the COPY changes the owner of what it copied, or of all of the working folder.
fn is_given_away(view: &AppView<'_>, stage: &Stage<'_>, copy: &FileCopy<'_>) -> bool {
    let to = copy.files.destination.as_ref().map_or("", |d| d.trim_end_matches('/'));
    let folder = view.build.stage(stage.index).and_then(|s| view.build.workdir_at(s, copy.index));
    view.build.runs_of(stage).filter(|r| r.instruction > copy.index).any(|run| {
        run.script.effective_commands().filter(|c| c.is("chown") && c.has_flag("R", "recursive")).any(|c| {
            c.args_without_flags().skip(1).any(|w| {
                let text = w.text_lossy().trim_end_matches('/');
                text == to
                    || text == "."
                    || folder.as_deref().is_some_and(|f| f.trim_end_matches('/') == text)
            })
        })
    })
}

/// ENV sets a variable in the image: `NAME`, or `NAME=VALUE` where only that value counts.
pub(crate) fn sets_env(view: &AppView<'_>, wanted: &str) -> Verdict {
    let (name, value) = wanted.split_once('=').map_or((wanted, None), |(name, value)| (name, Some(value)));
    for (project, service) in view.around.services_of(view.app) {
        let Some(set) = service.environment.iter().find(|v| v.key == name) else { continue };
        let (file, line) = place(project, &set.key_span);
        // What a variable of the environment decides is not known.
        match (&set.value, value) {
            (Some(set), Some(value)) if set != value && !set.contains('$') => {
                let text = format!("{name} is not `{value}` for `{}`", service.name);
                return Verdict::fails(Evidence::at(&file, line, text));
            }
            _ => {}
        }
    }
    for stage in view.build.shipped() {
        for (at, instruction) in view.build.instructions(stage) {
            let Body::Env(pairs) = &instruction.body else { continue };
            let Some(pair) = pairs.iter().rev().find(|p| p.key.as_str() == name) else { continue };
            let set = view.build.expand_at(at, &pair.unquoted(view.build.tree.escape));
            return match value {
                Some(value) if set.as_deref() != Some(value) => {
                    Verdict::fails(view.at(at, format!("{name} is not `{value}`")))
                }
                _ => Verdict::holds(view.at(at, format!("sets {name}"))),
            };
        }
    }
    Verdict::fails(view.lacking(format!("no ENV sets {wanted}")))
}

/// These packages of the distribution are there where something needs them.
pub(crate) fn system_packages(view: &AppView<'_>, names: &str) -> Verdict {
    Verdict::all(names.split_whitespace().map(|name| system_package(view, name)))
}

fn system_package(view: &AppView<'_>, name: &str) -> Verdict {
    let brings = |package: &str| {
        package == name || (name == "gcc" && matches!(package, "build-essential" | "build-base" | "g++"))
    };
    for stage in view.build.stages() {
        for run in view.build.runs_of(stage) {
            let installs = run.script.effective_commands().filter_map(packages::installs);
            if installs.filter(|i| i.manager.is_system()).any(|i| i.packages.iter().any(|p| brings(&p.name)))
            {
                return Verdict::holds(view.at(run.instruction, format!("installs {name}")));
            }
        }
    }
    // The full images are made for building.
    let full = view.build.stages().iter().find(|s| {
        view.build.base_image_of(s).is_some()
            && view.build.official_base(s).is_some_and(|(image, base)| {
                let tag = image.tag().unwrap_or("latest");
                matches!(base.as_str(), "python" | "node" | "ruby" | "buildpack-deps" | "gcc")
                    && !["slim", "alpine"].iter().any(|small| tag.contains(small))
            })
    });
    match full {
        Some(stage) => {
            Verdict::holds(view.at(stage.instructions.start, format!("the base image has {name}")))
        }
        None => Verdict::fails(view.lacking(format!("no RUN installs {name}, and no base image has it"))),
    }
}

/// Whether the stage, or one that it is built on, has an instruction of that kind.
pub(crate) fn last(view: &AppView<'_>, kind: Kind) -> Option<usize> {
    view.stage().and_then(|stage| view.build.last_of(stage, kind)).map(|(at, _)| at)
}

#[cfg(test)]
mod tests {
    use super::is_version;

    #[test]
    fn a_version_takes_its_patches_and_variants() {
        for tag in ["3.11", "3.11-slim", "3.11.16-slim-trixie"] {
            assert!(is_version(tag, "3.11"), "{tag}");
        }
        for tag in ["3.110", "3.1", "3", "latest", "slim-3.11"] {
            assert!(!is_version(tag, "3.11"), "{tag}");
        }
        assert!(is_version("anything", ""));
    }
}
