//! What a person or a program sees of one small outcome, in every format.

mod sample;

use plimsoll_report::{Format, Options, Outcome, render};

fn narrow() -> Options {
    Options::default()
}

fn wide() -> Options {
    Options { unicode: true, width: 140, ..Options::default() }
}

#[test]
fn text_80() {
    insta::assert_snapshot!(render(&sample::outcome(), Format::Text, &narrow()));
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
    insta::assert_snapshot!(render(&sample::outcome(), Format::Table, &narrow()));
}

#[test]
fn table_140() {
    insta::assert_snapshot!(render(&sample::outcome(), Format::Table, &wide()));
}

#[test]
fn nothing_found() {
    let clean = Outcome { checked: 3, ..Outcome::default() };
    for format in [Format::Text, Format::Table] {
        assert_eq!(render(&clean, format, &narrow()), "3 files checked, nothing found\n");
    }
    let one = Outcome { checked: 1, ..Outcome::default() };
    assert_eq!(render(&one, Format::Text, &narrow()), "1 file checked, nothing found\n");
}

#[test]
fn json() {
    insta::assert_snapshot!(render(&sample::outcome(), Format::Json, &narrow()));
}
