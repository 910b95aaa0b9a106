use plimsoll_compose::Service;

use super::edits::{Edits, New};
use super::needs::writable_folders;
use super::{ComposeRule, Reporter, Stack};

pub(crate) struct ReadOnlyFilesystem;

impl ComposeRule for ReadOnlyFilesystem {
    fn check(&self, stack: &Stack<'_>, report: &mut Reporter) {
        for service in stack.services() {
            let unknown =
                |entry: &plimsoll_compose::Entry| entry.value.as_text().is_some_and(|t| t.contains('$'));
            if service.read_only.as_ref().is_some_and(|r| r.value)
                || service.entry("read_only").is_some_and(unknown)
            {
                continue;
            }
            report
                .flag_compose(
                    &service.name_span,
                    format!("`{}` can write its root file system, so an intruder can change its programs and leave tools there", service.name),
                )
                .help("add `read_only: true`, and `tmpfs:` or a volume for what it must write")
                .also("CL-0007")
                .mend_project(stack, read_only(stack, service), false);
        }
    }
}

/// A read-only root file system, and memory where such a service writes.
fn read_only(stack: &Stack<'_>, service: &Service) -> Option<Edits> {
    let edits = stack.put_in_service(service, &["read_only"], &New::text("true"))?;
    let folders = writable_folders(service);
    if folders.is_empty() {
        return Some(edits);
    }
    edits.with(stack.put_in_service(service, &["tmpfs"], &New::list(folders)))
}
