//! The few heaviest of many paths.

use crate::look::{HeavyPath, Part};

/// Keeps the heaviest paths that it is shown, and counts all of them.
#[derive(Clone, Debug)]
pub struct Heaviest {
    kept: Vec<(u64, Vec<u8>)>,
    limit: usize,
    /// How many were shown.
    pub files: u64,
    /// What they weigh together.
    pub bytes: u64,
}

impl Heaviest {
    /// Keeps so many.
    pub fn new(limit: usize) -> Self {
        Self { kept: Vec::new(), limit, files: 0, bytes: 0 }
    }

    /// Shows it one.
    pub fn add(&mut self, path: &[u8], bytes: u64) {
        self.files += 1;
        self.bytes = self.bytes.saturating_add(bytes);
        if bytes == 0 || self.limit == 0 {
            return;
        }
        // The list is short, and most files are lighter than all in it.
        if self.kept.len() == self.limit {
            if self.kept.last().is_some_and(|(least, _)| *least >= bytes) {
                return;
            }
            self.kept.pop();
        }
        let at = self.kept.partition_point(|(kept, _)| *kept >= bytes);
        self.kept.insert(at, (bytes, path.to_vec()));
    }

    /// The paths, the heaviest first.
    pub fn paths(&self) -> impl Iterator<Item = HeavyPath> {
        self.kept.iter().map(|(bytes, path)| HeavyPath {
            path: String::from_utf8_lossy(path).into_owned(),
            bytes: *bytes,
        })
    }

    /// Counts and paths.
    pub fn part(&self) -> Part {
        Part { files: self.files, bytes: self.bytes, heaviest: self.paths().collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_heaviest_are_kept_in_order() {
        let mut heaviest = Heaviest::new(3);
        for (path, bytes) in [("a", 5), ("b", 9), ("c", 1), ("d", 7), ("e", 0), ("f", 9)] {
            heaviest.add(path.as_bytes(), bytes);
        }
        let paths: Vec<_> = heaviest.paths().map(|p| p.path).collect();
        assert_eq!((paths.join(" "), heaviest.files, heaviest.bytes), ("b f d".to_owned(), 6, 31));
    }
}
