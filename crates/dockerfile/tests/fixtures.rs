//! The project's own Dockerfiles: what is reported for the broken one, and what an older parser makes of the
//! others.

use std::path::PathBuf;

use plimsoll_dockerfile::{Body, Code, Diagnostic, Form, Kind, Severity, Source, parse};

fn fixture(name: &str) -> Source {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../testdata/dockerfile");
    Source::new(std::fs::read(folder.join(name)).expect("the fixture"))
}

#[test]
fn every_fault_is_reported_at_its_place() {
    let source = fixture("broken.Dockerfile");
    let file = parse(&source);
    let report: Vec<String> = file
        .diagnostics
        .iter()
        .map(|diagnostic| {
            let at = source.position(diagnostic.span.start);
            let help = diagnostic.help.as_ref().map(|help| format!(" ({help})")).unwrap_or_default();
            let written = source.slice(diagnostic.span).lines().next().unwrap_or("");
            format!("{}:{} {written:?} {}: {}{help}", at.line, at.column, diagnostic.code, diagnostic.message)
        })
        .collect();
    insta::assert_snapshot!(report.join("\n"));
    assert_eq!(file.instructions.last().map(|last| last.arguments.as_str()), Some("still read"));
}

#[test]
fn right_files_have_no_errors() {
    for name in ["multi-stage", "heredocs", "windows"] {
        let source = fixture(&format!("{name}.Dockerfile"));
        assert_eq!(parse(&source).diagnostics, [], "{name}");
    }
    let source = fixture("old-forms.Dockerfile");
    assert!(parse(&source).diagnostics.iter().all(|diagnostic| diagnostic.severity == Severity::Warning));
}

#[test]
fn comments_and_directives_are_kept_with_their_instruction() {
    let source = fixture("multi-stage.Dockerfile");
    let file = parse(&source);
    assert_eq!(file.directives.len(), 2);
    let before: Vec<_> =
        file.comments_before(&file.instructions[0]).iter().map(|comment| comment.text).collect();
    assert_eq!(before, ["The toolchain; see CONTRIBUTING."]);
    assert_eq!(file.comments[1].text, "the module cache is shared between builds");
}

#[test]
fn what_was_meant_is_read() {
    let source = Source::from(
        "form alpine AS build\nCOPY --frm=build /a /b\nRUN --mout=type=cahce,taget=/c --netwrok=none x\nadd: a b\n",
    );
    let file = parse(&source);
    let [from, copy, run, add] = &file.instructions[..] else { panic!("{:?}", file.instructions) };
    assert!(matches!(&from.body, Body::From(from) if from.image == "alpine"));
    let Body::Copy(copy) = &copy.body else { panic!("{copy:?}") };
    assert_eq!(copy.from.as_deref(), Some("build"));
    assert_eq!(run.flag("network").and_then(|flag| flag.value.as_deref()), Some("none"));
    let Body::Run(run) = &run.body else { panic!("{run:?}") };
    assert_eq!(run.mounts[0].kind, plimsoll_dockerfile::instructions::MountKind::Cache);
    assert_eq!(run.mounts[0].target().map(|target| target.as_str()), Some("/c"));
    assert!(matches!(add.body, Body::Add(_)));
    assert_eq!(file.diagnostics.len(), 7);
}

/// dockerfile-parser 0.9 is deprecated and knows no heredocs; what it can read it reads as we do.
#[test]
fn dockerfile_parser_agrees_where_it_can_read() {
    let simple = "FROM alpine:3.22 AS base\nRUN apk add \\\n  curl\nENV A=1 B=\"two words\"\nCOPY --from=base a b c/\n\
                  CMD [\"x\", \"y z\"]\nENTRYPOINT z w\nARG V=1\nLABEL k=v\nUSER app\n";
    let source = Source::from(simple);
    let ours = parse(&source);
    let theirs = dockerfile_parser::Dockerfile::parse(simple).expect("a file that it can read");
    assert_eq!(ours.instructions.len(), theirs.instructions.len());
    for (ours, theirs) in ours.instructions.iter().zip(&theirs.instructions) {
        use dockerfile_parser::{Instruction as Theirs, ShellOrExecExpr};
        let span = theirs.span();
        assert_eq!(ours.span.range(), span.start..span.end, "{}", ours.keyword);
        match (&ours.body, theirs) {
            (Body::From(ours), Theirs::From(theirs)) => {
                assert_eq!(ours.image, theirs.image.content.as_str());
                assert_eq!(ours.alias.as_deref(), theirs.alias.as_ref().map(|alias| alias.content.as_str()));
            }
            (Body::Env(ours), Theirs::Env(theirs)) => {
                let theirs: Vec<_> =
                    theirs.vars.iter().map(|v| (v.key.content.as_str(), v.value.to_string())).collect();
                let ours: Vec<_> =
                    ours.iter().map(|p| (p.key.as_str(), p.unquoted('\\').into_owned())).collect();
                assert_eq!(ours, theirs);
            }
            (Body::Copy(ours), Theirs::Copy(theirs)) => {
                let sources: Vec<_> = ours.sources.iter().map(|source| source.text.as_str()).collect();
                assert_eq!(sources, theirs.sources.iter().map(|s| s.content.as_str()).collect::<Vec<_>>());
                assert_eq!(ours.destination.as_deref(), Some(theirs.destination.content.as_str()));
            }
            (Body::Cmd(Form::Json(ours)), Theirs::Cmd(theirs)) => {
                let ShellOrExecExpr::Exec(theirs) = &theirs.expr else { panic!("no exec form") };
                assert_eq!(ours.iter().map(|e| e.as_str()).collect::<Vec<_>>(), theirs.as_str_vec());
            }
            (Body::Run(_) | Body::Entrypoint(_) | Body::Arg(_) | Body::Label(_), _) => {}
            (_, Theirs::Misc(theirs)) => {
                assert!(theirs.instruction.content.eq_ignore_ascii_case(ours.keyword.as_str()));
            }
            (_, theirs) => panic!("{} is {theirs:?} there", ours.keyword),
        }
        assert_ne!(ours.kind, Kind::Unknown);
    }
}

#[test]
fn each_instruction_before_the_first_from_is_reported() {
    let lines = |text: &str| {
        let source = Source::from(text);
        let is_early = |d: &&Diagnostic| d.code == Code::InstructionBeforeFrom;
        let found = parse(&source).diagnostics;
        found.iter().filter(is_early).map(|d| source.line(d.span.start)).collect::<Vec<_>>()
    };
    assert_eq!(lines("ARG A=1\nRUN a\nENV B=2\nFROM scratch\nRUN c\n"), [2, 3]);
    assert_eq!(lines("RUN a\nRUN b\n"), [1], "the missing FROM is said once");
}
