//! Looking at many bytes at once: which of them are newlines, escapes or `#`.

use wide::u8x16;

/// How many bytes a block has: one for each bit of a mask.
pub(crate) const BLOCK: usize = u64::BITS as usize;

/// A bit for each byte of a block that is `byte`, the lowest for the first.
#[inline(always)]
pub(crate) fn mask(block: &[u8; BLOCK], byte: u8) -> u64 {
    const LANES: usize = 16;
    let wanted = u8x16::splat(byte);
    let (parts, _) = block.as_chunks::<LANES>();
    parts.iter().enumerate().fold(0, |mask, (index, part)| {
        let found = u8x16::from(*part).simd_eq(wanted).to_bitmask();
        mask | u64::from(found) << (LANES * index)
    })
}

/// What a block of a Dockerfile holds that cuts it into lines and instructions. Bits of what was read already are 0.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Block {
    /// Where it begins in the file.
    pub(crate) start: usize,
    /// The newlines.
    pub(crate) newlines: u64,
    /// Those of them that come right after an escape, which no other escape takes the meaning off.
    pub(crate) continued: u64,
    /// Each `#`.
    pub(crate) hashes: u64,
    /// Whether `<<` can stand in it once lines are put together: a continuation may cut through it.
    pub(crate) may_have_heredoc: bool,
}

impl Block {
    /// The block that begins at `start`; what it has past the end of the file is nothing.
    #[inline(always)]
    pub(crate) fn read(bytes: &[u8], start: usize, escape: u8) -> Block {
        let rest = bytes.get(start..).unwrap_or(&[]);
        let mut padded = [0; BLOCK];
        let block = match rest.first_chunk::<BLOCK>() {
            Some(block) => block,
            None => {
                padded[..rest.len()].copy_from_slice(rest);
                &padded
            }
        };
        let is_escape = |before: usize| {
            let byte = start.checked_sub(before).and_then(|at| bytes.get(at));
            u64::from(byte == Some(&escape))
        };
        let newlines = mask(block, b'\n');
        let escapes = mask(block, escape);
        let after_one = escapes << 1 | is_escape(1);
        let after_two = escapes << 2 | is_escape(1) << 1 | is_escape(2);
        let less_than = mask(block, b'<');
        // What follows the last byte is not looked at.
        let followed = (less_than | escapes) >> 1 | 1 << (BLOCK - 1);
        Block {
            start,
            newlines,
            continued: newlines & after_one & !after_two,
            hashes: mask(block, b'#'),
            may_have_heredoc: less_than & followed != 0,
        }
    }

    /// Takes out the bits up to that one, and itself.
    #[inline(always)]
    pub(crate) fn pass(&mut self, bit: u32) {
        let kept = !0 << bit << 1;
        self.newlines &= kept;
        self.continued &= kept;
        self.hashes &= kept;
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
            if text[at] == b'\n' {
                masks[0] |= bit;
                if before(1) == Some(b'\\') && before(2) != Some(b'\\') {
                    masks[1] |= bit;
                }
            }
            if text[at] == b'#' {
                masks[2] |= bit;
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
            for start in (0..text.len() + BLOCK).step_by(BLOCK) {
                let block = Block::read(&text, start, b'\\');
                assert_eq!([block.newlines, block.continued, block.hashes], expected(&text, start));
            }
        }
    }

    #[test]
    fn what_is_passed_is_gone() {
        let text = [b'\n'; BLOCK];
        let mut block = Block::read(&text, 0, b'\\');
        block.pass(62);
        assert_eq!(block.newlines, 1 << 63);
        block.pass(63);
        assert_eq!(block.newlines, 0);
    }
}
