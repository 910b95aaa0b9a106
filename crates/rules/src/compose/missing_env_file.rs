use std::path::Path;

use super::env_files::is_private;
use super::{ComposeRule, Reporter, Stack};
use crate::context::few_names_in;

pub(crate) struct MissingEnvFile;

/// A folder with more in it is not searched for the name that was meant.
const MAX_COMPARED: usize = 1_000;

impl ComposeRule for MissingEnvFile {
    fn check(&self, stack: &Stack<'_>, report: &mut Reporter) {
        for service in stack.services() {
            for file in service.env_file.iter().filter(|f| f.required && !f.path.value.contains('$')) {
                let path = stack.project.resolve(&file.path.span, &file.path.value);
                if !stack.beside.lacks(&path) || is_private(stack, &path) {
                    continue;
                }
                let (edits, help) = match near_file(&path) {
                    Some(near) => (
                        stack.reworded(&file.path.span, &file_name(&path), &near),
                        format!("did you mean `{near}`?"),
                    ),
                    None => (
                        None,
                        "add it or an example of it, correct the path, or mark it `required: false`"
                            .to_owned(),
                    ),
                };
                report
                    .flag_compose(
                        &file.path.span,
                        format!(
                            "the env file `{}` of `{}` is not there, so the project does not start",
                            file.path.value, service.name
                        ),
                    )
                    .help(help)
                    .mend_project(stack, edits, false);
            }
        }
    }
}

fn file_name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// The env file in the same folder whose name is nearest.
fn near_file(path: &Path) -> Option<String> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let names = few_names_in(folder, MAX_COMPARED);
    let env = names.iter().filter(|name| name.contains("env"));
    let near = crate::rule::nearest(&file_name(path), env.map(String::as_str))?;
    folder.join(near).is_file().then(|| near.to_owned())
}
