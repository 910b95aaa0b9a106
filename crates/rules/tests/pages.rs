//! Every rule's page is documentation and test at once: its bad examples must make the rule fire where they say, its
//! good ones must keep it silent, and what it claims in its front matter must hold.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use plimsoll_rules::config::{Config, Settings};
use plimsoll_rules::dockerfile::Around;
use plimsoll_rules::page::{Example, Expect, examples};
use plimsoll_rules::{Finding, Kind, RuleMeta, all_rules, lint_dockerfile};

/// The day on which the pages are true.
const TODAY: &str = "2026-11-01";

fn settings(example: &Example, rule: &RuleMeta) -> Settings {
    let config = example.files.iter().find(|f| f.title.ends_with("plimsoll.toml"));
    let file = Path::new("plimsoll.toml");
    let mut settings = match config {
        Some(config) => Settings::new(&Config::parse(&config.text, file).unwrap(), file).unwrap(),
        None => Settings::default(),
    };
    // An ignore comment is only unused where the rule that it names runs.
    let select = if rule.name == "unused-ignore" { "ALL" } else { rule.name };
    settings.selection.select(&[select]).unwrap();
    settings.today = TODAY.parse().unwrap();
    settings
}

fn findings(example: &Example, rule: &RuleMeta, folder: &Path) -> Vec<(String, Finding)> {
    for file in &example.files {
        if file.title.is_empty() || file.language == "image" {
            continue;
        }
        let path = folder.join(&file.title);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, &file.text).unwrap();
    }
    let settings = settings(example, rule);
    let mut findings = Vec::new();
    for file in &example.files {
        let outcome = match file.language.as_str() {
            "dockerfile" => {
                let path = folder.join(&file.title);
                let around = Around::of(&path);
                lint_dockerfile(&file.title, file.text.clone().into_bytes(), &settings, &around)
            }
            _ => continue,
        };
        findings.extend(outcome.findings.into_iter().map(|f| (file.title.clone(), f)));
    }
    findings.retain(|(_, f)| f.rule == rule.name);
    findings
}

/// What is wrong with one example, if anything.
fn complaints(rule: &RuleMeta, example: &Example) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    // A folder of its own kind, so that no .dockerignore above the temporary folder is found.
    fs::create_dir(folder.path().join(".git")).unwrap();
    let findings = findings(example, rule, folder.path());
    let mut complaints = Vec::new();
    for file in &example.files {
        let place = format!("rules/{}/{}.md:{}", rule.kind.as_str(), rule.name, file.page_line);
        let here: Vec<&Finding> = findings.iter().filter(|(t, _)| *t == file.title).map(|(_, f)| f).collect();
        let lines: BTreeSet<u32> = here.iter().filter_map(|f| f.line).collect();
        match &file.expect {
            Expect::Nothing => continue,
            Expect::Good if here.is_empty() => {}
            Expect::Good => {
                complaints.push(format!("{place}: marked good, but fires on {lines:?}: {}", here[0].message))
            }
            Expect::Bad(_) if here.is_empty() => {
                complaints.push(format!("{place}: marked bad, but the rule is silent"))
            }
            Expect::Bad(expected) if !expected.is_empty() && lines != expected.iter().copied().collect() => {
                complaints.push(format!("{place}: must fire on {expected:?}, fires on {lines:?}"));
            }
            Expect::Bad(_) => {}
        }
        for finding in &here {
            for code in &finding.also {
                if !rule.has_code(code) {
                    complaints.push(format!("{place}: the finding says {code}, the page's `also` does not"));
                }
            }
            if finding.message.is_empty() || finding.message.ends_with('.') {
                complaints.push(format!(
                    "{place}: a message is a sentence without its full stop: {:?}",
                    finding.message
                ));
            }
        }
        if let (Some(expected), Some(first)) = (&file.also, here.first()) {
            let mut expected: Vec<&str> = expected.iter().map(String::as_str).collect();
            let mut found: Vec<&str> = first.also.iter().map(AsRef::as_ref).collect();
            expected.sort_unstable();
            found.sort_unstable();
            if expected != found {
                complaints.push(format!("{place}: must say {expected:?}, says {found:?}"));
            }
        }
    }
    complaints
}

#[test]
fn every_example_holds() {
    let mut complaints_of_all = Vec::new();
    let mut checked = 0;
    for rule in all_rules().filter(|m| m.kind == Kind::Dockerfile) {
        for example in examples(rule.page) {
            checked += 1;
            complaints_of_all.extend(complaints(rule, &example));
        }
    }
    assert!(complaints_of_all.is_empty(), "{}", complaints_of_all.join("\n"));
    assert!(checked > 0);
}

#[test]
fn every_page_has_both_kinds_of_example() {
    for rule in all_rules() {
        let files: Vec<Expect> =
            examples(rule.page).into_iter().flat_map(|e| e.files).map(|f| f.expect).collect();
        let bad = files.iter().any(|e| matches!(e, Expect::Bad(_)));
        let good = files.contains(&Expect::Good);
        assert!(bad && good, "rules/{}/{}.md needs a bad and a good example", rule.kind.as_str(), rule.name);
        for heading in ["## How to fix it", "## Examples"] {
            assert!(rule.page.contains(heading), "{}: no `{heading}`", rule.name);
        }
    }
}

#[test]
fn names_are_unique() {
    let mut seen = BTreeSet::new();
    for rule in all_rules() {
        assert!(seen.insert(rule.name), "{} stands twice", rule.name);
        assert!(
            rule.name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'),
            "{}",
            rule.name
        );
    }
}
