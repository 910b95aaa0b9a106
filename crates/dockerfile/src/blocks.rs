//! Looking at many bytes at once: which of them are newlines, escapes or `#`.

use wide::u8x16;

/// How many bytes a block has: one for each bit of a mask.
pub(crate) const BLOCK: usize = u64::BITS as usize;

/// How many bytes are compared at once.
const LANES: usize = 16;

/// The bytes of a block, ready to be compared.
struct Lanes([u8x16; BLOCK / LANES]);

impl Lanes {
    #[inline(always)]
    fn new(block: &[u8; BLOCK]) -> Lanes {
        let (parts, _) = block.as_chunks::<LANES>();
        Lanes(std::array::from_fn(|index| u8x16::from(parts[index])))
    }

    /// A bit for each byte that is `byte`, the lowest for the first.
    #[inline(always)]
    fn mask(&self, byte: u8) -> u64 {
        let wanted = u8x16::splat(byte);
        let [a, b, c, d] = self.0.map(|part| u64::from(part.simd_eq(wanted).to_bitmask()));
        (a | b << LANES) | (c | d << LANES) << (2 * LANES)
    }

    /// Whether one of two bytes is among them.
    #[inline(always)]
    fn has(&self, first: u8, second: u8) -> bool {
        let (first, second) = (u8x16::splat(first), u8x16::splat(second));
        let [a, b, c, d] = self.0.map(|part| part.simd_eq(first) | part.simd_eq(second));
        (a | b | c | d).to_bitmask() != 0
    }
}

/// A bit for each newline in a block, the lowest for its first byte.
#[inline(always)]
pub(crate) fn newlines(block: &[u8; BLOCK]) -> u64 {
    Lanes::new(block).mask(b'\n')
}

/// Where the first byte at or after `at` stands that is one of a kind; the end where there is none. The two functions say
/// whether bytes are of the kind: of many at once, and of one.
#[inline(always)]
pub(crate) fn find(
    bytes: &[u8],
    mut at: usize,
    many: impl Fn(u8x16) -> u8x16,
    one: impl Fn(u8) -> bool,
) -> usize {
    while let Some(part) = bytes.get(at..).and_then(|rest| rest.first_chunk::<LANES>()) {
        let found = many(u8x16::from(*part)).to_bitmask();
        if found != 0 {
            return at + found.trailing_zeros() as usize;
        }
        at += LANES;
    }
    while let Some(&byte) = bytes.get(at)
        && !one(byte)
    {
        at += 1;
    }
    at
}

/// Of each byte, whether it is white space, a control character or no ASCII.
#[inline(always)]
pub(crate) fn not_graphic(part: u8x16) -> u8x16 {
    let (low, high) = (u8x16::splat(b' '), u8x16::splat(0x7f));
    part.min(low).simd_eq(part) | part.max(high).simd_eq(part)
}

/// What a block of a Dockerfile holds that cuts it into lines and instructions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Block {
    /// The newlines.
    pub(crate) newlines: u64,
    /// Those of them that come right after an escape, which no other escape takes the meaning off.
    pub(crate) continued: u64,
    /// All other newlines, and each `#`.
    pub(crate) marks: u64,
    /// Whether `<<` can stand in it once lines are put together: a continuation may cut through it.
    pub(crate) may_have_heredoc: bool,
    /// The last two bytes: which of them are escapes.
    carry: u64,
}

impl Block {
    /// The block that begins at `start`; what it has past the end of the file is nothing.
    pub(crate) fn at(bytes: &[u8], start: usize, escape: u8) -> Block {
        let is_escape = |before: usize| {
            let byte = start.checked_sub(before).and_then(|at| bytes.get(at));
            u64::from(byte == Some(&escape))
        };
        Block::read(bytes, start, escape, is_escape(1) << 1 | is_escape(2))
    }

    /// The block after this one, which begins at `start`.
    #[inline(always)]
    pub(crate) fn next(&self, bytes: &[u8], start: usize, escape: u8) -> Block {
        Block::read(bytes, start, escape, self.carry)
    }

    #[inline(always)]
    fn read(bytes: &[u8], start: usize, escape: u8, carry: u64) -> Block {
        match bytes.get(start..).and_then(|rest| rest.first_chunk::<BLOCK>()) {
            Some(block) => Block::of(block, escape, carry),
            None => Block::last(bytes.get(start..).unwrap_or(&[]), escape, carry),
        }
    }

    #[inline(never)]
    fn last(rest: &[u8], escape: u8, carry: u64) -> Block {
        let mut block = [0; BLOCK];
        block[..rest.len()].copy_from_slice(rest);
        Block::of(&block, escape, carry)
    }

    #[inline(always)]
    fn of(block: &[u8; BLOCK], escape: u8, carry: u64) -> Block {
        let lanes = Lanes::new(block);
        let newlines = lanes.mask(b'\n');
        let escapes = lanes.mask(escape);
        let after_one = escapes << 1 | carry >> 1;
        let after_two = escapes << 2 | carry;
        let continued = newlines & after_one & !after_two;
        let mut marks = newlines & !continued;
        let mut may_have_heredoc = false;
        // Most blocks have neither.
        if lanes.has(b'#', b'<') {
            marks |= lanes.mask(b'#');
            let less_than = lanes.mask(b'<');
            // What follows the last byte is not looked at.
            may_have_heredoc = less_than & ((less_than | escapes) >> 1 | 1 << (BLOCK - 1)) != 0;
        }
        Block { newlines, continued, marks, may_have_heredoc, carry: escapes >> (BLOCK - 2) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The same, a byte at a time.
    fn expected(text: &[u8], start: usize) -> [u64; 3] {
        let mut masks = [0; 3];
        for at in start..text.len().min(start + BLOCK) {
            let bit = 1 << (at - start);
            let before = |n: usize| at.checked_sub(n).map(|at| text[at]);
            let is_continued = before(1) == Some(b'\\') && before(2) != Some(b'\\');
            match text[at] {
                b'\n' => {
                    masks[0] |= bit;
                    masks[if is_continued { 1 } else { 2 }] |= bit;
                }
                b'#' => masks[2] |= bit,
                _ => {}
            }
        }
        masks
    }

    #[test]
    fn masks_are_those_of_a_look_at_each_byte() {
        // All that four bytes can be, at every place of a block and across its ends.
        let bytes = [b'\n', b'\\', b'#', 0x8a];
        for shift in 0..BLOCK + 4 {
            let mut text = vec![b'a'; shift];
            for n in 0..256 {
                text.extend((0..4).map(|place| bytes[n >> (2 * place) & 3]));
            }
            let mut block = Block::at(&text, 0, b'\\');
            for start in (0..text.len() + BLOCK).step_by(BLOCK) {
                assert_eq!(block, Block::at(&text, start, b'\\'));
                assert_eq!([block.newlines, block.continued, block.marks], expected(&text, start));
                block = block.next(&text, start + BLOCK, b'\\');
            }
        }
    }

    #[test]
    fn heredocs_are_seen_wherever_they_are_cut() {
        for at in 0..2 * BLOCK {
            for mark in ["<<", "<\\\n<"] {
                let text = format!("{}{mark}{}", "a".repeat(at), "b".repeat(BLOCK));
                let starts = (0..text.len()).step_by(BLOCK);
                let mut blocks = starts.map(|start| Block::at(text.as_bytes(), start, b'\\'));
                assert!(blocks.any(|block| block.may_have_heredoc), "{mark} at {at}");
            }
        }
    }
}
