//! What a layer's tar may hold, in all the ways that writers write it.

use std::sync::Arc;

use plimsoll_image::testing::{ElfSpec, ImageBuilder, LayerBuilder, TestEntry, seal};
use plimsoll_image::{
    ContentStream, EntryHead, EntryKind, LayerRecord, Options, Probe, Program, read_stream,
};

fn record(layer: LayerBuilder) -> Arc<LayerRecord> {
    record_with(layer, &())
}

fn record_with<P: Probe>(layer: LayerBuilder, probe: &P) -> Arc<LayerRecord<P::Note>> {
    let image = ImageBuilder::new("t:1").layer(layer.build(), "x");
    let mut archive = read_stream(&image.docker_save()[..], &Options::default(), probe).unwrap();
    archive.images[0].layers[0].record.take().unwrap()
}

fn block(entry: &TestEntry, change: impl FnOnce(&mut [u8; 512])) -> [u8; 512] {
    let mut block = entry.header();
    change(&mut block);
    seal(&mut block);
    block
}

fn padded(bytes: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    bytes.resize(bytes.len().next_multiple_of(512), 0);
    bytes
}

#[test]
fn long_names_of_gnu_and_pax_are_read() {
    let long = format!("{}/file", "d".repeat(300));
    let target = "t".repeat(200);
    let gnu = LayerBuilder::new()
        .entry(TestEntry::file("././@LongLink", format!("{target}\0")).with_flag(b'K'))
        .entry(TestEntry::file("././@LongLink", format!("{long}\0")).with_flag(b'L'))
        .raw(&TestEntry::symlink("cut", "cut").header());
    let pax = LayerBuilder::new().symlink(&long, &target);
    for layer in [gnu, pax] {
        let record = record(layer);
        let entry = record.entry(0).unwrap();
        assert_eq!(entry.path(), long.as_bytes());
        assert_eq!(entry.link(), target.as_bytes());
        assert_eq!(entry.kind(), EntryKind::Symlink);
    }
}

#[test]
fn the_ustar_prefix_comes_before_the_name() {
    let head = block(&TestEntry::file("name", ""), |block| block[345..350].copy_from_slice(b"a/b/c"));
    let gnu = block(&TestEntry::file("name", ""), |block| {
        block[257..265].copy_from_slice(b"ustar  \0");
        block[345..350].copy_from_slice(b"a/b/c");
    });
    let record = record(LayerBuilder::new().raw(&head).raw(&gnu));
    let paths: Vec<_> = record.entries().map(|entry| entry.path()).collect();
    assert_eq!(paths, [&b"a/b/c/name"[..], b"name"]);
}

#[test]
fn numbers_are_read_in_base_256_and_from_pax() {
    let big = block(&TestEntry::file("big-ids", ""), |block| {
        block[108..116].copy_from_slice(&[0x80, 0, 0, 0, 0, 0x20, 0, 1]);
        block[136..148].copy_from_slice(&[0xff; 12]);
    });
    let layer = LayerBuilder::new()
        .raw(&big)
        .entry(TestEntry::file("pax-ids", "x").owner(u32::MAX - 1, 5_000_000).pax("mtime", "-3.5"))
        .entry(TestEntry::file("caps", "x").pax("SCHILY.xattr.security.capability", b"\x01\0\0\x02=\n\xff"))
        .entry(TestEntry { device: (10, 200), ..TestEntry::of("null", b'3', 0o666) });
    let record = record(layer);
    assert_eq!(record.problems, []);
    let entries: Vec<_> = record.entries().collect();
    assert_eq!((entries[0].uid(), entries[0].mtime()), (0x20_0001, -1));
    assert_eq!((entries[1].uid(), entries[1].gid(), entries[1].mtime()), (u32::MAX - 1, 5_000_000, -3));
    assert_eq!(entries[2].xattrs(), [(b"security.capability".to_vec(), b"\x01\0\0\x02=\n\xff".to_vec())]);
    assert_eq!(entries[3].device(), Some((10, 200)));
}

#[test]
fn sparse_files_of_every_form_have_their_full_size() {
    let data = padded(&[b'x'; 512]);
    let old = {
        let mut entry = TestEntry::file("old", &data).with_flag(b'S');
        entry.data = data.clone();
        block(&entry, |block| {
            block[257..265].copy_from_slice(b"ustar  \0");
            block[386..398].copy_from_slice(b"00000002000\0");
            block[398..410].copy_from_slice(b"00000001000\0");
            block[483..495].copy_from_slice(b"00000010000\0");
        })
    };
    let mut map = b"1\n1024\n512\n".to_vec();
    map.resize(512, 0);
    map.extend(&data);
    let layer = LayerBuilder::new()
        .raw(&old)
        .raw(&data)
        .entry(
            TestEntry::file("GNUSparseFile.0/zero", &data)
                .pax("GNU.sparse.size", "4096")
                .pax("GNU.sparse.numblocks", "1")
                .pax("GNU.sparse.offset", "1024")
                .pax("GNU.sparse.numbytes", "512"),
        )
        .entry(
            TestEntry::file("GNUSparseFile.0/one", &data)
                .pax("GNU.sparse.size", "4096")
                .pax("GNU.sparse.name", "point-one")
                .pax("GNU.sparse.map", "1024,512"),
        )
        .entry(
            TestEntry::file("GNUSparseFile.0/two", map)
                .pax("GNU.sparse.major", "1")
                .pax("GNU.sparse.minor", "0")
                .pax("GNU.sparse.name", "one-zero")
                .pax("GNU.sparse.realsize", "4096"),
        )
        .file("after", "still read");
    let record = record(layer);
    assert_eq!(record.problems, []);
    let entries: Vec<_> = record.entries().collect();
    let names: Vec<_> = entries.iter().map(|entry| String::from_utf8_lossy(entry.path())).collect();
    assert_eq!(names, ["old", "GNUSparseFile.0/zero", "point-one", "one-zero", "after"]);
    for entry in &entries[..4] {
        assert_eq!(entry.size(), 4096);
        assert!(entry.sparse());
        assert_eq!(entry.content_hash(), entries[0].content_hash());
    }
    assert_eq!(record.size, 4 * 4096 + 10);
}

#[test]
fn names_are_cleaned_and_said_to_have_been_unclean() {
    let layer = LayerBuilder::new()
        .file("../../etc/evil", "")
        .file("/abs", "")
        .file("./a//b/./c", "")
        .dir("./")
        .hard_link("h", "/../abs");
    let record = record(layer);
    let entries: Vec<_> = record.entries().collect();
    assert_eq!(entries[0].path(), b"etc/evil");
    assert!(entries[0].climbed() && !entries[0].absolute());
    assert!(entries[1].absolute());
    assert_eq!(entries[2].path(), b"a/b/c");
    assert_eq!(entries[3].path(), b"");
    assert_eq!(entries[4].link(), b"abs");
}

#[test]
fn global_headers_and_old_folders_are_read_as_go_does() {
    let old_folder = block(&TestEntry::file("old/", "").with_flag(0), |block| block[257..265].fill(0));
    let layer = LayerBuilder::new()
        .entry(TestEntry::file("pax_global_header", "20 comment=deadbeef\n").with_flag(b'g'))
        .raw(&old_folder)
        .entry(TestEntry::file("new", "x").with_flag(b'7'));
    let record = record(layer);
    let kinds: Vec<_> = record.entries().map(|entry| entry.kind()).collect();
    assert_eq!(kinds, [EntryKind::Directory, EntryKind::File]);
}

#[test]
fn files_that_rules_ask_for_are_kept() {
    let layer = LayerBuilder::new()
        .file("etc/passwd", "root:x:0:0::/:/bin/sh\n")
        .file("etc/os-release", "ID=debian\n")
        .file("var/lib/dpkg/info/base.md5sums", vec![b'm'; 300_000])
        .file("app/passwd", "no");
    let record = record(layer);
    let kept: Vec<_> = record.kept().map(|(entry, content)| (entry.path(), content.len())).collect();
    assert_eq!(
        kept,
        [(&b"etc/passwd"[..], 22), (b"etc/os-release", 10), (b"var/lib/dpkg/info/base.md5sums", 300_000)]
    );
}

#[test]
fn scripts_and_programs_say_how_they_start() {
    let me = std::fs::read(std::env::current_exe().unwrap()).unwrap();
    assert!(me.len() > 1 << 20, "large enough to come in pieces");
    let layer = LayerBuilder::new()
        .entry(TestEntry::file("run", "#! /usr/bin/env  python3 \nx").mode(0o755))
        .file("text", "#!/bin/sh\n")
        .entry(TestEntry::file("program", &me).mode(0o755))
        .file("broken", b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x02\0\x3e\0")
        .entry(TestEntry::file("crlf", "#!/bin/sh\r\nexec x\r\n").mode(0o755))
        .entry(TestEntry::elf("made", &ElfSpec { needed: vec!["libx.so.1".into()], ..ElfSpec::default() }));
    let record = record(layer);
    let program = |index| record.entry(index).unwrap().program();
    assert_eq!(program(0), Some(&Program::Script(b"/usr/bin/env  python3"[..].into())));
    assert_eq!(program(1), None, "nobody may execute it");
    if cfg!(all(target_os = "linux", target_env = "gnu")) {
        let Some(Program::Elf(elf)) = program(2) else { panic!("not read as ELF") };
        assert!(elf.complete && elf.interpreter.is_some(), "{elf:?}");
        assert!(elf.needed.iter().any(|name| name.starts_with(b"libc.so")), "{elf:?}");
    }
    let Some(Program::Elf(elf)) = program(3) else { panic!("not read as ELF") };
    assert!(!elf.complete && elf.machine == 62);
    assert_eq!(program(4), Some(&Program::Script(b"/bin/sh\r"[..].into())), "as the kernel reads it");
    let Some(Program::Elf(elf)) = program(5) else { panic!("not read as ELF") };
    assert!(elf.complete && elf.machine == 62 && elf.needed == [b"libx.so.1"[..].into()], "{elf:?}");
    assert_eq!(elf.interpreter.as_deref(), Some(&b"/lib64/ld-linux-x86-64.so.2"[..]));
}

/// Notes every word `TOKEN` it sees, over chunks.
struct Tokens;

struct TokenStream {
    seen: Vec<u8>,
}

impl Probe for Tokens {
    type Note = usize;
    type Stream<'p> = TokenStream;

    fn open(&self, head: &EntryHead<'_>) -> Option<TokenStream> {
        (!head.path.starts_with(b"skip")).then(|| TokenStream { seen: Vec::new() })
    }

    fn keep(&self, head: &EntryHead<'_>) -> u64 {
        if head.path.ends_with(b".json") { 100 } else { 0 }
    }
}

impl ContentStream for TokenStream {
    type Note = usize;

    fn push(&mut self, bytes: &[u8]) {
        self.seen.extend_from_slice(bytes);
    }

    fn finish(self) -> Vec<usize> {
        self.seen.windows(5).enumerate().filter(|(_, word)| word == b"TOKEN").map(|(at, _)| at).collect()
    }
}

#[test]
fn a_probe_sees_every_byte_once_and_in_order() {
    let mut large = vec![b'.'; 900_000];
    for at in [0, 262_142, 524_288, 899_995] {
        large[at..at + 5].copy_from_slice(b"TOKEN");
    }
    let mut layer = LayerBuilder::new().file("skip/a", "TOKEN").file("large", &large);
    // Small files of odd sizes come to lie across the edges of buffers.
    for index in 0..50 {
        let mut small = vec![b'.'; 7_777 * index + 13];
        small[8..13].copy_from_slice(b"TOKEN");
        layer = layer.file(format!("small/{index}"), small);
    }
    layer = layer.file("package.json", "{}").file("big.json", [b' '; 101]);
    let record = record_with(layer, &Tokens);
    let noted: Vec<_> = record.noted().map(|(_, notes)| notes.to_vec()).collect();
    assert_eq!(noted[0], [0, 262_142, 524_288, 899_995]);
    assert_eq!(noted.len(), 51);
    assert!(noted[1..].iter().all(|notes| *notes == [8]));
    let small = record.entry(2).unwrap();
    assert_eq!(small.path(), b"small/0");
    let md5 = small.package_digests().unwrap().md5;
    assert_eq!(u128::from_be_bytes(md5), 0x7a8b_2be8_1823_418a_a4cd_c8ec_d303_aa35);
    assert_eq!(record.kept().map(|(entry, _)| entry.path()).collect::<Vec<_>>(), [b"package.json"]);
    assert_eq!(record.problems, []);
}
