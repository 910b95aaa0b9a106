//! What the distribution's packages shipped: the checksums in the image's own package databases.

use std::collections::HashMap;

use plimsoll_image::{Entry, Image};

/// Paths and checksums from dpkg's and apk's databases.
#[derive(Debug, Default)]
pub struct Shipped {
    /// By path without a leading slash: what packages shipped there.
    files: HashMap<Vec<u8>, Vec<Record>>,
}

/// What one database says of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Record {
    /// The layer whose database says so.
    layer: usize,
    sum: Sum,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sum {
    /// dpkg's.
    Md5([u8; 16]),
    /// apk's.
    Sha1([u8; 20]),
}

impl Shipped {
    /// Reads the databases of every layer: a package that a later layer removed shipped its files all the same.
    pub fn read<N>(image: &Image<N>) -> Self {
        let mut shipped = Self::default();
        for layer in &image.layers {
            for (entry, content) in layer.record.iter().flat_map(|r| r.kept()) {
                let path = entry.path();
                if path.ends_with(b".md5sums") {
                    shipped.read_md5sums(content, layer.index);
                } else if path.ends_with(b"lib/apk/db/installed") {
                    shipped.read_apk(content, layer.index);
                }
            }
        }
        shipped
    }

    /// Whether a package shipped this file of a layer with these very bytes.
    ///
    /// Of large files the walk takes no checksum of the databases' kinds: such a file counts as shipped where the
    /// layer that holds it also brought the package that owns its path.
    pub fn has<N>(&self, entry: &Entry<'_, N>, layer: usize) -> bool {
        // With /usr merged, packages name /lib/x and the layer has usr/lib/x.
        let path = entry.path();
        let short = path.strip_prefix(b"usr/").unwrap_or(path);
        let mut records = [path, short].into_iter().filter_map(|p| self.files.get(p)).flatten();
        match entry.package_digests() {
            Some(digests) => {
                records.any(|r| r.sum == Sum::Md5(digests.md5) || r.sum == Sum::Sha1(digests.sha1))
            }
            None => entry.size() > plimsoll_image::limits::WHOLE_FILE && records.any(|r| r.layer == layer),
        }
    }

    /// Whether the layer that holds this file also brought the package that shipped it with these very bytes: a file
    /// whose mode was changed later lies in another layer than its package.
    pub fn brought_by<N>(&self, entry: &Entry<'_, N>, layer: usize) -> bool {
        let path = entry.path();
        let short = path.strip_prefix(b"usr/").unwrap_or(path);
        let mut records = [path, short].into_iter().filter_map(|p| self.files.get(p)).flatten();
        let Some(digests) = entry.package_digests() else { return false };
        records
            .any(|r| r.layer == layer && (r.sum == Sum::Md5(digests.md5) || r.sum == Sum::Sha1(digests.sha1)))
    }

    fn add(&mut self, path: Vec<u8>, layer: usize, sum: Sum) {
        self.files.entry(path).or_default().push(Record { layer, sum });
    }

    fn read_md5sums(&mut self, content: &[u8], layer: usize) {
        for line in content.split(|b| *b == b'\n') {
            let Some((sum, path)) = line.split_at_checked(32) else { continue };
            let Some(sum) = hex::<16>(sum) else { continue };
            let path = path.trim_ascii_start();
            let path = path.strip_prefix(b"./").unwrap_or(path);
            self.add(path.to_vec(), layer, Sum::Md5(sum));
        }
    }

    /// `F:folder`, then for each file `R:name` and `Z:Q1<base64 of SHA-1>`.
    fn read_apk(&mut self, content: &[u8], layer: usize) {
        let mut folder: &[u8] = b"";
        let mut path = None;
        for line in content.split(|b| *b == b'\n') {
            let Some((key, value)) = line.split_at_checked(2) else { continue };
            match key {
                b"F:" => folder = value,
                b"R:" if folder.is_empty() => path = Some(value.to_vec()),
                b"R:" => path = Some([folder, b"/", value].concat()),
                b"Z:" => {
                    let sum = value.strip_prefix(b"Q1").and_then(base64_20);
                    if let (Some(path), Some(sum)) = (path.take(), sum) {
                        self.add(path, layer, Sum::Sha1(sum));
                    }
                }
                _ => {}
            }
        }
    }
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
        let mut shipped = Shipped::default();
        shipped.read_md5sums(b"d41d8cd98f00b204e9800998ecf8427e  usr/share/doc/x\nnonsense\n", 0);
        assert_eq!(shipped.files.get(&b"usr/share/doc/x"[..]).map(Vec::len), Some(1));
        shipped.read_apk(b"P:musl\nF:lib\nR:libc.so\nZ:Q1aUuqlPGaLYUBA7JCTmQXi6mXM3Q=\n\n", 1);
        assert_eq!(shipped.files.get(&b"lib/libc.so"[..]).map(Vec::len), Some(1));
    }
}
