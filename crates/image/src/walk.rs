//! The walk over one layer's tar: every byte once, into entries.

use xxhash_rust::xxh3::{Xxh3, xxh3_128};

use crate::error::{LayerProblem, LayerProblemKind};
use crate::executable::{self, Capture, Program};
use crate::kept::is_kept;
use crate::limits::{MAX_KEPT_FILE, MAX_LAYER_PROBLEMS, MAX_PATH, WHOLE_FILE};
use crate::path::clean;
use crate::probe::{ContentStream, Probe};
use crate::record::{
    ABSOLUTE, CLIMBED, CUT, EntryHead, Extra, PackageDigests, PackageHasher, Packed, SPARSE,
};
use crate::session::Session;
use crate::tar::{EntryFault, EntryKind, Input, TarError, TarReader};

/// What a walk found, before the digests of the blob are known.
pub(crate) struct Walked<N> {
    pub(crate) entries: Vec<Packed>,
    pub(crate) names: Vec<u8>,
    pub(crate) extras: Vec<(u32, Extra<N>)>,
    pub(crate) size: u64,
    pub(crate) files: usize,
    pub(crate) problems: Vec<LayerProblem>,
    pub(crate) more_problems: usize,
}

impl<N> Default for Walked<N> {
    fn default() -> Self {
        Walked {
            entries: Vec::new(),
            names: Vec::new(),
            extras: Vec::new(),
            size: 0,
            files: 0,
            problems: Vec::new(),
            more_problems: 0,
        }
    }
}

impl<N> Walked<N> {
    pub(crate) fn report(&mut self, problem: LayerProblem) {
        if self.problems.len() < MAX_LAYER_PROBLEMS {
            self.problems.push(problem);
        } else {
            self.more_problems += 1;
        }
    }
}

/// Walks a tar to its end, or to where it cannot be read further; then the input is read out all the same, so that
/// whoever computes its digest sees all of it.
pub(crate) fn walk<P: Probe, I: Input>(session: &Session<'_, P>, input: I) -> Walked<P::Note> {
    let mut walk = Walk {
        session,
        reader: TarReader::new(input),
        walked: Walked::default(),
        capture: Capture::default(),
        scratch: Vec::new(),
    };
    if let Err(error) = walk.entries() {
        walk.walked.report(error.into());
        let _ = walk.reader.input_mut().skip(u64::MAX);
    } else {
        let offset = walk.reader.offset();
        if let Err(error) = walk.reader.input_mut().skip(u64::MAX) {
            walk.walked.report(TarError { offset, kind: error.into() }.into());
        }
    }
    let mut walked = walk.walked;
    walked.entries.shrink_to_fit();
    walked.names.shrink_to_fit();
    walked.extras.shrink_to_fit();
    walked
}

struct Walk<'a, P: Probe, I> {
    session: &'a Session<'a, P>,
    reader: TarReader<I>,
    walked: Walked<P::Note>,
    capture: Capture,
    scratch: Vec<u8>,
}

/// What a file's bytes turned out to be.
struct Contents<N> {
    hash: u128,
    program: Option<Program>,
    digests: Option<Box<PackageDigests>>,
    content: Option<Box<[u8]>>,
    notes: Vec<N>,
}

impl<P: Probe, I: Input> Walk<'_, P, I> {
    fn entries(&mut self) -> Result<(), TarError> {
        while self.reader.advance()? {
            if let Some(fault) = self.reader.member().fault.clone() {
                self.report_here(LayerProblemKind::Entry(fault));
                continue;
            }
            let name_bytes = (self.reader.member().path.len() + self.reader.member().link.len()) as u64;
            if !self.session.entries.take(1) || !self.session.names.take(name_bytes) {
                self.report_here(LayerProblemKind::TooMany("entries"));
                return Ok(());
            }
            let Some(packed) = self.pack() else {
                self.report_here(LayerProblemKind::Entry(EntryFault::BadName));
                continue;
            };
            self.add(packed)?;
        }
        Ok(())
    }

    fn report_here(&mut self, kind: LayerProblemKind) {
        let member = self.reader.member();
        let path =
            Some(member.path[..member.path.len().min(MAX_PATH)].to_vec()).filter(|path| !path.is_empty());
        self.walked.report(LayerProblem { offset: member.offset, path, kind });
    }

    /// Puts the names of the current member into the arena; `None` if the name is unusable.
    fn pack(&mut self) -> Option<Packed> {
        let member = self.reader.member();
        let kind = member.kind?;
        let names = &mut self.walked.names;
        let start = names.len();
        let mut flags = 0;
        if clean(&member.path, names) {
            flags |= CLIMBED;
        }
        if member.path.starts_with(b"/") {
            flags |= ABSOLUTE;
        }
        let path_len = names.len() - start;
        if path_len == 0 && kind != EntryKind::Directory {
            return None;
        }
        match kind {
            EntryKind::HardLink => {
                clean(&member.link, names);
            }
            EntryKind::Symlink => names.extend_from_slice(&member.link),
            _ => {}
        }
        if member.sparse.is_some() {
            flags |= SPARSE;
        }
        Some(Packed {
            name: u32::try_from(start).ok()?,
            path_len: u16::try_from(path_len).ok()?,
            link_len: u16::try_from(names.len() - start - path_len).ok()?,
            kind,
            flags,
            mode: member.mode,
            uid: member.uid,
            gid: member.gid,
            size: member.size,
            mtime: member.mtime,
            hash: [0; 2],
            offset: member.offset,
        })
    }

    fn add(&mut self, mut packed: Packed) -> Result<(), TarError> {
        let mut extra = Extra::default();
        let member = self.reader.member();
        if !member.xattrs.is_empty() {
            let bytes =
                member.xattrs.iter().map(|(key, value)| key.len() + value.len()).sum::<usize>() as u64;
            if self.session.xattrs.take(bytes) {
                extra.xattrs.clone_from(&member.xattrs);
            }
        }
        extra.device = member.device;
        let mut cut = Ok(());
        if packed.kind == EntryKind::File {
            let is_whiteout = head(&self.walked.names, &packed).is_whiteout();
            self.walked.size = self.walked.size.saturating_add(packed.size);
            self.walked.files += usize::from(!is_whiteout);
            let contents;
            (contents, cut) = self.read_file(&packed);
            packed.hash = [(contents.hash >> 64) as u64, contents.hash as u64];
            if cut.is_err() {
                packed.flags |= CUT;
            }
            extra.program = contents.program;
            extra.digests = contents.digests;
            extra.content = contents.content;
            extra.notes = contents.notes;
        }
        if !extra.is_empty() {
            self.walked.extras.push((self.walked.entries.len() as u32, extra));
        }
        self.walked.entries.push(packed);
        cut
    }

    /// Reads the data of the current member; what it learned is returned even if the data ends early.
    fn read_file(&mut self, packed: &Packed) -> (Contents<P::Note>, Result<(), TarError>) {
        let head = head(&self.walked.names, packed);
        let always = is_kept(head.path);
        let limit = if always { MAX_KEPT_FILE } else { self.session.probe.keep(&head) };
        let keep = limit > 0 && packed.size <= limit && self.session.kept.take(packed.size);
        if always && !keep {
            let kind = LayerProblemKind::NotKept(packed.size);
            let path = Some(head.path.to_vec());
            self.walked.report(LayerProblem { offset: packed.offset, path, kind });
        }
        let head = self::head(&self.walked.names, packed);
        let sparse = self.reader.member().sparse.is_some();
        if self.reader.left() > WHOLE_FILE || sparse {
            return self.read_in_pieces(packed, keep);
        }
        // What lies whole in the buffer is looked at there.
        let left = self.reader.left() as usize;
        let (session, scratch) = (self.session, &mut self.scratch);
        match self.reader.data() {
            Ok(data) if data.len() == left => {
                let contents = look_at_whole(session, &head, data, keep);
                self.reader.consume(left);
                return (contents, Ok(()));
            }
            _ => scratch.clear(),
        }
        let result = loop {
            match self.reader.data() {
                Ok([]) => break Ok(()),
                Ok(data) => {
                    scratch.extend_from_slice(data);
                    let n = data.len();
                    self.reader.consume(n);
                }
                Err(error) => break Err(error),
            }
        };
        (look_at_whole(session, &head, scratch, keep), result)
    }

    fn read_in_pieces(&mut self, packed: &Packed, keep: bool) -> (Contents<P::Note>, Result<(), TarError>) {
        let head = head(&self.walked.names, packed);
        let mut hash = Xxh3::new();
        for piece in self.reader.member().sparse.iter().flatten() {
            hash.update(&piece.offset.to_le_bytes());
            hash.update(&piece.len.to_le_bytes());
        }
        let sparse = self.reader.member().sparse.is_some();
        let wants_digests = head.mode & 0o6000 != 0 || self.session.probe.package_digests(&head);
        let mut digests = wants_digests.then(PackageHasher::default);
        // A file with holes cannot be a working program and its bytes are not what a reader would see.
        let mut kept = (keep && !sparse).then(Vec::new);
        let mut capture = (!sparse).then_some(&mut self.capture);
        if let Some(capture) = &mut capture {
            capture.start();
        }
        let mut stream = self.session.probe.open(&head);
        let result = loop {
            let data = match self.reader.data() {
                Ok([]) => break Ok(()),
                Ok(data) => data,
                Err(error) => break Err(error),
            };
            hash.update(data);
            if let Some(digests) = &mut digests {
                digests.update(data);
            }
            if let Some(kept) = &mut kept {
                kept.extend_from_slice(data);
            }
            if let Some(capture) = &mut capture {
                capture.push(data);
            }
            if let Some(stream) = &mut stream {
                stream.push(data);
            }
            let n = data.len();
            self.reader.consume(n);
        };
        let contents = Contents {
            hash: hash.digest128(),
            program: capture.and_then(Capture::finish).filter(|program| can_start(&head, program)),
            digests: digests.map(|digests| Box::new(digests.finish())),
            content: kept.map(Vec::into_boxed_slice),
            notes: stream.map_or_else(Vec::new, ContentStream::finish),
        };
        (contents, result)
    }
}

fn head<'a>(names: &'a [u8], packed: &Packed) -> EntryHead<'a> {
    let start = packed.name as usize;
    let (path, rest) = names[start..].split_at(usize::from(packed.path_len));
    EntryHead {
        path,
        link: &rest[..usize::from(packed.link_len)],
        kind: packed.kind,
        mode: packed.mode,
        uid: packed.uid,
        gid: packed.gid,
        size: packed.size,
        mtime: packed.mtime,
    }
}

fn look_at_whole<P: Probe>(
    session: &Session<'_, P>,
    head: &EntryHead<'_>,
    bytes: &[u8],
    keep: bool,
) -> Contents<P::Note> {
    let notes = session.probe.whole(head, bytes);
    let wants_digests = !notes.is_empty() || head.mode & 0o6000 != 0 || session.probe.package_digests(head);
    Contents {
        hash: xxh3_128(bytes),
        program: executable::of_whole(bytes).filter(|program| can_start(head, program)),
        digests: wants_digests.then(|| {
            let mut digests = PackageHasher::default();
            digests.update(bytes);
            Box::new(digests.finish())
        }),
        content: keep.then(|| bytes.into()),
        notes,
    }
}

/// Libraries are read whatever their mode; a script that nobody may execute is a text.
fn can_start(head: &EntryHead<'_>, program: &Program) -> bool {
    matches!(program, Program::Elf(_)) || head.is_executable()
}
