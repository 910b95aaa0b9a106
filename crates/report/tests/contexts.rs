//! Build contexts in the formats that show them.

use plimsoll_report::{Format, Options, render};
use plimsoll_rules::{ContextPart, ContextSummary, Outcome, Saving};

fn outcome() -> Outcome {
    let part = |path: &str, directory: bool, size: u64, files: u64| ContextPart {
        path: path.to_owned(),
        directory,
        size,
        files,
    };
    let context = ContextSummary {
        name: "shop".to_owned(),
        size: 412_345_678,
        files: 31_234,
        ignore_file: Some("shop/.dockerignore".to_owned()),
        heaviest: vec![
            part("web/node_modules", true, 401_000_000, 31_000),
            part(
                "a/very/long/path/through/many/folders/that/does/not/fit/into/eighty/columns/of/width.mp4",
                false,
                9_000_000,
                1,
            ),
            part("evil\u{1b}[31m|*`<b>", false, 900, 1),
        ],
        savings: vec![Saving {
            pattern: "**/node_modules".to_owned(),
            what: "packages installed on this machine".to_owned(),
            size: 401_000_000,
            files: 31_000,
        }],
    };
    Outcome { contexts: vec![context], checked: 31_234, ..Outcome::default() }
}

#[test]
fn text_fits_the_width() {
    for width in [80, 140] {
        let options = Options { width, unicode: true, ..Options::default() };
        let text = render(&outcome(), Format::Text, &options);
        assert!(text.lines().all(|line| line.chars().count() <= width), "{text}");
        assert!(!text.contains('\u{1b}'), "{text}");
        insta::assert_snapshot!(format!("text_{width}"), text);
    }
}

#[test]
fn json_has_them_beside_the_images() {
    insta::assert_snapshot!(render(&outcome(), Format::Json, &Options::default()));
    assert!(!render(&Outcome::default(), Format::Json, &Options::default()).contains("contexts"));
}

#[test]
fn markdown_folds_them() {
    insta::assert_snapshot!(render(&outcome(), Format::Markdown, &Options::default()));
}
