//! Text in UTF-16, as Windows writes registry exports and what PowerShell redirects: read as UTF-8.

/// How many bytes tell an encoding that no mark announces.
const PROBED: usize = 256;

/// Turns UTF-16 into UTF-8, piece by piece.
pub(crate) struct Decoder {
    big_endian: bool,
    /// How many bytes the mark before the text has.
    mark: u64,
    /// How many bytes of the mark are still to come.
    skip: usize,
    /// The first byte of a unit whose second has not come.
    half: Option<u8>,
    /// The first unit of a pair whose second has not come.
    high: Option<u16>,
}

impl Decoder {
    /// The decoder for an input that begins so; none where it is no UTF-16.
    pub(crate) fn detect(head: &[u8]) -> Option<Self> {
        let (big_endian, mark) = match head {
            // The mark of UTF-32 begins in the same way.
            [0xff, 0xfe, 0, 0, ..] => return None,
            [0xff, 0xfe, ..] => (false, 2),
            [0xfe, 0xff, ..] => (true, 2),
            _ => (unmarked(head)?, 0),
        };
        Some(Self { big_endian, mark: mark as u64, skip: mark, half: None, high: None })
    }

    /// Where in the input the unit of that number begins.
    pub(crate) fn offset(&self, unit: u64) -> u64 {
        self.mark + 2 * unit
    }

    /// The next bytes as UTF-8; what is cut in two waits for the rest.
    pub(crate) fn decode(&mut self, bytes: &[u8], out: &mut String) {
        let skipped = self.skip.min(bytes.len());
        self.skip -= skipped;
        for &byte in bytes.iter().skip(skipped) {
            let Some(first) = self.half.take() else {
                self.half = Some(byte);
                continue;
            };
            let pair = [first, byte];
            self.unit(if self.big_endian { u16::from_be_bytes(pair) } else { u16::from_le_bytes(pair) }, out);
        }
    }

    fn unit(&mut self, unit: u16, out: &mut String) {
        if let Some(high) = self.high.take() {
            if let Some(Ok(c)) = char::decode_utf16([high, unit]).next() {
                out.push(c);
                return;
            }
            out.push(char::REPLACEMENT_CHARACTER);
        }
        if (0xd800..0xdc00).contains(&unit) {
            self.high = Some(unit);
        } else {
            out.push(char::from_u32(u32::from(unit)).unwrap_or(char::REPLACEMENT_CHARACTER));
        }
    }
}

/// Whether text without a mark is UTF-16 beyond doubt, and whether it is big-endian: every other byte is zero, and
/// those between are ASCII text.
fn unmarked(head: &[u8]) -> Option<bool> {
    let head = head.get(..head.len().min(PROBED) / 2 * 2)?;
    if head.len() < 16 {
        return None;
    }
    let text = |b: u8| (0x20..0x7f).contains(&b) || matches!(b, b'\t' | b'\n' | b'\r');
    let all = |zero: usize| head.chunks_exact(2).all(|pair| pair[zero] == 0 && text(pair[1 - zero]));
    if all(1) {
        Some(false)
    } else if all(0) {
        Some(true)
    } else {
        None
    }
}

/// How many units of UTF-16 the characters that begin in the bytes have.
pub(crate) fn units(utf8: &[u8]) -> u64 {
    utf8.iter().map(|b| u64::from(b & 0xc0 != 0x80) + u64::from(*b >= 0xf0)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn decodes_what_was_encoded_in_any_pieces(text in "\\PC{0,80}", big in any::<bool>(), mark in any::<bool>(), cut in 1usize..7) {
            prop_assume!(!text.starts_with('\u{feff}') && !text.starts_with('\0'));
            let text = format!("{}{text}", "plain text first ".repeat(8));
            let unit = |u: u16| if big { u.to_be_bytes() } else { u.to_le_bytes() };
            let mut bytes: Vec<u8> = if mark { unit(0xfeff).to_vec() } else { Vec::new() };
            bytes.extend(text.encode_utf16().flat_map(unit));
            let mut decoder = Decoder::detect(&bytes[..100]).expect("it is UTF-16");
            let mut out = String::new();
            for piece in bytes.chunks(cut) {
                decoder.decode(piece, &mut out);
            }
            prop_assert_eq!(&out, &text);
            prop_assert_eq!(units(text.as_bytes()), text.encode_utf16().count() as u64);
        }
    }

    #[test]
    fn other_bytes_are_no_utf16() {
        for bytes in [
            &b"plain text in ASCII, and more of it"[..],
            b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0>\0\x01\0\0\0",
            &[0; 64],
            b"",
            b"a\0",
        ] {
            assert!(Decoder::detect(bytes).is_none());
        }
    }
}
