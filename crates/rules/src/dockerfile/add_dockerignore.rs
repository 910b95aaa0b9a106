use super::{Build, DockerfileRule, Reporter};
use crate::Severity;
use crate::context::top_level_credentials;

pub(crate) struct AddDockerignore;

impl DockerfileRule for AddDockerignore {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        if build.around.ignore_file() != Some(None) {
            return;
        }
        let copies = build.stages().iter().flat_map(|s| build.copies(s));
        let Some(copy) = copies.into_iter().find(|c| c.takes_whole_context()) else { return };
        let keyword = copy.instruction.kind.as_str();
        let span = copy.whole_source().unwrap_or(copy.instruction.span);
        let folder = build.around.folder();
        let leaking = folder.map(|f| top_level_credentials(f, build.settings)).unwrap_or_default();
        let what = match leaking.as_slice() {
            [] => ".git, .env and local builds go into the image".to_owned(),
            names => format!("`{}` goes into the image, with the credentials in it", names.join("`, `")),
        };
        let severity = if leaking.is_empty() { Severity::Warning } else { Severity::Error };
        report
            .flag(
                span,
                format!("{keyword} takes the whole build context and there is no .dockerignore: {what}"),
            )
            .severity(severity)
            .help("add a .dockerignore with at least `.git`, `.env*`, `node_modules` and what your build makes; or copy only what is needed");
    }
}
