//! Every form that an image is saved in gives the same image, from a file as from a stream.

use std::io::Read;
use std::path::Path;

use proptest::prelude::*;

use plimsoll_image::testing::{
    ImageBuilder, LayerBuilder, TestEntry, archive, compress, multi_platform, write_files,
};
use plimsoll_image::{
    Archive, Compression, Digest, MismatchOf, Options, Platform, ProblemKind, open, read_stream,
};

fn sample() -> ImageBuilder {
    let base = LayerBuilder::new()
        .dir("./")
        .dir("etc/")
        .file("etc/passwd", "root:x:0:0::/root:/bin/sh\n")
        .dir("bin/")
        .entry(TestEntry::file("bin/sh", "#!/bin/busybox\n").mode(0o4755))
        .file("big", vec![7; 700_000]);
    let app = LayerBuilder::new().dir("app/").file("app/main.py", "print()").whiteout("big");
    ImageBuilder::new("app:1")
        .layer(base.build(), "/bin/sh -c #(nop) ADD file:1 in / ")
        .empty_layer("/bin/sh -c #(nop)  CMD [\"/bin/sh\"]")
        .layer(app.build(), "COPY app /app # buildkit")
        .config(|config| {
            config["config"]["User"] = "1000".into();
            config["config"]["Healthcheck"] = serde_json::json!({"Test": ["CMD", "true"], "Interval": 5});
            config["config"]["OnBuild"] = serde_json::Value::Null;
        })
}

fn from_stream(bytes: &[u8]) -> Archive {
    // One byte too few at every read, as pipes do.
    struct Slow<'a>(&'a [u8]);
    impl Read for Slow<'_> {
        fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
            let len = out.len().min(4095);
            self.0.read(&mut out[..len])
        }
    }
    read_stream(Slow(bytes), &Options::default(), &()).unwrap()
}

fn from_file(bytes: &[u8]) -> Archive {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("image.tar");
    std::fs::write(&path, bytes).unwrap();
    open(&path, &Options::default(), &()).unwrap()
}

/// What must be the same in all forms.
fn summary(archive: &Archive) -> String {
    assert_eq!(archive.problems, [], "{:?}", archive.problems);
    let mut text = String::new();
    for image in &archive.images {
        assert_eq!(image.mismatches, []);
        text += &format!("{} user {:?}\n", image.names.join(" "), image.config.user());
        for layer in &image.layers {
            let record = layer.record.as_ref().unwrap();
            assert_eq!(Some(record.digest), layer.digest);
            text += &format!(
                "{} {} {} size {} files {} by {:?} history {:?}\n",
                layer.index,
                record.diff_id,
                record.len(),
                layer.size,
                layer.files,
                layer.created_by,
                layer.history_index
            );
        }
        for node in image.merged().iter() {
            text += &format!(
                "{} {:?} {:o} {} {:?} {:?}\n",
                String::from_utf8(node.path()).unwrap(),
                node.kind(),
                node.mode(),
                node.size(),
                node.layer(),
                node.entry().and_then(|entry| entry.content_hash())
            );
        }
    }
    text
}

#[test]
fn every_form_gives_the_same_image() {
    let image = sample();
    let want = summary(&from_file(&image.docker_save()));
    assert!(want.contains("app:1 user Some(\"1000\")"), "{want}");
    assert!(want.contains("app/main.py File 644 7 Some(1)"), "{want}");
    assert!(want.contains("by Some(\"COPY app /app # buildkit\") history Some(2)"), "{want}");
    assert!(!want.contains("big"), "{want}");
    let forms = [
        ("docker save", image.docker_save()),
        ("docker save 25", archive(&image.docker_25_files())),
        ("podman save", image.podman_save()),
        ("oci plain", image.oci_archive(Compression::None)),
        ("oci gzip", image.oci_archive(Compression::Gzip)),
        ("oci zstd", image.oci_archive(Compression::Zstd)),
    ];
    for (name, bytes) in forms {
        assert_eq!(summary(&from_file(&bytes)), want, "{name}");
        assert_eq!(summary(&from_stream(&bytes)), want, "{name} from a stream");
        for compression in [Compression::Gzip, Compression::Zstd] {
            let compressed = compress(&bytes, compression);
            assert_eq!(summary(&from_file(&compressed)), want, "{name} in {compression:?}");
            assert_eq!(summary(&from_stream(&compressed)), want, "{name} in {compression:?} from a stream");
        }
    }
}

#[test]
fn the_order_of_entries_does_not_matter() {
    let image = sample();
    for mut files in [image.docker_files(), image.docker_25_files(), image.oci_files(Compression::Gzip)] {
        let want = summary(&from_stream(&archive(&files)));
        files.reverse();
        assert_eq!(summary(&from_stream(&archive(&files))), want);
        assert_eq!(summary(&from_file(&archive(&files))), want);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_stream_may_come_in_any_order(
        (files, want) in prop_oneof![Just(sample().docker_files()), Just(sample().docker_25_files())]
            .prop_flat_map(|files| {
                let want = summary(&from_stream(&archive(&files)));
                (Just(files).prop_shuffle(), Just(want))
            })
    ) {
        prop_assert_eq!(summary(&from_stream(&archive(&files))), want);
    }
}

/// An archive of one layer whose blob is made by hand.
fn of_blob(tar: &[u8], blob: Vec<u8>) -> Archive {
    let config = serde_json::json!({"architecture": "amd64", "os": "linux",
        "rootfs": {"type": "layers", "diff_ids": [Digest::of(tar).to_string()]}});
    let files = vec![
        ("layer.tar".to_owned(), blob),
        ("c.json".to_owned(), config.to_string().into_bytes()),
        (
            "manifest.json".to_owned(),
            br#"[{"Config":"c.json","RepoTags":["t:1"],"Layers":["layer.tar"]}]"#.to_vec(),
        ),
    ];
    from_stream(&archive(&files))
}

#[test]
fn a_layer_of_many_members_or_frames_is_one_layer() {
    let tar = LayerBuilder::new()
        .file("a", vec![b'a'; 3000])
        .file("b", "b")
        .file("stargz.index.json", "{\"version\":1,\"entries\":[]}")
        .build();
    // eStargz: a gzip member for each piece, and an empty one with the table's offset in its header.
    let mut estargz: Vec<u8> = tar.chunks(700).flat_map(|piece| compress(piece, Compression::Gzip)).collect();
    estargz.extend(b"\x1f\x8b\x08\x04\0\0\0\0\0\xff\x1a\0SG\x16\x000000000000000c80STARGZ");
    estargz.extend(b"\x01\0\0\xff\xff\0\0\0\0\0\0\0\0");
    // zstd:chunked: a frame for each piece, and tables in frames that decoders skip.
    let mut chunked: Vec<u8> = tar.chunks(700).flat_map(|piece| compress(piece, Compression::Zstd)).collect();
    chunked.extend(b"\x50\x2a\x4d\x18\x05\0\0\0table");
    for blob in [estargz, chunked] {
        let archive = of_blob(&tar, blob);
        assert_eq!(archive.problems, []);
        assert_eq!(archive.images[0].mismatches, []);
        assert_eq!(archive.images[0].layers[0].files, 3);
        assert!(archive.images[0].merged().get(b"b").is_some());
    }
}

#[test]
fn what_does_not_unpack_is_told_once() {
    let tar =
        LayerBuilder::new().file("a", (0..90_000u32).flat_map(u32::to_le_bytes).collect::<Vec<u8>>()).build();
    for compression in [Compression::Gzip, Compression::Zstd] {
        let whole = compress(&tar, compression);
        let mut damaged = whole.clone();
        let middle = damaged.len() / 2;
        damaged[middle..middle + 64].fill(0x55);
        for blob in [whole[..middle].to_vec(), damaged] {
            let archive = of_blob(&tar, blob);
            // Damage that still unpacks to something is a wrong diff id, any other an error: never both.
            let told = archive.problems.len() + archive.images[0].mismatches.len();
            assert_eq!(told, 1, "{compression:?}: {:?} {:?}", archive.problems, archive.images[0].mismatches);
        }
    }
}

#[test]
fn a_descriptor_that_states_another_size_is_a_mismatch() {
    let image = sample();
    let lie = |files: &mut Vec<(String, Vec<u8>)>| {
        let (_, index) = files.iter_mut().find(|(name, _)| name == "index.json").unwrap();
        let mut json: serde_json::Value = serde_json::from_slice(index).unwrap();
        json["manifests"][0]["size"] = 7.into();
        *index = json.to_string().into_bytes();
    };
    let mut files = image.oci_files(Compression::None);
    lie(&mut files);
    let read = from_file(&archive(&files));
    assert_eq!(read.problems, []);
    let told: Vec<_> = read.images[0].mismatches.iter().map(|m| (m.what, m.expected.as_str())).collect();
    assert_eq!(told, [(MismatchOf::JsonSize, "7")]);
}

#[test]
fn what_is_wrong_with_a_nested_index_is_told() {
    let inner = ImageBuilder::new("app:1").layer(LayerBuilder::new().file("x", "y").build(), "COPY x /");
    let (mut files, descriptor) = inner.oci_blobs(Compression::None);
    let nested = serde_json::json!({"schemaVersion": 2, "manifests": [descriptor]}).to_string();
    let wrong = Digest::of(b"another");
    files.push((format!("blobs/sha256/{}", wrong.hex()), nested.clone().into_bytes()));
    let descriptor = serde_json::json!({"mediaType": "application/vnd.oci.image.index.v1+json",
        "digest": wrong.to_string(), "size": nested.len()});
    files.extend(plimsoll_image::testing::index_files(&[descriptor]));
    let read = from_stream(&archive(&files));
    let told: Vec<_> = read.images[0].mismatches.iter().map(|m| (m.what, m.expected.clone())).collect();
    assert_eq!(told, [(MismatchOf::ManifestDigest, wrong.to_string())]);
}

#[test]
fn a_layout_folder_is_read() {
    let folder = tempfile::tempdir().unwrap();
    write_files(folder.path(), &sample().oci_files(Compression::Zstd));
    let archive = open(folder.path(), &Options::default(), &()).unwrap();
    assert_eq!(summary(&archive), summary(&from_file(&sample().docker_save())));
}

#[cfg(unix)]
#[test]
fn a_layout_never_leads_out_of_its_folder() {
    let outside = tempfile::tempdir().unwrap();
    let secret = outside.path().join("secret");
    std::fs::write(&secret, LayerBuilder::new().file("leak", "x").build()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let files = sample().oci_files(Compression::None);
    write_files(folder.path(), &files);
    let layer = folder.path().join(&files[0].0);
    std::fs::remove_file(&layer).unwrap();
    std::os::unix::fs::symlink(&secret, &layer).unwrap();
    let archive = open(folder.path(), &Options::default(), &()).unwrap();
    assert!(archive.images[0].layers[0].record.is_none());
    assert!(archive.problems.iter().any(|p| matches!(p.kind, ProblemKind::Missing { what: "layer" })));
}

#[test]
fn version_one_images_are_read() {
    let archive = from_stream(&sample().v1_save());
    assert_eq!(archive.problems, []);
    let image = &archive.images[0];
    assert_eq!(image.names, ["app:1"]);
    assert_eq!(image.layers.len(), 2);
    assert_eq!(image.config.user(), Some("1000"));
    assert_eq!(image.layers[0].created_by.as_deref(), Some("/bin/sh -c #(nop) ADD file:1 in / "));
    assert_eq!(image.layers[1].index, 1);
    assert!(image.merged().get(b"app/main.py").is_some());
}

#[test]
fn several_images_share_layers_that_are_read_once() {
    let one = sample();
    let two = ImageBuilder::new("other:2").layer(LayerBuilder::new().file("x", "y").build(), "COPY x /");
    let mut files = one.docker_25_files();
    let mut more = two.docker_25_files();
    let entry = |files: &mut Vec<(String, Vec<u8>)>| {
        let (_, bytes) = files.pop().unwrap();
        serde_json::from_slice::<Vec<serde_json::Value>>(&bytes).unwrap()
    };
    let mut manifest = entry(&mut files);
    manifest.extend(entry(&mut more));
    let mut tagged = manifest[0].clone();
    tagged["RepoTags"] = serde_json::json!(["app:latest"]);
    manifest.push(tagged);
    files.retain(|(name, _)| name.starts_with("blobs/"));
    files.extend(more.into_iter().filter(|(name, _)| name.starts_with("blobs/")));
    files.push(("manifest.json".into(), serde_json::to_vec(&manifest).unwrap()));
    let archive = from_file(&archive(&files));
    let names: Vec<_> = archive.images.iter().map(|image| image.names.join(" ")).collect();
    assert_eq!(names, ["app:1 app:latest", "other:2"]);
}

#[test]
fn the_platform_is_chosen() {
    let image = |architecture: &str| {
        let layer = LayerBuilder::new().file("arch", architecture).build();
        ImageBuilder::new("app:1").platform(architecture).layer(layer, "COPY arch /")
    };
    let bytes = multi_platform("app:1", &[image("arm64"), image("s390x"), image("amd64")]);
    let read = |platform: Option<&str>| {
        let platform = platform.map(|text| text.parse::<Platform>().unwrap());
        read_stream(&bytes[..], &Options { platform, ..Options::default() }, &()).unwrap()
    };
    let archive = read(Some("linux/s390x"));
    assert_eq!(archive.images.len(), 1);
    assert_eq!(archive.images[0].config.platform().architecture, "s390x");
    let host = read(None).images[0].config.platform();
    assert_eq!(
        host.architecture,
        if host == Platform::host() { host.architecture.clone() } else { "arm64".into() }
    );
    let none = read(Some("linux/riscv64"));
    assert!(none.images.is_empty());
    assert_eq!(
        none.problems[0].to_string(),
        "app:1: no image for platform linux/riscv64; there is linux/arm64, linux/s390x, linux/amd64"
    );
}

#[test]
fn what_is_not_as_stated_is_a_mismatch() {
    let image = sample();
    let mut files = image.oci_files(Compression::None);
    let other = LayerBuilder::new().file("evil", "x").build();
    files[0].1 = other.clone();
    let archive = from_file(&archive(&files));
    assert_eq!(archive.problems, []);
    let mismatches: Vec<_> = archive.images[0].mismatches.iter().map(|m| (m.what, m.layer)).collect();
    assert_eq!(
        mismatches,
        [(MismatchOf::LayerDigest, Some(0)), (MismatchOf::DiffId, Some(0)), (MismatchOf::LayerSize, Some(0)),]
    );
    assert_eq!(archive.images[0].mismatches[0].actual, Digest::of(&other).to_string());
}

#[test]
fn a_config_keeps_dockers_own_fields() {
    let config = &from_file(&sample().docker_save()).images[0].config.clone();
    let check = config.docker.healthcheck.as_ref().unwrap();
    assert_eq!((check.test.join(" "), check.interval), ("CMD true".into(), 5));
    assert!(config.docker.on_build.is_empty());
    assert_eq!(config.cmd(), ["/bin/true"]);
}

#[test]
fn a_config_that_breaks_the_standard_is_read_as_far_as_it_goes() {
    let image = sample().config(|config| config["config"]["ExposedPorts"] = serde_json::json!(["80"]));
    let archive = from_file(&image.docker_save());
    assert!(archive.problems[0].to_string().contains("not a valid image config"), "{}", archive.problems[0]);
    assert_eq!(archive.images[0].layers.len(), 2);
    assert_eq!(archive.images[0].layers[1].created_by.as_deref(), Some("COPY app /app # buildkit"));
}

#[test]
fn progress_counts_every_byte_of_a_stream() {
    let bytes = sample().docker_save();
    let seen = std::sync::atomic::AtomicU64::new(0);
    let progress = |progress: plimsoll_image::Progress<'_>| {
        seen.fetch_max(progress.bytes, std::sync::atomic::Ordering::Relaxed);
    };
    let options = Options { progress: Some(&progress), ..Options::default() };
    read_stream(&bytes[..], &options, &()).unwrap();
    assert_eq!(seen.into_inner(), bytes.len() as u64);
}

#[test]
fn what_is_no_image_is_refused() {
    let refuse = |bytes: &[u8]| read_stream(bytes, &Options::default(), &()).unwrap_err().to_string();
    assert_eq!(refuse(b""), "not an image archive: there are no bytes");
    assert_eq!(refuse(b"{}"), "not an image archive: the file is JSON, not a tarball");
    assert_eq!(
        refuse(b"BZh91AY"),
        "not an image archive: bzip2 compression is not supported; only gzip and zstd are"
    );
    assert_eq!(refuse(&[1; 4096]), "not an image archive: the file is no tar, gzip or zstd archive");
    assert_eq!(
        refuse(&compress(b"hello", Compression::Gzip)),
        "not an image archive: what is compressed is no tar"
    );
    let missing = open(Path::new("/no/such/image.tar"), &Options::default(), &()).unwrap_err();
    assert_eq!(missing.to_string(), "/no/such/image.tar: no such file or folder");
    let folder = tempfile::tempdir().unwrap();
    let error = open(folder.path(), &Options::default(), &()).unwrap_err().to_string();
    assert!(error.ends_with("a folder without oci-layout or index.json is not an image"), "{error}");
}

#[test]
fn a_tarball_without_a_manifest_still_gives_its_layers() {
    let mut files = sample().docker_files();
    files.retain(|(name, _)| name.ends_with("layer.tar"));
    for archive in [from_file(&archive(&files)), from_stream(&archive(&files))] {
        assert_eq!(archive.images.len(), 0);
        assert_eq!(archive.loose.len(), 2);
        assert!(
            matches!(archive.problems[..], [ref problem] if problem.kind == ProblemKind::NoManifest { export: false })
        );
    }
    let export = from_file(&archive(&[("etc/passwd".into(), b"root".to_vec())]));
    assert!(export.problems[0].to_string().contains("docker save instead of docker export"));
}

#[test]
fn missing_and_foreign_layers_are_told_by_place() {
    let mut files = sample().docker_files();
    let at = files.iter().position(|(name, _)| name.ends_with("layer.tar")).unwrap();
    let name = files[at].0.clone();
    files.remove(at);
    for archive in [from_file(&archive(&files)), from_stream(&archive(&files))] {
        let want = format!("app:1: layer 0 ({name}): the layer is missing from the archive");
        assert_eq!(archive.problems.iter().map(ToString::to_string).collect::<Vec<_>>(), [want]);
        assert_eq!(archive.images[0].layers.len(), 2);
        assert!(archive.images[0].merged().get(b"app/main.py").is_some());
    }
    for (bytes, what, mismatches) in [
        (b"hello".to_vec(), "is not a tar archive", 1),
        (b"{\"a\":1}".to_vec(), "is not a tar archive", 1),
        // What cannot be unpacked has no diff id to compare.
        (
            vec![0xfd, b'7', b'z', b'X', b'Z', 0, 1],
            "is compressed with xz, which is not supported in layers",
            0,
        ),
    ] {
        let mut files = files.clone();
        files.push((name.clone(), bytes));
        for archive in [from_file(&archive(&files)), from_stream(&archive(&files))] {
            let want = format!("app:1: layer 0 ({name}): {what} at byte 0");
            assert_eq!(archive.problems.iter().map(ToString::to_string).collect::<Vec<_>>(), [want]);
            assert_eq!(archive.images[0].mismatches.len(), mismatches, "and its diff id is wrong");
        }
    }
}
