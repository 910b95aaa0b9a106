use plimsoll_dockerfile::Body;

use super::added::{is_archive, is_remote, may_be_archive};
use super::relative_copy_destination::{is_relative, written_out};
use super::{Build, DockerfileRule, Reporter};

pub(crate) struct CopyNotAdd;

impl DockerfileRule for CopyNotAdd {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        for (index, outer) in build.tree.instructions.iter().enumerate() {
            let instruction = outer.innermost();
            let Body::Add(add) = &instruction.body else { continue };
            let local = |s: &str| !is_remote(s) && !is_archive(s);
            let plain = !add.sources.is_empty()
                && add.sources.iter().all(|s| s.heredoc.is_some() || local(&build.unquoted(&s.text)));
            if !plain {
                continue;
            }
            let sources: Vec<_> = add.sources.iter().map(|s| build.unquoted(&s.text)).collect();
            // Trivy takes `.tar` anywhere for an archive, and no ending without it.
            let trivy = !build.source.slice(instruction.span).contains(".tar");
            let own_flag =
                ["checksum", "keep-git-dir", "unpack"].iter().any(|f| instruction.flag(f).is_some());
            let own = std::ptr::eq(outer, instruction);
            let open = sources.iter().find(|s| may_be_archive(s));
            let (message, help) = match open {
                Some(open) if open.starts_with('$') => (
                    format!(
                        "ADD downloads what `{open}` stands for, if it is a URL, unpacks it, if it is an archive, and copies it otherwise"
                    ),
                    "write COPY where it is a file to be copied",
                ),
                Some(open) => (
                    format!(
                        "ADD unpacks whatever `{open}` stands for, if it is an archive, and copies it otherwise"
                    ),
                    "write COPY where it is to be copied, and the archive's whole name where it is to be unpacked",
                ),
                None => (
                    format!(
                        "ADD also unpacks and downloads: for `{}`, which it only copies, COPY says what happens",
                        sources.join(" ")
                    ),
                    "write COPY",
                ),
            };
            let draft = report.flag(instruction.keyword.span, message);
            draft
                .help(help)
                .also_if(own, "DL3020")
                .also_if(own && trivy, "DS-0005")
                .also_if(own, "CKV_DOCKER_4")
                .also("prefer-copy-over-add")
                .also("CIS-DI-0009");
            if !own_flag && open.is_none() && !sources.iter().any(|s| s.contains('$')) {
                // Of a COPY, `relative-copy-destination` would have to say what it does not say of ADD.
                let stage = build.meaning.stage_of(index).and_then(|stage| build.stage(stage));
                let relative = add.destination.as_ref().is_some_and(|to| is_relative(build, to));
                let adrift =
                    stage.filter(|_| relative && build.meaning.effective_at(index).workdir.is_none());
                let path = adrift.filter(|_| own).map(|stage| written_out(build, stage, add));
                if path != Some(None) {
                    let lower = instruction.keyword.as_str() == "add";
                    draft.replace(instruction.keyword.span, if lower { "copy" } else { "COPY" }, true);
                    draft.mend(path.flatten(), true);
                }
            }
        }
    }
}
