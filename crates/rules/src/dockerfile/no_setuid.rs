use super::steps::named;
use super::{Build, DockerfileRule, Reporter};
use crate::Severity;

pub(crate) struct NoSetuid;

impl DockerfileRule for NoSetuid {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        for set in build.set_modes() {
            let (setuid, setgid) = (set.is_setuid(), set.is_setgid());
            if !setuid && !setgid {
                continue;
            }
            let paths: Vec<&str> = set.paths.iter().map(String::as_str).collect();
            let what = if paths.is_empty() { "what it names".to_owned() } else { named(&paths) };
            let message = match setuid {
                true => format!(
                    "mode {} makes {what} run as its owner, whoever starts it: a way to root for an intruder",
                    set.mode
                ),
                false => {
                    format!("mode {} makes {what} run as its group, or a folder hand its group on", set.mode)
                }
            };
            let draft = report.flag(set.span, message);
            draft
                .severity(if setuid { Severity::Warning } else { Severity::Info })
                .help("start the program as the user that it needs, or give it the one capability with `setcap`")
                .also("CIS-DI-0008");
            if let Some(mode) =
                set.without_setuid().filter(|_| setuid && build.source.slice(set.span) == set.mode)
            {
                draft.replace(set.span, mode, false);
            }
        }
    }
}
