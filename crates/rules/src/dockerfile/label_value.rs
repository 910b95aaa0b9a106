use super::labels::{has_form, labels_of};
use super::{Build, DockerfileRule, Reporter};
use crate::config::LabelForm;

pub(crate) struct LabelValue;

impl DockerfileRule for LabelValue {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        let required = &build.settings.labels.required;
        for label in build.stages().iter().flat_map(|stage| labels_of(build, stage)) {
            let (Some(form), Some(value)) = (required.get(&label.key), &label.value) else { continue };
            if has_form(value, *form) {
                continue;
            }
            let (expected, code) = described(*form);
            let key = &label.key;
            let message = if value.is_empty() {
                format!("label `{key}` is empty, and this project wants {expected}")
            } else {
                format!("label `{key}` is not {expected}, as this project wants it")
            };
            report
                .flag(label.value_span, message)
                .help(format!("give it {expected}"))
                .also_if(value.is_empty(), "DL3051")
                .also_if(!code.is_empty(), code);
        }
    }
}

fn described(form: LabelForm) -> (&'static str, &'static str) {
    match form {
        LabelForm::Text => ("a text", ""),
        LabelForm::Url => ("a URL such as `https://example.com/app`", "DL3052"),
        LabelForm::Time => ("an RFC 3339 time such as `2026-11-01T12:00:00Z`", "DL3053"),
        LabelForm::Spdx => ("an SPDX licence expression such as `Apache-2.0`", "DL3054"),
        LabelForm::GitHash => ("a git commit hash", "DL3055"),
        LabelForm::Semver => ("a semantic version such as `1.2.3`", "DL3056"),
        LabelForm::Email => ("an address such as `team@example.com`", "DL3058"),
    }
}
