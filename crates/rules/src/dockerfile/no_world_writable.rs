use super::steps::named;
use super::{Build, DockerfileRule, Reporter};

pub(crate) struct NoWorldWritable;

impl DockerfileRule for NoWorldWritable {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        for set in build.set_modes().iter().filter(|m| m.is_world_writable()) {
            let paths: Vec<&str> = set.paths.iter().map(String::as_str).collect();
            // These are everybody's by design, or no files at all.
            if !paths.is_empty() && paths.iter().all(|p| p.starts_with("/dev/")) {
                continue;
            }
            let what = if paths.is_empty() { "what it names".to_owned() } else { named(&paths) };
            let draft = report.flag(
                set.span,
                format!(
                    "mode {} lets every user of the container change {what}, and so plant what another runs",
                    set.mode
                ),
            );
            draft
                .help("give it to the user that must write: `chown app`, or `COPY --chown=app`; a shared folder needs the sticky bit (1777)");
            if let Some(mode) = set.closed().filter(|_| build.source.slice(set.span) == set.mode) {
                draft.replace(set.span, mode, false);
            }
        }
    }
}
