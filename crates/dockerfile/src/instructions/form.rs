//! The JSON and shell forms.

use std::ops::Range;

use super::Input;
use crate::Version;
use crate::diagnostics::Code;
use crate::instruction::Form;
use crate::json;
use crate::text::Text;

/// Reads all the arguments as a command.
pub(super) fn parse<'s>(input: &mut Input<'_, 's>) -> Form<'s> {
    command(input, input.range.clone())
}

/// Reads `range` as a command: JSON where it is a JSON array, else text for the shell.
pub(super) fn command<'s>(input: &mut Input<'_, 's>, range: Range<usize>) -> Form<'s> {
    match json_array(input, range.clone()) {
        Some(elements) => Form::Json(elements),
        None => Form::Shell(input.line.slice(range)),
    }
}

/// The elements, where `range` is a JSON array. Elements that are no strings are reported, and then taken as
/// they are written.
pub(super) fn json_array<'s>(input: &mut Input<'_, 's>, range: Range<usize>) -> Option<Vec<Text<'s>>> {
    let line = input.line;
    let text = line.as_str()[range.clone()].trim_start();
    let range = range.end - text.len()..range.end;
    // Nearly all that begins with the bracket is JSON, and nothing else that is common.
    if !text.starts_with('[') {
        return None;
    }
    let elements = json::parse_array(text, input.version == Version::V0_12)?;
    let mut words = Vec::with_capacity(elements.len());
    for element in elements {
        let at = range.start + element.range.start..range.start + element.range.end;
        let span = line.span(at.clone());
        if !element.is_string {
            let message = format!("{} is no string", &line.as_str()[at.clone()]);
            input.error_with_help(
                Code::JsonNotStrings,
                span,
                message,
                "write every element in double quotes",
            );
        }
        let quotes = usize::from(element.is_string);
        let bare = line.text(at.start + quotes..at.end - quotes);
        let value =
            if bare.as_str() == element.value { bare.into_cow() } else { element.value.into_owned().into() };
        words.push(Text::new(value, span));
    }
    Some(words)
}
