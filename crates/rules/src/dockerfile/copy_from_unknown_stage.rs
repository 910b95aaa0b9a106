use plimsoll_dockerfile::{Body, Kind, Text};

use super::images::newest_tag;
use super::{Build, DockerfileRule, Reporter, Stage};
use crate::Severity;
use crate::rule::nearest;

pub(crate) struct CopyFromUnknownStage;

impl DockerfileRule for CopyFromUnknownStage {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        for stage in build.stages() {
            for (_, instruction) in build.instructions(stage) {
                match &instruction.innermost().body {
                    Body::Copy(copy) => {
                        if let Some(from) = &copy.from {
                            judge(build, stage, from, instruction.kind == Kind::Copy, report);
                        }
                    }
                    Body::Run(run) => {
                        for from in run.mounts.iter().filter_map(|m| m.from()) {
                            judge(build, stage, from, false, report);
                        }
                    }
                    _ => {}
                }
            }
        }
    }
}

fn judge(build: &Build<'_>, stage: &Stage<'_>, from: &Text<'_>, is_copy: bool, report: &mut Reporter) {
    let name = from.as_str();
    let number: Option<usize> = name.parse().ok();
    let (message, severity, help) = match build.stage_called(name) {
        _ if name.is_empty() => return,
        Some(found) if found.index < stage.index => return,
        // copy-from-own-stage says it.
        Some(found) if found.index == stage.index => return,
        Some(found) => {
            let line = build.line_of(&build.tree.instructions[found.instructions.start]);
            (
                format!(
                    "stage `{name}` stands below, on line {line}: a stage can only take from those before it"
                ),
                Severity::Error,
                "move that stage up".to_owned(),
            )
        }
        None if number.is_some() => (
            format!("there is no stage {name}: the file has {}, counted from 0", build.stages().len()),
            Severity::Error,
            "name the stage, `FROM ... AS build`, and take from that name".to_owned(),
        ),
        None if name.contains('$') => (
            format!("`--from={name}`: the builder puts no variables in here"),
            Severity::Error,
            "give the image a stage, `FROM image:$TAG AS name`, and take from that".to_owned(),
        ),
        None if name.contains(':') || name.contains('@') => return,
        None => match nearest_stage(build, stage, name) {
            Some(meant) => (
                format!("`{name}` is no stage of this file, so an image of that name is pulled"),
                Severity::Error,
                format!("did you mean `{meant}`?"),
            ),
            None => (
                format!(
                    "`{name}` is no stage of this file, so the newest image of that name is pulled, unseen by update bots"
                ),
                Severity::Warning,
                format!("add `FROM {name}:<version> AS <name>` above and take from that stage"),
            ),
        },
    };
    let own_index = number.is_some_and(|n| n >= stage.index);
    let official = newest_tag(name).filter(|_| severity == Severity::Warning);
    let meant = match (&official, number) {
        (Some(tag), _) => Some(format!("{name}:{}", tag.strip_suffix("-slim").unwrap_or(tag))),
        (None, None) if name.len() > 2 && build.stage_called(name).is_none() => {
            nearest_stage(build, stage, name).map(str::to_owned)
        }
        _ => None,
    };
    let draft = report.flag(from.span, message);
    draft.mend(meant.filter(|_| from.is_verbatim()).map(|meant| (from.span, meant)), false);
    draft.severity(severity).help(help).also_if(is_copy && (number.is_none() || own_index), "DL3022");
}

/// The earlier stage whose name this one nearly is.
fn nearest_stage<'s>(build: &Build<'s>, stage: &Stage<'_>, name: &str) -> Option<&'s str> {
    nearest(name, build.stages().iter().filter(|s| s.index < stage.index).filter_map(|s| s.name))
}
