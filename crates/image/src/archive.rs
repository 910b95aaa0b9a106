//! Opening archives: choosing how to read, reading layers, and putting images together.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufRead, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use crate::compress::{Compression, Decoder, SNIFF, Sniffed, sniff};
use crate::digest::{HashingReader, read_full};
use crate::error::{Error, LayerProblem, LayerProblemKind, Place, Problem, ProblemKind};
use crate::image::{Archive, assemble};
use crate::layer::{Unpacking, read_layer};
use crate::limits::{MAX_JSON, MAX_JSON_TOTAL, MAX_PARALLEL, MAX_TRAILING};
use crate::plan::{Plan, Store, plan};
use crate::probe::Probe;
use crate::record::LayerRecord;
use crate::session::{Counted, Options, Session};
use crate::store::{DirStore, FilePart, Names, Passed, StreamStore, TarStore, blob_name, link_target};
use crate::tar::{EntryKind, Input, TarReader};

/// The buffer of the outer tarball when it streams: a multiple of tar's block, so that headers never straddle.
const OUTER_BUFFER: usize = 256 << 10;

/// Reads the image archive or OCI layout folder at `path`.
///
/// Layers are read in parallel where the file allows it. Fails only if nothing can be read; what is wrong with parts is
/// told in [`Archive::problems`].
pub fn open<P: Probe>(path: &Path, options: &Options<'_>, probe: &P) -> Result<Archive<P::Note>, Error> {
    let place = || path.display().to_string();
    let metadata = std::fs::metadata(path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => Error::NotFound(path.to_owned()),
        _ => Error::Io { place: place(), source: error },
    })?;
    let session = Session::new(probe, options);
    if metadata.is_dir() {
        return open_layout(&session, path);
    }
    let file = File::open(path).map_err(|source| Error::Io { place: place(), source })?;
    if !metadata.is_file() {
        return stream(&session, file);
    }
    let len = metadata.len();
    session.expect(len);
    let file = Arc::new(file);
    let mut head = [0; SNIFF];
    let (filled, error) = read_full(&mut FilePart::new(Arc::clone(&file), 0, len), &mut head);
    if let Some(source) = error {
        return Err(Error::Io { place: place(), source });
    }
    match sniff(&head[..filled]) {
        Sniffed::Layer(Compression::None) if filled > 0 => Ok(open_tarball(&session, file, len)),
        Sniffed::Layer(Compression::None) => Err(Error::NotAnArchive("the file is empty".into())),
        Sniffed::Layer(_) => stream(&session, FilePart::new(file, 0, len)),
        other => Err(not_an_archive(other)),
    }
}

/// Reads an image archive from a stream, whatever the order of its entries, without a temporary copy.
///
/// Fails only if nothing can be read; what is wrong with parts is told in [`Archive::problems`].
pub fn read_stream<P: Probe>(
    input: impl Read,
    options: &Options<'_>,
    probe: &P,
) -> Result<Archive<P::Note>, Error> {
    stream(&Session::new(probe, options), input)
}

fn not_an_archive(sniffed: Sniffed) -> Error {
    Error::NotAnArchive(match sniffed {
        Sniffed::Json => "the file is JSON, not a tarball".into(),
        Sniffed::Foreign(name) => format!("{name} compression is not supported; only gzip and zstd are"),
        _ => "the file is no tar, gzip or zstd archive".into(),
    })
}

fn open_tarball<P: Probe>(session: &Session<'_, P>, file: Arc<File>, len: u64) -> Archive<P::Note> {
    let (store, fault) = TarStore::index(file, len);
    let mut plan = plan(&store, session.options.platform.as_ref());
    if let Some((offset, kind)) = fault {
        let place = Place { offset: Some(offset), ..Place::default() };
        plan.problems.push(Problem { place, kind: ProblemKind::Archive(kind) });
    }
    let mut jobs = wanted_blobs(&plan);
    let loose = !plan.manifest_found;
    if loose {
        // Without a manifest every blob may be a layer.
        jobs = store.names.blobs().map(|(name, _)| name.to_owned()).collect();
    }
    let mut jobs: Vec<_> =
        jobs.into_iter().filter_map(|name| Some((store.names.get(&name).copied()?, name))).collect();
    jobs.sort_by_key(|(span, _)| std::cmp::Reverse(span.len));
    session.expect(jobs.iter().map(|(span, _)| span.len).sum());
    let records = in_parallel(jobs.len(), |index| {
        let (span, name) = &jobs[index];
        let input = Counted { inner: store.open(*span), session, blob: name };
        Some((name.clone(), read_blob(session, input, span.len)))
    });
    finish(plan, &store, records, loose)
}

fn open_layout<P: Probe>(session: &Session<'_, P>, path: &Path) -> Result<Archive<P::Note>, Error> {
    let store = DirStore::new(path);
    if store.find("index.json").is_none() && store.find("oci-layout").is_none() {
        return Err(Error::NotALayout(path.to_owned()));
    }
    let mut plan = plan(&store, session.options.platform.as_ref());
    let mut jobs = Vec::new();
    for name in wanted_blobs(&plan) {
        match store.open(&name) {
            Ok((file, len)) => jobs.push((len, name, Arc::new(file))),
            Err(error) => {
                let place = Place { blob: Some(name), ..Place::default() };
                plan.problems.push(Problem { place, kind: ProblemKind::Io(error.to_string()) });
            }
        }
    }
    jobs.sort_by_key(|(len, ..)| std::cmp::Reverse(*len));
    session.expect(jobs.iter().map(|(len, ..)| *len).sum());
    let records = in_parallel(jobs.len(), |index| {
        let (len, name, file) = &jobs[index];
        let part = FilePart::new(Arc::clone(file), 0, *len);
        Some((name.clone(), read_blob(session, Counted { inner: part, session, blob: name }, *len)))
    });
    Ok(finish(plan, &store, records, false))
}

/// The blobs that the plan's images stack, each once.
fn wanted_blobs(plan: &Plan) -> Vec<String> {
    let mut blobs: Vec<&String> =
        plan.images.iter().flat_map(|image| &image.layers).filter_map(|layer| layer.blob.as_ref()).collect();
    blobs.sort_unstable();
    blobs.dedup();
    blobs.into_iter().cloned().collect()
}

/// Does jobs `0..count` on as many threads as pay, the first ones first.
fn in_parallel<T: Send>(count: usize, job: impl Fn(usize) -> Option<T> + Sync) -> Vec<T> {
    let threads = thread::available_parallelism().map_or(1, usize::from).min(MAX_PARALLEL).min(count);
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::with_capacity(count));
    let work = || {
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            if index >= count {
                return;
            }
            if let Some(result) = job(index)
                && let Ok(mut done) = done.lock()
            {
                done.push(result);
            }
        }
    };
    thread::scope(|scope| {
        for _ in 1..threads {
            scope.spawn(work);
        }
        work();
    });
    done.into_inner().unwrap_or_default()
}

/// Reads a blob as a layer, whatever it is; one that is no layer gives a record that says so.
fn read_blob<P: Probe>(session: &Session<'_, P>, input: impl Read, size: u64) -> LayerRecord<P::Note> {
    let mut head = [0; SNIFF];
    let mut input = input;
    let (filled, error) = read_full(&mut input, &mut head);
    let rest = head[..filled].chain(FailFirst { error, input });
    match sniff(&head[..filled]) {
        Sniffed::Layer(compression) => read_layer(session, rest, size, compression),
        other => not_a_layer(rest, other),
    }
}

/// Gives an error that was met while sniffing back to the reader of the rest.
struct FailFirst<R> {
    error: Option<io::Error>,
    input: R,
}

impl<R: Read> Read for FailFirst<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        self.error.take().map_or_else(|| self.input.read(out), Err)
    }
}

fn not_a_layer<N>(input: impl Read, sniffed: Sniffed) -> LayerRecord<N> {
    let mut reader = HashingReader::new(input, OUTER_BUFFER, true);
    let kind = match (reader.drain(), sniffed) {
        (Err(error), _) => LayerProblemKind::Unreadable(error.to_string()),
        (Ok(()), Sniffed::Foreign(name)) => LayerProblemKind::Foreign(name),
        (Ok(()), _) => LayerProblemKind::NotATar,
    };
    let hashed = reader.hasher.finish();
    let mut record = LayerRecord::missing(hashed.digest, hashed.digest);
    record.compressed_size = hashed.len;
    record.problems.push(LayerProblem { offset: 0, path: None, kind });
    record
}

fn stream<P: Probe>(session: &Session<'_, P>, input: impl Read) -> Result<Archive<P::Note>, Error> {
    let counted = Counted { inner: input, session, blob: "" };
    let mut raw = HashingReader::new(counted, OUTER_BUFFER, false);
    let io_error = |source| Error::Io { place: "the archive".into(), source };
    let head = raw.fill_buf().map_err(io_error)?;
    if head.is_empty() {
        return Err(Error::NotAnArchive("there are no bytes".into()));
    }
    match sniff(&head[..head.len().min(SNIFF)]) {
        Sniffed::Layer(Compression::None) => Ok(read_outer(session, &mut raw)),
        Sniffed::Layer(compression) => {
            let decoder = Decoder::new(compression, raw).map_err(|failure| io_error(failure.0))?;
            let unpacking = Unpacking { session, decoder };
            let mut outer = HashingReader::new(unpacking, OUTER_BUFFER, false);
            match outer.fill_buf() {
                Ok(head) if sniff(&head[..head.len().min(SNIFF)]) == Sniffed::Layer(Compression::None) => {}
                Ok(_) => return Err(Error::NotAnArchive("what is compressed is no tar".into())),
                Err(source) => return Err(io_error(source)),
            }
            Ok(read_outer(session, &mut outer))
        }
        other => Err(not_an_archive(other)),
    }
}

/// Reads a streaming tarball's blobs as they come.
fn read_outer<P: Probe>(session: &Session<'_, P>, input: impl Input) -> Archive<P::Note> {
    let mut tar = TarReader::new(input);
    let mut names = Names::new();
    let mut json_left = MAX_JSON_TOTAL;
    let fault = loop {
        match tar.advance() {
            Ok(true) => {}
            Ok(false) => break None,
            Err(error) => break Some(LayerProblem::from(error)),
        }
        let member = tar.member();
        if member.fault.is_some() {
            continue;
        }
        let name = blob_name(&member.path);
        let room = if member.kind == Some(EntryKind::File) {
            let passed = pass(session, &mut tar, &mut json_left);
            names.insert(name, passed)
        } else if let Some(target) = link_target(member) {
            names.insert_link(name, target)
        } else {
            true
        };
        if !room {
            let kind = LayerProblemKind::TooMany("entries");
            break Some(LayerProblem { offset: tar.offset(), path: None, kind });
        }
    };
    if fault.is_none() {
        // Whoever writes into a pipe would fail if its last padding were not taken.
        let _ = tar.input_mut().skip(MAX_TRAILING);
    }
    let store = StreamStore { names };
    let mut plan = plan(&store, session.options.platform.as_ref());
    if let Some(LayerProblem { offset, kind, .. }) = fault {
        let place = Place { offset: Some(offset), ..Place::default() };
        plan.problems.push(Problem { place, kind: ProblemKind::Archive(kind) });
    }
    let loose = !plan.manifest_found;
    let wanted = wanted_blobs(&plan);
    let chosen = store
        .names
        .blobs()
        .filter(|(name, _)| loose || wanted.binary_search_by(|wanted| wanted.as_str().cmp(name)).is_ok());
    let records = chosen
        .map(|(name, passed)| {
            let record = match passed {
                Passed::Layer(record) => Arc::clone(record),
                Passed::Json(bytes) => Arc::new(not_a_layer(&bytes[..], Sniffed::Json)),
                Passed::TooLarge(_) => Arc::new(not_a_layer(io::empty(), Sniffed::Json)),
            };
            (name.to_owned(), record)
        })
        .collect();
    finish_shared(plan, &store, records, loose)
}

/// Takes one blob of a stream.
fn pass<P: Probe, I: Input>(
    session: &Session<'_, P>,
    tar: &mut TarReader<I>,
    json_left: &mut u64,
) -> Passed<P::Note> {
    let size = tar.left();
    let mut data = Data { tar };
    let mut head = [0; SNIFF];
    let (filled, error) = read_full(&mut data, &mut head);
    let rest = head[..filled].chain(FailFirst { error, input: data });
    match sniff(&head[..filled]) {
        Sniffed::Layer(compression) => Passed::Layer(Arc::new(read_layer(session, rest, size, compression))),
        Sniffed::Json if size <= MAX_JSON.min(*json_left) => {
            let mut bytes = Vec::new();
            let mut rest = rest;
            let _ = rest.read_to_end(&mut bytes);
            *json_left -= bytes.len() as u64;
            Passed::Json(bytes)
        }
        Sniffed::Json => Passed::TooLarge(size),
        other => Passed::Layer(Arc::new(not_a_layer(rest, other))),
    }
}

/// The data of the outer tarball's current entry. An early end looks like the end of the blob: the blob's own reader
/// says what is missing, and the outer one says it again with its own offset.
struct Data<'t, I> {
    tar: &'t mut TarReader<I>,
}

impl<I: Input> Read for Data<'_, I> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        use crate::tar::TarErrorKind;
        let n = match self.tar.data() {
            Ok(data) => {
                let n = data.len().min(out.len());
                out[..n].copy_from_slice(&data[..n]);
                n
            }
            Err(error) => match error.kind {
                TarErrorKind::Io(error) => return Err(error),
                _ => 0,
            },
        };
        self.tar.consume(n);
        Ok(n)
    }
}

fn finish<N>(
    plan: Plan,
    store: &impl Store,
    records: Vec<(String, LayerRecord<N>)>,
    loose: bool,
) -> Archive<N> {
    let records = records.into_iter().map(|(name, record)| (name, Arc::new(record))).collect();
    finish_shared(plan, store, records, loose)
}

fn finish_shared<N>(
    mut plan: Plan,
    store: &impl Store,
    records: HashMap<String, Arc<LayerRecord<N>>>,
    loose: bool,
) -> Archive<N> {
    if loose {
        let root_files = ["etc/passwd", "etc/os-release", "bin/sh", "usr/bin/env", ".dockerenv"];
        let export = root_files.iter().any(|name| store.find(name).is_some());
        // Of an archive that is cut off or damaged nobody knows what the rest of it holds.
        let damaged = plan.problems.iter().any(|problem| matches!(problem.kind, ProblemKind::Archive(_)));
        if export || !damaged {
            let kind = ProblemKind::NoManifest { export };
            plan.problems.insert(0, Problem { place: Place::default(), kind });
        }
    }
    assemble(plan, records, loose)
}
