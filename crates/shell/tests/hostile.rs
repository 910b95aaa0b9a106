//! No script panics, hangs or gives a place outside itself.

use plimsoll_shell::{Command, Dialect, LintOptions, ParsedBy, Script, Span, Word, lint, packages};
use proptest::prelude::*;

fn check_span(script: &Script, span: Span) {
    let text = script.text();
    assert!(span.start <= span.end && span.end <= text.len(), "{span:?} in {text:?}");
    assert!(text.is_char_boundary(span.start) && text.is_char_boundary(span.end), "{span:?} in {text:?}");
}

fn check_word(script: &Script, word: &Word) {
    check_span(script, word.span);
    word.variables.iter().for_each(|variable| check_span(script, variable.span));
    assert!(word.brace_alternatives().len() <= 65);
}

fn check_command(script: &Script, command: &Command) {
    check_span(script, command.span);
    command.words.iter().for_each(|word| check_word(script, word));
    for redirect in &command.redirects {
        check_span(script, redirect.span);
        check_word(script, &redirect.target);
    }
    for assignment in &command.assignments {
        check_span(script, assignment.span);
        assignment.value.iter().for_each(|value| check_word(script, value));
    }
    check_span(script, command.head_span());
    assert!(script.commands.get(command.index).is_some());
    command.wrapped().iter().for_each(|inner| check_command(script, inner));
    for effective in command.effective() {
        let _ = (packages::installs(effective), packages::updates(effective), packages::cleans(effective));
        let _ = (effective.subcommand(), effective.has_flag("y", "yes"), effective.flag_value("--target"));
    }
    if script.commands.len() < 200 {
        script.any_later(command, |_| false);
    }
}

/// Everything that can be asked of a script, asked.
fn check(text: &str, dialect: Dialect) -> Script {
    let script = Script::parse(text, dialect);
    script.commands.iter().for_each(|command| check_command(&script, command));
    for pipeline in &script.pipelines {
        check_span(&script, pipeline.span);
        assert!(pipeline.elements.len() > 1);
        assert!(pipeline.elements.iter().all(|element| element.end <= script.commands.len()));
    }
    script.comments.iter().for_each(|comment| check_span(&script, *comment));
    script.heredocs.iter().for_each(|heredoc| check_span(&script, heredoc.body));
    script.variables.iter().for_each(|variable| check_span(&script, variable.span));
    script.problems.iter().for_each(|problem| check_span(&script, problem.span));
    let options = LintOptions { declared_variables: &["A", "ñ", "B"], ..LintOptions::default() };
    for finding in lint(&script, &options).iter() {
        check_span(&script, finding.span);
        finding.fix.iter().flat_map(|fix| &fix.edits).for_each(|edit| check_span(&script, edit.span));
    }
    script
}

/// Pieces that shell scripts are made of, in no sensible order.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "apt-get install -y ",
        "curl ",
        "sudo ",
        "sh -c ",
        "rm -rf /x/* ",
        "echo ",
        "set -o pipefail",
        " && ",
        " || ",
        " | ",
        ";",
        "\n",
        " & ",
        "(",
        ")",
        "{ ",
        " }",
        "$(",
        "`",
        "\"",
        "'",
        "\\",
        "\\\n",
        "$X",
        "${Y:-",
        "}",
        "${#A[@]}",
        "$((",
        "))",
        "[[ ",
        " ]]",
        "[ ",
        " ]",
        "if ",
        "then ",
        "else ",
        "fi",
        "for x in ",
        "do ",
        "done",
        "case x in ",
        "a) ",
        ";; ",
        "esac",
        "while ",
        "until ",
        "f() ",
        "! ",
        "<<EOF\n",
        "\nEOF\n",
        "<<-'E'\n",
        "\tE\n",
        "<<<",
        "> ",
        ">>",
        "2>&1",
        "<(",
        "&>",
        "A=1 ",
        "A=(1 2) ",
        "export ",
        "local ",
        "# c\n",
        "*.x",
        "{a,b}",
        "~",
        "é",
        "𝕏",
        "\u{0}",
        "\r\n",
        "\t",
        "=",
        "-",
        "--flag=x ",
        "find . -exec ",
        "{} \\; ",
        "xargs ",
        "eval ",
        "bash <<E\n",
        "$'\\x41'",
        "\"$@\"",
        "%",
        "1.5",
        "=~ ",
    ]);
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn shell_like_text_is_read(text in pieces(), bash in any::<bool>()) {
        check(&text, if bash { Dialect::Bash } else { Dialect::Sh });
    }

    #[test]
    fn any_text_is_read(text in "\\PC{0,200}") {
        check(&text, Dialect::Sh);
        check(&text, Dialect::Zsh);
    }

    #[test]
    fn plain_words_come_back(words in prop::collection::vec("[a-z][a-z0-9/._-]{0,8}", 1..8)) {
        prop_assume!(!["if", "do", "in", "fi", "for", "case", "done", "esac", "else", "elif", "then", "time", "while",
                       "until", "select", "coproc", "function", "export", "local"].contains(&words[0].as_str()));
        let script = check(&words.join("  "), Dialect::Bash);
        let read: Vec<_> = script.commands[0].words.iter().filter_map(Word::text).collect();
        prop_assert_eq!(read, words);
    }
}

#[test]
fn deep_nesting_is_survived() {
    // Test threads have the small stack that worker threads have.
    for depth in [10, 47, 95, 150, 1_500] {
        for (open, middle, close) in [
            ("$(", "x", ")"),
            ("( ", "x", " )"),
            ("{ ", "x;", " }"),
            ("if ", "x", "; then y; fi"),
            ("\"$(", "x", ")\""),
            ("${A:-", "x", "}"),
            ("$((", "1", "))"),
            ("while x; do ", "y", "; done"),
            ("a && ", "x", ""),
            ("a | ", "x", ""),
            ("! ", "x", ""),
            ("`", "x", "`"),
            ("case x in a) ", "y", ";; esac"),
            ("f() { ", "x;", " }"),
            ("sh -c '", "x", "'"),
            ("sudo ", "x", ""),
            ("[[ ( ", "x", " ) ]]"),
            ("{a,", "x", "}"),
            ("a <(", "x", ")"),
            ("<<A\n", "x", "\nA\n"),
            ("A=", "x", ""),
        ] {
            check(&format!("{}{middle}{}", open.repeat(depth), close.repeat(depth)), Dialect::Bash);
        }
    }
}

#[test]
fn long_scripts_are_split() {
    let script = check(&"apt-get install -y curl && ".repeat(20_000), Dialect::Sh);
    assert_eq!(script.parsed_by(), ParsedBy::Splitter);
    assert_eq!(script.commands.len(), 20_000);
}
