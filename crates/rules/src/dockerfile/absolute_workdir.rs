use std::cell::LazyCell;

use plimsoll_dockerfile::{Body, Instruction, Kind};

use super::bases::works_at_root;
use super::{Build, DockerfileRule, Reporter, Stage};
use crate::Severity;

pub(crate) struct AbsoluteWorkdir;

impl DockerfileRule for AbsoluteWorkdir {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        for stage in build.stages() {
            let open = LazyCell::new(|| first_with_variable(build, stage));
            for (index, instruction) in build.instructions(stage).filter(|(_, i)| i.kind == Kind::Workdir) {
                let Body::Workdir(written) = &instruction.body else { continue };
                let path = build.unquoted(written);
                if path.is_empty() || is_absolute(&path) || path.starts_with('$') {
                    continue;
                }
                let first = !build.has_workdir_before(stage, index);
                let message = if first {
                    format!("WORKDIR `{path}` is relative, so where it lies depends on the base image")
                } else {
                    format!("WORKDIR `{path}` is relative, so where it lies depends on the WORKDIR before it")
                };
                let draft = report.flag(written.span, message);
                draft
                    .help("write the whole path, from `/`")
                    .also("DL3000")
                    .also("CKV_DOCKER_10")
                    .also_if(!path.contains('$'), "DS-0009")
                    .also_if(first, "WorkdirRelativePath");
                if !first {
                    draft.severity(Severity::Info);
                }
                let before = match first {
                    true => works_at_root(build, stage).then(String::new),
                    false if open.is_some_and(|at| at < index) => None,
                    false => {
                        let effective = build.meaning.effective_at(index);
                        let folder =
                            build.meaning.workdir(&effective).filter(|folder| folder.starts_with('/'));
                        folder.map(str::to_owned)
                    }
                };
                let inner = path.trim_start_matches("./");
                let plain = path == written.as_str()
                    && !inner.is_empty()
                    && !inner.starts_with(['.', '~'])
                    && !path.contains('$');
                if let Some(before) = before.filter(|_| plain) {
                    draft.replace(written.span, format!("{}/{inner}", before.trim_end_matches('/')), true);
                }
            }
        }
    }
}

/// `/app`, and `C:\app` or `C:/app` of Windows.
fn is_absolute(path: &str) -> bool {
    let bytes = path.as_bytes();
    let drive = bytes.len() > 2 && bytes[0].is_ascii_alphabetic() && bytes[1] == b':';
    path.starts_with(['/', '\\']) || drive
}

/// The first WORKDIR of the stage, or of those it is built on, that has a variable, which is not to be written out.
fn first_with_variable<'s>(build: &Build<'s>, stage: &Stage<'s>) -> Option<usize> {
    let names_one = |i: &Instruction<'_>| matches!(&i.body, Body::Workdir(path) if path.contains('$'));
    build
        .lineage(stage)
        .filter_map(|s| build.instructions(s).find(|(_, i)| names_one(i)).map(|(at, _)| at))
        .min()
}
