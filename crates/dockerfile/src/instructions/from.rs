//! FROM

use super::Input;
use crate::diagnostics::Code;
use crate::flags;
use crate::text::Text;
use crate::words;

/// The stage's beginning: its base, and its name.
#[derive(Clone, Debug)]
pub struct From<'s> {
    /// `--platform`
    pub platform: Option<Text<'s>>,
    /// The image or stage, as written; empty where it is missing.
    pub image: Text<'s>,
    /// The word before the name, `AS` in any case.
    pub as_keyword: Option<Text<'s>>,
    /// The stage's name as written. Stages are found by name whatever its case.
    pub alias: Option<Text<'s>>,
}

pub(super) fn parse<'s>(input: &mut Input<'_, 's>) -> From<'s> {
    let line = input.line;
    let platform = flags::value(input.flags, "platform").cloned();
    let mut words = words::plain(line, input.range.clone()).map(|range| line.text(range));
    let image = words.next();
    let as_keyword = words.next();
    let alias = words.next();
    let more = words.next();
    let Some(image) = image else {
        input.missing("an image");
        return From { platform, image: Text::empty(input.keyword.end), as_keyword: None, alias: None };
    };
    if let Some(word) = as_keyword {
        if !word.eq_ignore_ascii_case("as") {
            let message = format!("expected AS, not {:?}", word.as_str());
            input.error_with_help(Code::InvalidArgument, word.span, message, "FROM image [AS name]");
            // With a name after it, whatever stands here was meant to be AS.
            let alias = alias.filter(|_| more.is_none());
            return From { platform, image, as_keyword: None, alias };
        }
        if alias.is_none() {
            input.error(Code::MissingArguments, word.span, "AS needs a name after it");
        }
        if let Some(more) = &more {
            let message = "FROM takes nothing after the stage's name";
            let span = more.span.to(line.span(input.range.end - 1..input.range.end));
            input.error(Code::TooManyArguments, span, message);
        }
        if let Some(alias) = &alias
            && !is_stage_name(alias)
        {
            let message = format!("{:?} is no name for a stage", alias.as_str());
            input.error_with_help(
                Code::InvalidArgument,
                alias.span,
                message,
                "a name begins with a letter and holds letters, digits, dots, dashes and underscores",
            );
        }
        return From { platform, image, as_keyword: Some(word), alias };
    }
    From { platform, image, as_keyword: None, alias: None }
}

fn is_stage_name(name: &str) -> bool {
    name.as_bytes().first().is_some_and(u8::is_ascii_alphabetic)
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
}
