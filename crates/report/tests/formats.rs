//! What a person or a program sees of one small outcome, in every format.

mod sample;

use plimsoll_report::{Format, Options, Outcome, render};

fn narrow() -> Options {
    Options { rules: sample::rule, ..Options::default() }
}

fn wide() -> Options {
    Options { unicode: true, width: 140, ..narrow() }
}

fn show(format: Format) -> String {
    let text = render(&sample::outcome(), format, &narrow());
    text.replace(env!("CARGO_PKG_VERSION"), "VERSION")
}

#[test]
fn text_80() {
    insta::assert_snapshot!(show(Format::Text));
}

#[test]
fn text_140() {
    insta::assert_snapshot!(render(&sample::outcome(), Format::Text, &wide()));
}

#[test]
fn text_colour() {
    let text = render(&sample::outcome(), Format::Text, &Options { colour: true, ..narrow() });
    insta::assert_snapshot!(text.replace('\x1b', "ESC"));
}

#[test]
fn table_80() {
    insta::assert_snapshot!(show(Format::Table));
}

#[test]
fn table_140() {
    insta::assert_snapshot!(render(&sample::outcome(), Format::Table, &wide()));
}

#[test]
fn json() {
    insta::assert_snapshot!(show(Format::Json));
}

#[test]
fn sarif() {
    let value: serde_json::Value = serde_json::from_str(&show(Format::Sarif)).unwrap();
    insta::assert_snapshot!(format!("{value:#}"));
}

#[test]
fn github() {
    insta::assert_snapshot!(show(Format::Github));
}

#[test]
fn gitlab() {
    insta::assert_snapshot!(show(Format::Gitlab));
}

#[test]
fn junit() {
    insta::assert_snapshot!(show(Format::Junit));
}

#[test]
fn checkstyle() {
    insta::assert_snapshot!(show(Format::Checkstyle));
}

#[test]
fn markdown() {
    insta::assert_snapshot!(show(Format::Markdown));
}

#[test]
fn errors() {
    let lines: Vec<_> =
        sample::outcome().errors.iter().map(|error| plimsoll_report::render_error(error, false)).collect();
    insta::assert_snapshot!(lines.join("\n"), @r"
    error: gone/Dockerfile: no such file
    error: half.tar, layer 2, byte 512: the archive ends in the middle of an entry
    ");
}

#[test]
fn nothing_found() {
    let clean = Outcome { checked: 3, ..Outcome::default() };
    for format in [Format::Text, Format::Table] {
        assert_eq!(render(&clean, format, &narrow()), "3 files checked, nothing found\n");
    }
    let one = Outcome { checked: 1, ..Outcome::default() };
    assert_eq!(render(&one, Format::Text, &narrow()), "1 file checked, nothing found\n");
    assert_eq!(render(&one, Format::Github, &narrow()), "");
}

#[test]
fn rules() {
    let rules = || sample::RULES.iter();
    insta::assert_snapshot!("rules_80", plimsoll_report::rules_table(rules(), &narrow()));
    insta::assert_snapshot!("rules_140", plimsoll_report::rules_table(rules(), &wide()));
}

#[test]
fn explain() {
    insta::assert_snapshot!(plimsoll_report::explain(&sample::RULES[0], &narrow()));
}
