//! Prints what an image archive holds: `layers PATH`, or `layers -` for standard input.

use std::process::ExitCode;

use plimsoll_image::{Archive, Options, Program, open, read_stream};

fn main() -> ExitCode {
    let Some(path) = std::env::args().nth(1) else {
        eprintln!("usage: layers PATH|-");
        return ExitCode::from(2);
    };
    let options = Options::default();
    let archive = if path == "-" {
        read_stream(std::io::stdin().lock(), &options, &())
    } else {
        open(path.as_ref(), &options, &())
    };
    match archive {
        Ok(archive) => {
            show(&archive);
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(2)
        }
    }
}

fn show(archive: &Archive) {
    for image in &archive.images {
        println!("{} {} {}", image.display_name(), image.config.platform(), image.names.join(" "));
        println!("  size {} compressed {}", image.size(), image.compressed_size());
        for layer in &image.layers {
            let digest = layer.digest.map_or_else(String::new, |digest| digest.hex()[..12].to_owned());
            let entries = layer.record.as_ref().map_or(0, |record| record.len());
            let command: String = layer.created_by.as_deref().unwrap_or("-").chars().take(70).collect();
            println!(
                "  {:>2} {digest:12} {:>12} {:>12} {:>7} files {entries:>7} entries  {command}",
                layer.index, layer.size, layer.compressed_size, layer.files
            );
        }
        for mismatch in &image.mismatches {
            println!("  MISMATCH {mismatch}");
        }
        let merged = image.merged();
        let live: u64 = merged.iter().map(|node| node.own_entry().map_or(0, |entry| entry.size())).sum();
        println!("  merged {} places, {live} bytes", merged.iter().count());
        let elves: Vec<_> = merged
            .iter()
            .filter_map(|node| match node.entry()?.program()? {
                Program::Elf(elf) => Some((node, elf)),
                Program::Script(_) => None,
            })
            .collect();
        println!("  {} ELF files", elves.len());
        for (node, elf) in elves.iter().filter(|(_, elf)| !elf.complete) {
            println!("    not read to its end: {} machine {}", node.path().escape_ascii(), elf.machine);
        }
        let efficiency = merged.efficiency();
        println!("  efficiency {:.4} % wasted {}", efficiency.score * 100.0, efficiency.wasted_bytes);
        for path in efficiency.paths.iter().take(5) {
            println!("    {:>3} {:>12}  {}", path.layers, path.bytes, String::from_utf8_lossy(&path.path));
        }
        for problem in merged.problems() {
            println!("  PROBLEM {problem}");
        }
    }
    for (name, record) in &archive.loose {
        println!("loose {name}: {} entries, {} bytes", record.len(), record.size);
    }
    for problem in &archive.problems {
        println!("PROBLEM {problem}");
    }
}
