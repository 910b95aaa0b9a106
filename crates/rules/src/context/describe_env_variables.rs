use super::{ContextRule, EnvSubject, Reporter, span};

pub(crate) struct DescribeEnvVariables;

impl ContextRule for DescribeEnvVariables {
    fn check_env(&self, file: &EnvSubject<'_>, report: &mut Reporter) {
        if !file.is_example() {
            return;
        }
        // A comment is for all the entries below it, up to the next blank line.
        let mut described_to = None;
        for entry in &file.file.entries {
            let lines = entry.value.as_deref().map_or(0, |value| value.matches('\n').count());
            let described = entry.comment_above.is_some() || described_to == Some(entry.line);
            described_to = described.then_some(entry.line + lines + 1);
            if !described && entry.comment_beside.is_none() {
                report
                    .flag(span(&entry.key_span), format!("`{}` has no word on what it is", entry.key))
                    .help(
                        "write a comment above it: what it is for, what values it takes, where one gets it",
                    );
            }
        }
    }
}
