use plimsoll_dockerfile::Body;

use super::added::{is_archive, is_remote};
use super::{Build, DockerfileRule, Reporter};

pub(crate) struct AvoidAdd;

impl DockerfileRule for AvoidAdd {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        for instruction in &build.tree.instructions {
            let Body::Add(add) = &instruction.body else { continue };
            let sources: Vec<_> = add.sources.iter().map(|s| build.unquoted(&s.text)).collect();
            let remote = sources.iter().any(|s| is_remote(s));
            if !remote && !sources.iter().any(|s| is_archive(s)) {
                continue;
            }
            let what = if remote { "fetches from elsewhere" } else { "unpacks an archive" };
            // hadolint wants every source to be of the schemes and endings that it knows.
            let odd = sources.iter().any(|s| {
                let web = s.starts_with("http://") || s.starts_with("https://");
                let ending = s.ends_with(".tar.zst");
                !web && (is_remote(s) || !is_archive(s) || ending || s.ends_with('*'))
            });
            let trivy = ![".tar", "http://", "https://", "git@"]
                .iter()
                .any(|w| build.source.slice(instruction.span).contains(w));
            report
                .flag(
                    instruction.keyword.span,
                    format!("ADD {what} in one step, which leaves no place to verify what came"),
                )
                .help("fetch, verify and unpack in one RUN, or COPY from a stage that did")
                .also("CKV_DOCKER_4")
                .also_if(odd, "DL3020")
                .also_if(trivy, "DS-0005")
                .also("prefer-copy-over-add")
                .also("CIS-DI-0009");
        }
    }
}
