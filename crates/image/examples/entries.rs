//! Prints every place of the first image's merged file system: `TYPE MODE UID GID SIZE PATH`, ended by NULs.

use std::io::Write;
use std::process::ExitCode;

use plimsoll_image::{EntryKind, Options, open};

fn main() -> ExitCode {
    let Some(path) = std::env::args().nth(1) else {
        eprintln!("usage: entries PATH");
        return ExitCode::from(2);
    };
    let archive = match open(path.as_ref(), &Options::default(), &()) {
        Ok(archive) => archive,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::from(2);
        }
    };
    for problem in &archive.problems {
        eprintln!("{problem}");
    }
    let Some(image) = archive.images.first() else { return ExitCode::FAILURE };
    let merged = image.merged();
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for node in merged.iter() {
        let kind = match node.kind() {
            EntryKind::File => 'f',
            EntryKind::Directory => 'd',
            EntryKind::Symlink => 'l',
            EntryKind::CharDevice => 'c',
            EntryKind::BlockDevice => 'b',
            EntryKind::Fifo => 'p',
            EntryKind::HardLink => 'h',
        };
        let path = node.path();
        let _ = write!(out, "{kind} {:o} {} {} {} ", node.mode(), node.uid(), node.gid(), node.size());
        let _ = out.write_all(&path);
        let _ = out.write_all(b"\0");
    }
    ExitCode::SUCCESS
}
