//! Whether a dynamic loader finds the libraries that a program needs, those of its libraries included.

use std::collections::HashSet;

use plimsoll_image::{Elf, EntryKind, Program};

use super::World;
use super::world::{Node, shown};

/// More libraries than any program has: a hostile image may chain them without end.
const MAX_LIBRARIES: usize = 4_000;
/// How many folders of a loader's configuration are searched.
const MAX_FOLDERS: usize = 256;

/// A library that is not found.
pub(super) struct Missing {
    pub(super) name: String,
    /// The library that needs it; None where the program itself does.
    pub(super) needed_by: Option<String>,
}

/// Machine number, what images call it, Debian's folder of its libraries.
const MACHINES: [(u16, &str, &str); 9] = [
    (62, "amd64", "x86_64-linux-gnu"),
    (3, "386", "i386-linux-gnu"),
    (183, "arm64", "aarch64-linux-gnu"),
    (40, "arm", "arm-linux-gnueabihf"),
    (21, "ppc64le", "powerpc64le-linux-gnu"),
    (22, "s390x", "s390x-linux-gnu"),
    (243, "riscv64", "riscv64-linux-gnu"),
    (8, "mips64le", "mips64el-linux-gnuabi64"),
    (258, "loong64", "loongarch64-linux-gnu"),
];

/// The machine that a program is made for, where the image's own cannot run it.
pub(super) fn foreign(architecture: &str, elf: &Elf) -> Option<&'static str> {
    let (_, own, _) = MACHINES.iter().find(|(number, ..)| *number == elf.machine)?;
    MACHINES.iter().find(|(_, name, _)| *name == architecture)?;
    // A 64-bit processor mostly runs its 32-bit forerunner's programs.
    let runs = *own == architecture || matches!((architecture, *own), ("amd64", "386") | ("arm64", "arm"));
    (!runs).then_some(*own)
}

/// A program or library whose needs are still to be met.
struct Open<'i> {
    node: Node<'i>,
    elf: &'i Elf,
    /// RPATH of those that asked for it, which counts for it too.
    inherited: Vec<String>,
    is_program: bool,
}

/// The libraries that a program's loader does not find. The loader itself is in the image.
pub(super) fn missing<'i>(world: &World<'i>, node: Node<'i>, elf: &'i Elf) -> Vec<Missing> {
    let Some(interpreter) = elf.interpreter.as_deref().map(String::from_utf8_lossy) else {
        return Vec::new();
    };
    let loader = Loader::new(world, &interpreter, elf.machine);
    let mut seen: HashSet<Vec<u8>> = HashSet::new();
    let mut missing = Vec::new();
    let mut open = vec![Open { node, elf, inherited: Vec::new(), is_program: true }];
    while let Some(at) = open.pop() {
        if !at.elf.complete {
            continue;
        }
        let origin = shown(at.node.parent());
        let own = |list: &Option<Box<[u8]>>| folders(list.as_deref(), &origin);
        let runpath = own(&at.elf.runpath);
        // RUNPATH counts for its own file alone, RPATH for all below, unless there is a RUNPATH.
        let inherited: Vec<String> = match at.elf.runpath {
            Some(_) => Vec::new(),
            None => {
                own(&at.elf.rpath).into_iter().chain(at.inherited.iter().cloned()).take(MAX_FOLDERS).collect()
            }
        };
        for name in &at.elf.needed {
            let name = String::from_utf8_lossy(name).into_owned();
            if loader.is_built_in(&name) || seen.len() > MAX_LIBRARIES || world.is_exhausted() {
                continue;
            }
            match loader.find(world, &name, &[&runpath, &inherited], at.elf) {
                Some((found, library)) => {
                    if let Some(library) = library
                        && seen.insert(found.path())
                    {
                        open.push(Open {
                            node: found,
                            elf: library,
                            inherited: inherited.clone(),
                            is_program: false,
                        });
                    }
                }
                None if seen.insert(name.clone().into_bytes()) => {
                    let needed_by = (!at.is_program).then(|| shown(at.node));
                    missing.push(Missing { name, needed_by });
                }
                None => {}
            }
        }
    }
    missing
}

/// A list of folders as DT_RPATH and DT_RUNPATH hold it.
fn folders(list: Option<&[u8]>, origin: &str) -> Vec<String> {
    let text = String::from_utf8_lossy(list.unwrap_or_default());
    let folders = text.split(':').filter(|f| !f.is_empty()).take(MAX_FOLDERS);
    folders
        .map(|f| {
            let f = f.replace("${ORIGIN}", origin).replace("$ORIGIN", origin);
            f.replace("${LIB}", "lib").replace("$LIB", "lib")
        })
        .collect()
}

/// Where one loader looks.
struct Loader {
    name: String,
    /// Whether musl loads in the end: gcompat, which runs programs of glibc on Alpine, hands them to it.
    musl: bool,
    folders: Vec<String>,
}

impl Loader {
    fn new(world: &World<'_>, interpreter: &str, machine: u16) -> Self {
        let (folder, name) = interpreter.rsplit_once('/').unwrap_or(("", interpreter));
        let own_musl = name.starts_with("ld-musl-").then(|| name.to_owned());
        let musl = own_musl.or_else(|| installed_musl(world));
        let mut folders: Vec<String> = world.library_path().to_vec();
        if let Some(musl) = &musl {
            let stem = musl.split(".so").next().unwrap_or(musl);
            match world.fs.read(format!("etc/{stem}.path").as_bytes()) {
                Some(list) => {
                    let list = String::from_utf8_lossy(list);
                    folders.extend(list.split(['\n', ':']).map(|f| f.trim().to_owned()));
                }
                None => folders.extend(["/lib", "/usr/local/lib", "/usr/lib"].map(str::to_owned)),
            }
        }
        if !name.starts_with("ld-musl-") {
            folders.extend(configured(world));
            let triplet =
                MACHINES.iter().find(|(number, ..)| *number == machine).map(|(.., triplet)| *triplet);
            for base in ["/lib64", "/usr/lib64", "/lib", "/usr/lib"] {
                folders.push(base.to_owned());
                folders.extend(triplet.map(|t| format!("{base}/{t}")));
            }
            folders
                .extend(["/lib32", "/usr/lib32", "/libx32", "/usr/lib/arm-linux-gnueabi"].map(str::to_owned));
        }
        folders.push(if folder.is_empty() { "/".to_owned() } else { folder.to_owned() });
        // Of a loader in a folder of its own the libraries lie beside it.
        if let Some(real) = world.lookup(interpreter) {
            folders.push(shown(real.parent()));
        }
        folders.retain(|f| f.starts_with('/'));
        folders.truncate(MAX_FOLDERS);
        Self { name: name.to_owned(), musl: musl.is_some(), folders }
    }

    /// Whether the loader is this library itself.
    fn is_built_in(&self, name: &str) -> bool {
        let parts = ["c", "pthread", "rt", "m", "dl", "util", "xnet", "resolv", "crypt"];
        name == self.name
            || self.musl
                && name
                    .strip_prefix("lib")
                    .and_then(|n| n.split('.').next())
                    .is_some_and(|n| parts.contains(&n))
    }

    /// The file that a name means to this loader, and its own needs where they are known.
    fn find<'i>(
        &self,
        world: &World<'i>,
        name: &str,
        before: &[&Vec<String>],
        asker: &Elf,
    ) -> Option<(Node<'i>, Option<&'i Elf>)> {
        let fits = |path: &str| {
            let node = world.lookup(path)?;
            let entry = node.entry().filter(|e| e.kind() == EntryKind::File)?;
            match entry.program() {
                // The loader passes over libraries of another machine.
                Some(Program::Elf(elf)) => {
                    (elf.machine == asker.machine && elf.wide == asker.wide).then_some((node, Some(&**elf)))
                }
                _ => Some((node, None)),
            }
        };
        if name.contains('/') {
            return fits(&world.absolute(name));
        }
        let mut all = before.iter().flat_map(|list| list.iter()).chain(&self.folders);
        all.find_map(|folder| fits(&format!("{}/{name}", world.absolute(folder).trim_end_matches('/'))))
    }
}

/// The name of musl's loader, where the image has one.
fn installed_musl(world: &World<'_>) -> Option<String> {
    let lib = world.fs.resolve(b"/lib").ok()?;
    let names = lib.children().into_iter().map(|n| String::from_utf8_lossy(n.name()).into_owned());
    names.into_iter().find(|name| name.starts_with("ld-musl-"))
}

/// The folders of `/etc/ld.so.conf` and of what it includes.
fn configured(world: &World<'_>) -> Vec<String> {
    let mut texts: Vec<&[u8]> = Vec::new();
    texts.extend(world.fs.read(b"/etc/ld.so.conf"));
    texts.extend(world.fs.read(b"/usr/local/etc/ld.so.conf"));
    if let Ok(folder) = world.fs.resolve(b"/etc/ld.so.conf.d") {
        let files = folder.children().into_iter().take(MAX_FOLDERS);
        texts.extend(files.filter_map(|f| f.followed().ok()?.entry()?.content()));
    }
    let lines: Vec<String> = texts.iter().map(|t| String::from_utf8_lossy(t).into_owned()).collect();
    lines
        .iter()
        .flat_map(|text| text.lines())
        .map(|line| line.split('#').next().unwrap_or("").trim())
        .flat_map(|line| line.split([' ', '\t', ',', ':']))
        .map(|folder| folder.split('=').next().unwrap_or(folder))
        .filter(|folder| folder.starts_with('/') && !folder.contains('*'))
        .take(MAX_FOLDERS)
        .map(str::to_owned)
        .collect()
}
