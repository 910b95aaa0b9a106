//! The findings of scripts that were linted before: in a project's Dockerfiles, and between the stages of one, the same
//! RUN comes back, and linting it costs more than all that other rules do with it.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use super::ShellFinding;
use crate::dialect::Dialect;

/// What the findings depend on.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Key {
    pub(super) text: Box<str>,
    /// The names of the variables that are given, a line each.
    pub(super) declared: Box<str>,
    pub(super) dialect: Dialect,
    pub(super) pipefail: bool,
    pub(super) errexit: bool,
}

/// No more bytes of scripts are remembered than these.
const MOST_BYTES: usize = 4 * 1024 * 1024;

#[derive(Default)]
struct Memo {
    findings: HashMap<Key, Arc<[ShellFinding]>>,
    bytes: usize,
}

static MEMO: LazyLock<Mutex<Memo>> = LazyLock::new(Mutex::default);

/// The findings for `key`: remembered, or made by `lint`.
pub(super) fn findings(key: Key, lint: impl FnOnce() -> Vec<ShellFinding>) -> Arc<[ShellFinding]> {
    let memo = || MEMO.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = memo().findings.get(&key) {
        return Arc::clone(known);
    }
    let made: Arc<[ShellFinding]> = lint().into();
    let mut memo = memo();
    let bytes = key.text.len() + key.declared.len();
    if memo.bytes + bytes <= MOST_BYTES {
        memo.bytes += bytes;
        memo.findings.insert(key, Arc::clone(&made));
    }
    made
}
