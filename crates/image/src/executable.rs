//! What an executable needs in order to start: its `#!` line, or its ELF machine, loader and libraries.

use crate::limits::{ELF_PREFIX, ELF_WINDOW, MAX_NEEDED, MAX_PATH, SHEBANG};

/// How a file starts when it is run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Program {
    /// A script: what follows `#!` on its first line, cut as the kernel cuts it.
    Script(Box<[u8]>),
    /// An ELF executable or shared library.
    Elf(Box<Elf>),
}

/// The parts of an ELF file that decide whether it starts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Elf {
    /// 64-bit rather than 32-bit.
    pub wide: bool,
    /// Little-endian rather than big-endian.
    pub little_endian: bool,
    /// The machine's number, such as 62 for x86-64 and 183 for AArch64.
    pub machine: u16,
    /// A shared object, which a position-independent executable is too.
    pub shared: bool,
    /// The loader named in the file; `None` for libraries and static executables.
    pub interpreter: Option<Box<[u8]>>,
    /// The libraries it needs, in order.
    pub needed: Vec<Box<[u8]>>,
    /// DT_RPATH.
    pub rpath: Option<Box<[u8]>>,
    /// DT_RUNPATH.
    pub runpath: Option<Box<[u8]>>,
    /// DT_SONAME.
    pub soname: Option<Box<[u8]>>,
    /// Whether the needed libraries could be read; if not, the list says nothing.
    pub complete: bool,
}

const ELF_MAGIC: &[u8] = b"\x7fELF";
const PT_LOAD: u32 = 1;
const PT_DYNAMIC: u32 = 2;
const PT_INTERP: u32 = 3;
const DT_NEEDED: u64 = 1;
const DT_STRTAB: u64 = 5;
const DT_STRSZ: u64 = 10;
const DT_SONAME: u64 = 14;
const DT_RPATH: u64 = 15;
const DT_RUNPATH: u64 = 29;

/// Reads a file that is held whole; `None` if it is neither script nor ELF.
pub(crate) fn of_whole(bytes: &[u8]) -> Option<Program> {
    if let Some(line) = bytes.strip_prefix(b"#!") {
        return Some(Program::Script(shebang(line)));
    }
    let elf = View { prefix: bytes, window: None }.elf()?;
    Some(Program::Elf(Box::new(elf)))
}

fn shebang(after: &[u8]) -> Box<[u8]> {
    let line = &after[..after.len().min(SHEBANG - 2)];
    let end = line.iter().position(|&b| b == b'\n' || b == 0).unwrap_or(line.len());
    // The kernel takes blanks and tabs away and nothing else: a carriage return becomes part of the name.
    let is_blank = |b: &u8| matches!(b, b' ' | b'\t');
    let start = line[..end].iter().position(|b| !is_blank(b)).unwrap_or(end);
    let end = line[start..end].iter().rposition(|b| !is_blank(b)).map_or(start, |last| start + last + 1);
    line[start..end].into()
}

/// Holds as much of a large file as is needed to read it, while it streams by.
#[derive(Default)]
pub(crate) struct Capture {
    prefix: Vec<u8>,
    position: u64,
    wanted: bool,
    window: Option<Window>,
}

struct Window {
    offset: u64,
    len: u64,
    bytes: Vec<u8>,
}

impl Capture {
    /// Starts a new file; buffers are used again.
    pub(crate) fn start(&mut self) {
        self.prefix.clear();
        // One huge library must not keep its prefix for the rest of the layer.
        self.prefix.shrink_to(1 << 20);
        self.position = 0;
        self.wanted = true;
        self.window = None;
    }

    /// Takes the next bytes of the file.
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        if !self.wanted {
            return;
        }
        if self.prefix.len() < ELF_PREFIX {
            let n = bytes.len().min(ELF_PREFIX - self.prefix.len());
            self.prefix.extend_from_slice(&bytes[..n]);
            if self.position == 0 && self.prefix.len() >= 4 {
                self.wanted = self.prefix.starts_with(b"#!") || self.prefix.starts_with(ELF_MAGIC);
            }
            if self.prefix.len() == ELF_PREFIX {
                self.window = self.far_window();
            }
        }
        if let Some(window) = &mut self.window {
            let from = window.offset.max(self.position);
            let to = (window.offset + window.len).min(self.position + bytes.len() as u64);
            if from < to {
                let range = (from - self.position) as usize..(to - self.position) as usize;
                window.bytes.extend_from_slice(&bytes[range]);
            }
        }
        self.position += bytes.len() as u64;
    }

    /// Ends the file.
    pub(crate) fn finish(&mut self) -> Option<Program> {
        if !self.wanted {
            return None;
        }
        if self.prefix.starts_with(b"#!") {
            return of_whole(&self.prefix);
        }
        let window = self.window.as_ref().map(|window| (window.offset, &window.bytes[..]));
        let elf = View { prefix: &self.prefix, window }.elf()?;
        Some(Program::Elf(Box::new(elf)))
    }

    /// The part of the file beyond the prefix where the dynamic section lies: its whole segment if that is small, since
    /// tools that rewrite libraries put the strings beside it.
    fn far_window(&self) -> Option<Window> {
        let view = View { prefix: &self.prefix, window: None };
        let layout = view.layout()?;
        let segments = view.segments(&layout);
        let dynamic = segments.iter().find(|segment| segment.kind == PT_DYNAMIC)?;
        let end = dynamic.offset.checked_add(dynamic.size)?;
        if end <= ELF_PREFIX as u64 {
            return None;
        }
        let around = segments.iter().find(|segment| {
            segment.kind == PT_LOAD
                && segment.offset <= dynamic.offset
                && segment.offset.saturating_add(segment.size) >= end
                && segment.size <= ELF_WINDOW
        });
        let chosen = around.unwrap_or(dynamic);
        let len = chosen.size.min(ELF_WINDOW);
        chosen.offset.checked_add(len)?;
        Some(Window { offset: chosen.offset, len, bytes: Vec::new() })
    }
}

/// The bytes of an ELF file that are at hand.
struct View<'a> {
    prefix: &'a [u8],
    window: Option<(u64, &'a [u8])>,
}

struct Layout {
    wide: bool,
    little: bool,
}

struct Segment {
    kind: u32,
    offset: u64,
    address: u64,
    size: u64,
}

impl<'a> View<'a> {
    /// The bytes from `offset` on, as far as they are at hand.
    fn from(&self, offset: u64) -> Option<&'a [u8]> {
        let cut = |base: u64, bytes: &'a [u8]| {
            let start = usize::try_from(offset.checked_sub(base)?).ok()?;
            bytes.get(start..).filter(|rest| !rest.is_empty())
        };
        cut(0, self.prefix).or_else(|| self.window.and_then(|(base, bytes)| cut(base, bytes)))
    }

    fn layout(&self) -> Option<Layout> {
        let head = self.prefix.get(..6)?;
        if !head.starts_with(ELF_MAGIC) || !matches!(head[4], 1 | 2) || !matches!(head[5], 1 | 2) {
            return None;
        }
        Some(Layout { wide: head[4] == 2, little: head[5] == 1 })
    }

    fn segments(&self, layout: &Layout) -> Vec<Segment> {
        let header = |offset, size| layout.number(self.prefix, offset, size);
        let (table, entry_size, count) = if layout.wide {
            (header(32, 8), header(54, 2), header(56, 2))
        } else {
            (header(28, 4), header(42, 2), header(44, 2))
        };
        let (Some(table), Some(entry_size), Some(count)) = (table, entry_size, count) else {
            return Vec::new();
        };
        let least = if layout.wide { 56 } else { 32 };
        if entry_size < least {
            return Vec::new();
        }
        (0..count)
            .map_while(|index| {
                let entry = self.from(table.checked_add(index * entry_size)?)?;
                let field = |wide_at, narrow_at| {
                    layout.number(entry, if layout.wide { wide_at } else { narrow_at }, layout.word())
                };
                Some(Segment {
                    kind: layout.number(entry, 0, 4)? as u32,
                    offset: field(8, 4)?,
                    address: field(16, 8)?,
                    size: field(32, 16)?,
                })
            })
            .collect()
    }

    fn elf(&self) -> Option<Elf> {
        let layout = self.layout()?;
        let object = layout.number(self.prefix, 16, 2)?;
        // Object files and core dumps are never started.
        if !matches!(object, 2 | 3) {
            return None;
        }
        let mut elf = Elf {
            wide: layout.wide,
            little_endian: layout.little,
            machine: layout.number(self.prefix, 18, 2)? as u16,
            shared: object == 3,
            ..Elf::default()
        };
        let segments = self.segments(&layout);
        if let Some(interp) = segments.iter().find(|segment| segment.kind == PT_INTERP) {
            elf.interpreter = self.from(interp.offset).and_then(|bytes| {
                let len = usize::try_from(interp.size).unwrap_or(usize::MAX).min(bytes.len());
                string(&bytes[..len])
            });
        }
        match segments.iter().find(|segment| segment.kind == PT_DYNAMIC) {
            None => elf.complete = !segments.is_empty(),
            Some(dynamic) => {
                elf.complete = self.read_dynamic(&layout, &segments, dynamic, &mut elf).is_some()
            }
        }
        Some(elf)
    }

    fn read_dynamic(
        &self,
        layout: &Layout,
        segments: &[Segment],
        dynamic: &Segment,
        elf: &mut Elf,
    ) -> Option<()> {
        let bytes = self.from(dynamic.offset)?;
        let size = usize::try_from(dynamic.size).ok()?;
        let word = layout.word();
        let entries = bytes.get(..size)?.chunks_exact(2 * word);
        let entries: Vec<(u64, u64)> = entries
            .map_while(|entry| Some((layout.number(entry, 0, word)?, layout.number(entry, word, word)?)))
            .take_while(|(tag, _)| *tag != 0)
            .collect();
        let value = |wanted| entries.iter().find(|(tag, _)| *tag == wanted).map(|(_, value)| *value);
        let Some(table) = value(DT_STRTAB) else { return Some(()) };
        let load = segments.iter().find(|segment| {
            segment.kind == PT_LOAD
                && table.checked_sub(segment.address).is_some_and(|into| into < segment.size)
        })?;
        let offset = (table - load.address).checked_add(load.offset)?;
        let table_size = value(DT_STRSZ).unwrap_or(u64::MAX);
        let text = |at: u64| {
            if at >= table_size {
                return None;
            }
            string(self.from(offset.checked_add(at)?)?)
        };
        for &(tag, at) in &entries {
            match tag {
                DT_NEEDED if elf.needed.len() < MAX_NEEDED => elf.needed.push(text(at)?),
                DT_SONAME => elf.soname = text(at),
                DT_RPATH => elf.rpath = Some(text(at)?),
                DT_RUNPATH => elf.runpath = Some(text(at)?),
                _ => {}
            }
        }
        Some(())
    }
}

impl Layout {
    fn word(&self) -> usize {
        if self.wide { 8 } else { 4 }
    }

    fn number(&self, bytes: &[u8], at: usize, size: usize) -> Option<u64> {
        let field = bytes.get(at..at.checked_add(size)?)?;
        let join = |value: u64, byte: &u8| value << 8 | u64::from(*byte);
        Some(if self.little { field.iter().rev().fold(0, join) } else { field.iter().fold(0, join) })
    }
}

/// The text before a NUL, if one comes soon enough.
fn string(bytes: &[u8]) -> Option<Box<[u8]>> {
    let bytes = &bytes[..bytes.len().min(MAX_PATH)];
    let end = memchr::memchr(0, bytes)?;
    Some(bytes[..end].into())
}
