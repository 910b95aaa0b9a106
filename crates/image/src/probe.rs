//! Where a scanner of file contents plugs into the walk.

use crate::record::EntryHead;

/// Looks at the contents of regular files while a layer is read, each byte once.
///
/// Layers are walked in parallel, so one probe serves several threads; what a file needs lives in its stream. Notes
/// must depend on the head and the bytes alone: a record is shared by every image that stacks its layer.
pub trait Probe: Sync {
    /// What is kept on an entry.
    type Note: Send + Sync;
    /// The state for one file.
    type Stream<'p>: ContentStream<Note = Self::Note>
    where
        Self: 'p;

    /// Called before a regular file's bytes; `None` passes the file over.
    fn open<'p>(&'p self, head: &EntryHead<'_>) -> Option<Self::Stream<'p>>;

    /// Looks at a small file in one piece (see [`crate::limits::WHOLE_FILE`]).
    fn whole(&self, head: &EntryHead<'_>, bytes: &[u8]) -> Vec<Self::Note> {
        self.open(head).map_or_else(Vec::new, |mut stream| {
            stream.push(bytes);
            stream.finish()
        })
    }

    /// Up to which size this file is to be kept whole in the record, beside those that always are; 0 for not at all.
    fn keep(&self, head: &EntryHead<'_>) -> u64 {
        let _ = head;
        0
    }

    /// Whether the checksums that package databases record are wanted for this file in any case. They are always
    /// computed for setuid and setgid files and for small files with notes.
    fn package_digests(&self, head: &EntryHead<'_>) -> bool {
        let _ = head;
        false
    }
}

/// Takes one file's bytes in order, in pieces of any size. Of a sparse file only the pieces it holds arrive.
pub trait ContentStream {
    /// What is kept on the entry.
    type Note;

    /// Takes the next bytes.
    fn push(&mut self, bytes: &[u8]);

    /// Ends the file.
    fn finish(self) -> Vec<Self::Note>;
}

/// No probe.
impl Probe for () {
    type Note = ();
    type Stream<'p> = ();

    fn open(&self, _: &EntryHead<'_>) -> Option<()> {
        None
    }
}

impl ContentStream for () {
    type Note = ();

    fn push(&mut self, _: &[u8]) {}

    fn finish(self) -> Vec<()> {
        Vec::new()
    }
}
