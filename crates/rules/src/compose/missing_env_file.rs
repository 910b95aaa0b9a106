use super::env_files::is_private;
use super::{ComposeRule, Reporter, Stack};

pub(crate) struct MissingEnvFile;

impl ComposeRule for MissingEnvFile {
    fn check(&self, stack: &Stack<'_>, report: &mut Reporter) {
        for service in stack.services() {
            for file in service.env_file.iter().filter(|f| f.required && !f.path.value.contains('$')) {
                let path = stack.project.resolve(&file.path.span, &file.path.value);
                if !stack.beside.lacks(&path) || is_private(stack, &path) {
                    continue;
                }
                report
                    .flag_compose(
                        &file.path.span,
                        format!(
                            "the env file `{}` of `{}` is not there, so the project does not start",
                            file.path.value, service.name
                        ),
                    )
                    .help("add it or an example of it, correct the path, or mark it `required: false`");
            }
        }
    }
}
