use super::proposed_dockerignore::proposed;
use super::{Build, DockerfileRule, Reporter};
use crate::Severity;

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
        let leaking = build.around.credentials(build.settings);
        let what = match &*leaking {
            [] => ".git, .env and local builds go into the image".to_owned(),
            names => format!("`{}` goes into the image, with the credentials in it", names.join("`, `")),
        };
        let severity = if leaking.is_empty() { Severity::Warning } else { Severity::Error };
        let draft = report
            .flag(
                span,
                format!("{keyword} takes the whole build context and there is no .dockerignore: {what}"),
            )
            .severity(severity)
            .help("add a .dockerignore with at least `.git`, `.env*`, `node_modules` and what your build makes; or copy only what is needed");
        if let Some(file) = proposed(build) {
            draft.change_file(file, false);
        }
    }
}
