use plimsoll_secrets::Severity as Gravity;

use super::{Contents, ContextRule, Reporter, named};
use crate::Severity;
use crate::draft::{Place, SentPlace};

pub(crate) struct ContextLeakedSecret;

impl ContextRule for ContextLeakedSecret {
    fn check_contents(&self, contents: &Contents, report: &mut Reporter) {
        for file in &contents.files {
            for leak in &file.leaks {
                let detector = &leak.detector;
                let mut message =
                    format!("{} ({}) would be sent to the build", detector.title, leak.redacted);
                if !file.copies.is_empty() {
                    message.push_str(&format!("; the same file is at {}", named(&file.copies)));
                }
                let at = Some((leak.span.clone(), leak.line, leak.column));
                report
                    .at(Place::Sent(SentPlace { path: file.path.clone(), at }), message)
                    .severity(match detector.severity {
                        Gravity::Error => Severity::Error,
                        Gravity::Warning => Severity::Warning,
                        Gravity::Info => Severity::Info,
                    })
                    .help(format!("Name the file in .dockerignore. {}", crate::image::secret_help(detector)))
                    .detector(detector.name.clone());
            }
        }
    }
}
