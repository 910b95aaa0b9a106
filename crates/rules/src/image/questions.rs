//! Questions about an image that several rules ask.

use plimsoll_image::Layer;
use plimsoll_secrets::Leak;

use super::start::Fault;
use super::{Audit, Reporter};
use crate::draft::Place;

impl Audit<'_> {
    /// Whether every layer was read to its end: only then does what is not there say anything.
    pub fn is_whole(&self) -> bool {
        let read = |l: &Layer<Leak>| {
            l.record.as_ref().is_some_and(|r| r.problems.is_empty() && r.more_problems == 0)
        };
        self.image.layers.iter().all(read) && self.fs.problems().is_empty()
    }

    /// The line of `etc/passwd` or its like as a place, and the instruction that wrote the file last.
    pub(crate) fn account_file(&self, path: &str, line: u64) -> (Place, String) {
        match self.fs.resolve(path.as_bytes()).ok().and_then(|node| node.content_layer()) {
            Some(layer) => {
                (Place::Path { layer, path: path.to_owned(), line: Some(line) }, self.made_by(layer))
            }
            None => (Place::Image, "the image".to_owned()),
        }
    }

    /// Reports those of the reasons not to start that a rule asks for.
    pub(crate) fn tell_faults(&self, report: &mut Reporter, is_asked: impl Fn(&Fault) -> bool) {
        for fault in self.faults().iter().filter(|f| is_asked(f)) {
            report.at(fault.place.clone(), fault.message.clone()).help(fault.help.clone());
        }
    }
}
