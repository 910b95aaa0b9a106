//! What one reading of an archive shares between threads: the probe, the progress, the budgets.

use std::io::{self, Read};
use std::sync::atomic::{AtomicU64, Ordering};

use crate::error::Bomb;
use crate::limits::{DECOMPRESSION_FLOOR, DECOMPRESSION_RATIO};
use crate::platform::Platform;

/// How an archive is to be read.
#[derive(Default, Clone)]
pub struct Options<'a> {
    /// Which image of a multi-platform index; by default the host's, or else the first.
    pub platform: Option<Platform>,
    /// Called as bytes are read, from several threads.
    pub progress: Option<&'a (dyn Fn(Progress<'_>) + Sync)>,
}

/// How far reading has come.
#[derive(Debug, Clone, Copy)]
pub struct Progress<'a> {
    /// Bytes of the input read so far.
    pub bytes: u64,
    /// All bytes there are to read, where that is known.
    pub total: Option<u64>,
    /// The blob these bytes are of.
    pub blob: &'a str,
}

/// A counter that knows its bound.
pub(crate) struct Budget {
    used: AtomicU64,
    limit: u64,
}

impl Budget {
    pub(crate) fn new(limit: u64) -> Self {
        Budget { used: AtomicU64::new(0), limit }
    }

    /// Takes `n` out of it; false if so much is not left, and then nothing is taken.
    pub(crate) fn take(&self, n: u64) -> bool {
        let take = |used: u64| used.checked_add(n).filter(|used| *used <= self.limit);
        self.used.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take).is_ok()
    }
}

pub(crate) struct Session<'a, P> {
    pub(crate) probe: &'a P,
    pub(crate) options: &'a Options<'a>,
    pub(crate) entries: Budget,
    pub(crate) names: Budget,
    pub(crate) kept: Budget,
    /// The same for what the probe asks for.
    pub(crate) kept_for_probe: Budget,
    pub(crate) xattrs: Budget,
    read: AtomicU64,
    total: AtomicU64,
    decompressed: AtomicU64,
}

impl<'a, P> Session<'a, P> {
    pub(crate) fn new(probe: &'a P, options: &'a Options<'a>) -> Self {
        use crate::limits::{MAX_ENTRIES, MAX_KEPT_TOTAL, MAX_NAME_BYTES, MAX_XATTR_TOTAL};
        Session {
            probe,
            options,
            entries: Budget::new(MAX_ENTRIES),
            names: Budget::new(MAX_NAME_BYTES),
            kept: Budget::new(MAX_KEPT_TOTAL),
            kept_for_probe: Budget::new(MAX_KEPT_TOTAL),
            xattrs: Budget::new(MAX_XATTR_TOTAL),
            read: AtomicU64::new(0),
            total: AtomicU64::new(0),
            decompressed: AtomicU64::new(0),
        }
    }

    /// Sets how many bytes there are to read in all.
    pub(crate) fn expect(&self, total: u64) {
        self.total.store(total, Ordering::Relaxed);
    }

    fn count_read(&self, n: usize, blob: &str) {
        let bytes = self.read.fetch_add(n as u64, Ordering::Relaxed) + n as u64;
        if let Some(progress) = self.options.progress {
            let total = Some(self.total.load(Ordering::Relaxed)).filter(|total| *total > 0);
            progress(Progress { bytes, total, blob });
        }
    }

    /// Counts bytes that decompression made.
    pub(crate) fn count_decompressed(&self, n: usize) -> io::Result<()> {
        let made = self.decompressed.fetch_add(n as u64, Ordering::Relaxed) + n as u64;
        let read = self.read.load(Ordering::Relaxed);
        let bound = DECOMPRESSION_FLOOR.max(read.saturating_mul(DECOMPRESSION_RATIO));
        if made > bound { Err(io::Error::other(Bomb(bound))) } else { Ok(()) }
    }
}

/// Counts what is read of the input itself.
pub(crate) struct Counted<'a, R, P> {
    pub(crate) inner: R,
    pub(crate) session: &'a Session<'a, P>,
    pub(crate) blob: &'a str,
}

impl<R: Read, P> Read for Counted<'_, R, P> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(out)?;
        self.session.count_read(n, self.blob);
        Ok(n)
    }
}
