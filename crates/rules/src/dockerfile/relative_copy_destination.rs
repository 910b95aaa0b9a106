use plimsoll_dockerfile::instructions::CopyFiles;
use plimsoll_dockerfile::{Body, Kind};

use super::bases::works_at_root;
use super::edits::Replacement;
use super::{Build, DockerfileRule, Reporter, Stage};

pub(crate) struct RelativeCopyDestination;

impl DockerfileRule for RelativeCopyDestination {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        for stage in build.stages() {
            for (index, instruction) in build.instructions(stage) {
                let Body::Copy(copy) = &instruction.body else { continue };
                let Some(to) = copy.destination.as_ref().filter(|to| is_relative(build, to)) else {
                    continue;
                };
                if build.has_workdir_before(stage, index) || build.is_cut_in_quotes(copy) {
                    continue;
                }
                let path = build.unquoted(to);
                let onbuild = build
                    .lineage(stage)
                    .any(|s| build.own_of(s, Kind::Onbuild).any(|i| i.innermost().kind == Kind::Workdir));
                report
                    .flag(to.span, format!("`{path}` is relative and no WORKDIR is set, so where it lands depends on the base image"))
                    .help("set `WORKDIR /...` first, or write the whole path")
                    .also_if(!onbuild, "DL3045")
                    .mend(written_out(build, stage, copy), true);
            }
        }
    }
}

/// Whether a destination depends on the folder that is in force.
pub(super) fn is_relative(build: &Build<'_>, to: &str) -> bool {
    let path = build.unquoted(to);
    let drive = path.as_bytes().get(1) == Some(&b':');
    !path.is_empty() && !path.starts_with(['/', '\\', '$']) && !drive
}

/// A relative destination as the path that it is without a WORKDIR, where the base is known to work in `/`. What is written as `.` is meant to
/// have a folder, which nobody has named.
pub(super) fn written_out<'s>(
    build: &Build<'s>,
    stage: &Stage<'s>,
    copy: &CopyFiles<'_>,
) -> Option<Replacement> {
    let to = copy.destination.as_ref()?;
    let path = build.unquoted(to);
    let inner = path.strip_prefix("./").unwrap_or(&path);
    let plain =
        path == to.as_str() && !inner.is_empty() && !inner.starts_with('~') && inner != "." && !copy.json;
    (plain && works_at_root(build, stage)).then(|| (to.span, format!("/{inner}")))
}
