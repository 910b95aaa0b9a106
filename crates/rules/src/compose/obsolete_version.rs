use super::{ComposeRule, Reporter, Stack};

pub(crate) struct ObsoleteVersion;

impl ComposeRule for ObsoleteVersion {
    fn check(&self, stack: &Stack<'_>, report: &mut Reporter) {
        let Some(version) = &stack.project.compose.version else { return };
        report
            .flag_compose(&version.key, "`version` is no longer read: Compose warns about it on every call")
            .help("take the line out")
            .mend_project(stack, stack.without(&version.key), true);
    }
}
