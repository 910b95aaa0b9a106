use std::path::Path;

use plimsoll_compose::{Build, Service};

use super::edits::{Edits, New};
use super::{ComposeRule, Reporter, Stack, built};
use crate::context::few_names_in;
use crate::rule::nearest;
use crate::{FileKind, kind_of};

pub(crate) struct MissingBuildFile;

/// A folder with more in it is not searched for the name that was meant.
const MAX_COMPARED: usize = 1_000;

impl ComposeRule for MissingBuildFile {
    fn check(&self, stack: &Stack<'_>, report: &mut Reporter) {
        for service in stack.services() {
            let Some(build) = &service.build else { continue };
            if let Some(paths) = built::paths(stack.project, build) {
                let place = build.context.as_ref().map_or(&build.key, |c| c.span());
                if stack.beside.lacks(&paths.context) {
                    let (edits, help) = match near_context(stack, build, &paths.context) {
                        Some((near, edits)) => (Some(edits), format!("did you mean `{near}`?")),
                        None => (
                            None,
                            format!(
                                "correct the path, which is relative to this file: it leads to `{}`",
                                paths.context.display()
                            ),
                        ),
                    };
                    report
                        .flag_compose(
                            place,
                            format!(
                                "the build context of `{}` is not there, so it cannot be built",
                                service.name
                            ),
                        )
                        .help(help)
                        .mend_project(stack, edits, false);
                    continue;
                }
                if let Some(dockerfile) = paths.dockerfile.filter(|d| stack.beside.lacks(d)) {
                    let named = build.dockerfile.as_ref();
                    let name =
                        dockerfile.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
                    let (edits, help) = match other_dockerfile(stack, service, build, &paths.context) {
                        Some((other, edits)) => (edits, format!("did you mean `{other}`?")),
                        None => (None, "correct the path: it is relative to the build context".to_owned()),
                    };
                    report
                        .flag_compose(
                            named.map_or(place, |d| d.span()),
                            format!(
                                "the build context of `{}` has no `{}`, so it cannot be built",
                                service.name,
                                named.map_or(&name, |d| &d.value)
                            ),
                        )
                        .help(help)
                        .mend_project(stack, edits, false);
                }
            }
            let Some(target) = build.target.as_ref().filter(|t| !t.value.contains('$')) else { continue };
            let Some(image) = stack.built(service) else {
                continue;
            };
            let known = |name: &str| {
                let number = name.parse::<usize>().is_ok_and(|n| n < image.stage_count);
                number || image.stages.iter().any(|stage| stage.eq_ignore_ascii_case(name))
            };
            if !known(&target.value) {
                let near = nearest(&target.value, image.stages.iter().map(String::as_str));
                let edits = near.and_then(|near| stack.requoted(target.span(), near));
                let help = match near {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => "name a stage of the Dockerfile, or take the target out".to_owned(),
                };
                report
                    .flag_compose(
                        target.span(),
                        format!("the Dockerfile of `{}` has no stage `{}`", service.name, target.value),
                    )
                    .help(help)
                    .mend_project(stack, edits, false);
            }
        }
    }
}

/// The folder beside the context that is not there whose name is nearest to it, and the edit that names it.
fn near_context(stack: &Stack<'_>, build: &Build, context: &Path) -> Option<(String, Edits)> {
    let written = build.context.as_ref()?;
    let wanted = context.file_name()?.to_str()?;
    let folder = context.parent()?;
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let names = few_names_in(folder, MAX_COMPARED);
    let names = names.iter().map(String::as_str);
    let near = nearest(wanted, names).filter(|near| folder.join(near).is_dir())?;
    let edits = stack.reworded(written.span(), wanted, near)?;
    Some((near.to_owned(), edits))
}

/// The Dockerfile that a context has under another name: the nearest, or the only one.
fn other_dockerfile(
    stack: &Stack<'_>,
    service: &Service,
    build: &Build,
    context: &Path,
) -> Option<(String, Option<Edits>)> {
    let named = build.dockerfile.as_ref();
    let wanted = named.map_or("Dockerfile", |name| name.value.as_str());
    let names = few_names_in(context, MAX_COMPARED);
    let is_dockerfile = |name: &&String| {
        kind_of(Path::new(name)) == Some(FileKind::Dockerfile) && context.join(name).is_file()
    };
    let known: Vec<&String> = names.iter().filter(is_dockerfile).collect();
    let near = nearest(wanted, known.iter().map(|name| name.as_str()));
    let other = near.or(match known.as_slice() {
        [only] => Some(only.as_str()),
        _ => None,
    })?;
    let edits = match named {
        Some(named) => stack.requoted(named.span(), other),
        None if service.node.get("build").is_some_and(|node| node.as_map().is_some()) => {
            stack.put_in_service(service, &["build", "dockerfile"], &New::text(other))
        }
        None => {
            let context = build.context.as_ref()?.written()?;
            let value = New::map([("context", New::text(context)), ("dockerfile", New::text(other))]);
            stack.replaced(service, "build", &value)
        }
    };
    Some((other.to_owned(), edits))
}
