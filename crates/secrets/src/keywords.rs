//! The keyword pass: which keywords stand where in a run of bytes, at better than a gigabyte a second.
//!
//! Two keywords of three bytes apart in parity: every keyword has at least four bytes, so it holds a run of
//! three bytes at an even and one at an odd distance from its start. Looking at every second position of the
//! text is therefore enough, and a look is one bit in a table that stays in the first-level cache. For each
//! keyword the rarest such pair is chosen. A set bit is followed up exactly.

use std::ops::Range;

/// What stands before a keyword that is too short to be looked for alone.
const DELIMITERS: &[u8] = b" \n\t\"'=:>/(,@`[{|";
/// What stands before a short keyword in the midst of a secret.
const INNER: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_~.-";
const MIN_LEN: usize = 4;
const MAX_LEN: usize = 64;
const GRAM: usize = 3;
const TABLE_BITS: u32 = 18;

/// A keyword to look for.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Keyword<'a> {
    pub(crate) text: &'a [u8],
    pub(crate) case_sensitive: bool,
    /// Stands in the midst of a secret, so that a short one has any of its characters before it.
    pub(crate) inner: bool,
}

struct Needle {
    /// Where in `Finder::texts` its text begins.
    text: u32,
    len: u8,
    case_sensitive: bool,
    /// How many bytes of the text are a delimiter that is no part of the keyword.
    skip: u8,
    keyword: u32,
}

impl Needle {
    fn text<'a>(&self, texts: &'a [u8]) -> &'a [u8] {
        let start = self.text as usize;
        texts.get(start..start + usize::from(self.len)).unwrap_or_default()
    }
}

/// Finds keywords in bytes.
pub(crate) struct Finder {
    table: Box<[u64]>,
    /// The same of four bytes: each run of three with the byte behind it, or before it at a keyword's end.
    second: Box<[u64]>,
    /// How many bits are set in the words of `table` before each.
    ranks: Box<[u32]>,
    /// For each set bit of `table`, in order: where in `entries` its needles begin; and where the last one's end.
    starts: Box<[u32]>,
    entries: Box<[(u32, u8)]>,
    needles: Box<[Needle]>,
    /// The texts of all needles, one behind the other.
    texts: Box<[u8]>,
    /// One needle of each keyword that is too short alone.
    short: Box<[u32]>,
    longest: usize,
}

fn hash(gram: u32) -> usize {
    ((gram | 0x0020_2020).wrapping_mul(0x9E37_79B1) >> (32 - TABLE_BITS)) as usize
}

fn gram_at(bytes: &[u8], at: usize) -> Option<u32> {
    let [a, b, c] = *bytes.get(at..at + GRAM)?.first_chunk::<GRAM>()?;
    Some(u32::from_le_bytes([a, b, c, 0]))
}

/// A hash of the run of three at `at` with its neighbour.
fn long_gram(bytes: &[u8], at: usize, before: bool) -> Option<usize> {
    let from = if before { at.checked_sub(1)? } else { at };
    let word = u32::from_le_bytes(*bytes.get(from..from + 4)?.first_chunk::<4>()?) | 0x2020_2020;
    let salt = if before { 0x85EB_CA6B } else { 0xC2B2_AE35 };
    Some((word.wrapping_mul(salt) >> (32 - TABLE_BITS)) as usize)
}

/// How common a byte is in source text, scripts and configuration; roughly, in powers of two.
const fn commonness(byte: u8) -> u8 {
    match byte.to_ascii_lowercase() {
        b' ' | b'e' => 10,
        b't' | b'a' | b'o' | b'i' | b'n' | b's' | b'r' => 9,
        b'l' | b'c' | b'd' | b'u' | b'p' | b'm' => 8,
        b'f' | b'h' | b'g' | b'0' | b'_' | b'b' | b'y' | b'.' | b',' => 7,
        b'1' | b'2' | b'v' | b'k' | b'w' | b'x' | b'-' | b'=' | b'"' | b'\n' | b'/' => 6,
        b'3'..=b'9' | b'\'' | b':' | b'(' | b'\t' => 5,
        b'j' | b'q' | b'z' => 3,
        _ => 4,
    }
}

/// The same for every byte: the table is made of thousands of them, anew in every run.
static COMMONNESS: [u8; 256] = {
    let mut of = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        of[byte] = commonness(byte as u8);
        byte += 1;
    }
    of
};

/// The place of the rarest run of three of all that stand at places of that parity.
fn rarest(text: &[u8], parity: usize) -> Option<usize> {
    let common = |byte: u8| u32::from(COMMONNESS[usize::from(byte)]);
    let grams = text.windows(GRAM).enumerate().skip(parity).step_by(2);
    grams.min_by_key(|(_, gram)| common(gram[0]) + common(gram[1]) + common(gram[2])).map(|(at, _)| at)
}

impl Finder {
    /// Keywords are at most 64 bytes long; of longer ones the end is not looked at.
    pub(crate) fn new(keywords: &[Keyword<'_>]) -> Self {
        let mut needles = Vec::with_capacity(keywords.len() + 256);
        let mut texts = Vec::with_capacity(16 * keywords.len());
        for (keyword, Keyword { text, case_sensitive, inner }) in keywords.iter().enumerate() {
            let text = text.get(..MAX_LEN).unwrap_or(text);
            let mut add = |delimiter: &[u8]| {
                needles.push(Needle {
                    text: texts.len() as u32,
                    len: (delimiter.len() + text.len()) as u8,
                    case_sensitive: *case_sensitive,
                    skip: delimiter.len() as u8,
                    keyword: keyword as u32,
                });
                texts.extend_from_slice(delimiter);
                texts.extend_from_slice(text);
            };
            if text.len() >= MIN_LEN {
                add(&[]);
                continue;
            }
            for delimiter in if *inner { INNER } else { DELIMITERS } {
                add(std::slice::from_ref(delimiter));
            }
        }
        // A keyword of two bytes has only one run of three with its delimiter; such ones are refused earlier.
        // The hash above the needle above the place in it: one number, for it sorts fast.
        let mut by_hash: Vec<u64> = Vec::with_capacity(2 * needles.len());
        let mut second = vec![0u64; 1 << (TABLE_BITS - 6)].into_boxed_slice();
        for (index, needle) in needles.iter().enumerate() {
            let text = needle.text(&texts);
            for parity in [0, 1] {
                let Some(at) = rarest(text, parity) else { continue };
                let (behind, before) = (long_gram(text, at, false), long_gram(text, at, true));
                if let Some(long) = behind.or(before) {
                    second[long >> 6] |= 1 << (long & 63);
                }
                if let Some(gram) = gram_at(text, at) {
                    by_hash.push((hash(gram) as u64) << 40 | (index as u64) << 8 | at as u64);
                }
            }
        }
        by_hash.sort_unstable();
        let mut table = vec![0u64; 1 << (TABLE_BITS - 6)].into_boxed_slice();
        let mut starts = Vec::with_capacity(by_hash.len() + 1);
        for (at, entry) in by_hash.iter().enumerate() {
            let h = (entry >> 40) as usize;
            if at == 0 || (by_hash[at - 1] >> 40) as usize != h {
                starts.push(at as u32);
            }
            table[h >> 6] |= 1 << (h & 63);
        }
        starts.push(by_hash.len() as u32);
        let set_before = |before: &mut u32, word: &u64| {
            let rank = *before;
            *before += word.count_ones();
            Some(rank)
        };
        let ranks = table.iter().scan(0, set_before).collect();
        let longest = needles.iter().map(|n| usize::from(n.len)).max().unwrap_or(0);
        let mut short: Vec<u32> = Vec::new();
        for (index, needle) in needles.iter().enumerate() {
            let known = short.last().is_some_and(|last| needles[*last as usize].keyword == needle.keyword);
            if needle.skip == 1 && !known {
                short.push(index as u32);
            }
        }
        let entries = by_hash.into_iter().map(|entry| ((entry >> 8) as u32, entry as u8)).collect();
        Self {
            table,
            second,
            ranks,
            starts: starts.into(),
            entries,
            needles: needles.into(),
            texts: texts.into(),
            short: short.into(),
            longest,
        }
    }

    /// The longest keyword, its delimiter included: how far past a range `find` looks.
    #[cfg(test)]
    pub(crate) fn longest(&self) -> usize {
        self.longest
    }

    /// Calls `hit` with the place and number of every keyword whose first byte (or the delimiter before it)
    /// lies in `range`. `at_start` says that `data` begins the input, so a short keyword may begin it too.
    pub(crate) fn find(
        &self,
        data: &[u8],
        range: Range<usize>,
        at_start: bool,
        hit: &mut dyn FnMut(usize, usize),
    ) {
        if at_start && range.start == 0 {
            for needle in self.short.iter().filter_map(|index| self.needles.get(*index as usize)) {
                if self.matches(needle, 1, data, 0) {
                    hit(0, needle.keyword as usize);
                }
            }
        }
        let end = data.len().min(range.end.saturating_add(self.longest));
        let mut at = range.start;
        // Eight bytes at once hold three positions two apart.
        while let Some(word) = data.get(at..end).and_then(|rest| rest.first_chunk::<8>()) {
            let word = u64::from_le_bytes(*word);
            let (a, b, c) = (hash_low(word), hash_low(word >> 16), hash_low(word >> 32));
            if self.set(a) | self.set(b) | self.set(c) {
                self.follow(data, at, a, &range, hit);
                self.follow(data, at + 2, b, &range, hit);
                self.follow(data, at + 4, c, &range, hit);
            }
            at += 6;
        }
        while at + GRAM <= end {
            if let Some(gram) = gram_at(data, at) {
                self.follow(data, at, hash(gram), &range, hit);
            }
            at += 2;
        }
    }

    /// Whether the run of three at `at` goes on as a keyword does, on one side or the other.
    fn likely(&self, data: &[u8], at: usize) -> bool {
        let holds = |hash: usize| self.second.get(hash >> 6).is_some_and(|word| word >> (hash & 63) & 1 == 1);
        long_gram(data, at, false).is_some_and(holds) || long_gram(data, at, true).is_some_and(holds)
    }

    fn set(&self, hash: usize) -> bool {
        self.table.get(hash >> 6).is_some_and(|word| word >> (hash & 63) & 1 == 1)
    }

    fn follow(
        &self,
        data: &[u8],
        at: usize,
        hash: usize,
        range: &Range<usize>,
        hit: &mut dyn FnMut(usize, usize),
    ) {
        if !self.set(hash) || !self.likely(data, at) {
            return;
        }
        let below = self.table[hash >> 6] & ((1 << (hash & 63)) - 1);
        let rank = (self.ranks[hash >> 6] + below.count_ones()) as usize;
        let (from, to) = (self.starts[rank] as usize, self.starts[rank + 1] as usize);
        for &(needle, offset) in &self.entries[from..to] {
            let Some(start) = at.checked_sub(usize::from(offset)) else { continue };
            let needle = &self.needles[needle as usize];
            if range.contains(&start) && self.matches(needle, 0, data, start) {
                hit(start + usize::from(needle.skip), needle.keyword as usize);
            }
        }
    }

    /// Whether the needle's text, without its first `skip` bytes, stands at `start`.
    fn matches(&self, needle: &Needle, skip: usize, data: &[u8], start: usize) -> bool {
        let text = needle.text(&self.texts).get(skip..).unwrap_or_default();
        let Some(found) = data.get(start..start + text.len()) else { return false };
        if needle.case_sensitive { found == text } else { found.eq_ignore_ascii_case(text) }
    }
}

fn hash_low(word: u64) -> usize {
    hash(word as u32 & 0x00FF_FFFF)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn finder(words: &[(&str, bool)]) -> Finder {
        Finder::new(
            &words
                .iter()
                .map(|(text, case_sensitive)| Keyword {
                    text: text.as_bytes(),
                    case_sensitive: *case_sensitive,
                    inner: false,
                })
                .collect::<Vec<_>>(),
        )
    }

    fn all(finder: &Finder, data: &[u8]) -> Vec<(usize, usize)> {
        let mut hits = Vec::new();
        finder.find(data, 0..data.len(), true, &mut |at, keyword| hits.push((at, keyword)));
        hits.sort_unstable();
        hits
    }

    #[test]
    fn short_keywords_need_a_delimiter_or_the_start() {
        let f = finder(&[("hf_", true)]);
        assert_eq!(all(&f, b"hf_a shf_b =hf_c \"hf_d"), [(0, 0), (12, 0), (18, 0)]);
    }

    #[test]
    fn case_counts_only_where_asked() {
        let f = finder(&[("AKIA", true), ("password", false)]);
        assert_eq!(all(&f, b"akia AKIA PassWord"), [(5, 0), (10, 1)]);
    }

    proptest! {
        /// The oracle is a plain search at every position.
        #[test]
        fn finds_what_a_plain_search_finds(
            words in prop::collection::vec(("[abA_]{4,7}", any::<bool>()), 1..6),
            data in "[abAB_]{0,90}",
            cut in 0usize..90,
        ) {
            let words: Vec<(&str, bool)> = words.iter().map(|(w, c)| (w.as_str(), *c)).collect();
            let f = finder(&words);
            let bytes = data.as_bytes();
            let mut expected = Vec::new();
            for at in 0..bytes.len() {
                for (keyword, (word, case_sensitive)) in words.iter().enumerate() {
                    let Some(found) = bytes.get(at..at + word.len()) else { continue };
                    let same = if *case_sensitive { found == word.as_bytes() } else { found.eq_ignore_ascii_case(word.as_bytes()) };
                    if same {
                        expected.push((at, keyword));
                    }
                }
            }
            prop_assert_eq!(&all(&f, bytes), &expected);
            // In two ranges every hit is found exactly once.
            let cut = cut.min(bytes.len());
            let mut halves = Vec::new();
            f.find(bytes, 0..cut, true, &mut |at, keyword| halves.push((at, keyword)));
            f.find(bytes, cut..bytes.len(), false, &mut |at, keyword| halves.push((at, keyword)));
            halves.sort_unstable();
            prop_assert_eq!(&halves, &expected);
            prop_assert!(f.longest() <= 7);
        }
    }
}
