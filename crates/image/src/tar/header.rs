//! One 512-byte tar header: fields, numbers, checksum.

/// The size of a tar block.
pub(crate) const BLOCK: usize = 512;

/// A header block whose checksum has been found right.
pub(crate) struct Header<'a>(&'a [u8; BLOCK]);

/// Why a numeric field could not be read: its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct BadNumber(pub(crate) &'static str);

impl<'a> Header<'a> {
    /// Takes a block; `None` if its checksum is wrong.
    pub(crate) fn checked(block: &'a [u8; BLOCK]) -> Option<Header<'a>> {
        let stored = number(&block[148..156]).ok()?;
        // The field itself counts as eight spaces. Some old writers summed signed bytes.
        let (mut unsigned, mut high) = (8 * i64::from(b' '), 0i64);
        for &byte in block[..148].iter().chain(&block[156..]) {
            unsigned += i64::from(byte);
            high += i64::from(byte >> 7);
        }
        (stored == unsigned || stored == unsigned - 256 * high).then_some(Header(block))
    }

    pub(crate) fn name(&self) -> &'a [u8] {
        text(&self.0[..100])
    }

    /// The ustar prefix, put before the name with a slash; empty in GNU's own format, which uses these bytes otherwise.
    pub(crate) fn prefix(&self) -> &'a [u8] {
        if &self.0[257..263] == b"ustar\0" { text(&self.0[345..500]) } else { &[] }
    }

    pub(crate) fn link(&self) -> &'a [u8] {
        text(&self.0[157..257])
    }

    pub(crate) fn kind(&self) -> u8 {
        self.0[156]
    }

    pub(crate) fn mode(&self) -> Result<i64, BadNumber> {
        number(&self.0[100..108]).map_err(|()| BadNumber("mode"))
    }

    pub(crate) fn uid(&self) -> Result<i64, BadNumber> {
        number(&self.0[108..116]).map_err(|()| BadNumber("uid"))
    }

    pub(crate) fn gid(&self) -> Result<i64, BadNumber> {
        number(&self.0[116..124]).map_err(|()| BadNumber("gid"))
    }

    pub(crate) fn size(&self) -> Result<u64, BadNumber> {
        let size = number(&self.0[124..136]).map_err(|()| BadNumber("size"))?;
        u64::try_from(size).map_err(|_| BadNumber("size"))
    }

    pub(crate) fn mtime(&self) -> Result<i64, BadNumber> {
        number(&self.0[136..148]).map_err(|()| BadNumber("mtime"))
    }

    pub(crate) fn device(&self) -> Result<(i64, i64), BadNumber> {
        // Old writers leave these bytes empty or full of rubbish for what is not a device.
        let major = number(&self.0[329..337]).map_err(|()| BadNumber("devmajor"))?;
        let minor = number(&self.0[337..345]).map_err(|()| BadNumber("devminor"))?;
        Ok((major, minor))
    }

    /// The first four pieces of an old GNU sparse file.
    pub(crate) fn sparse_pieces(&self) -> &'a [u8] {
        &self.0[386..482]
    }

    /// Whether more sparse pieces follow in blocks of their own.
    pub(crate) fn sparse_continues(&self) -> bool {
        self.0[482] != 0
    }

    /// The full size of an old GNU sparse file.
    pub(crate) fn sparse_size(&self) -> Result<u64, BadNumber> {
        let size = number(&self.0[483..495]).map_err(|()| BadNumber("realsize"))?;
        u64::try_from(size).map_err(|_| BadNumber("realsize"))
    }
}

/// The bytes of a field before its first NUL.
fn text(field: &[u8]) -> &[u8] {
    memchr::memchr(0, field).map_or(field, |end| &field[..end])
}

/// A numeric field: octal digits padded with spaces and NULs, or GNU's big-endian base 256 when the first bit is set.
pub(crate) fn number(field: &[u8]) -> Result<i64, ()> {
    match field.first() {
        Some(first) if first & 0x80 != 0 => {
            // The bit after the marker is the sign of a two's complement number.
            let negative = first & 0x40 != 0;
            let mut value: i128 =
                if negative { i128::from(*first) - 0x100 } else { i128::from(first & 0x7f) };
            for &byte in &field[1..] {
                value = value << 8 | i128::from(byte);
            }
            i64::try_from(value).map_err(|_| ())
        }
        _ => {
            let padding = |b: &&u8| matches!(b, 0 | b' ');
            let start = field.iter().take_while(padding).count();
            let digits = text(&field[start..]).trim_ascii_end();
            digits.iter().try_fold(0i64, |value, &digit| match digit {
                b'0'..=b'7' => Ok(value << 3 | i64::from(digit - b'0')),
                _ => Err(()),
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_every_form_of_number() {
        assert_eq!(number(b"0000644\0"), Ok(0o644));
        assert_eq!(number(b"   644 \0"), Ok(0o644));
        assert_eq!(number(b"\0\0\0\0\0\0\0\0"), Ok(0));
        assert_eq!(number(b"77777777777 "), Ok(0o77777777777));
        assert_eq!(number(b"\x80\0\0\0\0\0\0\x02\0\0\0\0"), Ok(0x2_0000_0000));
        assert_eq!(number(b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"), Ok(-1));
        assert_eq!(number(b"\x80\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"), Err(()));
        assert_eq!(number(b"-1\0\0"), Err(()));
        assert_eq!(number(b"12x4\0"), Err(()));
        assert_eq!(number(b"\0\x2012\0\x34"), Ok(0o12));
        assert_eq!(number(b"1 2\0"), Err(()));
    }
}
