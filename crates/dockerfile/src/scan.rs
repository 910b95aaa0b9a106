//! Where instructions and comments begin and end, found 64 bytes at a time.
//!
//! Each block of bytes becomes masks, one bit a byte, and everything else is said by the masks: a sum carries from the
//! beginning of a run of bits to its end, a difference finds the first bit after another one. Nothing is asked of
//! single bytes or lines, so one text takes as long as any other.

use fearless_simd::prelude::*;
use fearless_simd::{Level, Simd, dispatch, i8x64, u8x64};

/// How many bytes a block has: one for each bit of a mask.
const BLOCK: usize = u64::BITS as usize;

/// How many blocks are looked at before their marks are used; after [`Scan::go_to`] it is few at first.
const MOST_BLOCKS: usize = 64;
const FEWEST_BLOCKS: usize = 4;

/// How many marks are kept.
const MARKS: usize = 3 * BLOCK;

/// How many marks a block has at most, but for few.
const USUAL_MARKS: usize = 4;

/// A place where something begins or ends. Those of an instruction come in pairs: its first byte that is no blank, and
/// the newline of its last line. So do those of a comment, at its `#` and its newline, and they may stand between the
/// two of an instruction. Where the file does not end with a newline its end counts as one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Mark {
    pub(crate) at: u32,
    /// How many newlines are before it.
    pub(crate) newlines: u32,
}

/// What the blocks that were looked at say of the next one; each is a bit, or none.
#[derive(Clone, Copy, Debug)]
struct Carry {
    /// Its last byte is an escape.
    escape: u64,
    /// An escape and blanks after it reach up to its end.
    continuation: u64,
    /// The beginning of a line and blanks after it do.
    line: u64,
    /// A comment does.
    comment: u64,
    /// No instruction does.
    outside: u64,
}

impl Carry {
    /// What is said of the first block of a line.
    const LINE: Carry = Carry { escape: 0, continuation: 0, line: 1, comment: 0, outside: 1 };
}

/// Goes through a file from mark to mark.
pub(crate) struct Scan<'s> {
    bytes: &'s [u8],
    escape: u8,
    /// Where the next block begins.
    next: usize,
    /// How many newlines are before that.
    newlines: u32,
    carry: Carry,
    /// How many blocks are looked at next.
    blocks: usize,
    marks: [Mark; MARKS],
    /// How many there are, and how many of them were given.
    found: usize,
    given: usize,
    is_over: bool,
    /// Whether blank lines were seen inside instructions.
    pub(crate) has_blank_lines: bool,
    /// Whether a `<` was seen.
    pub(crate) has_less_than: bool,
}

impl<'s> Scan<'s> {
    /// A scan that begins with a line, at `start`, with `newlines` before it. `escape` continues lines.
    pub(crate) fn new(text: &'s str, start: usize, newlines: u32, escape: u8) -> Scan<'s> {
        Scan {
            bytes: text.as_bytes(),
            escape,
            next: start,
            newlines,
            carry: Carry::LINE,
            blocks: MOST_BLOCKS,
            marks: [Mark::default(); MARKS],
            found: 0,
            given: 0,
            is_over: false,
            has_blank_lines: false,
            has_less_than: false,
        }
    }

    /// Leaves out what is before a line that begins at `start`, with `newlines` before it.
    pub(crate) fn go_to(&mut self, start: usize, newlines: u32) {
        (self.next, self.newlines) = (start, newlines);
        (self.found, self.given) = (0, 0);
        self.carry = Carry::LINE;
        self.blocks = FEWEST_BLOCKS;
        self.is_over = false;
    }

    /// The next mark; `None` at the end of the file and before a block that cannot be read this way: one with a
    /// carriage return, or with a line that begins with a control character or a byte that is no ASCII.
    #[inline(always)]
    pub(crate) fn next(&mut self) -> Option<Mark> {
        if self.given == self.found && !self.read() {
            return None;
        }
        let mark = self.marks[self.given];
        self.given += 1;
        Some(mark)
    }

    /// Looks for more marks. `false` where there are none.
    #[inline(never)]
    fn read(&mut self) -> bool {
        (self.found, self.given) = (0, 0);
        while self.found == 0 && !self.is_over {
            dispatch!(Level::new(), simd => self.read_blocks(simd));
        }
        self.found > 0
    }

    #[inline(always)]
    fn read_blocks<S: Simd>(&mut self, simd: S) {
        let bytes = self.bytes;
        let (mut next, mut newlines, mut carry, mut found) =
            (self.next, self.newlines, self.carry, self.found);
        let (mut blank_lines, mut less_than) = (0, 0);
        for _ in 0..self.blocks {
            // The end of the file ends a line, so a block may be all of what comes after it.
            if next > bytes.len() {
                self.is_over = true;
                break;
            }
            if found > MARKS - BLOCK {
                break;
            }
            let block = match bytes[next..].first_chunk() {
                Some(block) => *block,
                None => last_block(&bytes[next..]),
            };
            let block = u8x64::simd_from(simd, block);
            let mask = |byte: u8| block.simd_eq(u8x64::splat(simd, byte)).to_bitmask();
            let newline = mask(b'\n');
            let escape = mask(self.escape);
            let hash = mask(b'#');
            let blank = mask(b' ') | mask(b'\t');
            // As signed bytes, what is no ASCII is below zero.
            let unusual = block.bitcast::<i8x64<S>>().simd_lt(i8x64::splat(simd, 0x20)).to_bitmask();
            let unusual = unusual & !(newline | blank);

            // What comes after an escape, which no other escape takes the meaning off, and after blanks behind it.
            let escaping = escape & !(escape << 1 | carry.escape);
            let mut continuation = escaping << 1 | carry.continuation;
            let mut to_end = false;
            if continuation & blank != 0 {
                (continuation, to_end) = behind(continuation, blank);
            }
            let continued = continuation & newline;

            // The first byte of each line that is no blank.
            let line = newline << 1 | carry.line;
            let (sum, blank_to_end) = (line & blank).overflowing_add(blank);
            let first = (sum | line) & !blank;
            if unusual != 0 && (first & unusual != 0 || mask(b'\r') != 0) {
                self.is_over = true;
                break;
            }

            // Comments, and the newlines that end them.
            let comment = first & hash;
            let (sum, comment_to_end) = (comment | carry.comment).overflowing_add(!newline);
            let comment_end = sum & newline;

            // Lines that say something end an instruction where they are not continued; the first of them that comes
            // after the end of one begins another.
            let blank_line = first & newline;
            let says = first & !(hash | newline);
            let end = newline & !(continued | comment_end | blank_line);
            let (others, none_begins) = says.overflowing_sub(end << 1 | carry.outside);
            let start = says & !others;
            let inside = end.wrapping_sub(start).wrapping_sub(1 - carry.outside);
            blank_lines |= blank_line & inside;
            less_than |= mask(b'<');

            let mut marks = start | end | comment | comment_end;
            let count = marks.count_ones() as usize;
            let mark = |marks: u64| {
                let bit = marks.trailing_zeros();
                let before = newline & !(u64::MAX << (bit % u64::BITS));
                Mark {
                    at: (next as u32).wrapping_add(bit),
                    newlines: newlines.wrapping_add(before.count_ones()),
                }
            };
            // Those too many here are written over.
            if let Some(places) = self.marks[found..].first_chunk_mut::<USUAL_MARKS>() {
                for place in places {
                    *place = mark(marks);
                    marks &= marks.wrapping_sub(1);
                }
            }
            for place in self.marks[found..].iter_mut().take(count).skip(USUAL_MARKS) {
                *place = mark(marks);
                marks &= marks.wrapping_sub(1);
            }
            found += count;
            newlines = newlines.wrapping_add(newline.count_ones());
            carry = Carry {
                escape: escape >> (BLOCK - 1),
                continuation: u64::from(to_end) | escaping >> (BLOCK - 1),
                line: u64::from(blank_to_end) | newline >> (BLOCK - 1),
                comment: u64::from(comment_to_end),
                outside: u64::from(none_begins) | end >> (BLOCK - 1),
            };
            next += BLOCK;
        }
        (self.next, self.newlines, self.carry, self.found) = (next, newlines, carry, found);
        self.has_blank_lines |= blank_lines != 0;
        self.has_less_than |= less_than != 0;
        self.blocks = (2 * self.blocks).min(MOST_BLOCKS);
    }
}

/// The last block of a file: newlines follow what is left.
#[cold]
fn last_block(rest: &[u8]) -> [u8; BLOCK] {
    let mut block = [b'\n'; BLOCK];
    block[..rest.len()].copy_from_slice(rest);
    block
}

/// Where runs of `blank` end that begin at a bit of `starts`, and such bits where no run begins; and whether the last
/// run reaches the end. Few blocks need it, and without it the rest is faster.
#[cold]
#[inline(never)]
fn behind(starts: u64, blank: u64) -> (u64, bool) {
    let (sum, to_end) = (starts & blank).overflowing_add(blank);
    ((sum | starts) & !blank, to_end)
}
