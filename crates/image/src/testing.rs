//! Builders of layers and archives in memory, for tests. They panic on wrong use, as tests may.

use std::io::Write;
use std::path::Path;

use serde_json::{Value, json};

use crate::compress::Compression;
use crate::digest::Digest;

/// One entry's header, set field by field.
#[derive(Debug, Clone)]
pub struct TestEntry {
    /// The name as it is to stand in the tar.
    pub name: Vec<u8>,
    /// The type flag, such as `b'0'`.
    pub flag: u8,
    /// The permissions.
    pub mode: u32,
    /// The owner.
    pub uid: u32,
    /// The group.
    pub gid: u32,
    /// Seconds since 1970.
    pub mtime: u64,
    /// The link target.
    pub link: Vec<u8>,
    /// Major and minor number.
    pub device: (u32, u32),
    /// PAX records before the entry.
    pub pax: Vec<(Vec<u8>, Vec<u8>)>,
    /// The contents.
    pub data: Vec<u8>,
}

impl TestEntry {
    /// A regular file of mode 0644 owned by root.
    pub fn file(name: impl AsRef<[u8]>, data: impl AsRef<[u8]>) -> Self {
        TestEntry { data: data.as_ref().to_vec(), ..TestEntry::of(name, b'0', 0o644) }
    }

    /// A folder of mode 0755.
    pub fn dir(name: impl AsRef<[u8]>) -> Self {
        TestEntry::of(name, b'5', 0o755)
    }

    /// A symbolic link.
    pub fn symlink(name: impl AsRef<[u8]>, target: impl AsRef<[u8]>) -> Self {
        TestEntry { link: target.as_ref().to_vec(), ..TestEntry::of(name, b'2', 0o777) }
    }

    /// A hard link.
    pub fn hard_link(name: impl AsRef<[u8]>, target: impl AsRef<[u8]>) -> Self {
        TestEntry { link: target.as_ref().to_vec(), ..TestEntry::of(name, b'1', 0o644) }
    }

    /// An entry of any type without data.
    pub fn of(name: impl AsRef<[u8]>, flag: u8, mode: u32) -> Self {
        TestEntry {
            name: name.as_ref().to_vec(),
            flag,
            mode,
            uid: 0,
            gid: 0,
            mtime: 1_700_000_000,
            link: Vec::new(),
            device: (0, 0),
            pax: Vec::new(),
            data: Vec::new(),
        }
    }

    /// Sets the permissions.
    pub fn mode(self, mode: u32) -> Self {
        TestEntry { mode, ..self }
    }

    /// Sets owner and group.
    pub fn owner(self, uid: u32, gid: u32) -> Self {
        TestEntry { uid, gid, ..self }
    }

    /// Adds a PAX record, such as `SCHILY.xattr.security.capability`.
    pub fn pax(mut self, key: &str, value: impl AsRef<[u8]>) -> Self {
        self.pax.push((key.into(), value.as_ref().to_vec()));
        self
    }

    /// The 512 bytes of a ustar header with a right checksum; names that do not fit are cut.
    pub fn header(&self) -> [u8; 512] {
        let mut block = [0u8; 512];
        let cut = |text: &[u8]| text[..text.len().min(100)].to_vec();
        let mut put = |at: usize, bytes: &[u8]| block[at..at + bytes.len()].copy_from_slice(bytes);
        put(0, &cut(&self.name));
        put(100, format!("{:07o}\0", self.mode).as_bytes());
        put(108, format!("{:07o}\0", self.uid & 0o7_777_777).as_bytes());
        put(116, format!("{:07o}\0", self.gid & 0o7_777_777).as_bytes());
        put(124, format!("{:011o}\0", self.data.len()).as_bytes());
        put(136, format!("{:011o}\0", self.mtime).as_bytes());
        put(156, &[self.flag]);
        put(157, &cut(&self.link));
        put(257, b"ustar\x0000");
        put(329, format!("{:07o}\0", self.device.0).as_bytes());
        put(337, format!("{:07o}\0", self.device.1).as_bytes());
        seal(&mut block);
        block
    }
}

/// Sets a header's checksum to what its bytes say.
pub fn seal(block: &mut [u8; 512]) {
    block[148..156].fill(b' ');
    let sum: u32 = block.iter().map(|&b| u32::from(b)).sum();
    block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
}

/// Builds a layer's tar.
#[derive(Debug, Clone, Default)]
pub struct LayerBuilder {
    tar: Vec<u8>,
}

impl LayerBuilder {
    /// An empty tar.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an entry, with a PAX header where it needs one.
    pub fn entry(mut self, entry: TestEntry) -> Self {
        self.push(&entry);
        self
    }

    /// Adds an entry in place.
    pub fn push(&mut self, entry: &TestEntry) {
        let mut records = entry.pax.clone();
        let has = |records: &[(Vec<u8>, Vec<u8>)], key: &str| {
            records.iter().any(|(known, _)| known == key.as_bytes())
        };
        if entry.name.len() > 100 && !has(&records, "path") && !has(&records, "GNU.sparse.name") {
            records.push((b"path".to_vec(), entry.name.clone()));
        }
        if entry.link.len() > 100 {
            records.push((b"linkpath".to_vec(), entry.link.clone()));
        }
        for (key, id) in [("uid", entry.uid), ("gid", entry.gid)] {
            if id > 0o7_777_777 {
                records.push((key.as_bytes().to_vec(), id.to_string().into_bytes()));
            }
        }
        if !records.is_empty() {
            let block = records.iter().flat_map(|(key, value)| pax_record(key, value)).collect::<Vec<u8>>();
            self.push_raw(&TestEntry::file("PaxHeaders/x", block).with_flag(b'x'));
        }
        self.push_raw(entry);
    }

    fn push_raw(&mut self, entry: &TestEntry) {
        self.tar.extend_from_slice(&entry.header());
        self.tar.extend_from_slice(&entry.data);
        self.tar.resize(self.tar.len().next_multiple_of(512), 0);
    }

    /// Adds bytes as they are.
    pub fn raw(mut self, bytes: &[u8]) -> Self {
        self.tar.extend_from_slice(bytes);
        self
    }

    /// Adds a file of mode 0644.
    pub fn file(self, name: impl AsRef<[u8]>, data: impl AsRef<[u8]>) -> Self {
        self.entry(TestEntry::file(name, data))
    }

    /// Adds a folder of mode 0755.
    pub fn dir(self, name: impl AsRef<[u8]>) -> Self {
        self.entry(TestEntry::dir(name))
    }

    /// Adds a symbolic link.
    pub fn symlink(self, name: impl AsRef<[u8]>, target: impl AsRef<[u8]>) -> Self {
        self.entry(TestEntry::symlink(name, target))
    }

    /// Adds a hard link.
    pub fn hard_link(self, name: impl AsRef<[u8]>, target: impl AsRef<[u8]>) -> Self {
        self.entry(TestEntry::hard_link(name, target))
    }

    /// Takes a path of lower layers away.
    pub fn whiteout(self, path: &str) -> Self {
        let name = match path.rsplit_once('/') {
            Some((folder, name)) => format!("{folder}/.wh.{name}"),
            None => format!(".wh.{path}"),
        };
        self.file(name, "")
    }

    /// Takes all that lower layers have in a folder away.
    pub fn opaque(self, folder: &str) -> Self {
        self.file(format!("{folder}/.wh..wh..opq"), "")
    }

    /// The tar with its end marker.
    pub fn build(mut self) -> Vec<u8> {
        self.tar.resize(self.tar.len() + 1024, 0);
        self.tar
    }

    /// The tar without its end marker.
    pub fn build_open(self) -> Vec<u8> {
        self.tar
    }
}

impl TestEntry {
    /// A 64-bit little-endian ELF executable of mode 0755 that holds what a loader asks for, and no code.
    pub fn elf(name: impl AsRef<[u8]>, spec: &ElfSpec) -> Self {
        TestEntry::file(name, spec.bytes()).mode(0o755)
    }

    /// Sets the type flag.
    pub fn with_flag(self, flag: u8) -> Self {
        TestEntry { flag, ..self }
    }
}

/// What an ELF file asks of a loader.
#[derive(Debug, Clone)]
pub struct ElfSpec {
    /// The machine's number.
    pub machine: u16,
    /// The loader; empty for a library or a static program.
    pub interpreter: String,
    /// The libraries that it needs.
    pub needed: Vec<String>,
    /// DT_RUNPATH; empty for none.
    pub runpath: String,
}

impl Default for ElfSpec {
    fn default() -> Self {
        ElfSpec {
            machine: 62,
            interpreter: "/lib64/ld-linux-x86-64.so.2".to_owned(),
            needed: Vec::new(),
            runpath: String::new(),
        }
    }
}

impl ElfSpec {
    /// The file: header, program headers, dynamic section, strings.
    pub fn bytes(&self) -> Vec<u8> {
        const HEADERS: usize = 64 + 3 * 56;
        let mut strings = vec![0u8];
        let mut add = |text: &str| {
            let at = strings.len() as u64;
            strings.extend_from_slice(text.as_bytes());
            strings.push(0);
            at
        };
        let interpreter = add(&self.interpreter);
        let mut dynamic: Vec<(u64, u64)> = self.needed.iter().map(|name| (1, add(name))).collect();
        if !self.runpath.is_empty() {
            dynamic.push((29, add(&self.runpath)));
        }
        let strings_at = (HEADERS + 16 * (dynamic.len() + 3)) as u64;
        dynamic.extend([(5, strings_at), (10, strings.len() as u64), (0, 0)]);
        let total = strings_at + strings.len() as u64;
        let mut out = b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0".to_vec();
        out.extend(3u16.to_le_bytes());
        out.extend(self.machine.to_le_bytes());
        out.extend(1u32.to_le_bytes());
        for value in [0u64, 64, 0] {
            out.extend(value.to_le_bytes());
        }
        out.extend(0u32.to_le_bytes());
        // Header size, program header size and count, no sections.
        for value in [64u16, 56, 3, 64, 0, 0] {
            out.extend(value.to_le_bytes());
        }
        let has_interpreter = !self.interpreter.is_empty();
        let interpreter_kind = if has_interpreter { 3 } else { 0 };
        let dynamic_size = 16 * dynamic.len() as u64;
        for (kind, offset, size) in [
            (1u32, 0, total),
            (interpreter_kind, strings_at + interpreter, self.interpreter.len() as u64 + 1),
            (2, HEADERS as u64, dynamic_size),
        ] {
            out.extend(kind.to_le_bytes());
            out.extend(5u32.to_le_bytes());
            for value in [offset, offset, offset, size, size, 8] {
                out.extend(value.to_le_bytes());
            }
        }
        for (tag, value) in dynamic {
            out.extend(tag.to_le_bytes());
            out.extend(value.to_le_bytes());
        }
        out.extend(strings);
        out
    }
}

/// A PAX record with its own length in front.
pub fn pax_record(key: &[u8], value: &[u8]) -> Vec<u8> {
    let body = key.len() + value.len() + 3;
    let mut len = body + 1;
    while len != body + len.to_string().len() {
        len = body + len.to_string().len();
    }
    [len.to_string().as_bytes(), b" ", key, b"=", value, b"\n"].concat()
}

/// Compresses bytes as a layer's blob.
pub fn compress(bytes: &[u8], compression: Compression) -> Vec<u8> {
    match compression {
        Compression::None => bytes.to_vec(),
        Compression::Gzip => {
            let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
            encoder.write_all(bytes).expect("memory takes bytes");
            encoder.finish().expect("memory takes bytes")
        }
        Compression::Zstd => zstd::encode_all(bytes, 1).expect("memory takes bytes"),
    }
}

/// Builds images and saves them in every form there is.
#[derive(Debug, Clone)]
pub struct ImageBuilder {
    tag: String,
    config: Value,
    history: Vec<Value>,
    layers: Vec<Vec<u8>>,
}

impl ImageBuilder {
    /// An image for linux/amd64 without layers.
    pub fn new(tag: &str) -> Self {
        let config = json!({"architecture": "amd64", "os": "linux", "config": {"Cmd": ["/bin/true"]}});
        ImageBuilder { tag: tag.into(), config, history: Vec::new(), layers: Vec::new() }
    }

    /// Adds a layer's tar with the command that made it.
    pub fn layer(mut self, tar: Vec<u8>, created_by: &str) -> Self {
        self.layers.push(tar);
        self.history.push(json!({"created": "2024-01-01T00:00:00Z", "created_by": created_by}));
        self
    }

    /// Adds a history entry without a layer.
    pub fn empty_layer(mut self, created_by: &str) -> Self {
        self.history
            .push(json!({"created": "2024-01-01T00:00:00Z", "created_by": created_by, "empty_layer": true}));
        self
    }

    /// Changes the config, such as `|c| c["config"]["User"] = "app".into()`.
    pub fn config(mut self, change: impl FnOnce(&mut Value)) -> Self {
        change(&mut self.config);
        self
    }

    /// Sets architecture and variant.
    pub fn platform(self, architecture: &str) -> Self {
        let architecture = architecture.to_owned();
        self.config(|config| config["architecture"] = architecture.into())
    }

    /// The config's bytes with diff ids and history; those that were set by hand stay.
    pub fn config_json(&self) -> Vec<u8> {
        let mut config = self.config.clone();
        let diff_ids: Vec<String> = self.layers.iter().map(|tar| Digest::of(tar).to_string()).collect();
        for (key, value) in
            [("rootfs", json!({"type": "layers", "diff_ids": diff_ids})), ("history", json!(self.history))]
        {
            if config.get(key).is_none() {
                config[key] = value;
            }
        }
        config.to_string().into_bytes()
    }

    /// The files of Docker's form before version 25: `HEX.json`, `ID/layer.tar`, manifest.json last.
    pub fn docker_files(&self) -> Vec<(String, Vec<u8>)> {
        let config = self.config_json();
        let config_name = format!("{}.json", Digest::of(&config).hex());
        let mut files = Vec::new();
        let mut names = Vec::new();
        for (index, tar) in self.layers.iter().enumerate() {
            let id = Digest::of(format!("{index}").as_bytes()).hex();
            names.push(format!("{id}/layer.tar"));
            files.push((format!("{id}/VERSION"), b"1.0".to_vec()));
            files.push((format!("{id}/json"), json!({"id": id}).to_string().into_bytes()));
            files.push((format!("{id}/layer.tar"), tar.clone()));
        }
        files.push((config_name.clone(), config));
        let manifest = json!([{"Config": config_name, "RepoTags": [self.tag], "Layers": names}]);
        files.push(("manifest.json".into(), manifest.to_string().into_bytes()));
        files
    }

    /// What `docker save` wrote before version 25.
    pub fn docker_save(&self) -> Vec<u8> {
        archive(&self.docker_files())
    }

    /// The files of the OCI form that Docker writes since version 25, with both index.json and manifest.json.
    pub fn docker_25_files(&self) -> Vec<(String, Vec<u8>)> {
        let (mut files, descriptor) = self.oci_blobs(Compression::None);
        let config = format!("blobs/sha256/{}", Digest::of(&self.config_json()).hex());
        let layers: Vec<String> =
            self.layers.iter().map(|tar| format!("blobs/sha256/{}", Digest::of(tar).hex())).collect();
        let mut descriptor = descriptor;
        descriptor["annotations"] = json!({
            "io.containerd.image.name": format!("docker.io/library/{}", self.tag),
            "org.opencontainers.image.ref.name": self.tag.rsplit_once(':').map_or("latest", |(_, tag)| tag),
        });
        files.extend(index_files(&[descriptor]));
        let manifest = json!([{"Config": config, "RepoTags": [self.tag], "Layers": layers}]);
        files.push(("manifest.json".into(), manifest.to_string().into_bytes()));
        files
    }

    /// What podman, buildah and skopeo write as docker-archive: `HEX.tar` and links of the old names.
    pub fn podman_save(&self) -> Vec<u8> {
        let mut outer = LayerBuilder::new();
        let mut names = Vec::new();
        for (index, tar) in self.layers.iter().enumerate() {
            let name = format!("{}.tar", Digest::of(tar).hex());
            let id = Digest::of(format!("{index}").as_bytes()).hex();
            outer.push(&TestEntry::file(&name, tar));
            outer.push(&TestEntry::symlink(format!("{id}/layer.tar"), format!("../{name}")));
            names.push(format!("{id}/layer.tar"));
        }
        let config = self.config_json();
        let config_name = format!("{}.json", Digest::of(&config).hex());
        outer.push(&TestEntry::file(&config_name, config));
        let manifest = json!([{"Config": config_name, "RepoTags": [self.tag], "Layers": names}]);
        outer.push(&TestEntry::file("manifest.json", manifest.to_string()));
        outer.build()
    }

    /// What Docker before 1.10 wrote: a folder per layer that names its parent, and `repositories`.
    pub fn v1_save(&self) -> Vec<u8> {
        let mut files = Vec::new();
        let mut parent = None;
        for (index, tar) in self.layers.iter().enumerate() {
            let id = Digest::of(format!("{index}").as_bytes()).hex();
            let command =
                self.history.get(index).and_then(|entry| entry["created_by"].as_str()).unwrap_or("");
            let mut layer = json!({"id": id, "container_config": {"Cmd": [command]}, "os": "linux",
                "architecture": self.config["architecture"], "config": self.config["config"]});
            if let Some(parent) = &parent {
                layer["parent"] = Value::from(String::clone(parent));
            }
            files.push((format!("{id}/VERSION"), b"1.0".to_vec()));
            files.push((format!("{id}/json"), layer.to_string().into_bytes()));
            files.push((format!("{id}/layer.tar"), tar.clone()));
            parent = Some(id);
        }
        let (name, tag) = self.tag.rsplit_once(':').expect("tag with a colon");
        let repositories = json!({name: {tag: parent}});
        files.push(("repositories".into(), repositories.to_string().into_bytes()));
        archive(&files)
    }

    /// The blobs of the OCI form, and the descriptor of the manifest.
    pub fn oci_blobs(&self, compression: Compression) -> (Vec<(String, Vec<u8>)>, Value) {
        let suffix = match compression {
            Compression::None => "",
            Compression::Gzip => "+gzip",
            Compression::Zstd => "+zstd",
        };
        let mut files = Vec::new();
        let mut blob = |bytes: Vec<u8>, media_type: String| {
            let digest = Digest::of(&bytes);
            let descriptor =
                json!({"mediaType": media_type, "digest": digest.to_string(), "size": bytes.len()});
            let name = format!("blobs/sha256/{}", digest.hex());
            if !files.iter().any(|(known, _)| *known == name) {
                files.push((name, bytes));
            }
            descriptor
        };
        let layers: Vec<Value> = self
            .layers
            .iter()
            .map(|tar| {
                blob(compress(tar, compression), format!("application/vnd.oci.image.layer.v1.tar{suffix}"))
            })
            .collect();
        let config = blob(self.config_json(), "application/vnd.oci.image.config.v1+json".into());
        let manifest = json!({"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "config": config, "layers": layers});
        let mut descriptor =
            blob(manifest.to_string().into_bytes(), "application/vnd.oci.image.manifest.v1+json".into());
        descriptor["platform"] =
            json!({"os": self.config["os"], "architecture": self.config["architecture"]});
        (files, descriptor)
    }

    /// The files of an OCI layout.
    pub fn oci_files(&self, compression: Compression) -> Vec<(String, Vec<u8>)> {
        let (mut files, mut descriptor) = self.oci_blobs(compression);
        descriptor["annotations"] = json!({"org.opencontainers.image.ref.name": self.tag});
        files.extend(index_files(&[descriptor]));
        files
    }

    /// An OCI archive.
    pub fn oci_archive(&self, compression: Compression) -> Vec<u8> {
        archive(&self.oci_files(compression))
    }
}

/// One OCI archive of images for several platforms under one tag, the index nested as BuildKit nests it.
pub fn multi_platform(tag: &str, images: &[ImageBuilder]) -> Vec<u8> {
    let mut files: Vec<(String, Vec<u8>)> = Vec::new();
    let mut manifests = Vec::new();
    for image in images {
        let (blobs, descriptor) = image.oci_blobs(Compression::Gzip);
        files.extend(blobs);
        manifests.push(descriptor);
    }
    let index = json!({"schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json", "manifests": manifests});
    let index = index.to_string().into_bytes();
    let digest = Digest::of(&index);
    let descriptor = json!({"mediaType": "application/vnd.oci.image.index.v1+json", "digest": digest.to_string(),
        "size": index.len(), "annotations": {"org.opencontainers.image.ref.name": tag}});
    files.push((format!("blobs/sha256/{}", digest.hex()), index));
    files.extend(index_files(&[descriptor]));
    archive(&files)
}

/// index.json over manifest descriptors, and oci-layout.
pub fn index_files(descriptors: &[Value]) -> Vec<(String, Vec<u8>)> {
    let index = json!({"schemaVersion": 2, "manifests": descriptors});
    vec![
        ("index.json".into(), index.to_string().into_bytes()),
        ("oci-layout".into(), br#"{"imageLayoutVersion": "1.0.0"}"#.to_vec()),
    ]
}

/// A tarball of files.
pub fn archive(files: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut outer = LayerBuilder::new();
    for (name, bytes) in files {
        outer.push(&TestEntry::file(name, bytes));
    }
    outer.build()
}

/// Writes files below a folder.
pub fn write_files(root: &Path, files: &[(String, Vec<u8>)]) {
    for (name, bytes) in files {
        let path = root.join(name);
        std::fs::create_dir_all(path.parent().expect("below the root")).expect("folder can be made");
        std::fs::write(path, bytes).expect("file can be written");
    }
}
