//! Keeps hostile scripts from hurting the process through the shell parser.

use std::panic::{AssertUnwindSafe, catch_unwind};

/// Longest script that is given to the parser.
const MAX_BYTES: usize = 512 * 1024;
/// More openers or operators than this and the parser gets a thread with a large stack.
const MANY: usize = 48;
/// More nesting or chaining than this is refused: what walks the tree recurses once for each level.
const TOO_MANY: usize = 20_000;
const LARGE_STACK: usize = 256 * 1024 * 1024;

/// Why a script was not parsed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    TooLong,
    TooDeep,
    NoThread,
    Panicked,
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::TooLong => "the script is too long to be parsed as a whole",
            Self::TooDeep => "the script nests too deeply to be parsed as a whole",
            Self::NoThread => "no memory to parse a script that nests this deeply",
            Self::Panicked => "the shell parser failed on the script",
        })
    }
}

/// Runs `work` on `text` with enough stack for it, or says why not.
pub(super) fn run<T: Send>(text: &str, work: impl FnOnce() -> T + Send) -> Result<T, Refusal> {
    if text.len() > MAX_BYTES {
        return Err(Refusal::TooLong);
    }
    let work = || catch_unwind(AssertUnwindSafe(work)).map_err(|_| Refusal::Panicked);
    match weight(text) {
        0..=MANY => work(),
        weight if weight > TOO_MANY => Err(Refusal::TooDeep),
        _ => std::thread::scope(|scope| {
            let thread = std::thread::Builder::new().stack_size(LARGE_STACK).spawn_scoped(scope, work);
            thread.map_err(|_| Refusal::NoThread)?.join().map_err(|_| Refusal::Panicked)?
        }),
    }
}

/// How many levels the tree of `text` can have at most: one for each opener and each operator of a chain.
fn weight(text: &str) -> usize {
    text.bytes().filter(|byte| matches!(byte, b'(' | b'{' | b'[' | b'`' | b'|' | b'&')).count()
        + text
            .split_ascii_whitespace()
            .filter(|word| matches!(*word, "if" | "while" | "until" | "for" | "case"))
            .count()
}
