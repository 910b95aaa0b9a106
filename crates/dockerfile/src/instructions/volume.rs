//! VOLUME

use super::Input;
use super::form;
use crate::diagnostics::Code;
use crate::text::Text;
use crate::words;

/// The mount points declared.
#[derive(Clone, Debug)]
pub struct Volume<'s> {
    /// Where they are.
    pub paths: Vec<Text<'s>>,
    /// Whether they are written as a JSON array.
    pub json: bool,
}

pub(super) fn parse<'s>(input: &mut Input<'_, 's>) -> Volume<'s> {
    let line = input.line;
    let json = form::json_array(input, input.range.clone());
    let is_json = json.is_some();
    let paths = json
        .unwrap_or_else(|| words::plain(line, input.range.clone()).map(|range| line.text(range)).collect());
    if paths.is_empty() {
        input.missing("a folder");
    }
    for path in &paths {
        if path.trim().is_empty() {
            input.error(Code::InvalidArgument, path.span, "VOLUME takes no empty name");
        }
    }
    Volume { paths, json: is_json }
}
