use plimsoll_secrets::Certainty;

use super::{Contents, ContextRule, Reporter, named};
use crate::draft::{Place, SentPlace};

pub(crate) struct ContextCredentialFile;

impl ContextRule for ContextCredentialFile {
    fn check_contents(&self, contents: &Contents, report: &mut Reporter) {
        for file in &contents.files {
            let Some(kind) = file.credential else { continue };
            // What was recognised inside is told as a leak.
            if kind.certainty != Certainty::Certain || !file.leaks.is_empty() {
                continue;
            }
            let mut message = format!("{} would be sent to the build", kind.what);
            if !file.copies.is_empty() {
                message.push_str(&format!("; the same file is at {}", named(&file.copies)));
            }
            report
                .at(Place::Sent(SentPlace { path: file.path.clone(), at: None }), message)
                .help("name it in .dockerignore; mount credentials with `RUN --mount=type=secret,id=...`");
        }
    }
}
