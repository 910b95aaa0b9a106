use super::{ComposeRule, Reporter, Stack};
use crate::Severity;

pub(crate) struct ServiceAsRoot;

impl ComposeRule for ServiceAsRoot {
    fn check(&self, stack: &Stack<'_>, report: &mut Reporter) {
        for service in stack.services() {
            let Some(user) = service.user.as_ref().filter(|u| is_root(&u.value)) else { continue };
            let image_user =
                stack.built(service).and_then(|image| image.user.clone()).filter(|u| !is_root(u));
            let (why, severity) = match &image_user {
                Some(own) => (format!("its Dockerfile ends as `{own}`, and this undoes it"), Severity::Error),
                None => ("an intruder owns the whole container".to_owned(), Severity::Warning),
            };
            let edits = match (&image_user, super::needs::user(service)) {
                (Some(_), _) => stack.without(user.span()),
                (None, Some(own)) => stack.requoted(user.span(), own),
                (None, None) => None,
            };
            report
                .flag_compose(user.span(), format!("`{}` runs as root: {why}", service.name))
                .severity(severity)
                .help("take `user:` out where the image sets its own, or name one with a fixed number: `user: \"10001:10001\"`")
                .also("CL-0018")
                .mend_project(stack, edits, false);
        }
    }
}

/// Whether the user part is root, by name or by a number that is zero.
pub(super) fn is_root(user: &str) -> bool {
    let name = user.split(':').next().unwrap_or("");
    let digits = name.strip_prefix(['+', '-']).unwrap_or(name);
    name == "root" || (!digits.is_empty() && digits.bytes().all(|b| b == b'0'))
}
