//! The scripts of a Dockerfile: which there are, which shell reads them, and where their words stand in the file.

use plimsoll_dockerfile::meaning::{BuildOptions, Meaning};
use plimsoll_dockerfile::{Source, parse};
use plimsoll_shell::{Purpose, Run, runs};
use proptest::prelude::*;

/// The scripts of a file, and what `show` says of each.
fn each(text: &str, show: impl Fn(&Source, &Run) -> String) -> Vec<String> {
    let source = Source::from(text);
    let file = parse(&source);
    let meaning = Meaning::new(&file, &BuildOptions::default());
    runs(&meaning).iter().map(|run| show(&source, run)).collect()
}

fn shells(text: &str) -> Vec<String> {
    each(text, |_, run| format!("{:?} {:?}: {}", run.purpose, run.shell.dialect, run.script.text()))
}

/// Every command of every script as the file has it.
fn commands(text: &str) -> Vec<String> {
    let of = |source: &Source, run: &Run| {
        let commands = run.script.commands.iter().map(|command| source.slice(run.span(command.span)));
        commands.collect::<Vec<_>>().join(" | ")
    };
    each(text, of)
}

#[test]
fn each_instruction_with_a_command_has_a_script() {
    let text = "FROM a\nRUN b\nCMD [\"c\", \"d e\"]\nENTRYPOINT f\nHEALTHCHECK CMD g\nHEALTHCHECK NONE\nUSER h\n\
                ONBUILD RUN i\n";
    let expected = ["Run Sh: b", "Cmd Sh: c 'd e'", "Entrypoint Sh: f", "Healthcheck Sh: g", "Run Sh: i"];
    assert_eq!(shells(text), expected);
    assert_eq!(each(text, |_, run| format!("{}", run.onbuild)), ["false", "false", "false", "false", "true"]);
    assert_eq!(each(text, |_, run| format!("{}", run.exec)), ["false", "true", "false", "false", "false"]);
    assert_eq!(shells("RUN a\n"), [""; 0]);
}

#[test]
fn the_shell_is_that_of_the_instruction_before() {
    let text = "FROM a AS b\nRUN c\nSHELL [\"/bin/bash\", \"-o\", \"pipefail\", \"-c\"]\nRUN d | e\n\
                FROM b\nRUN f\nSHELL [\"pwsh\"]\nRUN g\nCMD [\"h\"]\n\
                FROM mcr.microsoft.com/windows/nanoserver:ltsc2022\nRUN i\n";
    let expected = [
        "Run Sh: c",
        "Run Bash: d | e",
        "Run Bash: f",
        "Run PowerShell: g",
        "Cmd PowerShell: h",
        "Run Cmd: i",
    ];
    assert_eq!(shells(text), expected);
    let pipefail = each(text, |_, run| run.has_pipefail().to_string());
    assert_eq!(pipefail, ["false", "true", "true", "false", "false", "false"]);
}

#[test]
fn a_heredoc_is_read_by_whom_it_is_given_to() {
    assert_eq!(shells("FROM a\nRUN <<E\nb\nc\nE\n"), ["Run Sh: b\nc\n"]);
    assert_eq!(shells("FROM a\nRUN <<E\n#!/bin/bash\nb\nE\n"), ["Run Bash: #!/bin/bash\nb\n"]);
    assert_eq!(
        shells("FROM a\nRUN <<E\n#!/usr/bin/env python3\nb\nE\n"),
        ["Run Other: #!/usr/bin/env python3\nb\n"]
    );
    assert_eq!(shells("FROM a\nRUN bash -e <<E\nb\nE\n"), ["Run Sh: bash -e <<E\nb\nE", "Run Bash: b\n"]);
    for reader in [
        "/usr/bin/env bash",
        "exec bash",
        "bash -s -- x",
        "bash -es x",
        "bash -",
        "sudo -u a bash -x",
        "bash -euo pipefail",
    ] {
        let read = shells(&format!("FROM a\nRUN {reader} <<E\nb\nE\n"));
        assert_eq!(read[1..], ["Run Bash: b\n"], "{reader}");
    }
    assert_eq!(shells("FROM a\nRUN bash x.sh <<E\nb\nE\n").len(), 1);
    assert_eq!(shells("FROM a\nRUN <<-E\n\t#!/bin/bash\n\tb\n\tE\n"), ["Run Bash: \t#!/bin/bash\n\tb\n"]);
    // What cat reads is no script, and what follows -c is the script already.
    assert_eq!(shells("FROM a\nRUN cat <<E > f\nb\nE\n"), ["Run Sh: cat <<E > f\nb\nE"]);
    assert_eq!(shells("FROM a\nRUN sh -c 'cat' <<E\nb\nE\n"), ["Run Sh: sh -c 'cat' <<E\nb\nE"]);
    let two = "FROM a\nRUN cat <<E && bash <<F\nb\nE\nc\nF\n";
    assert_eq!(shells(two)[1..], ["Run Bash: c\n"]);
    assert_eq!(commands("FROM a\nRUN bash <<E\nb  1\nc\nE\n")[1..], ["b  1 | c"]);
    assert_eq!(commands("FROM a\nRUN <<-E\n\tb 1\n\tE\n"), ["b 1"]);
}

#[test]
fn words_of_an_exec_form_stand_inside_their_quotes() {
    let words = |source: &Source, run: &Run| {
        let words = run.script.commands.iter().flat_map(|command| &command.words);
        words.map(|word| source.slice(run.span(word.span))).collect::<Vec<_>>().join("|")
    };
    assert_eq!(each("FROM a\nCMD [\"b\", \\\n \"--c=d\"]\n", words), ["b|--c=d"]);
}

#[test]
fn the_purpose_is_that_of_the_innermost_instruction() {
    let text = "FROM a\nONBUILD HEALTHCHECK CMD b\n";
    assert_eq!(each(text, |_, run| format!("{}", run.purpose == Purpose::Healthcheck)), ["true"]);
}

/// What may stand between two words of a command.
const BETWEEN: &[&str] = &[
    " ",
    "  ",
    "\t",
    " \\\n",
    " \\\n    ",
    "\\\n ",
    " \\\r\n  ",
    " \\\n# a comment\n  ",
    " \\\n  # a 'comment'\n  # and \\\n  ",
    " \\\n\n ",
    " \\  \n ",
];

proptest! {
    #[test]
    fn words_stand_where_the_map_says(
        words in proptest::collection::vec(("q[a-z\u{e9}]{0,5}", proptest::sample::select(BETWEEN)), 1..12),
        keyword in proptest::sample::select(&["RUN", "run \\\n", "RUN --network=none", "ONBUILD RUN", "CMD"][..]),
    ) {
        let mut text = format!("FROM a\n{keyword} ");
        for (word, between) in &words {
            text.push_str(word);
            text.push_str(between);
        }
        text.push_str("end\n");
        let found = each(&text, |source, run| {
            let words = run.script.commands.iter().flat_map(|command| &command.words);
            words.map(|word| source.slice(run.span(word.span))).collect::<Vec<_>>().join(" ")
        });
        let expected = words.iter().map(|(word, _)| format!("{word} ")).collect::<String>() + "end";
        prop_assert_eq!(found, [expected], "{}", text);
    }
}

#[test]
fn a_shells_argument_is_a_script_of_its_own() {
    use plimsoll_shell::{Dialect, Script};
    let pipes = |text: &str| {
        let script = Script::parse(text, Dialect::Sh);
        let given = script.argument_of(&script.commands[0])?;
        let pipeline = given.script.pipelines.first()?;
        Some(script.raw(given.span(pipeline.span)).to_owned())
    };
    assert_eq!(pipes("bash -c 'a; b | c'").as_deref(), Some("b | c"));
    assert_eq!(pipes("sudo -E sh -ec \"a | b\" x").as_deref(), Some("a | b"));
    assert_eq!(pipes("sh -c a\\ \\|\\ b").as_deref(), Some("a\\ \\|\\ b"));
    assert_eq!(pipes("sh x -c 'a | b'"), None);
    assert_eq!(pipes("python -c 'a | b'"), None);
    assert_eq!(pipes("sh <<E\na | b\nE"), None);
}
