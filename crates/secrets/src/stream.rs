//! Takes an input in pieces, with bounded memory, and finds what a scan of the whole would find.

use crate::context::{Class, Context, SNIFFED, is_binary};
use crate::leak::Leak;
use crate::scanner::{AROUND, MAX_LEAKS, Match, Part, Place, Scanner};
use crate::utf16::{self, Decoder};

/// How many bytes are gathered before they are looked at.
const WINDOW: usize = 256 * 1024;

/// An input that comes in pieces. Made by [`Scanner::stream`].
///
/// UTF-16 is scanned as the text that it is; spans count the bytes of the input.
///
/// Bytes are held until everything that a pattern may look at around them has come: about 300 KB.
pub struct Stream {
    scanner: Scanner,
    context: Context,
    /// The first bytes, until they tell how the input is encoded.
    head: Option<Vec<u8>>,
    utf16: Option<Decoder>,
    /// Known once enough bytes have come.
    class: Option<Class>,
    buffer: Vec<u8>,
    /// Where in the input `buffer` begins.
    offset: u64,
    /// Up to where in `buffer` keywords were followed up.
    done: usize,
    /// Where `buffer` begins, in lines.
    place: Place,
    /// Where `buffer` begins, in units of UTF-16 where the input is that.
    units: u64,
    matches: Vec<(Match, Place)>,
}

impl Stream {
    pub(crate) fn new(scanner: Scanner, context: Context) -> Self {
        Self {
            scanner,
            context,
            head: Some(Vec::new()),
            utf16: None,
            class: None,
            buffer: Vec::new(),
            offset: 0,
            done: 0,
            place: Place::default(),
            units: 0,
            matches: Vec::new(),
        }
    }

    /// Takes the next bytes.
    pub fn push(&mut self, mut bytes: &[u8]) {
        if let Some(head) = &mut self.head {
            let (now, later) = bytes.split_at((SNIFFED - head.len()).min(bytes.len()));
            head.extend_from_slice(now);
            bytes = later;
            if head.len() < SNIFFED {
                return;
            }
            self.begin();
        }
        self.read(bytes);
    }

    /// Reads the first bytes, which tell the encoding.
    fn begin(&mut self) {
        if let Some(head) = self.head.take() {
            self.utf16 = Decoder::detect(&head);
            self.read(&head);
        }
    }

    fn read(&mut self, bytes: &[u8]) {
        match &mut self.utf16 {
            None => self.gather(bytes),
            Some(decoder) => {
                let mut text = String::with_capacity(bytes.len());
                decoder.decode(bytes, &mut text);
                self.gather(text.as_bytes());
            }
        }
    }

    fn gather(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let room = (WINDOW + AROUND.0 + AROUND.1).saturating_sub(self.buffer.len()).max(1);
            let (now, later) = bytes.split_at(room.min(bytes.len()));
            self.buffer.extend_from_slice(now);
            bytes = later;
            if self.buffer.len() >= WINDOW + AROUND.0 + AROUND.1 {
                self.sweep(self.buffer.len() - AROUND.1);
            }
        }
    }

    /// Ends the input; the leaks in the order they stand in.
    pub fn finish(mut self) -> Vec<Leak> {
        self.begin();
        self.sweep(self.buffer.len());
        let scanner = self.scanner;
        let places: Vec<_> = self.matches.iter().map(|(m, place)| (m.span.start, *place)).collect();
        let matches = scanner.settle(self.matches.into_iter().map(|(m, _)| m).collect());
        matches
            .into_iter()
            .map(|found| {
                let place = places
                    .iter()
                    .find(|(start, _)| *start == found.span.start)
                    .map_or(Place::default(), |p| p.1);
                scanner.leak(found, &place)
            })
            .collect()
    }

    /// Follows up the keywords that begin before `to`, and lets go of what nothing will look at again.
    fn sweep(&mut self, to: usize) {
        let class = *self.class.get_or_insert_with(|| {
            let head = self.buffer.get(..self.buffer.len().min(SNIFFED)).unwrap_or_default();
            if is_binary(head) { Class::Binary } else { self.context.class() }
        });
        let mut found = Vec::new();
        let part = Part { bytes: &self.buffer, offset: self.offset, range: self.done..to };
        self.scanner.sweep(&part, class, 0, &mut found);
        found.sort_by_key(|m| m.span.start);
        let (mut place, mut units) = (self.place, self.units);
        let mut at = 0;
        for mut found in found {
            let start = usize::try_from(found.span.start - self.offset).unwrap_or(0);
            let end = usize::try_from(found.span.end - self.offset).unwrap_or(start);
            let passed = self.buffer.get(at..start).unwrap_or_default();
            place.pass(passed);
            at = at.max(start);
            if let Some(decoder) = &self.utf16 {
                units += utf16::units(passed);
                let secret = self.buffer.get(start..end).unwrap_or_default();
                found.span = decoder.offset(units)..decoder.offset(units + utf16::units(secret));
            }
            let known = |(m, _): &(Match, Place)| m.detector == found.detector && m.span == found.span;
            if self.matches.len() < MAX_LEAKS && !self.matches.iter().rev().take(32).any(known) {
                self.matches.push((found, place));
            }
        }
        self.done = to;
        let keep = to.saturating_sub(AROUND.0);
        if let Some(gone) = self.buffer.get(..keep) {
            self.place.pass(gone);
            if self.utf16.is_some() {
                self.units += utf16::units(gone);
            }
        }
        self.buffer.drain(..keep.min(self.buffer.len()));
        self.offset += keep as u64;
        self.done -= keep;
    }
}
