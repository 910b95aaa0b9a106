//! What holds for every file there can be. The fuzzer checks it too.

use plimsoll_dockerfile::meaning::{BuildOptions, Meaning};
use plimsoll_dockerfile::{
    Body, Dockerfile, Form, Instruction, Options, Source, Span, Text, Version, parse_with,
};

/// Reads the bytes in every way, and fails where something does not hold.
#[allow(dead_code, reason = "the fuzzer reads each input in one way")]
pub(crate) fn check_everything(bytes: &[u8]) {
    for version in [Version::Current, Version::V0_12] {
        for correct in [true, false] {
            check(bytes, Options { version, correct });
        }
    }
}

/// Reads the bytes in one way, and fails where something does not hold.
pub(crate) fn check(bytes: &[u8], options: Options) {
    let source = Source::new(bytes);
    assert_eq!(source.text().len(), bytes.len());
    assert_eq!(source.bytes(), bytes);
    let file = parse_with(&source, options);
    check_tokens(&file);
    check_spans(&file);
    let meaning = Meaning::new(&file, &BuildOptions::default());
    for index in 0..file.instructions.len() {
        let scope = meaning.scope(index);
        scope.expand(&file.instructions[index].arguments_text());
        file.instructions[index]
            .innermost()
            .heredocs
            .iter()
            .for_each(|heredoc| _ = scope.expand_heredoc(heredoc));
        scope.variables();
        meaning.effective_at(index);
    }
}

/// The tokens put together are the file.
fn check_tokens(file: &Dockerfile<'_>) {
    let source = file.source();
    let mut at = 0;
    for token in file.tokens() {
        assert_eq!(token.span.start, at, "a gap or an overlap before {token:?}");
        assert!(!token.span.is_empty());
        assert!(!source.slice(token.span).is_empty(), "{token:?} cuts a character");
        at = token.span.end;
    }
    assert_eq!(at as usize, source.text().len());
}

fn check_spans(file: &Dockerfile<'_>) {
    let source = file.source();
    let mut end = 0;
    for instruction in &file.instructions {
        assert!(instruction.span.start >= end, "instructions overlap");
        end = instruction.span.end;
        assert_eq!(source.line(instruction.span.end), instruction.end_line, "{instruction:?}");
        check_instruction(file, instruction);
        assert!(instruction.comments.end as usize <= file.comments.len());
    }
    for comment in &file.comments {
        assert_eq!(source.line(comment.span.start), comment.line);
        assert!(source.slice(comment.span).starts_with('#'));
    }
    for diagnostic in &file.diagnostics {
        check_span(file, diagnostic.span);
    }
    assert!(file.diagnostics.is_sorted_by_key(|diagnostic| diagnostic.span));
}

fn check_span(file: &Dockerfile<'_>, span: Span) {
    let text = file.source().text();
    assert!(span.start <= span.end && text.get(span.range()).is_some(), "{span:?} is no span of the file");
}

fn check_instruction(file: &Dockerfile<'_>, instruction: &Instruction<'_>) {
    check_span(file, instruction.span);
    check_text(file, &instruction.keyword);
    let arguments = &instruction.arguments;
    check_span(file, arguments.full_span());
    let runs: String = arguments.runs().iter().map(|(_, span)| file.source().slice(*span)).collect();
    assert_eq!(runs, arguments.as_str(), "the runs are the text");
    for flag in &instruction.flags {
        check_span(file, flag.span);
        check_span(file, flag.name.span);
        flag.value.iter().for_each(|value| check_span(file, value.span));
    }
    for heredoc in &instruction.heredocs {
        check_span(file, heredoc.span);
        assert_eq!(file.source().slice(heredoc.body), heredoc.content);
        heredoc.terminator.iter().for_each(|span| check_span(file, *span));
    }
    match &instruction.body {
        Body::Onbuild(Some(inner)) => check_instruction(file, inner),
        Body::Env(pairs) | Body::Label(pairs) => {
            for pair in pairs {
                check_text(file, &pair.key);
                check_text(file, &pair.value);
                pair.unquoted(file.escape);
            }
        }
        Body::Copy(copy) | Body::Add(copy) => {
            copy.sources.iter().for_each(|source| check_text(file, &source.text));
        }
        Body::From(from) => check_text(file, &from.image),
        Body::Run(run) => run.mounts.iter().flat_map(|m| &m.options).for_each(|o| check_span(file, o.span)),
        _ => {}
    }
    if let Some(Form::Json(elements)) = instruction.form() {
        elements.iter().for_each(|element| check_text(file, element));
    }
}

/// A text that stands in the source as it is says what stands there.
fn check_text(file: &Dockerfile<'_>, text: &Text<'_>) {
    check_span(file, text.span);
    let written = file.source().slice(text.span);
    let is_element = written.starts_with('"') || written.ends_with('"');
    if text.is_verbatim() && !is_element {
        assert_eq!(text.as_str(), written);
    }
}
