//! Dockerfiles as nasty as they come.

use proptest::prelude::*;

/// What an instruction's arguments are made of. NUL is left out: the oracle passes C strings.
const PIECES: &[&str] = &[
    "a",
    "bc",
    "x=y",
    "K=\"v w\"",
    "K='v w'",
    "k=v\\ w",
    "\"",
    "'",
    "\\",
    "`",
    " ",
    " ",
    "  ",
    "\t",
    "$x",
    "${x}",
    "${x:-y z}",
    "${x:+y}",
    "${x:-'q r'}",
    "${x:-",
    "${x#y}",
    "${x%%y}",
    "${x/y/z}",
    "${",
    "$",
    "$1a",
    "$$",
    "<",
    "é",
    "à",
    "か",
    "\u{a0}",
    "\u{3000}",
    "\u{2003}",
    "--",
    "--x",
    "--x=y",
    "--x=\"a b\"",
    "--from=à b",
    "--k='a",
    "=",
    "==",
    "[\"a\"]",
    "[",
    "]",
    ",",
    "#",
    "{",
    "}",
    "\u{b}",
    "\u{c}",
    "\r",
    "|",
    "/",
    "%",
    ":",
    "&&",
    "CMD",
    "NONE",
    "AS",
    "\\n",
    "\\\"",
    "-",
    "--\\x",
    "\u{85}",
    "\u{1f600}",
    "\u{feff}",
];

/// What ends a line without ending the instruction, mostly.
const BREAKS: &[&str] = &[
    "\\\n",
    " \\\n",
    "\\ \t\n",
    "`\n",
    " `\n",
    "\\\r\n",
    "\\\\\n",
    "\\\n# c\n",
    "\\\n  # c \\\n",
    "\\\n\n",
    "\\\n \t\n\n",
    "\\\n#\n",
    "\\\n\u{a0}\n",
    "\\\n\\\n",
    "\\\n  \\\n",
    "\\\u{a0}\n",
    "\\\n \u{3000}# c\n",
    "\\\n\t",
];

const HEREDOCS: &[&str] = &[
    "<<E",
    "<<-E",
    "<<'E'",
    "<<\"E\"",
    "3<<E",
    "<<\\E",
    "<<E'F'",
    "<<\"E F\"",
    "<<-'E F'",
    "<<$E",
    "<<${E}",
    "<<E;",
    "a<<E",
    "<<<E",
    "<< E",
    "<<-  E",
    "<<",
    "<<''",
    "\"<<E\"",
    "'<<E'",
    "0012<<E",
    "<<E<<F",
    "<<E>f",
    "<<é",
    "${x:-a <<E}",
];

const ENDS: &[&str] = &[
    "E", "E", "E", "E", "EF", "E F", "$E", "${E}", "E;", "E>f", "é", "\tE", "\t\tE F", "E ", " E", "E\r", "e",
];

const KEYWORDS: &[&str] = &[
    "FROM",
    "RUN",
    "RUN",
    "RUN",
    "CMD",
    "LABEL",
    "EXPOSE",
    "ENV",
    "ADD",
    "COPY",
    "COPY",
    "ENTRYPOINT",
    "VOLUME",
    "USER",
    "WORKDIR",
    "ARG",
    "ONBUILD",
    "ONBUILD RUN",
    "ONBUILD COPY",
    "ONBUILD ONBUILD",
    "STOPSIGNAL",
    "HEALTHCHECK",
    "HEALTHCHECK CMD",
    "SHELL",
    "MAINTAINER",
    "COPPY",
    "FOO",
    "run",
    "Run",
    "rUn",
    "cOpY",
    "onbuild run",
    "WOR\u{212a}DIR",
    "R\\\nUN",
    "RUN\\\n",
    "RUN\u{a0}",
    "éa",
    "-",
    "--x",
    "\"RUN\"",
    "[]",
    "<<E",
];

const JSON: &[&str] = &[
    "[\"a\"]",
    "[\"a\", \"b c\"]",
    "[]",
    "[ ]",
    "[\"a\",]",
    "['a']",
    "[\"a\" \"b\"]",
    "[\"a\"] b",
    "[\"\\u00e9\\n\\\"\\/\"]",
    "[\"\\ud83d\\ude00\"]",
    "[\"\\ud83d\"]",
    "[\"\\udc00x\"]",
    "[\"\\x\"]",
    "[\"\t\"]",
    "[1e999]",
    "[\"a\", 1e999]",
    "[\"a\",\\\n\"b\"]",
    "[\"a\\\\\\\nb\"]",
    "\u{a0}[\"a\"]",
    "[\"é\u{a0}\"]",
    "[\"a\"]\u{a0}",
    "[[1e999]]",
    "[\"\\u12\"]",
    "[\"a\nb\"]",
    "[\"a",
    "[\"\\ud83d\\u0041\"]",
    "[\"\u{7f}\"]",
    "[{\"a\":1e999}]",
    "[01]",
    "[-]",
    "[tru]",
];

/// Arrays that the oracle refuses outright.
const BAD_JSON: &[&str] = &["[1]", "[\"a\", null]", "[[]]", "[\"a\", {\"b\": [1, \"c\"]}]", "[-0.5e3, true]"];

const HEADS: &[&str] = &[
    "",
    "",
    "",
    "",
    "# escape=`\n",
    "#escape=\\\n",
    "# syntax=docker/dockerfile:1\n",
    "# syntax=x\n# escape=`\n",
    "# check=skip=all\n# escape=`\n",
    "# c\n# escape=`\n",
    "\n# escape=`\n",
    "  # EsCaPe = `  \n",
    "#\n# escape=`\n",
    "# escape=`\n# escape=`\n",
    "# escape=x\n",
    "# escape= \n",
    "# foo=bar\n# escape=`\n",
    "#\tescape\t=\t`\n",
    "# escape=`\r\n",
    "\u{a0}# escape=`\n",
    "#\u{a0}escape=`\n",
    "# escape=`\u{a0}\n",
    "\\\n",
    "#escape=` \\\n",
];

fn one(of: &'static [&'static str]) -> impl Strategy<Value = String> {
    prop::sample::select(of).prop_map(str::to_owned)
}

fn arguments() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        12 => one(PIECES),
        3 => one(BREAKS),
        1 => one(HEREDOCS),
        1 => "[ -~]{0,4}",
    ];
    prop_oneof![
        8 => prop::collection::vec(piece.clone(), 0..9).prop_map(|pieces| pieces.concat()),
        3 => prop::collection::vec(piece, 0..6).prop_map(|pieces| pieces.join(" ")),
        3 => one(JSON),
    ]
}

fn heredocs() -> impl Strategy<Value = String> {
    let line = prop_oneof![4 => one(ENDS), 2 => one(PIECES), 1 => one(BREAKS), 1 => Just(String::new())];
    let words = prop_oneof![3 => one(HEREDOCS), 1 => one(PIECES)];
    let keyword = prop::sample::select(&["RUN", "COPY", "ADD", "ONBUILD RUN", "RUN --x=y", "copy"][..]);
    (keyword, prop::collection::vec(words, 1..4), prop::collection::vec(line, 0..5)).prop_map(
        |(keyword, words, lines)| format!("{keyword} {}\n{}\nE\nE\nE F", words.join(" "), lines.join("\n")),
    )
}

fn statement() -> impl Strategy<Value = String> {
    prop_oneof![
        60 => (one(KEYWORDS), prop::sample::select(&[" ", " ", "  ", "\t", "", " \\\n"][..]), arguments())
            .prop_map(|(keyword, space, arguments)| format!("{keyword}{space}{arguments}")),
        12 => heredocs(),
        10 => one(KEYWORDS).prop_map(|keyword| format!("{keyword} a=b c=\"d\\\n e\" f='g'")),
        6 => prop::sample::select(&["# c", "  # c\\", "#", "", "  ", "\u{a0}", "\\", "\t# escape=`"][..])
            .prop_map(str::to_owned),
        1 => one(BAD_JSON).prop_map(|json| format!("CMD {json}")),
    ]
}

/// One Dockerfile.
pub(crate) fn dockerfile() -> impl Strategy<Value = String> {
    let end = prop::sample::select(&["\n", "\n", "\n", "", "\\", " \\\n", "\r\n", "\n\n"][..]);
    (
        one(HEADS),
        prop::collection::vec(statement(), 1..5),
        end,
        prop::bool::weighted(0.15),
        prop::bool::weighted(0.05),
    )
        .prop_map(|(head, statements, end, crlf, bom)| {
            let text = format!("{head}{}{end}", statements.join("\n"));
            let text = if crlf { text.replace('\n', "\r\n") } else { text };
            if bom { format!("\u{feff}{text}") } else { text }
        })
}
