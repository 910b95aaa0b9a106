use plimsoll_compose::{Problem, Service};

use super::edits::{Edits, New};
use super::references::{Kind, declared, references};
use super::{ComposeRule, Reporter, Stack};

pub(crate) struct UndefinedReference;

/// So many names are compared with one that is not known.
const MAX_COMPARED: usize = 100;

impl ComposeRule for UndefinedReference {
    fn check(&self, stack: &Stack<'_>, report: &mut Reporter) {
        // Of a text that stands alone it is not known what lies beside it.
        let missing = stack.project.diagnostics.iter().filter(|d| d.problem == Problem::Missing);
        for diagnostic in missing.filter(|_| stack.beside.is_known()) {
            report
                .flag_compose(
                    &diagnostic.span,
                    format!("{}, so Compose refuses the project", diagnostic.message),
                )
                .help("correct the name; a path is relative to the file that names it");
        }
        if stack.lacks_included() {
            return;
        }
        for service in stack.whole_services() {
            for reference in references(service) {
                if stack.lookup.has(&reference) {
                    continue;
                }
                let (kind, name) = (reference.kind, reference.name);
                let known = declared(&stack.project.compose, kind, MAX_COMPARED);
                let near = crate::rule::nearest(name, known);
                let help = match near {
                    Some(near) => format!("did you mean `{near}`?"),
                    None if kind == Kind::Service => "add the service, or take the name out".to_owned(),
                    None if matches!(kind, Kind::Secret | Kind::Config) => format!(
                        "declare it at the top level: `{}s: {{{name}: {{file: ./{name}}}}}`, or with `environment:`",
                        kind.as_str()
                    ),
                    None => format!("declare it at the top level, under `{}s:`", kind.as_str()),
                };
                let message = format!(
                    "`{}` uses the {} `{name}`, which the project does not have, so Compose refuses it",
                    service.name,
                    kind.as_str()
                );
                let edits = match near {
                    Some(near) => stack.reworded(reference.span, name, near),
                    None => declared_empty(stack, service, kind, name),
                };
                report.flag_compose(reference.span, message).help(help).mend_project(stack, edits, false);
            }
        }
    }
}

/// The declaration of what needs no more than its name.
fn declared_empty(stack: &Stack<'_>, service: &Service, kind: Kind, name: &str) -> Option<Edits> {
    match kind {
        Kind::Network | Kind::Volume => {
            let key = format!("{}s", kind.as_str());
            stack.put_at_top(service, &[&key, name], &New::text(""))
        }
        // Who gives it is not known.
        Kind::Service | Kind::Secret | Kind::Config => None,
    }
}
