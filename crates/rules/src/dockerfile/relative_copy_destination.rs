use plimsoll_dockerfile::{Body, Kind};

use super::bases::works_at_root;
use super::{Build, DockerfileRule, Reporter};

pub(crate) struct RelativeCopyDestination;

impl DockerfileRule for RelativeCopyDestination {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        for stage in build.stages() {
            for (index, instruction) in build.instructions(stage) {
                let Body::Copy(copy) = &instruction.body else { continue };
                let Some(to) = &copy.destination else { continue };
                let path = build.unquoted(to);
                let drive = path.as_bytes().get(1) == Some(&b':');
                if path.is_empty()
                    || path.starts_with(['/', '\\', '$'])
                    || drive
                    || build.has_workdir_before(stage, index)
                {
                    continue;
                }
                let onbuild = build
                    .lineage(stage)
                    .any(|s| build.own_of(s, Kind::Onbuild).any(|i| i.innermost().kind == Kind::Workdir));
                let draft = report
                    .flag(to.span, format!("`{path}` is relative and no WORKDIR is set, so where it lands depends on the base image"));
                draft
                    .help("set `WORKDIR /...` first, or write the whole path")
                    .also_if(!onbuild, "DL3045");
                // What is written as `.` is meant to have a folder, which nobody has named.
                let inner = path.strip_prefix("./").unwrap_or(&path);
                if works_at_root(build, stage) && path == to.as_str() && !inner.is_empty() && inner != "." && !copy.json {
                    draft.replace(to.span, format!("/{inner}"), true);
                }
            }
        }
    }
}
