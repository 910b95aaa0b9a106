use super::{ContextRule, IgnoreSubject, Reporter, span};

pub(crate) struct DockerignoreInlineComment;

impl ContextRule for DockerignoreInlineComment {
    fn check_ignore(&self, file: &IgnoreSubject<'_>, report: &mut Reporter) {
        for pattern in file.ignore.patterns() {
            let Some(at) = [" #", "\t#"].iter().filter_map(|mark| pattern.text.find(mark)).min() else {
                continue;
            };
            let path = pattern.text.get(..at).unwrap_or_default().trim_end();
            let whole = span(&pattern.span);
            let comment = pattern.text.get(at..).unwrap_or_default().trim_start();
            report
                .flag(
                    whole,
                    format!("`{comment}` is no comment but part of the pattern: `{path}` is not kept out"),
                )
                .help("write the comment on a line of its own, above")
                .replace(whole, format!("{comment}\n{path}"), false);
        }
    }
}
