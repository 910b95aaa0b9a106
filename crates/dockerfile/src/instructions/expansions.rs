//! The words that BuildKit puts variables into: what it would refuse of them.

use super::{CopyFiles, Input, PairStyle};
use crate::Version;
use crate::diagnostics::{Code, Diagnostic};
use crate::heredoc::Heredoc;
use crate::instruction::Body;
use crate::shellword::{self, Mode, NoVariables};
use crate::source::Span;
use crate::text::Text;
use crate::words;

/// Reports words of an instruction with a quote that is never closed, or with a variable that is not written right.
pub(super) fn check(input: &mut Input<'_, '_>, body: &Body<'_>) {
    let is_cut_by_quotes = match body {
        Body::Env(pairs) | Body::Label(pairs) => pairs.iter().all(|pair| pair.style == PairStyle::Equals),
        Body::Arg(_) => true,
        Body::Run(_) | Body::Cmd(_) | Body::Entrypoint(_) => return,
        _ => false,
    };
    let arguments = &input.line.as_bytes()[input.range.clone()];
    let mark = match is_cut_by_quotes {
        // Whether quotes are closed was looked at there.
        true => memchr::memchr(b'$', arguments),
        false => memchr::memchr3(b'$', b'"', b'\'', arguments),
    };
    if input.version != Version::Current || (mark.is_none() && input.flags.is_empty()) {
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

/// Reports what is wrong with the heredocs of a COPY or ADD: variables in their lines that are not written right, where
/// the build puts variables in, and one that stands where the destination should.
pub(crate) fn check_heredocs(
    copy: &CopyFiles<'_>,
    heredocs: &[Heredoc<'_>],
    version: Version,
    diagnostics: &mut Vec<Diagnostic>,
) {
    if let Some(destination) = &copy.destination
        && heredocs.iter().any(|heredoc| heredoc.span == destination.span)
    {
        let message = "a heredoc is no destination";
        let diagnostic = Diagnostic::error(Code::InvalidArgument, destination.span, message);
        diagnostics.push(diagnostic.help("name the file to write after it"));
    }
    if version != Version::Current {
        return;
    }
    let sources = copy.sources.iter().filter_map(|source| heredocs.get(source.heredoc?));
    for heredoc in sources.filter(|heredoc| heredoc.expand && heredoc.content.contains("${")) {
        let Err(error) = shellword::expand_word(&heredoc.content, Mode::body(), &mut NoVariables) else {
            continue;
        };
        let rest = heredoc.content.get(error.at..).unwrap_or("");
        let start = heredoc.body.start + error.at as u32;
        let length = memchr::memchr(b'\n', rest.as_bytes()).unwrap_or(rest.len());
        let span = Span::new(start, start + rest[..length].trim_end().len() as u32);
        let help = format!("to keep the lines as they are, quote the name: <<'{}'", heredoc.name);
        diagnostics.push(Diagnostic::error(Code::InvalidExpansion, span, error.message).help(help));
    }
}

/// The quote that was reported as never closed when the words were cut out. There is one at most: it takes all that follows.
fn open_quote(input: &Input<'_, '_>) -> Option<u32> {
    let own = input.diagnostics.iter().rev().take_while(|d| d.span.start >= input.keyword.start);
    own.into_iter().find(|d| d.code == Code::UnterminatedQuote).map(|d| d.span.start)
}

#[inline]
fn word(input: &mut Input<'_, '_>, text: &Text<'_>) {
    if !is_plainly_right(text.as_bytes(), input.escape as u8) {
        lexed(input, text);
    }
}

/// Whether a word has nothing in it but names of variables and quotes that close.
#[inline]
fn is_plainly_right(text: &[u8], escape: u8) -> bool {
    let mut at = words::next_expansion(text, 0);
    let mut in_quotes = false;
    while let Some(&byte) = text.get(at) {
        at += 1;
        match byte {
            byte if byte == escape => return false,
            b'"' => in_quotes = !in_quotes,
            b'\'' if !in_quotes => match memchr::memchr(b'\'', &text[at..]) {
                Some(length) => at += length + 1,
                None => return false,
            },
            b'$' if text.get(at) == Some(&b'{') => {
                let name =
                    text[at + 1..].iter().take_while(|b| b.is_ascii_alphanumeric() || **b == b'_').count();
                let end = at + 1 + name;
                if name == 0 || text[at + 1].is_ascii_digit() || text.get(end) != Some(&b'}') {
                    return false;
                }
                at = end + 1;
            }
            _ => {}
        }
        at = words::next_expansion(text, at);
    }
    !in_quotes
}

#[inline(never)]
fn lexed(input: &mut Input<'_, '_>, text: &Text<'_>) {
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn what_is_plainly_right_is_right(
            pieces in proptest::collection::vec(
                proptest::sample::select(&["$", "${", "}", "a", "a_1", "\"", "'", "\\", "`", ":-", " ", "é"][..]),
                0..20,
            ),
            escape in proptest::sample::select(&['\\', '`'][..]),
        ) {
            let text = pieces.concat();
            if is_plainly_right(text.as_bytes(), escape as u8) {
                let read = shellword::expand_word(&text, Mode::expand(escape), &mut NoVariables);
                prop_assert!(read.is_ok(), "{text}");
            }
        }
    }
}
