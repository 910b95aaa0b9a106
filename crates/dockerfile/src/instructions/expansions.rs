//! The words that BuildKit puts variables into: what it would refuse of them.

use super::Input;
use crate::Version;
use crate::diagnostics::{Code, Diagnostic};
use crate::instruction::Body;
use crate::shellword::{self, Mode, NoVariables};
use crate::text::Text;

/// Reports words of an instruction with a quote that is never closed, or with a variable that is not written right.
pub(super) fn check(input: &mut Input<'_, '_>, body: &Body<'_>) {
    if input.version != Version::Current {
        return;
    }
    match body {
        Body::From(from) => from.platform.iter().chain([&from.image]).for_each(|text| word(input, text)),
        Body::Env(pairs) | Body::Label(pairs) => {
            let open = open_quote(input);
            let is_new = |text: &&Text<'_>| !open.is_some_and(|at| text.span.contains(at));
            pairs.iter().map(|pair| &pair.value).filter(is_new).for_each(|text| word(input, text));
        }
        Body::Arg(declarations) => {
            let open = open_quote(input);
            let is_new = |text: &&Text<'_>| !open.is_some_and(|at| text.span.contains(at));
            let defaults = declarations.iter().filter_map(|declaration| declaration.default.as_ref());
            defaults.filter(is_new).for_each(|text| word(input, text));
        }
        Body::Expose(ports) => ports.iter().for_each(|port| word(input, &port.text)),
        Body::User(text) | Body::Workdir(text) | Body::Stopsignal(text) => word(input, text),
        Body::Volume(volume) => volume.paths.iter().for_each(|path| word(input, path)),
        Body::Copy(copy) | Body::Add(copy) => {
            let flags = [&copy.chown, &copy.chmod, &copy.checksum].into_iter().flatten();
            flags.chain(&copy.destination).for_each(|text| word(input, text));
            // The name of a heredoc may stand in quotes with spaces inside.
            if !copy.sources.iter().any(|source| source.text.starts_with("<<")) {
                copy.sources.iter().for_each(|source| word(input, &source.text));
            }
        }
        _ => {}
    }
}

/// The quote that was reported as never closed when the words were cut out. There is one at most: it takes all that follows.
fn open_quote(input: &Input<'_, '_>) -> Option<u32> {
    let own = input.diagnostics.iter().rev().take_while(|d| d.span.start >= input.keyword.start);
    own.into_iter().find(|d| d.code == Code::UnterminatedQuote).map(|d| d.span.start)
}

fn word(input: &mut Input<'_, '_>, text: &Text<'_>) {
    // Without a way out, so that many bytes are compared at once.
    let has_mark = |any, byte: &u8| any | matches!(byte, b'$' | b'"' | b'\'');
    if !text.as_bytes().iter().fold(false, has_mark) {
        return;
    }
    let mode = Mode::expand(input.escape);
    if let Err(error) = shellword::expand_word(text, mode, &mut NoVariables) {
        let span = text.piece(error.at..text.len()).span;
        let mut diagnostic = Diagnostic::error(Code::InvalidExpansion, span, error.message);
        if diagnostic.message.starts_with("unsupported modifier") {
            diagnostic = diagnostic.help("the modifiers are :- :+ :? - + ? # ## % %% / and //");
        }
        input.diagnostics.push(diagnostic);
    }
}
