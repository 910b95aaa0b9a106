//! What a person sees of a ticked checklist.

use plimsoll_report::{Format, Options, write_checklist};
use plimsoll_rules::checklist::{ChecklistReport, Counts, Evidence, ItemResult, SectionResult, Status};

fn item(text: &str, status: Status) -> ItemResult {
    ItemResult {
        text: text.to_owned(),
        id: Some(text.to_lowercase().replace(' ', "-")),
        status,
        evidence: Vec::new(),
        why: None,
        command: None,
        same_as: Vec::new(),
        repeated: false,
    }
}

fn seen(file: &str, line: u32, text: &str) -> Evidence {
    Evidence { text: text.to_owned(), file: Some(file.to_owned()), line: Some(line), ..Evidence::default() }
}

fn report() -> ChecklistReport {
    let mut passed = item("Expose port 8000", Status::Passed);
    passed.evidence = vec![seen("api/Dockerfile", 32, "exposes 8000")];
    let mut failed = item("Set up non-root user", Status::Failed);
    failed.evidence = vec![
        Evidence {
            rule: Some("run-as-non-root".to_owned()),
            ..seen("api/Dockerfile", 9, "USER is `root`, and \u{1b}[31mred")
        },
        Evidence {
            image: Some("api:1".to_owned()),
            layer: Some(3),
            ..Evidence { text: "owned by root".to_owned(), ..Evidence::default() }
        },
        Evidence { text: "third".to_owned(), ..Evidence::default() },
        Evidence { text: "fourth".to_owned(), ..Evidence::default() },
    ];
    let mut again = item("Container runs as non-root user", Status::Failed);
    again.repeated = true;
    again.same_as = vec!["Set up non-root user".to_owned()];
    let mut open = item("Health endpoint responds with 200 OK", Status::NotChecked);
    open.why = Some("needs a running system".to_owned());
    open.command = Some("docker compose exec backend curl --fail http://127.0.0.1:8000/health".to_owned());
    let mut off = item("Install dumb-init", Status::NotApplicable);
    off.why = Some("nothing here is a frontend".to_owned());
    ChecklistReport {
        main_file: Some("compose.yaml".to_owned()),
        folder: "shop".to_owned(),
        without_image: vec!["backend".to_owned()],
        title: "A list | of *ours*".to_owned(),
        counts: Counts { passed: 1, failed: 2, not_checked: 1, not_applicable: 1 },
        applications: vec!["api/Dockerfile: backend (requirements.txt names `fastapi`)".to_owned()],
        sections: vec![
            SectionResult { title: "Backend".to_owned(), items: vec![passed, failed] },
            SectionResult { title: "Once more".to_owned(), items: vec![again, open, off] },
        ],
    }
}

fn shown(format: Format, width: usize) -> String {
    let options = Options { width, unicode: true, ..Options::default() };
    let mut out = Vec::new();
    write_checklist(&report(), &[], format, &options, &mut out).expect("a vector takes every byte");
    String::from_utf8(out).expect("UTF-8")
}

#[test]
fn a_narrow_table() {
    insta::assert_snapshot!(shown(Format::Table, 80));
}

#[test]
fn a_wide_table() {
    insta::assert_snapshot!(shown(Format::Table, 140));
}

#[test]
fn boxes_to_tick() {
    insta::assert_snapshot!(shown(Format::Markdown, 80));
}

#[test]
fn json_has_everything_and_no_null() {
    let text = shown(Format::Json, 80);
    let json: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(json["version"], 1);
    assert_eq!(json["counts"]["not_checked"], 1);
    assert_eq!(json["sections"][0]["items"][1]["evidence"].as_array().map(Vec::len), Some(4));
    assert_eq!(json["sections"][1]["items"][1]["status"], "not-checked");
    assert!(!text.contains("null"), "{text}");
}

#[test]
fn what_only_repeats_is_no_finding() {
    let json: serde_json::Value = serde_json::from_str(&shown(Format::Sarif, 80)).expect("JSON");
    let results = json["runs"][0]["results"].as_array().expect("results");
    assert_eq!(results.len(), 4);
    assert!(results.iter().all(|r| r["ruleId"] == "checklist/set-up-non-root-user"));
}
