//! Archives made to break the reader: each ends soon, in bounded memory, with what could be read and a clear word.

use std::collections::HashSet;
use std::io::Read;

use proptest::prelude::*;

use plimsoll_image::limits::{DECOMPRESSION_FLOOR, MAX_ENTRIES, MAX_LAYERS};
use plimsoll_image::testing::{ImageBuilder, LayerBuilder, TestEntry, archive, compress, seal};
use plimsoll_image::{
    Archive, Compression, Error, LayerProblemKind, Options, ProblemKind, open, read_stream,
};

fn small() -> ImageBuilder {
    let layer = LayerBuilder::new()
        .dir("etc")
        .file("etc/passwd", "root:x:0:0::/:/bin/sh\n")
        .entry(TestEntry::file("x".repeat(150), vec![1; 3000]).pax("SCHILY.xattr.user.a", "b"))
        .symlink("link", "etc")
        .whiteout("etc/passwd");
    ImageBuilder::new("t:1")
        .layer(layer.build(), "one")
        .layer(LayerBuilder::new().file("y", "z").build(), "two")
}

/// Reads bytes as a file and as a stream; looks at all that was read.
fn read_both(bytes: &[u8]) -> [Result<Archive, Error>; 2] {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("image.tar");
    std::fs::write(&path, bytes).unwrap();
    let both = [open(&path, &Options::default(), &()), read_stream(bytes, &Options::default(), &())];
    for archive in both.iter().flatten() {
        for image in &archive.images {
            let merged = image.merged();
            let _ = (merged.iter().count(), merged.efficiency());
        }
        for problem in &archive.problems {
            let text = problem.to_string();
            assert!(!text.is_empty() && !text.contains('\n'), "{text:?}");
        }
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is written");
    both
}

fn problems(archive: &Archive) -> Vec<String> {
    archive.problems.iter().map(ToString::to_string).collect()
}

/// Whether something was said of what is not as it should be.
fn is_told(result: &Result<Archive, Error>) -> bool {
    match result {
        Err(_) => true,
        Ok(archive) => {
            !archive.problems.is_empty() || archive.images.iter().any(|image| !image.mismatches.is_empty())
        }
    }
}

#[test]
fn a_cut_at_every_block_is_told() {
    for whole in
        [small().docker_save(), archive(&small().docker_25_files()), small().oci_archive(Compression::Gzip)]
    {
        let end = whole.len() - 1024;
        for cut in (0..end).step_by(512).chain((1..end).step_by(1037)) {
            for result in read_both(&whole[..cut]) {
                // Behind the last entry that matters a cut at a block takes nothing away.
                let complete = |archive: &Archive| {
                    archive
                        .images
                        .first()
                        .is_some_and(|image| image.layers.iter().all(|layer| layer.record.is_some()))
                };
                assert!(
                    is_told(&result) || result.as_ref().is_ok_and(complete),
                    "cut at {cut} of {}",
                    whole.len()
                );
            }
        }
    }
}

#[test]
fn a_cut_layer_keeps_what_came_before() {
    let files = small().docker_files();
    let mut cut = files.clone();
    cut[2].1.truncate(512 + 512 + 512 + 10);
    for result in read_both(&archive(&cut)) {
        let archive = result.unwrap();
        assert!(archive.images[0].merged().get(b"etc/passwd").is_some());
        assert!(
            problems(&archive)[0].ends_with("layer.tar): ends early at byte 1546"),
            "{:?}",
            problems(&archive)
        );
        assert_eq!(archive.images[0].mismatches.len(), 1);
        assert!(archive.images[0].merged().get(b"y").is_some(), "the other layer is read all the same");
    }
}

#[test]
fn a_flipped_bit_is_told_or_changes_nothing() {
    let whole = small().oci_archive(Compression::Zstd);
    let names = |archive: &Archive| {
        let nodes =
            archive.images.iter().map(|image| image.merged().iter().map(|node| node.path()).collect());
        nodes.collect::<Vec<HashSet<Vec<u8>>>>()
    };
    let want = names(&read_stream(&whole[..], &Options::default(), &()).unwrap());
    for at in 0..whole.len() {
        let mut flipped = whole.clone();
        flipped[at] ^= 1 << (at % 8);
        let result = read_stream(&flipped[..], &Options::default(), &());
        if !is_told(&result) {
            // Padding, modes and times of the outer tarball say nothing.
            assert_eq!(names(&result.unwrap()), want, "flipped bit in byte {at}");
        }
    }
}

#[test]
fn sizes_that_lie_are_told() {
    for size in [
        &b"77777777777\0"[..],
        b"\x80\0\0\0\x7f\xff\xff\xff\xff\xff\xff\xff",
        b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff",
        b"99999999999\0",
    ] {
        let mut head = TestEntry::file("liar", "").header();
        head[124..136].copy_from_slice(size);
        seal(&mut head);
        let layer = LayerBuilder::new().file("before", "x").raw(&head).build();
        let image = ImageBuilder::new("t:1").layer(layer, "x");
        for result in read_both(&image.docker_save()) {
            let archive = result.unwrap();
            assert!(archive.images[0].merged().get(b"before").is_some());
            assert!(is_told(&Ok(archive)));
        }
        // The same in the outer tarball.
        let mut outer = LayerBuilder::new().raw(&head).build_open();
        outer.extend(small().docker_save());
        for result in read_both(&outer) {
            assert!(is_told(&result));
        }
    }
}

#[test]
fn numbers_out_of_range_leave_one_entry_out() {
    for range in [100..108, 108..116, 116..124, 136..148] {
        for bad in [0xff, b'9', 0x80] {
            let mut head = TestEntry::file("bad", "").header();
            head[range.clone()].fill(if bad == 0x80 { 0xff } else { bad });
            head[range.start] = bad;
            seal(&mut head);
            let image =
                ImageBuilder::new("t:1").layer(LayerBuilder::new().raw(&head).file("good", "").build(), "x");
            for result in read_both(&image.docker_save()) {
                assert!(result.unwrap().images[0].merged().get(b"good").is_some());
            }
        }
    }
}

#[test]
fn bombs_end_at_the_ratio() {
    let zeros = vec![0; 64 << 20];
    let mut bomb = LayerBuilder::new().file("before", "x").build_open();
    let mut head = TestEntry::file("zeros", "").header();
    head[124..136].copy_from_slice(b"77777777777\0");
    seal(&mut head);
    bomb.extend(head);
    for compression in [Compression::Gzip, Compression::Zstd] {
        // Frames and members may follow each other, so a large bomb is a small one many times.
        let mut blob = compress(&bomb, compression);
        let piece = compress(&zeros, compression);
        for _ in 0..16 {
            blob.extend(&piece);
        }
        let files = vec![
            ("layer.tar".to_owned(), blob),
            ("c.json".to_owned(), b"{\"architecture\":\"amd64\",\"os\":\"linux\",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[]}}".to_vec()),
            ("manifest.json".to_owned(), br#"[{"Config":"c.json","Layers":["layer.tar"]}]"#.to_vec()),
        ];
        let archive = read_stream(&archive(&files)[..], &Options::default(), &()).unwrap();
        let record = archive.images[0].layers[0].record.as_ref().unwrap();
        let bomb = |kind: &LayerProblemKind| matches!(kind, LayerProblemKind::Bomb(bound) if *bound >= DECOMPRESSION_FLOOR);
        assert!(record.problems.iter().any(|problem| bomb(&problem.kind)), "{:?}", record.problems);
        assert!(record.tar_size <= DECOMPRESSION_FLOOR + (64 << 20));
        assert!(archive.images[0].merged().get(b"before").is_some());
    }
}

#[test]
fn a_bomb_within_a_bomb_is_one_bomb() {
    let layer = LayerBuilder::new().file("zeros", vec![0; 300 << 20]).build();
    let image = ImageBuilder::new("t:1").layer(layer, "x");
    let outer = compress(&image.oci_archive(Compression::Gzip), Compression::Gzip);
    let bytes = compress(&outer, Compression::Gzip);
    let error = read_stream(&bytes[..], &Options::default(), &()).unwrap_err();
    assert_eq!(error.to_string(), "not an image archive: what is compressed is no tar");
    assert!(read_stream(&outer[..], &Options::default(), &()).is_ok());
}

#[test]
fn a_layer_in_a_layer_is_a_file() {
    let inner = compress(&LayerBuilder::new().file("deep", "x").build(), Compression::Gzip);
    let image = ImageBuilder::new("t:1").layer(LayerBuilder::new().file("layer.tar.gz", inner).build(), "x");
    for result in read_both(&image.docker_save()) {
        let archive = result.unwrap();
        assert_eq!(archive.images[0].merged().iter().count(), 1);
        assert_eq!(problems(&archive), [""; 0]);
    }
}

#[test]
fn a_million_empty_files_are_read() {
    let mut tar = LayerBuilder::new();
    for index in 0..1_000_000 {
        tar.push(&TestEntry::file(format!("d{}/f{index}", index / 1000), ""));
    }
    let image = ImageBuilder::new("t:1").layer(tar.build(), "x");
    let bytes = image.oci_archive(Compression::Gzip);
    let archive = read_stream(&bytes[..], &Options::default(), &()).unwrap();
    assert_eq!(archive.images[0].layers[0].files, 1_000_000);
    let merged = archive.images[0].merged();
    assert_eq!(merged.iter().count(), 1_001_000);
    assert!(merged.get(b"d999/f999999").is_some());
    assert_eq!(merged.efficiency().wasted_bytes, 0);
}

#[test]
fn too_many_entries_end_the_layer_and_not_the_archive() {
    // More than fits into memory, so the layer is made while it is read.
    let blocks = MAX_ENTRIES + 1000;
    let mut head = TestEntry::file("layer.tar", "").header();
    head[124..136].copy_from_slice(format!("{:011o}\0", blocks * 512).as_bytes());
    seal(&mut head);
    let rest = archive(&[
        ("c.json".to_owned(), b"{}".to_vec()),
        ("manifest.json".to_owned(), br#"[{"Config":"c.json","Layers":["layer.tar"]}]"#.to_vec()),
    ]);
    struct Blocks {
        block: [u8; 512],
        left: u64,
    }
    impl Read for Blocks {
        fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
            let count = self.left.min(out.len() as u64 / 512);
            for chunk in out.chunks_exact_mut(512).take(count as usize) {
                chunk.copy_from_slice(&self.block);
            }
            self.left -= count;
            Ok(count as usize * 512)
        }
    }
    let layer = Blocks { block: TestEntry::file("f", "").header(), left: blocks };
    let input = head.chain(layer).chain(&rest[..]);
    let archive = read_stream(input, &Options::default(), &()).unwrap();
    let told = problems(&archive);
    assert!(told.iter().any(|text| text.contains("has too many entries: the rest is not read")), "{told:?}");
    assert_eq!(archive.images[0].merged().iter().count(), 1);
}

#[test]
fn names_of_a_megabyte_leave_their_entries_out() {
    let pax = LayerBuilder::new().file("n".repeat(1 << 20), "data").file("after", "x");
    let half = LayerBuilder::new().file("n".repeat(500_000), "data").file("after", "x");
    let gnu = LayerBuilder::new()
        .entry(TestEntry::file("././@LongLink", vec![b'n'; 1 << 20]).with_flag(b'L'))
        .file("cut", "data")
        .file("after", "x");
    for layer in [pax, half, gnu] {
        let image = ImageBuilder::new("t:1").layer(layer.build(), "x");
        for result in read_both(&image.docker_save()) {
            let archive = result.unwrap();
            assert!(archive.images[0].merged().get(b"after").is_some());
            assert!(archive.images[0].merged().get(b"cut").is_none());
            assert_eq!(archive.problems.len(), 1, "{:?}", problems(&archive));
            assert!(problems(&archive)[0].len() < 400);
            assert!(problems(&archive)[0].contains("is too long"));
        }
    }
}

#[test]
fn cycles_and_thickets_of_links_end() {
    let mut layer = LayerBuilder::new().symlink("a", "b").symlink("b", "a").symlink("c", "c/c/c");
    // Each link leads through the one before it twice: forty of them would be a way of 2^40 steps.
    for index in 1..60 {
        let before = index - 1;
        layer = layer.symlink(format!("l{index}"), format!("l{before}/../l{before}/.."));
    }
    let mut layer = layer.dir("l0").file("a/x", "").file("l59/x", "").file("c/c", "");
    let long = "./".repeat(1500) + "d";
    layer = layer.dir("d");
    for index in 0..20_000 {
        layer = layer.symlink(format!("s{index}"), &long).file(format!("s{index}/f{index}"), "");
    }
    let image = ImageBuilder::new("t:1").layer(layer.build(), "x");
    let archive = read_stream(&image.docker_save()[..], &Options::default(), &()).unwrap();
    let merged = archive.images[0].merged();
    assert!(merged.problems().len() >= 2, "{:?}", merged.problems());
    for node in merged.iter() {
        let _ = node.followed();
    }
}

#[test]
fn deep_paths_cost_what_they_hold() {
    let mut layer = LayerBuilder::new();
    for index in 0..3000 {
        layer = layer.file(format!("{index}/{}", "d/".repeat(1900)) + "f", "");
    }
    let image = ImageBuilder::new("t:1").layer(layer.build(), "x");
    let archive = read_stream(&image.docker_save()[..], &Options::default(), &()).unwrap();
    let merged = archive.images[0].merged();
    assert!(merged.problems()[0].to_string().contains("too many paths"), "{:?}", merged.problems());
    assert!(merged.get(format!("0/{}f", "d/".repeat(1900)).as_bytes()).is_some());
}

#[test]
fn manifests_of_absurd_length_are_cut() {
    let layers = vec!["layer.tar"; 10_000];
    let entry = serde_json::json!({"Config": "c.json", "RepoTags": ["t:1"], "Layers": layers});
    let files = |manifest: serde_json::Value| {
        vec![
            ("layer.tar".to_owned(), LayerBuilder::new().file("f", "x").build()),
            ("c.json".to_owned(), b"{}".to_vec()),
            ("manifest.json".to_owned(), manifest.to_string().into_bytes()),
        ]
    };
    for result in read_both(&archive(&files(serde_json::json!([entry])))) {
        let archive = result.unwrap();
        assert_eq!(archive.images[0].layers.len(), MAX_LAYERS);
        let told = problems(&archive);
        assert!(
            told.iter().any(|text| text == "t:1: more than 1000 layers in one image: the rest is not read"),
            "{told:?}"
        );
    }
    let many = vec![serde_json::json!({"Config": "c.json", "Layers": ["layer.tar"]}); 50_000];
    for result in read_both(&archive(&files(many.into()))) {
        assert_eq!(result.unwrap().images.len(), 1, "all the same image");
    }
}

#[test]
fn json_that_nests_or_grows_without_end_is_refused() {
    let nested = "[".repeat(10_000) + &"]".repeat(10_000);
    let huge = format!("[{}1]", "1,".repeat(5 << 20));
    for (name, json, want) in [
        ("manifest.json", nested.clone(), "manifest.json: not a valid docker save manifest"),
        ("index.json", nested, "index.json: not a valid OCI index"),
        (
            "manifest.json",
            huge,
            "manifest.json: the docker save manifest of 10485763 bytes is larger than any real one",
        ),
        ("manifest.json", "[{".into(), "manifest.json: not a valid docker save manifest"),
        (
            "index.json",
            r#"{"manifests":[{"digest":"sha256:../../etc/passwd","size":1}]}"#.into(),
            "index.json: digest",
        ),
        (
            "index.json",
            r#"{"manifests":[{"digest":"sha256:00","size":-1}]}"#.into(),
            "index.json: not a valid OCI index",
        ),
    ] {
        for result in read_both(&archive(&[(name.to_owned(), json.clone().into_bytes())])) {
            let archive = result.unwrap();
            assert_eq!(archive.images.len(), 0);
            assert!(problems(&archive)[0].starts_with(want), "{:?}", problems(&archive));
        }
    }
}

#[test]
fn indexes_that_lead_to_themselves_end() {
    // A digest cannot be its own, but nobody has checked it yet when the index is followed.
    let name = format!("blobs/sha256/{}", "0".repeat(64));
    let digest = format!("sha256:{}", "0".repeat(64));
    let index = serde_json::json!({"manifests": vec![serde_json::json!({"digest": digest, "size": 1}); 20]});
    let files = vec![
        (name, index.to_string().into_bytes()),
        ("index.json".to_owned(), index.to_string().into_bytes()),
    ];
    for result in read_both(&archive(&files)) {
        assert!(problems(&result.unwrap())[0].contains("more than 10000 manifests or levels"));
    }
}

#[test]
fn outer_links_that_cycle_lead_nowhere() {
    let mut outer =
        LayerBuilder::new().symlink("a/layer.tar", "../b/layer.tar").symlink("b/layer.tar", "../a/layer.tar");
    outer.push(&TestEntry::symlink("c/layer.tar", "/etc/passwd"));
    outer.push(&TestEntry::file("c.json", "{}"));
    outer.push(&TestEntry::file(
        "manifest.json",
        br#"[{"Config":"c.json","Layers":["a/layer.tar","c/layer.tar","../../../etc/passwd"]}]"#,
    ));
    for result in read_both(&outer.build()) {
        let archive = result.unwrap();
        let missing =
            archive.problems.iter().filter(|p| matches!(p.kind, ProblemKind::Missing { what: "layer" }));
        assert_eq!(missing.count(), 3);
    }
}

#[test]
fn duplicate_blobs_and_entries_are_taken_as_the_last_of_them() {
    let mut files = small().docker_files();
    let first = files[2].clone();
    files.insert(0, (first.0.clone(), LayerBuilder::new().file("hidden", "x").build()));
    for result in read_both(&archive(&files)) {
        let archive = result.unwrap();
        assert_eq!(archive.images[0].mismatches, []);
        assert!(archive.images[0].merged().get(b"hidden").is_none());
    }
}

/// Where to write what: a block, a byte in it, the bytes.
type Hit = (prop::sample::Index, usize, Vec<u8>);

fn hits(count: usize) -> impl Strategy<Value = Vec<Hit>> {
    let hit = (any::<prop::sample::Index>(), 0..512usize, proptest::collection::vec(any::<u8>(), 1..13));
    proptest::collection::vec(hit, 0..count)
}

/// Damages blocks and makes the checksums of headers right again, so that what is behind them is reached.
fn damage(mut bytes: Vec<u8>, hits: &[Hit]) -> Vec<u8> {
    let (blocks, _) = bytes.as_chunks_mut::<512>();
    for (at, byte, value) in hits {
        let block = &mut blocks[at.index(blocks.len())];
        let mut sealed = *block;
        seal(&mut sealed);
        let was_header = sealed == *block;
        let end = (byte + value.len()).min(512);
        block[*byte..end].copy_from_slice(&value[..end - byte]);
        if was_header {
            seal(block);
        }
    }
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn damage_of_any_kind_never_panics(inner in hits(6), outer in hits(3), form in 0..4) {
        let sparse = TestEntry::file("p".repeat(150), "x").pax("GNU.sparse.map", "0,1").pax("GNU.sparse.size", "1");
        let elf = TestEntry::file("elf", b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x02\0\x3e\0").mode(0o4755);
        let layer = LayerBuilder::new()
            .dir("d")
            .file("etc/passwd", "root:x:0:0::/:/bin/sh\n")
            .entry(sparse)
            .entry(elf)
            .symlink("d/l", "../etc")
            .hard_link("d/l/h", "etc/passwd");
        let image = ImageBuilder::new("t:1")
            .layer(damage(layer.build(), &inner), "one")
            .layer(LayerBuilder::new().whiteout("etc/passwd").opaque("d").file("d/l/x", "").build(), "two");
        let whole = match form {
            0 => image.docker_save(),
            1 => image.podman_save(),
            2 => image.v1_save(),
            _ => image.oci_archive(Compression::Gzip),
        };
        for archive in read_both(&damage(whole, &outer)).into_iter().flatten() {
            for image in &archive.images {
                for node in image.merged().iter() {
                    let _ = (node.followed(), node.entry().map(|entry| entry.program()));
                }
            }
        }
    }

    #[test]
    fn any_bytes_are_read_as_an_executable(bytes in proptest::collection::vec(any::<u8>(), 2..300)) {
        let mut elf = b"\x7fELF".to_vec();
        elf.extend([1 + bytes[0] % 2, 1 + bytes[1] % 2]);
        elf.extend(&bytes);
        let image = ImageBuilder::new("t:1").layer(LayerBuilder::new().file("e", elf).build(), "x");
        prop_assert!(read_stream(&image.docker_save()[..], &Options::default(), &()).is_ok());
    }
}
