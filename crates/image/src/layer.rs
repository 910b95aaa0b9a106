//! One blob into a record: reading, hashing, decompressing and walking, side by side where it pays.

use std::io::{self, BufRead, Read};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use crate::compress::{Compression, Decoder};
use crate::digest::{Hashed, Hasher, HashingReader, read_full};
use crate::probe::Probe;
use crate::record::LayerRecord;
use crate::session::Session;
use crate::tar::Input;
use crate::walk::{Walked, walk};

/// The piece in which bytes go from thread to thread: large enough to make the handing over cheap, small enough to stay
/// in the processor's cache between reading, hashing and walking.
const CHUNK: usize = 256 << 10;
/// How many pieces may wait for a slower thread.
const WAITING: usize = 4;
/// The buffer for compressed bytes.
const COMPRESSED_BUFFER: usize = 128 << 10;
/// Blobs smaller than this are not worth a thread.
const SMALL_BLOB: u64 = 512 << 10;

/// Reads a layer's blob to its end. `size` is what the container of the blob says; it decides only about threads.
pub(crate) fn read_layer<P: Probe, R: Read>(
    session: &Session<'_, P>,
    input: R,
    size: u64,
    compression: Compression,
) -> LayerRecord<P::Note> {
    let (walked, blob, tar) = if size < SMALL_BLOB {
        read_alone(session, input, compression)
    } else {
        read_in_threads(session, input, compression)
    };
    let Walked { entries, names, extras, size, files, problems, more_problems } = walked;
    LayerRecord {
        digest: blob.digest,
        diff_id: tar.digest,
        compression,
        compressed_size: blob.len,
        tar_size: tar.len,
        size,
        files,
        problems,
        more_problems,
        entries,
        names,
        extras,
    }
}

type Outcome<N> = (Walked<N>, Hashed, Hashed);

fn read_alone<P: Probe, R: Read>(
    session: &Session<'_, P>,
    input: R,
    compression: Compression,
) -> Outcome<P::Note> {
    if compression == Compression::None {
        let mut reader = HashingReader::new(input, CHUNK, true);
        let walked = walk(session, &mut reader);
        let hashed = reader.hasher.finish();
        return (walked, hashed, hashed);
    }
    let raw = HashingReader::new(input, COMPRESSED_BUFFER, true);
    let unpacking = match Unpacking::new(session, compression, raw) {
        Ok(unpacking) => unpacking,
        Err(failure) => return failed(failure.0, failure.1),
    };
    let mut reader = HashingReader::new(unpacking, CHUNK, true);
    let walked = walk(session, &mut reader);
    let (unpacking, tar) = reader.into_parts();
    (walked, unpacking.drain(), tar)
}

fn read_in_threads<P: Probe, R: Read>(
    session: &Session<'_, P>,
    mut input: R,
    compression: Compression,
) -> Outcome<P::Note> {
    thread::scope(|scope| {
        let (to_walk, for_walk) = sync_channel(WAITING);
        let walker = scope.spawn(move || walk(session, ChunkReader::new(for_walk)));
        let (blob, tar) = if compression == Compression::None {
            // The walk is the other half of the work, so the hash stays here.
            let mut hasher = Hasher::default();
            pump(&mut input, &to_walk, |chunk| hasher.update(chunk));
            drop(to_walk);
            let hashed = hasher.finish();
            (hashed, hashed)
        } else {
            let raw = HashingReader::new(input, COMPRESSED_BUFFER, true);
            match Unpacking::new(session, compression, raw) {
                Err(failure) => {
                    let (error, raw) = *failure;
                    let _ = to_walk.send(Err(error));
                    drop(to_walk);
                    (drain(raw), Hasher::default().finish())
                }
                Ok(mut unpacking) => {
                    let (to_hash, for_hash) = sync_channel::<Arc<Vec<u8>>>(WAITING);
                    let hashing = scope.spawn(move || {
                        let mut hasher = Hasher::default();
                        for chunk in for_hash {
                            hasher.update(&chunk);
                        }
                        hasher.finish()
                    });
                    pump_shared(&mut unpacking, &to_walk, |chunk| {
                        let _ = to_hash.send(Arc::clone(chunk));
                    });
                    drop((to_walk, to_hash));
                    let blob = unpacking.drain();
                    (blob, hashing.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
                }
            }
        };
        let walked = walker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        (walked, blob, tar)
    })
}

fn failed<N, R: Read>(error: io::Error, raw: HashingReader<R>) -> Outcome<N> {
    let mut walked = Walked::default();
    walked.report(crate::tar::TarError { offset: 0, kind: error.into() }.into());
    (walked, drain(raw), Hasher::default().finish())
}

fn drain<R: Read>(mut raw: HashingReader<R>) -> Hashed {
    // If reading fails here it has failed in the walk too, and was reported there.
    let _ = raw.drain();
    raw.hasher.finish()
}

/// A decoder that counts what it makes and stops a bomb.
pub(crate) struct Unpacking<'s, 'a, P, R: Read> {
    pub(crate) session: &'s Session<'a, P>,
    pub(crate) decoder: Decoder<HashingReader<R>>,
}

impl<'s, 'a, P, R: Read> Unpacking<'s, 'a, P, R> {
    fn new(
        session: &'s Session<'a, P>,
        compression: Compression,
        raw: HashingReader<R>,
    ) -> Result<Self, Box<(io::Error, HashingReader<R>)>> {
        Decoder::new(compression, raw).map(|decoder| Unpacking { session, decoder })
    }

    /// Reads what decompression has left of the blob.
    fn drain(self) -> Hashed {
        drain(self.decoder.into_inner())
    }
}

impl<P, R: Read> Read for Unpacking<'_, '_, P, R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let n = self.decoder.read(out)?;
        self.session.count_decompressed(n)?;
        Ok(n)
    }
}

type Sent = Result<Arc<Vec<u8>>, io::Error>;

fn pump(input: &mut impl Read, to: &SyncSender<Sent>, mut also: impl FnMut(&[u8])) {
    pump_shared(input, to, |chunk| also(chunk));
}

/// Reads `input` to its end in chunks and hands each to `also` and to the walk; an error goes to the walk. Chunks that
/// everybody has let go of are filled again.
fn pump_shared(input: &mut impl Read, to: &SyncSender<Sent>, mut also: impl FnMut(&Arc<Vec<u8>>)) {
    let mut chunks: Vec<Arc<Vec<u8>>> = Vec::new();
    loop {
        let free = chunks.iter().position(|chunk| Arc::strong_count(chunk) == 1);
        let mut chunk = free.map_or_else(|| Arc::new(Vec::new()), |at| chunks.swap_remove(at));
        let Some(buffer) = Arc::get_mut(&mut chunk) else { continue };
        buffer.resize(CHUNK, 0);
        let (filled, error) = read_full(input, buffer);
        buffer.truncate(filled);
        if filled > 0 {
            // The walk goes first: it has more to do. It never hangs up before the end of its input.
            let _ = to.send(Ok(Arc::clone(&chunk)));
            also(&chunk);
            chunks.push(chunk);
        }
        if let Some(error) = error {
            let _ = to.send(Err(error));
            return;
        }
        if filled < CHUNK {
            return;
        }
    }
}

/// The walk's end of the channel.
struct ChunkReader {
    from: Receiver<Sent>,
    chunk: Option<Arc<Vec<u8>>>,
    start: usize,
}

impl ChunkReader {
    fn new(from: Receiver<Sent>) -> Self {
        ChunkReader { from, chunk: None, start: 0 }
    }
}

impl BufRead for ChunkReader {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.chunk.as_ref().is_none_or(|chunk| self.start >= chunk.len()) {
            self.chunk = None;
            self.start = 0;
            self.chunk = self.from.recv().ok().transpose()?;
        }
        Ok(self.chunk.as_ref().map_or(&[][..], |chunk| &chunk[self.start..]))
    }

    fn consume(&mut self, n: usize) {
        self.start += n;
    }
}

impl Read for ChunkReader {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let n = self.fill_buf()?.read(out)?;
        self.consume(n);
        Ok(n)
    }
}

impl Input for ChunkReader {}
impl<R: Read> Input for HashingReader<R> {}
impl<I: Input> Input for &mut I {}
