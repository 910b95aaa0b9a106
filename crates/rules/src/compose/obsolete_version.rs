use super::{ComposeRule, Reporter, Stack};

pub(crate) struct ObsoleteVersion;

impl ComposeRule for ObsoleteVersion {
    fn check(&self, stack: &Stack<'_>, report: &mut Reporter) {
        let Some(version) = &stack.project.compose.version else { return };
        let draft = report
            .flag_compose(&version.key, "`version` is no longer read: Compose warns about it on every call")
            .help("take the line out");
        let Some(text) = stack.project.source(&version.key).map(|source| source.text.as_str()) else {
            return;
        };
        // The whole line, where nothing else stands on it.
        let rest = text.get(version.span().bytes.end..).unwrap_or_default();
        let line_end = rest.find('\n').map_or(rest.len(), |at| at + 1);
        let alone = rest.get(..line_end).is_some_and(|rest| rest.trim().is_empty());
        if alone && version.key.column == 1 && version.key.line == version.span().end_line {
            let bytes = version.key.bytes.start..version.span().bytes.end + line_end;
            draft.rewrite(&plimsoll_compose::Span { bytes, ..version.key.clone() }, "", true);
        }
    }
}
