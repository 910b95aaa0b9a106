//! What the databases of dpkg, apk and rpm say of the files that their packages shipped.

mod berkeley;
mod ndb;
mod rpm;
mod sqlite;

pub(crate) use rpm::{file_of_rpm, is_rpm_database, read_rpm};

use plimsoll_image::PackageDigests;
use plimsoll_image::limits::MAX_PATH;

/// A checksum as a database has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sum {
    /// dpkg's.
    Md5([u8; 16]),
    /// apk's.
    Sha1([u8; 20]),
    /// rpm's.
    Sha256([u8; 32]),
}

impl Sum {
    /// Whether a file whose checksums are these is the one that was shipped.
    pub(crate) fn is_of(self, digests: &PackageDigests) -> bool {
        match self {
            Sum::Md5(md5) => md5 == digests.md5,
            Sum::Sha1(sha1) => sha1 == digests.sha1,
            Sum::Sha256(sha256) => sha256 == digests.sha256,
        }
    }
}

/// Gives the files of a database to a function, and no more of them than a database of that length can name: names that
/// lie over each other are many times as long as what holds them.
struct Given<F> {
    left: usize,
    add: F,
}

impl<F: FnMut(&[u8], Sum)> Given<F> {
    fn new(content: &[u8], add: F) -> Self {
        Self { left: content.len().saturating_mul(2), add }
    }

    /// Gives one file; `None` where there have been too many.
    fn file(&mut self, folder: &[u8], name: &[u8], sum: Sum) -> Option<()> {
        let length = folder.len() + 1 + name.len();
        self.left = self.left.checked_sub(length)?;
        if length <= MAX_PATH {
            let between: &[u8] = if folder.is_empty() || folder.ends_with(b"/") { b"" } else { b"/" };
            (self.add)(&[folder, between, name].concat(), sum);
        }
        Some(())
    }
}

/// Calls `add` with every path, without a leading slash, and the checksum in one of dpkg's `info/*.md5sums`. Lines
/// that are none are passed over.
pub(crate) fn read_md5sums(content: &[u8], mut add: impl FnMut(&[u8], Sum)) {
    for line in content.split(|b| *b == b'\n') {
        let Some((sum, path)) = line.split_at_checked(32) else { continue };
        let Some(sum) = hex::<16>(sum) else { continue };
        let path = path.trim_ascii_start();
        add(path.strip_prefix(b"./").unwrap_or(path), Sum::Md5(sum));
    }
}

/// The same for apk's `installed`: `F:folder`, then for each file `R:name` and `Z:Q1<base64 of SHA-1>`.
pub(crate) fn read_apk(content: &[u8], add: impl FnMut(&[u8], Sum)) {
    let mut given = Given::new(content, add);
    let mut folder: &[u8] = b"";
    let mut name = None;
    for line in content.split(|b| *b == b'\n') {
        let Some((key, value)) = line.split_at_checked(2) else { continue };
        match key {
            b"F:" => folder = value,
            b"R:" => name = Some(value),
            b"Z:" => {
                let sum = value.strip_prefix(b"Q1").and_then(base64_20);
                if let (Some(name), Some(sum)) = (name.take(), sum)
                    && given.file(folder, name, Sum::Sha1(sum)).is_none()
                {
                    return;
                }
            }
            _ => {}
        }
    }
}

/// The paths under which packages may name a file: with /usr merged, they say lib/x and the file is usr/lib/x.
pub(crate) fn names_of(path: &[u8]) -> [&[u8]; 2] {
    [path, path.strip_prefix(b"usr/").unwrap_or(path)]
}

fn hex<const N: usize>(text: &[u8]) -> Option<[u8; N]> {
    let digit = |b: u8| char::from(b).to_digit(16).and_then(|d| u8::try_from(d).ok());
    let mut out = [0; N];
    for (byte, pair) in out.iter_mut().zip(text.chunks_exact(2)) {
        *byte = digit(pair[0])? << 4 | digit(pair[1])?;
    }
    (text.len() == 2 * N).then_some(out)
}

fn base64_20(text: &[u8]) -> Option<[u8; 20]> {
    let value = |b: u8| match b {
        b'A'..=b'Z' => Some(u32::from(b - b'A')),
        b'a'..=b'z' => Some(u32::from(b - b'a') + 26),
        b'0'..=b'9' => Some(u32::from(b - b'0') + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    };
    let mut out = Vec::with_capacity(21);
    let (mut bits, mut count) = (0u32, 0);
    for &b in text.iter().take_while(|b| **b != b'=') {
        bits = bits << 6 | value(b)?;
        count += 6;
        if count >= 8 {
            count -= 8;
            out.push(u8::try_from(bits >> count & 0xff).ok()?);
        }
    }
    out.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn databases_are_read() {
        let mut paths = Vec::new();
        read_md5sums(b"d41d8cd98f00b204e9800998ecf8427e  usr/share/doc/x\nnonsense\n", |path, _| {
            paths.push(path.to_vec())
        });
        read_apk(b"P:musl\nF:lib\nR:libc.so\nZ:Q1aUuqlPGaLYUBA7JCTmQXi6mXM3Q=\n\n", |path, _| {
            paths.push(path.to_vec())
        });
        assert_eq!(paths, [&b"usr/share/doc/x"[..], b"lib/libc.so"]);
    }
}
