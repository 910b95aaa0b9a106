use super::labels::labels_of;
use super::{Build, DockerfileRule, Reporter};
use crate::rule::nearest;

pub(crate) struct UnknownLabel;

impl DockerfileRule for UnknownLabel {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        let labels = &build.settings.labels;
        if !labels.strict {
            return;
        }
        for label in build.stages().iter().flat_map(|stage| labels_of(build, stage)) {
            if labels.required.contains_key(&label.key) {
                continue;
            }
            let meant = nearest(&label.key, labels.required.keys().map(String::as_str));
            let help = match meant {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => "take it out, or list it under `[labels.required]`".to_owned(),
            };
            let right = meant.filter(|_| build.source.slice(label.key_span) == label.key);
            report
                .flag(
                    label.key_span,
                    format!("label `{}` is not one of those that this project allows", label.key),
                )
                .help(help)
                .also("DL3050")
                .mend(right.map(|meant| (label.key_span, meant.to_owned())), false);
        }
    }
}
