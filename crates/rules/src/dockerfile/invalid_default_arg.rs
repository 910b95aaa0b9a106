use plimsoll_dockerfile::Body;
use plimsoll_dockerfile::instructions::unquote;
use plimsoll_dockerfile::meaning::PLATFORM_ARGS;

use super::reference_grammar::is_image_reference;
use super::variables::references;
use super::{Base, Build, DockerfileRule, Reporter};
use crate::Severity;

pub(crate) struct InvalidDefaultArg;

impl DockerfileRule for InvalidDefaultArg {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        for stage in build.stages() {
            if matches!(stage.base, Base::Stage(_)) {
                continue;
            }
            let Body::From(from) = &build.tree.instructions[stage.instructions.start].body else { continue };
            if from.image.is_empty() || build.doubles_from(stage) {
                continue;
            }
            let Some(name) = with_defaults(build, &from.image) else { continue };
            if is_image_reference(&name) || (name.eq_ignore_ascii_case("scratch")) {
                continue;
            }
            let open = !references(&from.image, build.tree.escape).is_empty();
            let draft = if open {
                let what = if name.is_empty() {
                    "nothing".to_owned()
                } else {
                    format!("`{name}`, which is no image name")
                };
                let draft = report.flag(
                    from.image.span,
                    format!(
                        "`{}` is {what} unless `--build-arg` is given, so a plain build fails",
                        from.image
                    ),
                );
                draft.help("give the ARG before FROM a default that builds").severity(Severity::Warning)
            } else if let Some(before) = build.meaning.stage_named(&name, stage.index) {
                let written = build.stage(before).and_then(|s| s.name).unwrap_or(&name);
                let lower = name.to_ascii_lowercase();
                let text = format!(
                    "`{name}` finds no stage: FROM looks for it as it is written, and the builder keeps `{written}` as `{lower}`"
                );
                let draft = report.flag(from.image.span, text);
                draft.help(format!("write `FROM {lower}`, and the stage's name in lower case too"));
                draft.replace(from.image.span, lower, true)
            } else {
                report
                    .flag(from.image.span, format!("`{}` is no image name, so the build fails", from.image))
                    .help("an image is `[registry/]name[:tag][@digest]`, its name in lower case; a template is better filled in by ARG")
            };
            draft.also("InvalidDefaultArgInFrom");
        }
    }
}

/// FROM's image with the defaults of the global ARGs put in, whatever `--build-arg` may say.
fn with_defaults(build: &Build<'_>, text: &str) -> Option<String> {
    if !text.contains('$') {
        return Some(unquote(text, build.tree.escape).into_owned());
    }
    let mut values: Vec<(&str, String)> =
        PLATFORM_ARGS.iter().map(|name| (*name, "linux".to_owned())).collect();
    for instruction in build.global_args() {
        let Body::Arg(args) = &instruction.body else { continue };
        for arg in args {
            let value = match &arg.default {
                Some(default) => substitute(&unquote(default, build.tree.escape), &values)?,
                None => String::new(),
            };
            values.push((arg.name.as_str(), value));
        }
    }
    substitute(&unquote(text, build.tree.escape), &values)
}

/// Puts values in; None for what is more than `$NAME`, `${NAME}` and `${NAME:-default}`.
fn substitute(text: &str, values: &[(&str, String)]) -> Option<String> {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('$') {
        out.push_str(before);
        let (name, fallback, tail) = match after.strip_prefix('{') {
            Some(braced) => {
                let (inside, tail) = braced.split_once('}')?;
                match inside.split_once(":-").or_else(|| inside.split_once('-')) {
                    Some((name, fallback)) => (name, fallback, tail),
                    None => (inside, "", tail),
                }
            }
            None => {
                let end = after.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(after.len());
                let (name, tail) = after.split_at(end);
                (name, "", tail)
            }
        };
        if name.is_empty()
            || !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
            || fallback.contains('$')
        {
            return None;
        }
        let value = values.iter().rev().find(|(n, _)| *n == name).map_or("", |(_, value)| value.as_str());
        out.push_str(if value.is_empty() { fallback } else { value });
        rest = tail;
    }
    out.push_str(rest);
    Some(out)
}
