//! Paths to places, links followed as inside a chroot.

use std::borrow::Cow;

use super::tree::{Layers, ROOT, Tree};
use crate::limits::MAX_LINKS_FOLLOWED;
use crate::tar::EntryKind;

/// Why a path leads nowhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ResolveError {
    /// Some component does not exist.
    #[error("no such file or folder")]
    NotFound,
    /// Some component on the way is not a folder.
    #[error("not a folder")]
    NotADirectory,
    /// More links than Linux follows: most likely a cycle.
    #[error("too many levels of symbolic links")]
    Loop,
}

/// Where a descent stopped.
pub(super) enum Stop<'p> {
    /// `rest` does not exist below `at`; its first component is missing.
    Missing {
        at: u32,
        rest: Cow<'p, [u8]>,
    },
    /// `at` is on the way and no folder; `rest` would come below it.
    NotADirectory {
        at: u32,
        rest: Cow<'p, [u8]>,
    },
    Loop,
}

/// The first component of a path and what comes after it; `None` if there is none.
pub(super) fn first_component(path: &[u8]) -> Option<(&[u8], &[u8])> {
    let start = path.iter().position(|&b| b != b'/')?;
    let path = &path[start..];
    let end = memchr::memchr(b'/', path).unwrap_or(path.len());
    Some((&path[..end], &path[end..]))
}

impl Tree {
    pub(super) fn lookup<N>(
        &self,
        layers: &Layers<N>,
        start: u32,
        path: &[u8],
        follow_last: bool,
    ) -> Result<u32, ResolveError> {
        let start = if path.starts_with(b"/") { ROOT } else { start };
        self.descend(layers, start, Cow::Borrowed(path), follow_last, &mut 0).map_err(|stop| match stop {
            Stop::Missing { .. } => ResolveError::NotFound,
            Stop::NotADirectory { .. } => ResolveError::NotADirectory,
            Stop::Loop => ResolveError::Loop,
        })
    }

    /// Goes down from a folder. `steps` counts what links add to the way.
    pub(super) fn descend<'p, N>(
        &self,
        layers: &Layers<N>,
        start: u32,
        path: Cow<'p, [u8]>,
        follow_last: bool,
        steps: &mut u64,
    ) -> Result<u32, Stop<'p>> {
        let mut at = start;
        let mut path = path;
        let mut done = 0;
        let mut links = 0;
        while let Some((name, after)) = first_component(&path[done..]) {
            let rest_at = path.len() - after.len();
            let is_last = after.is_empty();
            match name {
                b"." => {}
                b".." => at = self.node(at).parent,
                name => {
                    let Some(child) = self.child(layers, at, name) else {
                        let from = rest_at - name.len();
                        return Err(Stop::Missing { at, rest: rest(path, from) });
                    };
                    match self.kind(layers, child) {
                        EntryKind::Directory => at = child,
                        EntryKind::Symlink if !is_last || follow_last => {
                            links += 1;
                            let node = self.node(child);
                            let record = layers.get(usize::from(node.inode_layer)).and_then(Option::as_ref);
                            let entry = record.and_then(|record| record.entry(node.inode as usize));
                            let target = entry.map_or(&[][..], |entry| entry.link());
                            *steps += (target.len() + after.len()) as u64;
                            if links > MAX_LINKS_FOLLOWED {
                                return Err(Stop::Loop);
                            }
                            if target.starts_with(b"/") {
                                at = ROOT;
                            }
                            path = Cow::Owned([target, after].concat());
                            done = 0;
                            continue;
                        }
                        _ if is_last => return Ok(child),
                        // `file/` and `file/.` name no file either.
                        _ => return Err(Stop::NotADirectory { at: child, rest: rest(path, rest_at) }),
                    }
                }
            }
            done = rest_at;
        }
        Ok(at)
    }
}

fn rest(path: Cow<'_, [u8]>, from: usize) -> Cow<'_, [u8]> {
    match path {
        Cow::Borrowed(path) => Cow::Borrowed(&path[from..]),
        Cow::Owned(path) => Cow::Owned(path[from..].to_vec()),
    }
}
