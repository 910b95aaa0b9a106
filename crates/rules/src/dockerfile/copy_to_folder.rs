use plimsoll_dockerfile::Body;

use super::{Build, DockerfileRule, Reporter};

pub(crate) struct CopyToFolder;

impl DockerfileRule for CopyToFolder {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        for instruction in &build.tree.instructions {
            let (Body::Copy(copy) | Body::Add(copy)) = &instruction.innermost().body else { continue };
            let Some(to) = &copy.destination else { continue };
            let path = build.unquoted(to);
            if copy.sources.len() < 2 || path.ends_with(['/', '\\']) {
                continue;
            }
            // `.` and a variable may well be folders, which only the peers doubt.
            let clear = path != "." && path != ".." && !path.ends_with("/.") && !path.contains('$');
            if !clear && path.contains('$') && path.ends_with('}') {
                continue;
            }
            let is_copy = matches!(instruction.innermost().body, Body::Copy(_));
            let draft = report.flag(
                to.span,
                format!(
                    "{} sources go to `{path}`: without a `/` at its end the build fails",
                    copy.sources.len()
                ),
            );
            draft.help(format!("write `{path}/`")).also_if(is_copy, "DL3021").also_if(is_copy, "DS-0011");
            if path == to.as_str() {
                draft.replace(to.span, format!("{path}/"), true);
            }
        }
    }
}
