//! What whole files mean.

use plimsoll_dockerfile::meaning::{Base, BuildOptions, Meaning, Origin, UseKind, Value, Why};
use plimsoll_dockerfile::{Body, Source, parse};

fn with<T>(text: &str, options: BuildOptions, check: impl FnOnce(&Meaning<'_, '_>) -> T) -> T {
    let source = Source::from(text);
    let file = parse(&source);
    check(&Meaning::new(&file, &options))
}

fn plain<T>(text: &str, check: impl FnOnce(&Meaning<'_, '_>) -> T) -> T {
    with(text, BuildOptions::default(), check)
}

#[test]
fn stages_stand_on_stages_images_and_contexts() {
    let text = "ARG V=3\nFROM golang:$V AS Build\nFROM scratch AS empty\nFROM build\nCOPY --from=0 a b\n\
                COPY --from=empty a b\nCOPY --from=busybox a b\nRUN --mount=from=deps,target=/d x\n\
                COPY --from=7 a b\n";
    let options = BuildOptions { contexts: vec!["deps".into()], ..BuildOptions::default() };
    with(text, options, |meaning| {
        let bases: Vec<_> = meaning.stages.iter().map(|stage| stage.base.clone()).collect();
        assert_eq!(bases, [Base::Image("golang:3".into()), Base::Scratch, Base::Stage(0)]);
        let uses: Vec<_> = meaning.stages[2].uses.iter().map(|used| (used.kind, used.from.clone())).collect();
        assert_eq!(
            uses,
            [
                (UseKind::CopyFrom, Base::Stage(0)),
                (UseKind::CopyFrom, Base::Stage(1)),
                (UseKind::CopyFrom, Base::Image("busybox".into())),
                (UseKind::MountFrom, Base::Context("deps".into())),
                (UseKind::CopyFrom, Base::Unresolved("7".into())),
            ]
        );
        assert_eq!(meaning.root(2), &Base::Image("golang:3".into()));
    });
}

#[test]
fn every_from_sees_the_global_args_and_nothing_else() {
    let bases = |text: &str| {
        plain(text, |meaning| meaning.stages.iter().map(|stage| stage.base.clone()).collect::<Vec<_>>())
    };
    let image = |name: &str| Base::Image(name.into());
    assert_eq!(bases("ARG V=3.18\nFROM a\nFROM alpine:$V\n"), [image("a"), image("alpine:3.18")]);
    assert_eq!(bases("FROM a\nARG V=2\nENV V=3\nFROM b:$V\n")[1], Base::Unresolved("b:$V".into()));
    assert_eq!(bases("FROM a AS b\nFROM ${Q:-b}\n")[1], Base::Stage(0));
    let windows = |meaning: &Meaning<'_, '_>| meaning.stages[1].windows;
    assert!(plain("ARG P=windows/amd64\nFROM a\nFROM --platform=$P b\n", windows));
    let mut options = BuildOptions::default();
    options.build_args.insert("TARGETARCH".into(), "arm64".into());
    let base = |meaning: &Meaning<'_, '_>| meaning.stages[0].base.clone();
    assert_eq!(with("FROM a-$TARGETARCH\n", options, base), image("a-arm64"));
}

#[test]
fn contexts_are_named_as_images_are() {
    let contexts = vec!["alpine".into(), "docker.io/library/node:latest".into()];
    let options = BuildOptions { contexts, ..BuildOptions::default() };
    with("FROM alpine:latest\nFROM node\nFROM alpine:3\n", options, |meaning| {
        let is_context: Vec<_> =
            meaning.stages.iter().map(|stage| matches!(stage.base, Base::Context(_))).collect();
        assert_eq!(is_context, [true, true, false]);
    });
}

#[test]
fn folders_are_joined() {
    let folder = |text: &str| {
        plain(text, |meaning| {
            let stage = meaning.stages.last().unwrap();
            meaning.workdir(&stage.end).map(str::to_owned)
        })
    };
    for (text, expected) in [
        ("WORKDIR /a\nWORKDIR ./b\n", "/a/b"),
        ("WORKDIR /a\nWORKDIR ../c/\n", "/c"),
        ("WORKDIR /../a//b/.\n", "/a/b"),
        ("WORKDIR /\n", "/"),
        ("WORKDIR C:/app\nWORKDIR sub\n", "/C:/app/sub"),
        ("WORKDIR /a\nWORKDIR C:\n", "/a/C:"),
    ] {
        assert_eq!(folder(&format!("FROM scratch\n{text}")).as_deref(), Some(expected), "{text}");
    }
    let windows = "FROM nanoserver\nWORKDIR C:/app\nWORKDIR ../../x/sub\n";
    assert_eq!(folder(windows).as_deref(), Some("\\x\\sub"));
    assert_eq!(folder("FROM nanoserver\nWORKDIR /app\nWORKDIR sub\n").as_deref(), Some("\\app\\sub"));
    assert_eq!(folder("FROM nanoserver\nWORKDIR D:/app\nWORKDIR ../x\n").as_deref(), Some("D:\\x"));
    // Whether this one is below another folder only the base knows.
    assert_eq!(folder("FROM debian\nWORKDIR D:x\n"), None);
}

#[test]
fn windows_images_are_told_by_their_names() {
    for (image, expected) in [
        ("mcr.microsoft.com/dotnet/framework/aspnet:4.8", true),
        ("mcr.microsoft.com/dotnet/framework/sdk:4.8-windowsservercore-ltsc2022", true),
        ("mcr.microsoft.com/iis", true),
        ("microsoft/iis", true),
        ("microsoft/dotnet-framework:4.7", true),
        ("microsoft/nanoserver", true),
        ("mcr.microsoft.com/dotnet/aspnet:8.0", false),
        ("mcr.microsoft.com/dotnet/aspnet:8.0-nanoserver-ltsc2022", true),
        ("microsoft/dotnet:2.1-sdk", false),
    ] {
        let windows = plain(&format!("FROM {image}\n"), |meaning| meaning.stages[0].windows);
        assert_eq!(windows, expected, "{image}");
    }
}

#[test]
fn a_stage_is_found_only_by_those_after_it() {
    plain("FROM later\nFROM alpine AS later\nFROM later AS later\n", |meaning| {
        assert_eq!(meaning.stages[0].base, Base::Image("later".into()));
        assert_eq!(meaning.stages[2].base, Base::Stage(1));
    });
}

#[test]
fn a_capital_letter_hides_a_stage_from_a_from_and_not_from_a_copy() {
    let text = "FROM alpine AS Tools\nFROM Tools\nCOPY --from=TOOLS a b\nFROM tools\nCOPY --from=$X --chown=1 a b\n\
                RUN --mount=type=bind,from=$X,target=/x y\n";
    plain(text, |meaning| {
        assert_eq!(meaning.stages[1].base, Base::Image("Tools".into()));
        assert_eq!(meaning.stages[1].uses[0].from, Base::Stage(0));
        assert_eq!(meaning.stages[2].base, Base::Stage(0));
        // The build puts no variables in there.
        let uses: Vec<_> = meaning.stages[2].uses.iter().map(|used| used.from.clone()).collect();
        assert_eq!(uses, [Base::Unresolved("$X".into()), Base::Unresolved("$X".into())]);
    });
}

#[test]
fn the_lines_of_a_heredoc_are_expanded_without_regard_to_quotes() {
    let text = "FROM scratch\nARG A=1\nCOPY <<EOF <<'RAW' <<-TABS /x/\n'$A' \\$A \"${A}\" $B\nEOF\n$A\nRAW\n\t$A\nTABS\n";
    plain(text, |meaning| {
        let scope = meaning.scope(2);
        let [plain, raw, tabs] = &meaning.file.instructions[2].heredocs[..] else { panic!() };
        let expanded = scope.expand_heredoc(plain);
        assert_eq!(expanded.value, "'1' $A \"1\" $B\n");
        let unresolved = &expanded.unresolved[0];
        assert_eq!((unresolved.name.as_str(), meaning.file.source().slice(unresolved.span)), ("B", "$B"));
        assert_eq!(scope.expand_heredoc(raw).value, "$A\n");
        assert_eq!(scope.expand_heredoc(tabs).value, "1\n");
    });
}

#[test]
fn the_target_needs_what_it_is_made_of() {
    let text = "FROM a AS one\nFROM b AS two\nFROM one AS three\nCOPY --from=two x y\nFROM c AS four\n";
    let needed = |target: Option<&str>| {
        let options = BuildOptions { target: target.map(str::to_owned), ..BuildOptions::default() };
        with(text, options, |meaning| meaning.stages.iter().map(|stage| stage.needed).collect::<Vec<_>>())
    };
    assert_eq!(needed(None), [false, false, false, true]);
    assert_eq!(needed(Some("THREE")), [true, true, true, false]);
    assert_eq!(needed(Some("0")), [true, false, false, false]);
    assert_eq!(needed(Some("none")), [false; 4]);
}

#[test]
fn env_hides_arg_and_stages_inherit_both() {
    let text = "ARG G=global\nFROM a AS base\nARG G\nARG A=arg\nENV A=env B=$A\nFROM base\nRUN x\n";
    plain(text, |meaning| {
        let scope = meaning.scope(6);
        let value = |name: &str| scope.get(name).map(|variable| (variable.value, variable.origin));
        assert_eq!(value("A"), Some((Value::Known("env"), Origin::Env)));
        assert_eq!(value("B"), Some((Value::Known("arg"), Origin::Env)), "read before A was set");
        assert_eq!(value("G"), Some((Value::Known("global"), Origin::Arg)));
        assert_eq!(value("HTTP_PROXY"), None);
        assert!(scope.get_in_run("HTTP_PROXY").is_some());
        assert_eq!(scope.variables().iter().map(|v| v.name).collect::<Vec<_>>(), ["A", "B", "G"]);
        assert_eq!(meaning.scope(3).get("A"), None, "not before it is declared");
    });
}

#[test]
fn the_last_that_sets_a_variable_wins() {
    let text = "FROM a AS base\nENV A=1\nARG A=2\nARG B=1\nARG B\nARG C=1 D=$C\nARG E=1\nENV E=2\nRUN x\n\
                FROM base\nARG A\nRUN x\n";
    plain(text, |meaning| {
        let value = |instruction: usize, name: &str| meaning.scope(instruction).get(name).map(|v| v.value);
        assert_eq!(value(2, "A"), Some(Value::Known("1")));
        for (name, expected) in [("A", "2"), ("B", "1"), ("C", "1"), ("D", "1"), ("E", "2")] {
            assert_eq!(value(8, name), Some(Value::Known(expected)), "{name}");
            assert_eq!(value(11, name), Some(Value::Known(expected)), "{name} in the stage on it");
        }
    });
    plain("FROM a\nARG A\nARG TARGETOSVERSION\nRUN x\n", |meaning| {
        assert_eq!(meaning.scope(3).get("A").map(|v| v.value), Some(Value::NoDefault));
        assert_eq!(meaning.scope(3).get("TARGETOSVERSION").map(|v| v.value), Some(Value::Unknown));
    });
}

#[test]
fn global_args_need_a_declaration_in_the_stage() {
    plain("ARG V=1\nFROM scratch\nENV X=${V}\nARG V\nENV Y=${V}\n", |meaning| {
        assert_eq!(meaning.scope(4).get("X").unwrap().value, Value::Unknown);
        assert_eq!(meaning.scope(9).get("Y").unwrap().value, Value::Known("1"));
    });
}

#[test]
fn what_is_not_known_is_said_so() {
    let text = "FROM a\nARG N\nARG TARGETARCH\nENV X=\"$N-$TARGETARCH-$JAVA_HOME-${N:-d}\"\nFROM scratch\nENV X=$U\n";
    plain(text, |meaning| {
        let expanded = |index: usize| match &meaning.file.instructions[index].body {
            Body::Env(pairs) => meaning.scope(index).expand(&pairs[0].value),
            _ => panic!("no ENV"),
        };
        let first = expanded(3);
        assert_eq!(first.value, "$N-$TARGETARCH-$JAVA_HOME-d");
        let why: Vec<_> = first.unresolved.iter().map(|u| (u.name.as_str(), u.why)).collect();
        assert_eq!(
            why,
            [("N", Why::NoDefault), ("TARGETARCH", Why::NotKnown), ("JAVA_HOME", Why::MaybeFromBase)]
        );
        assert_eq!(meaning.file.source().slice(first.unresolved[1].span), "$TARGETARCH");
        assert_eq!(expanded(5).unresolved[0].why, Why::Undeclared);
    });
}

#[test]
fn build_arguments_win_over_defaults() {
    let mut options = BuildOptions::default();
    options.build_args.insert("V".into(), "2".into());
    with("ARG V=1\nFROM a:$V\nARG V=3\nENV X=$V\n", options, |meaning| {
        assert_eq!(meaning.stages[0].base, Base::Image("a:2".into()));
        assert_eq!(meaning.scope(9).get("X").unwrap().value, Value::Known("2"));
    });
}

#[test]
fn what_is_in_force_comes_through_the_bases() {
    let text = "FROM a AS base\nUSER app\nWORKDIR /srv\nCMD old\nFROM base\nWORKDIR data\nENTRYPOINT [\"x\"]\nRUN y\n";
    plain(text, |meaning| {
        let end = meaning.stages[1].end;
        assert_eq!((end.user, end.workdir, end.entrypoint), (Some(1), Some(5), Some(6)));
        assert_eq!((end.cmd, end.cmd_reset), (None, true));
        assert_eq!(meaning.workdir(&end), Some("/srv/data"));
        assert_eq!(meaning.effective_at(5).cmd, Some(3));
        assert_eq!(meaning.effective_at(1).user, None);
    });
}

#[test]
fn what_a_base_triggers_counts_for_the_stages_on_it() {
    let text = "FROM a AS base\nWORKDIR /srv\nCMD old\nARG V=1\nONBUILD ENV A=$V B=x\nONBUILD USER app\n\
                ONBUILD WORKDIR data-$A\nONBUILD EXPOSE 80\nONBUILD COPY --from=tools a b\n\
                FROM t AS tools\nFROM base AS mid\nENV C=$B\nFROM mid\nRUN x\n";
    plain(text, |meaning| {
        let base = &meaning.stages[0];
        assert_eq!((base.end.user, base.end.workdir, meaning.scope(8).get("A")), (None, Some(1), None));
        let mid = &meaning.stages[2];
        assert_eq!((mid.end.user, mid.end.workdir, mid.end.cmd), (Some(5), Some(6), Some(2)));
        assert_eq!(meaning.workdir(&mid.end), Some("/srv/data-1"));
        assert_eq!(meaning.effective_at(11).user, Some(5), "right after the FROM");
        assert_eq!(
            mid.uses.iter().map(|used| (used.instruction, &used.from)).collect::<Vec<_>>(),
            [(8, &Base::Stage(1))]
        );
        let kinds: Vec<_> = meaning.instructions_of(2).map(|(index, i)| (index, i.kind.as_str())).collect();
        assert_eq!(
            kinds,
            [(10, "FROM"), (4, "ENV"), (5, "USER"), (6, "WORKDIR"), (7, "EXPOSE"), (8, "COPY"), (11, "ENV")]
        );
        let variable = meaning.scope(11).get("A").unwrap();
        assert_eq!((variable.value, variable.instruction), (Value::Known("1"), Some(4)));
        assert_eq!(meaning.scope(13).get("C").unwrap().value, Value::Known("x"));
    });
}

#[test]
fn triggers_run_once() {
    let text = "FROM a AS base\nONBUILD USER app\nFROM base AS mid\nUSER root\nFROM mid\nRUN x\n";
    plain(text, |meaning| {
        assert_eq!(meaning.stages[1].triggers, [1]);
        assert_eq!((meaning.stages[2].end.user, &meaning.stages[2].triggers), (Some(3), &vec![]));
    });
}

#[test]
fn a_triggered_cmd_is_of_the_stage_that_runs_it() {
    let text =
        "FROM a AS base\nCMD old\nONBUILD CMD new\nONBUILD SHELL [\"powershell\"]\nFROM base\nENTRYPOINT x\n";
    plain(text, |meaning| {
        let end = meaning.stages[1].end;
        assert_eq!((end.cmd, end.cmd_reset, end.entrypoint, end.shell), (Some(2), false, Some(5), Some(3)));
        assert_eq!((meaning.stages[0].windows, meaning.stages[1].windows), (false, true));
    });
}

#[test]
fn windows_is_told_by_image_platform_and_shell() {
    for (text, windows) in [
        ("FROM mcr.microsoft.com/windows/nanoserver:ltsc2022", true),
        ("FROM golang:1-windowsservercore", true),
        ("FROM --platform=windows/amd64 a", true),
        ("FROM mcr.microsoft.com/dotnet/sdk:8.0", false),
        ("FROM a\nSHELL [\"powershell\", \"-Command\"]", true),
        ("FROM a\nSHELL [\"/usr/bin/pwsh\", \"-c\"]", false),
        ("FROM mcr.microsoft.com/windows/server:1 AS b\nFROM b", true),
    ] {
        plain(text, |meaning| assert_eq!(meaning.stages.last().unwrap().windows, windows, "{text}"));
    }
}

#[test]
fn a_file_that_grows_without_end_does_not() {
    let text = format!("FROM scratch\nENV A=0123456789\n{}", "ENV A=$A$A\n".repeat(20_000));
    plain(&text, |meaning| assert_eq!(meaning.scope(20_001).get("A").unwrap().value, Value::Unknown));
    let triggers =
        format!("FROM a AS b\n{}{}", "ONBUILD ENV A=1\n".repeat(20_000), "FROM b\n".repeat(20_000));
    plain(&triggers, |meaning| {
        assert!(meaning.stages.iter().map(|s| s.triggers.len()).sum::<usize>() < 20_000)
    });
    let chain: String = (0..20_000).map(|n| format!("FROM s{n} AS s{}\nENV A=$B\n", n + 1)).collect();
    plain(&chain, |meaning| assert_eq!(meaning.stages.len(), 20_000));
}
