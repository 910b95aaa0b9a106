use super::setuid::{find, named};
use super::{Audit, ImageRule, MAX_TOLD, Reporter, place_of};
use crate::Severity;

pub(crate) struct ImageSetuidFiles;

impl ImageRule for ImageSetuidFiles {
    fn check(&self, audit: &Audit<'_>, report: &mut Reporter) {
        for file in find(audit).iter().filter(|f| !f.shipped).take(MAX_TOLD) {
            let entry = &file.seen.entry;
            let setuid = entry.mode() & 0o4000 != 0;
            let what = named(audit, &file.seen);
            let made_by = audit.made_by(file.seen.layer);
            let whose = if setuid { "owner" } else { "group" };
            let mut message = format!(
                "{what}, put there by {made_by}, runs with the rights of its {whose}, whoever starts it"
            );
            if let Some(shell) = file.shell {
                message.push_str(&format!("; its bytes are those of /{shell}, so it hands these rights out"));
            }
            let severity = match (setuid && entry.uid() == 0, file.shell.is_some()) {
                (true, true) => Severity::Error,
                (true, false) | (false, true) => Severity::Warning,
                (false, false) => Severity::Info,
            };
            report
                .at(place_of(&file.seen), message)
                .severity(severity)
                .help("take the bit off in the layer that writes the file, `chmod u-s,g-s`, and start it as the user that it needs or give it one capability with `setcap`")
                .also("CIS-DI-0008");
        }
    }
}
