//! The secret engine, plugged into the walk over an image's layers.

use plimsoll_image::{ContentStream, EntryHead, Probe};
use plimsoll_secrets::{Context, Leak, Scanner, Stream};

use crate::packages::is_rpm_database;

/// A larger database of rpm's is not kept, and nothing is known from it: that of a usual base image has 5 to 20 MiB.
const MAX_RPM_DATABASE: u64 = 32 << 20;

/// Scans the contents of every regular file for credentials.
pub struct SecretProbe {
    scanner: Scanner,
}

impl SecretProbe {
    /// With the project's own detectors.
    pub fn new(scanner: &Scanner) -> Self {
        Self { scanner: scanner.clone() }
    }
}

impl Probe for SecretProbe {
    type Note = Leak;
    type Stream<'p> = FileScan;

    fn open(&self, head: &EntryHead<'_>) -> Option<FileScan> {
        let context = Context::of_path(&String::from_utf8_lossy(head.path));
        (head.size > 0).then(|| FileScan(self.scanner.stream(context)))
    }

    fn keep(&self, head: &EntryHead<'_>) -> u64 {
        if is_rpm_database(head.path) {
            return MAX_RPM_DATABASE;
        }
        super::runtimes::keep(head)
    }

    fn whole(&self, head: &EntryHead<'_>, bytes: &[u8]) -> Vec<Leak> {
        self.scanner.scan(bytes, Context::of_path(&String::from_utf8_lossy(head.path)))
    }
}

/// One file on its way through the scanner.
pub struct FileScan(Stream);

impl ContentStream for FileScan {
    type Note = Leak;

    fn push(&mut self, bytes: &[u8]) {
        self.0.push(bytes);
    }

    fn finish(self) -> Vec<Leak> {
        self.0.finish()
    }
}
