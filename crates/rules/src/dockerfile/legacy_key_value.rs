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
                match quote_needed(pair, build.tree.escape) {
                    Some(_) if !build.source.slice(gap).trim_matches([' ', '\t']).is_empty() => {}
                    Some(false) => {
                        draft.replace(gap, "=", true);
                    }
                    Some(true) => {
                        draft.replace(gap, "=\"", true);
                        draft.replace(Span::empty(pair.value.span.end), "\"", true);
                    }
                    None => {}
                }
            }
        }
    }
}

/// Whether the value needs quotes after an `=`; None where only a person can write it.
fn quote_needed(pair: &Pair<'_>, escape: char) -> Option<bool> {
    let value = &pair.value;
    if !value.is_verbatim() {
        return None;
    }
    if !value.contains(char::is_whitespace) {
        return Some(false);
    }
    let inner = value.strip_prefix('"').and_then(|v| v.strip_suffix('"'));
    let plain = |text: &str| !text.contains(['"', '\'', escape]);
    match inner {
        Some(inner) if plain(inner) => Some(false),
        _ => plain(value).then_some(true),
    }
}
