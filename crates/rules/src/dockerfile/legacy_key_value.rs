use plimsoll_dockerfile::instructions::{Pair, PairStyle};
use plimsoll_dockerfile::{Body, Span};

use super::{Build, DockerfileRule, Reporter};

pub(crate) struct LegacyKeyValue;

impl DockerfileRule for LegacyKeyValue {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        for instruction in &build.tree.instructions {
            let (Body::Env(pairs) | Body::Label(pairs)) = &instruction.body else { continue };
            for pair in pairs.iter().filter(|p| p.style == PairStyle::Whitespace && !p.value.is_empty()) {
                let keyword = instruction.kind.as_str();
                let key = pair.key.as_str();
                let draft = report.flag(
                    pair.span,
                    format!("`{keyword} {key} ...` is the old form without `=`: it takes the whole rest of the line as one value"),
                );
                draft.help(format!("write `{keyword} {key}=...`, in quotes where the value has spaces"));
                draft.also("LegacyKeyValueFormat");
                let gap = Span::new(pair.key.span.end, pair.value.span.start);
                let Some(quoted) = quote_needed(pair, build.tree.escape) else { continue };
                let (sign, end) = if quoted { ("=\"", "\"") } else { ("=", "") };
                let Some((gap, safe)) = sign_place(build, gap, quoted) else { continue };
                draft.replace(gap, sign, safe);
                if quoted {
                    draft.replace(Span::empty(pair.value.span.end), end, safe);
                }
            }
        }
    }
}

/// What the `=` takes the place of between key and value, and whether the value stays as it is byte for byte. A value that
/// begins on the next line comes up; with comments in between it stays there, behind the blanks of its line.
fn sign_place(build: &Build<'_>, gap: Span, quoted: bool) -> Option<(Span, bool)> {
    let written = build.source.slice(gap);
    if written.chars().all(|c| c.is_whitespace() || c == build.tree.escape) {
        return Some((gap, true));
    }
    let blanks = written.len() - written.trim_start_matches([' ', '\t']).len();
    let goes_on = written.get(blanks..)?.starts_with(build.tree.escape);
    let end = gap.start + u32::try_from(blanks).ok()?;
    (quoted && goes_on).then(|| (Span::new(gap.start, end), false))
}

/// Whether the value needs quotes after an `=`; None where only a person can write it.
fn quote_needed(pair: &Pair<'_>, escape: char) -> Option<bool> {
    let value = &pair.value;
    let plain = |text: &str| !text.contains(['"', '\'', escape]);
    if !value.is_verbatim() {
        return plain(value).then_some(true);
    }
    if !value.contains(char::is_whitespace) {
        return Some(false);
    }
    let inner = value.strip_prefix('"').and_then(|v| v.strip_suffix('"'));
    match inner {
        Some(inner) if plain(inner) => Some(false),
        _ => plain(value).then_some(true),
    }
}
