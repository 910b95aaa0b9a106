//! What a file needs in order to be started: its interpreter, its machine, its loader and libraries.

use plimsoll_image::{Elf, EntryKind, Program};

use super::libraries;
use super::runner::Right;
use super::world::{Node, Search, place, shown};
use super::{FaultKind, Told, World};

/// How many interpreters may stand behind one another, as in Linux.
const MAX_DEPTH: usize = 5;

/// Who starts a file.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum StartedBy {
    /// The kernel alone: a file that it does not know is an error.
    Kernel,
    /// A shell or a program that falls back to one: it reads such a file as a script.
    Shell,
}

/// Looks for a program and at what it needs; true if nothing was found to be wrong.
pub(super) fn start(world: &World<'_>, program: &str, by: StartedBy, told: &mut Told<'_>) -> bool {
    let before = told.faults.all.len();
    match world.find(program) {
        Search::Found(node) => examine(world, node, by, told, 0),
        Search::Unknown => {}
        Search::Denied(node) => denied(world, node, Right::Execute, told),
        Search::Folder(node) => {
            let message = format!("{} names {}, which is a folder", told.keyword(), shown(node));
            told.push(FaultKind::Missing, place(node), message, "name the program in it");
        }
        Search::Missing => missing(world, program, told),
    }
    told.faults.all.len() == before
}

fn missing(world: &World<'_>, program: &str, told: &mut Told<'_>) {
    let keyword = told.keyword();
    let (message, help) = match program.contains('/') {
        true => {
            let path = world.absolute(program);
            let from = if path == program { String::new() } else { format!(" (`{program}` from WORKDIR)") };
            (
                format!(
                    "{keyword} starts {path}{from}, which is not in the image: `no such file or directory`"
                ),
                "copy it into the final stage, or name it where it is".to_owned(),
            )
        }
        false => (
            format!(
                "{keyword} starts `{program}`, which no folder of PATH has ({}): `executable file not found`",
                world.path()
            ),
            format!(
                "install it in the final stage, add its folder to PATH with ENV, or name it whole: /path/to/{program}"
            ),
        ),
    };
    told.push(FaultKind::Missing, crate::draft::Place::Image, message, help);
}

pub(super) fn denied(world: &World<'_>, node: Node<'_>, right: Right, told: &mut Told<'_>) {
    let user = world.runner.as_ref().map_or("root", |r| &r.name);
    let verb = if right == Right::Execute { "execute" } else { "read" };
    let stop = world.runner.as_ref().and_then(|r| r.stopped_at(node));
    let (at, what) = match stop {
        Some(folder) => (folder, "the folder "),
        None => (node, ""),
    };
    let message = format!(
        "{} needs {}, and user `{user}` may not {verb} it: {what}{} has mode {:o} and owner {}:{}",
        told.keyword(),
        shown(node),
        shown(at),
        at.mode(),
        at.uid(),
        at.gid()
    );
    let bits = if right == Right::Execute { "755" } else { "644" };
    let help = format!(
        "`COPY --chmod={bits}`, or `RUN chmod` in the layer that writes it; or give it to the user with `--chown`"
    );
    told.push(FaultKind::Denied, place(node), message, help);
}

fn examine(world: &World<'_>, node: Node<'_>, by: StartedBy, told: &mut Told<'_>, depth: usize) {
    let Some(entry) = node.entry() else { return };
    if node.kind() != EntryKind::File || entry.cut() || entry.sparse() || depth >= MAX_DEPTH {
        return;
    }
    match entry.program() {
        Some(Program::Script(line)) => script(world, node, line, told, depth),
        Some(Program::Elf(elf)) => binary(world, node, elf, told),
        None if by == StartedBy::Kernel && world.architecture != "wasm" => {
            let message = format!(
                "{} is neither a program nor a script with `#!` on its first line, so the kernel refuses to start it: `exec format error`",
                shown(node)
            );
            told.push(FaultKind::Interpreter, place(node), message, "begin the script with `#!/bin/sh`");
        }
        None => {}
    }
}

fn script(world: &World<'_>, node: Node<'_>, line: &[u8], told: &mut Told<'_>, depth: usize) {
    if !world.may(Right::Read, node) {
        return denied(world, node, Right::Read, told);
    }
    let line = String::from_utf8_lossy(line);
    let name = shown(node);
    if line.ends_with('\r') {
        let message = format!(
            "the first line of {name} ends in a carriage return, so the kernel looks for `{}\\r`: `no such file or directory`",
            line.trim_end()
        );
        let help = "save it with Unix line ends (`dos2unix`), and keep git from changing them: `*.sh text eol=lf` in .gitattributes";
        return told.push(FaultKind::Interpreter, place(node), message, help);
    }
    let mut words = line.split([' ', '\t']).filter(|w| !w.is_empty());
    let Some(interpreter) = words.next() else { return };
    let called = match interpreter.rsplit('/').next() == Some("env") {
        true => called_by_env(words),
        false => None,
    };
    for program in [Some(interpreter), called].into_iter().flatten() {
        match world.find(program) {
            Search::Found(found) => examine(world, found, StartedBy::Kernel, told, depth + 1),
            Search::Denied(found) => denied(world, found, Right::Execute, told),
            Search::Unknown => {}
            Search::Missing | Search::Folder(_) => {
                let message = format!(
                    "{name} is run by `#!{line}`, and the image has no {program}: `no such file or directory`"
                );
                let help = match program.rsplit('/').next() {
                    Some("bash") => "write the script for `#!/bin/sh`, or install bash".to_owned(),
                    _ => format!(
                        "install {program} in the final stage, or name the interpreter that the image has"
                    ),
                };
                return told.push(FaultKind::Interpreter, place(node), message, help);
            }
        }
    }
}

/// The program that `env` runs, where its words say so.
pub(super) fn called_by_env<'w>(words: impl Iterator<Item = &'w str>) -> Option<&'w str> {
    let mut words =
        words.skip_while(|w| matches!(*w, "-S" | "-i" | "--split-string" | "-") || w.contains('='));
    words.next().filter(|w| !w.starts_with('-'))
}

fn binary(world: &World<'_>, node: Node<'_>, elf: &Elf, told: &mut Told<'_>) {
    let name = shown(node);
    if let Some(machine) = libraries::foreign(&world.architecture, elf) {
        let message = format!(
            "{name} is made for {machine}, and the image says {}: `exec format error`",
            world.architecture
        );
        let help = format!(
            "build it for {}, or build the image with `--platform linux/{machine}`",
            world.architecture
        );
        return told.push(FaultKind::Architecture, place(node), message, help);
    }
    let Some(interpreter) = elf.interpreter.as_deref() else { return };
    let loader = String::from_utf8_lossy(interpreter);
    if world.lookup(&loader).is_none() {
        let musl = loader.contains("ld-musl");
        let message = format!(
            "{name} is loaded by {loader}, which is not in the image: `no such file or directory`, though the program is there"
        );
        let help = match musl {
            true => {
                "it was built on Alpine: run it there, or build it where the final stage comes from, or link it statically"
            }
            false => {
                "it was built against glibc: run it on an image that has it (debian:slim, distroless/base), or link it statically (`CGO_ENABLED=0`, a musl target)"
            }
        };
        return told.push(FaultKind::Interpreter, place(node), message, help);
    }
    let missing = libraries::missing(world, node, elf);
    if missing.is_empty() {
        return;
    }
    let named: Vec<String> = missing
        .iter()
        .take(4)
        .map(|m| match &m.needed_by {
            Some(library) => format!("{} (for {library})", m.name),
            None => m.name.clone(),
        })
        .collect();
    let more = match missing.len().saturating_sub(4) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let message = format!(
        "{name} needs {}{more}, which the loader does not find in the image: `cannot open shared object file`",
        named.join(", ")
    );
    let help = "install the package that has it in the final stage too, or copy it with the program; `ldd` in the build stage lists what is needed";
    told.push(FaultKind::Library, place(node), message, help);
}
