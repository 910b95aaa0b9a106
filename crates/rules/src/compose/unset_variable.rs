use std::collections::HashSet;
use std::path::Path;

use plimsoll_compose::{Fallback, Variable};

use super::edits::Edits;
use super::env_files::{example_beside, named_variables};
use super::{ComposeRule, Reporter, Stack};
use crate::context::{NAMES_OF_PROJECT, Uses, few_names_in, is_given};
use crate::{FileEdit, FileKind, Severity, kind_of};

pub(crate) struct UnsetVariable;

/// What every shell has.
const USUAL: &[&str] = &[
    "HOME",
    "USER",
    "PWD",
    "PATH",
    "HOSTNAME",
    "UID",
    "GID",
    "SHELL",
    "TZ",
    "LANG",
    "DISPLAY",
    "COMPOSE_PROJECT_NAME",
    "XDG_RUNTIME_DIR",
];

/// So many compose files of a folder are read for what they use.
const MAX_NEIGHBOURS: usize = 10;
/// So many variables get an edit each.
const MAX_MENDED: usize = 100;

impl ComposeRule for UnsetVariable {
    fn check(&self, stack: &Stack<'_>, report: &mut Reporter) {
        let named = named_variables(stack);
        let mut unnamed = Vec::new();
        let mut mended = 0;
        let mut told: HashSet<&str> = HashSet::new();
        // A variable that has a default or must be given in one place is known to whoever reads the file.
        let answered: HashSet<&str> = stack
            .project
            .variables()
            .filter(|v| v.fallback != Fallback::None)
            .map(|v| v.name.as_str())
            .collect();
        for variable in stack.project.variables().filter(|v| v.fallback == Fallback::None) {
            let name = variable.name.as_str();
            let known = named.as_ref().is_some_and(|names| names.contains(name));
            if known || answered.contains(name) || USUAL.contains(&name) || !told.insert(name) {
                continue;
            }
            if named.is_none() {
                unnamed.push(variable);
                continue;
            }
            let draft = report
                .flag_compose(
                    &variable.span,
                    format!("`{name}` has no default, and neither .env nor an example of it names it: unset, it is the empty text"),
                )
                .severity(Severity::Warning)
                .help(format!("give it a default, `${{{name}:-...}}`, insist on it, `${{{name}:?}}`, or name it in .env.example"));
            mended += 1;
            match example_beside(stack) {
                _ if mended > MAX_MENDED => {}
                Some((path, true)) => {
                    draft.change_file(FileEdit::appending(&path, &lines_for(stack, &[variable])), true);
                }
                _ => {
                    draft.mend_project(stack, insisting(stack, name), false);
                }
            }
        }
        check_inherited(stack, named.as_ref(), &answered, report);
        let Some(first) = unnamed.first() else { return };
        let message = match unnamed.len() {
            1 => format!(
                "`{}` has no default, and no .env.example names it: unset, it is the empty text",
                first.name
            ),
            n => format!(
                "`{}` and {} more have no default, and no .env.example names them: unset, each is the empty text",
                first.name,
                n - 1
            ),
        };
        let help = match unnamed.len() {
            1 => "give it a default, `${NAME:-...}`, insist on it, `${NAME:?}`, or name it in .env.example",
            _ => {
                "give them defaults, `${NAME:-...}`, insist on them, `${NAME:?}`, or name them in .env.example"
            }
        };
        let draft = report.flag_compose(&first.span, message).help(help);
        if let Some((path, false)) = example_beside(stack)
            && let Some(others) = lines_of_neighbours(&path, &unnamed)
        {
            let lines = [lines_for(stack, &unnamed), others].concat();
            draft.change_file(FileEdit::appending(&path, &lines), true);
        }
    }
}

/// Tells of variables that a service is to have from wherever Compose is started (`KEY:` without a value), and that no
/// file names: of all in one finding where there is no file that could.
fn check_inherited(
    stack: &Stack<'_>,
    named: Option<&HashSet<String>>,
    answered: &HashSet<&str>,
    report: &mut Reporter,
) {
    let mut told: HashSet<&str> = HashSet::new();
    let mut unknown = Vec::new();
    for service in stack.services() {
        for variable in service.environment.iter().filter(|v| v.value.is_none()) {
            let name = variable.key.as_str();
            let known = named.is_some_and(|names| names.contains(name))
                || USUAL.contains(&name)
                || is_given(name)
                || name.to_ascii_uppercase().ends_with("_PROXY")
                || answered.contains(name);
            let by_file = || stack.env_files(service).any(|(_, file)| file.get(name).is_some());
            if !known && !name.contains('$') && !by_file() && told.insert(name) {
                unknown.push((service, variable));
            }
        }
    }
    let more = match (named, unknown.len()) {
        (None, n) if n > 1 => format!(" and {} more variables", n - 1),
        _ => String::new(),
    };
    let shown = if named.is_some() { unknown.len() } else { unknown.len().min(1) };
    for (service, variable) in unknown.into_iter().take(shown) {
        let name = &variable.key;
        let place =
            if variable.key_span.bytes.is_empty() { &variable.value_span } else { &variable.key_span };
        let draft = report.flag_compose(
            place,
            match more.as_str() {
                "" => format!("`{name}` of `{}` has no value, and no env file names it: unset where Compose is started, the container has none", service.name),
                more => format!("`{name}` of `{}`{more} have no value, and no env file names them: unset where Compose is started, the containers have none", service.name),
            },
        );
        draft.severity(if named.is_some() { Severity::Warning } else { Severity::Info }).help(format!(
            "give it a value or a default, `{name}: ${{{name}:-...}}`, or name it in .env.example"
        ));
        if let Some((path, true)) = example_beside(stack) {
            draft.change_file(FileEdit::appending(&path, &[format!("{name}=")]), true);
        }
    }
}

/// An entry for each variable, with a word on where it is used.
fn lines_for(stack: &Stack<'_>, variables: &[&Variable]) -> Vec<String> {
    let lines = variables.iter().flat_map(|variable| {
        let place = stack.keys_at(&variable.span).map(|keys| format!("# {keys}"));
        place.into_iter().chain([format!("{}=", variable.name)])
    });
    lines.collect()
}

/// Entries for what the other compose files in the folder use: the example is theirs too. None where there are too many
/// of them to be one project's.
fn lines_of_neighbours(example: &Path, own: &[&Variable]) -> Option<Vec<String>> {
    let folder = example.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let names = few_names_in(folder, NAMES_OF_PROJECT);
    let compose = names.iter().filter(|name| kind_of(Path::new(name)) == Some(FileKind::Compose));
    if names.is_empty() || compose.count() > MAX_NEIGHBOURS {
        return None;
    }
    let uses = Uses::in_folder(folder);
    let mut known: HashSet<&str> = own.iter().map(|variable| variable.name.as_str()).collect();
    let others = uses.without_default.iter().chain(&uses.needed);
    let others = others.filter(|(name, _)| known.insert(name.as_str()));
    Some(others.flat_map(|(name, file)| [format!("# {file}"), format!("{name}=")]).collect())
}

/// Every use of a variable turned into one that fails where it is not set.
fn insisting(stack: &Stack<'_>, name: &str) -> Option<Edits> {
    let uses = stack.project.variables().filter(|v| v.name == name && v.fallback == Fallback::None);
    uses.map(|v| stack.rewritten(&v.span, format!("${{{name}:?}}"))).try_fold(Edits::default(), Edits::with)
}
