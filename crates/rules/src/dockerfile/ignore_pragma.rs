use super::{Build, DockerfileRule, Reporter};

pub(crate) struct IgnorePragma;

impl DockerfileRule for IgnorePragma {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        for comment in &build.tree.comments {
            let text: String =
                comment.text.trim_start_matches('#').split_whitespace().collect::<Vec<_>>().join(" ");
            let hadolint =
                ["hadolint ignore=", "hadolint global ignore="].iter().any(|p| text.starts_with(p));
            let other = ["plimsoll ignore=", "checkov:skip=", "trivy:ignore:", "nosemgrep", "check=skip="];
            if !hadolint && !other.iter().any(|p| text.starts_with(p)) {
                continue;
            }
            report
                .flag(
                    comment.span,
                    "a finding is silenced here, where no review of the linter's settings sees it",
                )
                .help("mend the fault, or ignore the rule in plimsoll.toml")
                .also_if(hadolint, "DL1001");
        }
    }
}
