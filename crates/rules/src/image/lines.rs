//! Which line of a Dockerfile made which layer.
//!
//! The history and the instructions of the stage that is built are aligned from their ends: the last entry was made by
//! the last instruction. What does not fit ends the alignment, and everything below is the base image's: nothing is
//! claimed of it.

use plimsoll_dockerfile::instructions::PortRange;
use plimsoll_dockerfile::meaning::{BuildOptions, Meaning};
use plimsoll_dockerfile::{Body, Dockerfile, Instruction as Written, Kind};
use plimsoll_image::ImageConfig;
use plimsoll_image::history::Instruction as Entry;

use crate::LineMatch;
use crate::draft::Setting;

/// The line that made a layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MadeBy {
    /// The instruction's index in the tree.
    pub instruction: usize,
    /// How sure it is.
    pub line_match: LineMatch,
}

/// Which instructions wrote an image's history.
#[derive(Debug, Default)]
pub struct Aligned {
    /// For each layer, from the lowest, the instruction that made it; None where the history does not say.
    pub layers: Vec<Option<MadeBy>>,
    /// Every instruction that the history has, those that made no layer too, from the last.
    all: Vec<MadeBy>,
    /// The instructions that make the stage, in the order in which they run, whether the history has them or not.
    written: Vec<usize>,
}

/// Aligns the history with the stage that is built.
pub fn align(config: &ImageConfig, layers: usize, file: &Dockerfile<'_>, options: &BuildOptions) -> Aligned {
    let mut made = Aligned { layers: vec![None; layers], ..Aligned::default() };
    let meaning = Meaning::new(file, options);
    let Some(target) = meaning.target() else { return made };
    let entries: Vec<(Entry, bool)> = config
        .history()
        .iter()
        .map(|e| (Entry::read(e.created_by().as_deref().unwrap_or("")), e.empty_layer().unwrap_or(false)))
        .collect();
    // Without as many entries as layers (squashed, or stripped) nothing can be said.
    if entries.iter().filter(|(_, empty)| !empty).count() != layers {
        return made;
    }
    let written = instructions(&meaning, target);
    made.written = written.iter().map(|(index, _)| *index).collect();
    let mut written = written.into_iter().rev().peekable();
    let mut layer = layers;
    for (entry, empty) in entries.iter().rev() {
        // Only what changes files makes a layer. Where something else did, all steps were put into one layer.
        if !empty && entry.keyword.as_deref().is_some_and(makes_no_layer) {
            break;
        }
        let Some((index, line_match)) = take(&mut written, entry, &meaning) else { break };
        let by = MadeBy { instruction: index, line_match };
        made.all.push(by);
        if !empty {
            layer -= 1;
            made.layers[layer] = Some(by);
        }
    }
    made
}

impl Aligned {
    /// The instruction that set something in the configuration; None where the history does not have the last that
    /// could have. `file` is the one that was aligned.
    pub fn set_by(&self, setting: &Setting, file: &Dockerfile<'_>) -> Option<MadeBy> {
        let sets = |at: &&usize| sets(&file.instructions[**at], setting, file.escape);
        let last = self.written.iter().rev().find(sets)?;
        self.all.iter().copied().find(|by| by.instruction == *last)
    }
}

fn sets(instruction: &Written<'_>, setting: &Setting, escape: char) -> bool {
    let Some(name) = setting.name.as_deref().filter(|_| instruction.kind == setting.kind) else {
        return instruction.kind == setting.kind;
    };
    match &instruction.body {
        Body::Env(pairs) | Body::Label(pairs) => pairs.iter().any(|p| p.unquoted_key(escape) == name),
        Body::Arg(arguments) => arguments.iter().any(|a| a.name == *name),
        Body::Expose(ports) => {
            let port = name.parse::<u16>();
            let holds = |range: PortRange| port.as_ref().is_ok_and(|p| (range.start..=range.end).contains(p));
            ports.iter().any(|p| p.parsed.is_some_and(holds))
        }
        Body::Volume(volume) => volume.paths.iter().any(|p| p == name),
        _ => false,
    }
}

/// The instructions of a stage and of those that it is built on, in the order in which they run.
fn instructions<'f, 's>(meaning: &Meaning<'f, 's>, target: usize) -> Vec<(usize, &'f Written<'s>)> {
    let mut stages = vec![target];
    while let Some(plimsoll_dockerfile::meaning::Base::Stage(below)) =
        stages.last().map(|s| &meaning.stages[*s].base)
    {
        stages.push(*below);
    }
    let file = meaning.file;
    let all = stages.into_iter().rev().flat_map(|s| meaning.stages[s].instructions.clone());
    all.map(|i| (i, &file.instructions[i])).filter(|(_, i)| i.kind != Kind::From).collect()
}

/// The next instruction from the end that wrote this entry; passes over those of which builders write none.
fn take<'f, 's: 'f>(
    written: &mut std::iter::Peekable<impl Iterator<Item = (usize, &'f Written<'s>)>>,
    entry: &Entry,
    meaning: &Meaning<'_, '_>,
) -> Option<(usize, LineMatch)> {
    while let Some((index, instruction)) = written.peek().copied() {
        if let Some(line_match) = fits(index, instruction, entry, meaning) {
            written.next();
            return Some((index, line_match));
        }
        // Not every builder notes these: kaniko notes none that makes no layer, some note WORKDIR only where it made
        // the folder.
        if instruction.kind != Kind::Workdir && !makes_no_layer(instruction.kind.as_str()) {
            return None;
        }
        written.next();
    }
    None
}

/// Whether an instruction changes the configuration alone.
fn makes_no_layer(keyword: &str) -> bool {
    matches!(
        keyword,
        "ARG"
            | "CMD"
            | "ENTRYPOINT"
            | "ENV"
            | "EXPOSE"
            | "HEALTHCHECK"
            | "LABEL"
            | "MAINTAINER"
            | "ONBUILD"
            | "SHELL"
            | "STOPSIGNAL"
            | "USER"
            | "VOLUME"
    )
}

/// Whether an instruction wrote an entry, and how sure that is.
fn fits(
    index: usize,
    instruction: &Written<'_>,
    entry: &Entry,
    meaning: &Meaning<'_, '_>,
) -> Option<LineMatch> {
    let keyword = instruction.kind.as_str();
    if entry.keyword.as_deref() != Some(keyword) {
        return None;
    }
    let theirs = squeezed(&entry.arguments);
    match &instruction.body {
        Body::Copy(files) | Body::Add(files) => {
            let scope = meaning.scope(index);
            let destination = files.destination.as_ref().map(|d| scope.expand(d).value)?;
            let sources: Vec<String> = files.sources.iter().map(|s| scope.expand(&s.text).value).collect();
            let words: Vec<&str> = theirs.split(' ').filter(|w| !w.starts_with("--")).collect();
            let (their_destination, their_sources) = words.split_last()?;
            if *their_destination != destination {
                return None;
            }
            let same = their_sources.iter().eq(sources.iter());
            // Classic builders and buildah write a hash in place of the sources: `COPY file:9f8b in /app`.
            let hashed = their_sources
                .first()
                .is_some_and(|s| ["file:", "dir:", "multi:"].iter().any(|p| s.starts_with(p)));
            (same || hashed).then_some(if same { LineMatch::Exact } else { LineMatch::Likely })
        }
        _ => {
            let ours = match instruction.form().and_then(|f| f.json()) {
                Some(words) if instruction.kind == Kind::Run => {
                    words.iter().map(|w| w.as_str()).collect::<Vec<_>>().join(" ")
                }
                _ => instruction.arguments.as_str().to_owned(),
            };
            let ours = squeezed(&ours);
            if ours == theirs {
                return Some(LineMatch::Exact);
            }
            // A heredoc's lines, expanded variables and quoting are written in each builder's own way; what must be
            // the same is the beginning of the command.
            let first = |text: &str| text.split(' ').next().map(str::to_owned);
            match instruction.kind {
                Kind::Run if instruction.heredocs.is_empty() => None,
                Kind::Run => (first(&ours) == first(&theirs)).then_some(LineMatch::Likely),
                _ => Some(LineMatch::Likely),
            }
        }
    }
}

/// White space as one blank: builders join continued lines in their own ways.
fn squeezed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use plimsoll_dockerfile::Source;
    use plimsoll_image::Options;
    use plimsoll_image::testing::{ImageBuilder, LayerBuilder};

    use super::*;

    /// For each layer the line and how sure it is, as `9 exact`.
    fn lines(dockerfile: &str, history: &[(&str, bool)]) -> Vec<String> {
        let mut builder = ImageBuilder::new("x:1");
        for (at, (created_by, empty)) in history.iter().enumerate() {
            builder = match empty {
                true => builder.empty_layer(created_by),
                false => builder.layer(LayerBuilder::new().file(format!("f{at}"), "x").build(), created_by),
            };
        }
        let saved = builder.docker_save();
        let archive = plimsoll_image::read_stream(&saved[..], &Options::default(), &()).unwrap();
        let image = &archive.images[0];
        let source = Source::from(dockerfile);
        let file = plimsoll_dockerfile::parse(&source);
        align(&image.config, image.layers.len(), &file, &BuildOptions::default())
            .layers
            .into_iter()
            .map(|m| {
                m.map_or("-".to_owned(), |m| {
                    let sure = if m.line_match == LineMatch::Exact { "exact" } else { "likely" };
                    format!("{} {sure}", file.instructions[m.instruction].start_line)
                })
            })
            .collect()
    }

    const FILE: &str = "FROM debian:13-slim\nARG V=1\nENV A=b\nRUN apt-get update && \\\n    apt-get install -y curl\nWORKDIR /app\nCOPY --chown=app . /app\nUSER 10001\nCMD [\"/app/run\"]\n";

    #[test]
    fn buildkit_histories_are_exact() {
        let history = [
            ("# debian.sh --arch 'amd64' out/ 'trixie'", false),
            ("ARG V=1", true),
            ("ENV A=b", true),
            ("RUN |1 V=1 /bin/sh -c apt-get update &&     apt-get install -y curl # buildkit", false),
            ("WORKDIR /app", false),
            ("COPY --chown=app . /app # buildkit", false),
            ("USER 10001", true),
            ("CMD [\"/app/run\"]", true),
        ];
        assert_eq!(lines(FILE, &history), ["-", "4 exact", "6 exact", "7 exact"]);
    }

    #[test]
    fn classic_and_buildah_histories_are_likely_where_they_hash() {
        let history = [
            ("/bin/sh -c #(nop) ADD file:0123 in / ", false),
            ("/bin/sh -c #(nop)  CMD [\"bash\"]", true),
            ("/bin/sh -c #(nop)  ENV A=b", true),
            ("|1 V=1 /bin/sh -c apt-get update &&     apt-get install -y curl", false),
            ("/bin/sh -c #(nop) WORKDIR /app", true),
            ("/bin/sh -c #(nop) COPY --chown=app dir:9f8b in /app ", false),
            ("/bin/sh -c #(nop)  USER 10001", true),
            ("/bin/sh -c #(nop)  CMD [\"/app/run\"]", true),
        ];
        assert_eq!(lines(FILE, &history), ["-", "4 exact", "7 likely"]);
    }

    #[test]
    fn kaniko_notes_only_what_made_layers() {
        let history = [
            ("# debian.sh --arch 'amd64' out/ 'trixie'", false),
            ("RUN apt-get update &&     apt-get install -y curl", false),
            ("WORKDIR /app", false),
            ("COPY --chown=app . /app", false),
        ];
        assert_eq!(lines(FILE, &history), ["-", "4 exact", "6 exact", "7 exact"]);
        // With --single-snapshot the last instruction stands for all of them.
        let single = [("# debian.sh --arch 'amd64' out/ 'trixie'", false), ("CMD [\"/app/run\"]", false)];
        assert_eq!(lines(FILE, &single), ["-", "-"]);
    }

    #[test]
    fn nothing_is_claimed_of_a_squashed_layer() {
        // docker build --squash keeps the history and empties it; the last entry is the layer of all.
        let history = [
            ("# debian.sh --arch 'amd64' out/ 'trixie'", false),
            ("ENV A=b", true),
            ("RUN |1 V=1 /bin/sh -c apt-get update &&     apt-get install -y curl # buildkit", true),
            ("WORKDIR /app", true),
            ("COPY --chown=app . /app # buildkit", true),
            ("USER 10001", true),
            ("CMD [\"/app/run\"]", true),
            ("", false),
        ];
        assert_eq!(lines(FILE, &history), ["-", "-"]);
        // buildah without --layers: everything in the layer of the last instruction.
        let buildah = [
            ("/bin/sh -c #(nop) ADD file:0123 in / ", false),
            ("/bin/sh -c #(nop) ENV A=b", true),
            ("|1 V=1 /bin/sh -c apt-get update &&     apt-get install -y curl", true),
            ("/bin/sh -c #(nop) WORKDIR /app", true),
            ("/bin/sh -c #(nop) COPY --chown=app dir:9f8b in /app ", true),
            ("/bin/sh -c #(nop) USER 10001", true),
            ("/bin/sh -c #(nop) CMD [\"/app/run\"]", false),
        ];
        assert_eq!(lines(FILE, &buildah), ["-", "-"]);
    }

    #[test]
    fn settings_have_lines_where_the_history_has_the_last_that_set_them() {
        let text = "FROM debian:13-slim AS base\nENV KEY=one\nUSER app\nFROM base\nENV KEY=two OTHER=x\nEXPOSE 80 20-30/tcp\nUSER root\n";
        let base = ("# debian.sh --arch 'amd64' out/ 'trixie'", false);
        let whole = [
            base,
            ("ENV KEY=one", true),
            ("USER app", true),
            ("ENV KEY=two OTHER=x", true),
            ("EXPOSE &{[{{5 0} {5 0}}] 0x1}", true),
            ("USER root", true),
        ];
        let line = |history: &[(&str, bool)], setting: Setting| {
            let mut builder = ImageBuilder::new("x:1");
            for (created_by, empty) in history {
                builder = match empty {
                    true => builder.empty_layer(created_by),
                    false => builder.layer(LayerBuilder::new().file("f", "x").build(), created_by),
                };
            }
            let archive =
                plimsoll_image::read_stream(&builder.docker_save()[..], &Options::default(), &()).unwrap();
            let image = &archive.images[0];
            let source = Source::from(text);
            let file = plimsoll_dockerfile::parse(&source);
            let options = BuildOptions::default();
            let aligned = align(&image.config, image.layers.len(), &file, &options);
            let by = aligned.set_by(&setting, &file)?;
            Some(file.instructions[by.instruction].start_line)
        };
        assert_eq!(line(&whole, Setting::last(Kind::User)), Some(7));
        assert_eq!(line(&whole, Setting::named(Kind::Env, "KEY")), Some(5));
        assert_eq!(line(&whole, Setting::named(Kind::Expose, "22")), Some(6));
        assert_eq!(line(&whole, Setting::named(Kind::Expose, "8080")), None);
        assert_eq!(line(&whole, Setting::last(Kind::Cmd)), None);
        // kaniko notes no USER: the last one is not known to be in this image.
        assert_eq!(line(&[base], Setting::last(Kind::User)), None);
    }

    #[test]
    fn nothing_is_claimed_of_another_build() {
        let history =
            [("RUN /bin/sh -c make # buildkit", false), ("RUN /bin/sh -c make install # buildkit", false)];
        assert_eq!(lines(FILE, &history), ["-", "-"]);
        let squashed = [("", false)];
        assert_eq!(lines(FILE, &squashed), ["-"]);
    }
}
