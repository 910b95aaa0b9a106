//! Whatever an input says, no format lets it steer the terminal or break the document.

#[allow(dead_code)] // shared with the other tests, which use more of it
mod sample;

use plimsoll_report::{Format, Options, Outcome, render};
use plimsoll_rules::{Finding, InputError};
use proptest::prelude::*;

/// Text with what hurts: control characters, bidirectional overrides, markup, wide and combining characters.
fn hostile() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "\x1b[31m",
        "\x07",
        "\r",
        "\n",
        "\t",
        "\0",
        "\u{7f}",
        "\u{9b}2J",
        "\u{202e}",
        "\u{2066}",
        "\u{2028}",
        "\u{feff}",
        "\u{fffe}",
        "`",
        "|",
        "<img src=x>",
        "]]>",
        "&amp;",
        "\"",
        "'",
        "::error::",
        "%0A",
        ",",
        "a",
        " ",
        "word",
        "世界",
        "e\u{301}",
        "👩‍👩‍👧",
        "\\",
        "/",
        "*",
        "--",
        "\u{e0041}",
    ]);
    prop_oneof![prop::collection::vec(pieces, 0..12).prop_map(|pieces| pieces.concat()), any::<String>()]
}

prop_compose! {
    fn finding()(
        words in prop::collection::vec(hostile(), 9),
        place in prop::option::of((1_u32..20, 1_u32..60, 0_u32..3)),
        span in prop::option::of((0_usize..200, 0_usize..200)),
        which in 0_u8..4,
    ) -> Finding {
        let mut words = words.into_iter();
        let mut next = || words.next().unwrap_or_default();
        let mut finding = sample::outcome().findings.swap_remove(2);
        finding.rule = next().into();
        finding.message = next();
        finding.help = Some(next());
        finding.also = vec![next().into()];
        finding.stage = Some(next());
        finding.detector = Some(next());
        finding.file = (which != 0).then_some("f".to_owned());
        finding.image = (which < 2).then(&mut next);
        finding.layer = finding.image.as_ref().map(|_| 1);
        finding.path = (which < 2).then(&mut next);
        finding.line = place.map(|place| place.0);
        finding.column = place.map(|place| place.1);
        finding.end_line = place.map(|place| place.0 + place.2);
        finding.end_column = place.map(|place| place.1 + 3);
        finding.span = span.map(|(a, b)| a.min(b)..a.max(b));
        finding
    }
}

prop_compose! {
    fn outcome()(
        mut findings in prop::collection::vec(finding(), 0..5),
        name in hostile(),
        source in prop::collection::vec(hostile(), 0..12),
        message in hostile(),
        command in hostile(),
    ) -> Outcome {
        for finding in &mut findings {
            finding.file = finding.file.take().map(|_| name.clone());
        }
        let mut outcome = Outcome { findings, ..sample::outcome() };
        outcome.sources.insert(name.clone(), source.concat());
        outcome.errors =
            vec![InputError { file: Some(name.clone()), image: None, layer: None, offset: Some(7), message }];
        outcome.images[0].name = name;
        outcome.images[0].layers[1].created_by = command;
        outcome
    }
}

fn is_forbidden(c: char) -> bool {
    c != '\n'
        && (c.is_control()
            || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{feff}'))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_unprintable_comes_out(outcome in outcome(), width in 1_usize..200, unicode: bool) {
        let options = Options { width, unicode, ..Options::default() };
        for format in Format::ALL {
            let text = render(&outcome, format, &options);
            prop_assert!(!text.contains(is_forbidden), "{format}: {text:?}");
        }
        for error in &outcome.errors {
            prop_assert!(!plimsoll_report::render_error(error, false).contains(char::is_control));
        }
    }

    #[test]
    fn json_is_exact(outcome in outcome()) {
        let text = render(&outcome, Format::Json, &Options::default());
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        prop_assert_eq!(&value["findings"], &serde_json::to_value(&outcome.findings).unwrap());
        prop_assert_eq!(&value["errors"], &serde_json::to_value(&outcome.errors).unwrap());
        prop_assert_eq!(&value["images"], &serde_json::to_value(&outcome.images).unwrap());
    }

    #[test]
    fn documents_stay_whole(outcome in outcome()) {
        let options = Options::default();
        for format in [Format::Sarif, Format::Gitlab] {
            prop_assert!(serde_json::from_str::<serde_json::Value>(&render(&outcome, format, &options)).is_ok());
        }
        let count = |format, tag: &str| {
            let text = render(&outcome, format, &options);
            let xml = roxmltree::Document::parse(&text).map_err(|error| format!("{error}: {text}"))?;
            Ok::<_, String>(xml.descendants().filter(|node| node.has_tag_name(tag)).count())
        };
        prop_assert_eq!(count(Format::Junit, "failure"), Ok(outcome.findings.len()));
        prop_assert_eq!(count(Format::Checkstyle, "error"), Ok(outcome.findings.len() + outcome.errors.len()));
    }

    #[test]
    fn a_finding_is_one_workflow_command(outcome in outcome()) {
        let text = render(&outcome, Format::Github, &Options::default());
        prop_assert_eq!(text.lines().count(), outcome.findings.len() + outcome.errors.len());
        prop_assert!(text.lines().all(|line| line.starts_with("::")));
    }
}
