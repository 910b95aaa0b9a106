//! The formats with a schema or a reader of their own are put before it.

#[allow(dead_code)] // shared with the other tests, which use more of it
mod sample;

use std::path::Path;

use plimsoll_report::{Format, Options, Outcome, render, write_checklist};
use plimsoll_rules::checklist::{Checklist, Surroundings, tick};
use plimsoll_rules::config::Settings;
use serde_json::Value;

const SARIF: &str = include_str!("../../../testdata/report/sarif-2.1.0.schema.json");
const GITLAB: &str = include_str!("../../../testdata/report/gitlab-code-quality.schema.json");

fn show(outcome: &Outcome, format: Format) -> String {
    render(outcome, format, &Options { rules: sample::rule, ..Options::default() })
}

fn outcomes() -> [Outcome; 2] {
    [sample::outcome(), Outcome { checked: 1, ..Outcome::default() }]
}

/// What `schema` has against `text`.
fn violations(schema: &str, text: &str) -> Vec<String> {
    // One of the standard's own patterns has a bracket that only a lenient engine takes.
    let schema: Value = serde_json::from_str(&schema.replace("{2}]?$", "{2}\\\\]?$")).unwrap();
    let value: Value = serde_json::from_str(text).unwrap();
    let validator = jsonschema::options().should_validate_formats(true).build(&schema).unwrap();
    validator.iter_errors(&value).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

#[test]
fn sarif_is_valid() {
    for outcome in outcomes() {
        assert_eq!(violations(SARIF, &show(&outcome, Format::Sarif)), Vec::<String>::new());
    }
    let broken = show(&sample::outcome(), Format::Sarif).replace("\"startLine\":2", "\"startLine\":0");
    assert!(!violations(SARIF, &broken).is_empty(), "the schema is not looked at");
}

#[test]
fn failed_items_of_a_checklist_are_valid_sarif() {
    let list = "title = 'x'\n[[section]]\ntitle = 's'\n[[section.item]]\ntext = 'A license'\nfacts = ['file=LICENSE']\n";
    let list = Checklist::parse(list, Path::new("list.toml")).unwrap();
    let around = Surroundings::default();
    let mut report = tick(&list, &around, &Outcome::default(), &[], &Settings::default());
    let mut show = |main_file: Option<&str>| {
        report.main_file = main_file.map(str::to_owned);
        let mut out = Vec::new();
        write_checklist(&report, &[], Format::Sarif, &Options::default(), &mut out).unwrap();
        String::from_utf8(out).unwrap()
    };
    for (main_file, uri) in [(None, None), (Some("compose.yaml"), Some("compose.yaml"))] {
        let text = show(main_file);
        assert_eq!(violations(SARIF, &text), Vec::<String>::new());
        let log: Value = serde_json::from_str(&text).unwrap();
        let place = &log["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"].as_str(), uri, "{text}");
    }
}

#[test]
fn gitlab_report_is_valid() {
    for outcome in outcomes() {
        assert_eq!(violations(GITLAB, &show(&outcome, Format::Gitlab)), Vec::<String>::new());
    }
    let broken = show(&sample::outcome(), Format::Gitlab).replace("\"blocker\"", "\"bad\"");
    assert!(!violations(GITLAB, &broken).is_empty(), "the schema is not looked at");
}

#[test]
fn junit_is_read_back() {
    let text = show(&sample::outcome(), Format::Junit);
    let suites = junit_parser::from_reader(text.as_bytes()).unwrap();
    let names: Vec<_> = suites.suites.iter().map(|suite| suite.name.as_str()).collect();
    assert_eq!(names, ["Containerfile", "app/Dockerfile", "app:1", "gone/Dockerfile", "half.tar"]);
    let failures =
        suites.suites.iter().flat_map(|suite| &suite.cases).filter(|case| case.status.is_failure());
    assert_eq!(failures.count(), sample::outcome().findings.len());
    let errors = suites.suites.iter().flat_map(|suite| &suite.cases).filter(|case| case.status.is_error());
    assert_eq!(errors.count(), 2);
}

#[test]
fn junit_lists_what_passed() {
    let options =
        Options { inputs: vec!["app/Dockerfile".into(), "good/Dockerfile".into()], ..Options::default() };
    let suites =
        junit_parser::from_reader(render(&sample::outcome(), Format::Junit, &options).as_bytes()).unwrap();
    let good = suites.suites.iter().find(|suite| suite.name == "good/Dockerfile").unwrap();
    assert!(good.cases.iter().all(|case| case.status.is_success()) && good.cases.len() == 1);
    assert_eq!(suites.suites.iter().filter(|suite| suite.name == "app/Dockerfile").count(), 1);
}

#[test]
fn checkstyle_has_the_shape_that_its_readers_look_for() {
    for outcome in outcomes() {
        let text = show(&outcome, Format::Checkstyle);
        let xml = roxmltree::Document::parse(&text).unwrap();
        assert_eq!(xml.root_element().tag_name().name(), "checkstyle");
        assert!(xml.root_element().has_attribute("version"));
        let mut errors = 0;
        for file in xml.root_element().children().filter(roxmltree::Node::is_element) {
            assert_eq!(file.tag_name().name(), "file");
            assert!(file.has_attribute("name"));
            for error in file.children().filter(roxmltree::Node::is_element) {
                assert_eq!(error.tag_name().name(), "error");
                assert!(matches!(error.attribute("severity"), Some("error" | "warning" | "info")));
                assert!(error.attribute("source").is_some_and(|source| source.starts_with("plimsoll.")));
                assert!(error.attribute("message").is_some_and(|message| !message.is_empty()));
                for number in ["line", "column"].iter().filter_map(|name| error.attribute(*name)) {
                    assert!(number.parse::<u32>().is_ok_and(|n| n > 0));
                }
                errors += 1;
            }
        }
        assert_eq!(errors, outcome.findings.len() + outcome.errors.len());
    }
}

#[test]
fn fingerprints_survive_new_lines_above() {
    let before = sample::outcome();
    let mut after = sample::outcome();
    for text in after.sources.values_mut() {
        text.insert_str(0, "# a new line\n");
    }
    for finding in after.findings.iter_mut().filter(|finding| finding.file.is_some()) {
        for line in [&mut finding.line, &mut finding.end_line, &mut finding.instruction_line] {
            *line = line.map(|line| line + 1);
        }
        let shift = "# a new line\n".len();
        finding.span = finding.span.clone().map(|span| span.start + shift..span.end + shift);
    }
    assert_eq!(plimsoll_report::fingerprints(&before), plimsoll_report::fingerprints(&after));
    let unique: std::collections::BTreeSet<_> =
        plimsoll_report::fingerprints(&before).iter().map(plimsoll_report::Fingerprint::unique).collect();
    assert_eq!(unique.len(), before.findings.len());
}
