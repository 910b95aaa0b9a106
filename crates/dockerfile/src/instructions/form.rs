//! The JSON and shell forms.

use std::ops::Range;

use super::Input;
use crate::Version;
use crate::diagnostics::Code;
use crate::instruction::Form;
use crate::json;
use crate::lines::indent;
use crate::text::Text;

/// Reads all the arguments as a command.
pub(super) fn parse<'s>(input: &mut Input<'_, 's>) -> Form<'s> {
    command(input, input.range.clone())
}

/// Reads `range` as a command: JSON where it is a JSON array, else text for the shell.
pub(super) fn command<'s>(input: &mut Input<'_, 's>, range: Range<usize>) -> Form<'s> {
    match json_array(input, range.clone()) {
        Some(elements) => Form::Json(elements),
        None => Form::Shell(input.line.part(range)),
    }
}

/// The elements, where `range` is a JSON array. Elements that are no strings are reported, and then taken as
/// they are written.
pub(super) fn json_array<'s>(input: &mut Input<'_, 's>, range: Range<usize>) -> Option<Vec<Text<'s>>> {
    let line = input.line;
    let text = &line.as_str()[range.clone()];
    let text = &text[indent(text)..];
    let start = range.end - text.len();
    // Nearly all that begins with the bracket is JSON, and nothing else that is common.
    if !text.starts_with('[') {
        return None;
    }
    let mut words = Vec::with_capacity(4);
    let mut others = Vec::new();
    json::read_array(text, input.version == Version::V0_12, |element| {
        let at = start + element.range.start..start + element.range.end;
        let span = line.span(at.clone());
        if !element.is_string {
            others.push((span, element.value.to_string()));
        }
        // What is written so is borrowed from the source.
        let is_verbatim = element.value.len() + 2 * usize::from(element.is_string) == at.len();
        let value = match is_verbatim {
            true => {
                let quotes = usize::from(element.is_string);
                line.text(at.start + quotes..at.end - quotes).into_cow()
            }
            false => element.value.into_owned().into(),
        };
        words.push(Text::new(value, span));
    })?;
    for (span, word) in others {
        let message = format!("{word} is no string");
        let help = "write every element in double quotes";
        input.error_with_help(Code::JsonNotStrings, span, message, help);
    }
    Some(words)
}
