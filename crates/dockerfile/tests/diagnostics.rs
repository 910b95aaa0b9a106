//! What is said of small mistakes, and what is read all the same; what is right is not complained of.

use plimsoll_dockerfile::{Body, Dockerfile, Kind, Severity, Source, parse};

/// What is wrong with instructions after a FROM: the words, and the message.
fn said(text: &str) -> Vec<String> {
    let source = Source::new(format!("FROM scratch\n{text}\n").into_bytes());
    let file = parse(&source);
    file.diagnostics.iter().map(|d| format!("{}: {}", source.slice(d.span), d.message)).collect()
}

fn read<R>(text: &str, ask: impl FnOnce(&Dockerfile<'_>) -> R) -> R {
    ask(&parse(&Source::from(text)))
}

#[test]
fn what_the_build_takes_is_right() {
    for text in [
        "EXPOSE 80/",
        "EXPOSE 127.0.0.1:80:80 $P/udp ${P:-80/tcp}",
        "HEALTHCHECK --interval= --retries= CMD x",
        "HEALTHCHECK --interval=-0 CMD x",
        "HEALTHCHECK --interval=x --foo NONE",
        "ENV \"A\"=b 'C'='d e' F=\"=\"",
        "LABEL \"a.b\"=\"c=d\"",
        "COPY <<EOF /x\n'\"$a ${b:-c}\nEOF",
        "COPY <<'EOF' /x\n${a[@]} ${\nEOF",
        "RUN <<EOF\n${a[@]} ${\nEOF",
        "COPY --from= a b",
    ] {
        assert_eq!(said(text), [""; 0], "{text}");
    }
}

#[test]
fn what_the_build_refuses_is_reported() {
    for (text, expected) in [
        ("EXPOSE 127.0.0.1:80", "127.0.0.1:80: \"127.0.0.1:80\" is no port"),
        ("EXPOSE $P/http", "$P/http: \"$P/http\" is no port"),
        ("HEALTHCHECK --interval=$I CMD x", "$I: --interval takes a duration, not \"$I\""),
        (
            "HEALTHCHECK --retries=3000000000 CMD x",
            "3000000000: --retries takes a number, not \"3000000000\"",
        ),
        ("HEALTHCHECK --retries=-1 CMD x", "-1: --retries takes a number, not \"-1\""),
        ("RUN --network=$N x", "$N: --network takes default, none, host, not \"$N\""),
        ("RUN --network=NONE x", "NONE: --network takes default, none, host, not \"NONE\""),
        ("RUN --security=$S x", "$S: --security takes sandbox, insecure, not \"$S\""),
        ("COPY a <<EOF\nx\nEOF", "<<EOF: a heredoc is no destination"),
        (
            "RUN --mount=type=cache,target=/c,mode=+755 x",
            "+755: mode takes an octal number such as 0400, not \"+755\"",
        ),
        ("RUN --mount=type=cache,target=/c,uid=+1 x", "+1: uid takes a number up to 4294967295, not \"+1\""),
        ("ONBUILD --x RUN y", "--x: ONBUILD has no flag --x"),
        ("COPY <<EOF /x\na\n  b ${c[@]} d\ne\nEOF", "${c[@]} d: unsupported modifier ([) in substitution"),
        ("ADD <<-EOF /x\n\t${}\nEOF", "${}: bad substitution"),
        ("ENV \"A=b c\"", "\": the = stands inside the quotes, so that neither half closes them"),
        ("LABEL 'a=b'", "': the = stands inside the quotes, so that neither half closes them"),
        ("ARG \"q=r s\" t=u", "\": the = stands inside the quotes, so that neither half closes them"),
        ("ENV \"A=$b\"", "\": the = stands inside the quotes, so that neither half closes them"),
    ] {
        assert_eq!(said(text), [expected], "{text}");
    }
    let source = Source::from("FROM scratch\nENV \"A=b c\"\nHEALTHCHECK --timeout=$T CMD x\n");
    let file = parse(&source);
    let helps: Vec<_> = file.diagnostics.iter().filter_map(|d| d.help.as_deref()).collect();
    assert_eq!(
        helps,
        [
            "quotes go around the value: ENV A=\"b c\"",
            "variables are not put in here: write the value itself"
        ]
    );
}

#[test]
fn a_blank_before_a_flags_value_is_read_as_the_equals_sign() {
    for (text, expected) in [
        ("COPY --from b --chown=c /a /d", "--from b: --from needs a = before its value"),
        ("FROM --platform linux/amd64 a", "--platform linux/amd64: --platform needs a = before its value"),
        (
            "RUN --mount type=cache,target=/c make",
            "--mount type=cache,target=/c: --mount needs a = before its value",
        ),
        ("HEALTHCHECK --interval 5s CMD x", "--interval 5s: --interval needs a = before its value"),
    ] {
        assert_eq!(said(text), [expected], "{text}");
    }
    read("FROM a\nCOPY --from b --chown=c /a /d\nFROM --platform linux/amd64 e\nCOPY --from a b\n", |file| {
        let Body::Copy(copy) = &file.instructions[1].body else { panic!() };
        assert_eq!((copy.from.as_deref(), copy.chown.as_deref()), (Some("b"), Some("c")));
        assert_eq!((copy.sources.len(), copy.destination.as_deref()), (1, Some("/d")));
        let Body::From(from) = &file.instructions[2].body else { panic!() };
        assert_eq!((from.platform.as_deref(), from.image.as_str()), (Some("linux/amd64"), "e"));
        // Two words are what a COPY needs for itself.
        let Body::Copy(copy) = &file.instructions[3].body else { panic!() };
        assert_eq!((copy.from.as_deref(), copy.sources.len()), (None, 1));
    });
}

#[test]
fn two_letters_may_be_a_keyword_and_export_is_env() {
    read("FROM a\nRN b\nEXPORT C=d\nls e\nOK f\n", |file| {
        let kinds: Vec<Kind> = file.instructions.iter().map(|instruction| instruction.kind).collect();
        assert_eq!(kinds, [Kind::From, Kind::Run, Kind::Env, Kind::Unknown, Kind::Unknown]);
        assert_eq!(file.diagnostics.len(), 4);
    });
}

#[test]
fn a_run_of_nothing_is_a_warning() {
    let source = Source::from("FROM a\nRUN\n");
    let found = parse(&source).diagnostics;
    assert_eq!(
        found.iter().map(|d| (d.severity, source.line(d.span.start))).collect::<Vec<_>>(),
        [(Severity::Warning, 2)]
    );
}

#[test]
fn directives_follow_a_shebang_and_stand_at_the_margin() {
    let directives = |text: &str| {
        read(text, |file| {
            let names: Vec<_> = file.directives.iter().map(|d| d.kind.as_str()).collect();
            (names.join(" "), file.comments.len(), file.escape)
        })
    };

    assert_eq!(directives("#!/usr/bin/env docker\n# check=skip=all\nFROM a\n"), ("check".into(), 1, '\\'));
    assert_eq!(directives("#!/bin/sh\n# syntax=a\n# escape=`\nFROM a\n"), ("syntax".into(), 2, '\\'));
    assert_eq!(directives("  # check=skip=all\n# escape=`\nFROM a\n"), ("escape".into(), 1, '`'));
    assert_eq!(directives("# escape=`\n# a\n# check=skip=all\nFROM a\n"), ("escape".into(), 2, '`'));
}
