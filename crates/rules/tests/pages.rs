//! Every rule's page is documentation and test at once: its bad examples must make the rule fire where they say, its
//! good ones must keep it silent, and what it claims in its front matter must hold.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use plimsoll_image::testing::{ElfSpec, ImageBuilder, LayerBuilder, TestEntry};
use plimsoll_rules::config::{Config, Settings};
use plimsoll_rules::dockerfile::Around;
use plimsoll_rules::page::{Example, Expect, examples};
use plimsoll_rules::profile::{Profile, ProfileConfig};
use plimsoll_rules::{
    AuditOptions, ContextOptions, Finding, Kind, Outcome, Projects, RuleMeta, all_rules, audit_context,
    audit_stream, compose_projects, lint_compose, lint_dockerfile, lint_dockerignore, lint_env,
};
use serde::Deserialize;

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
    let mut example = example.clone();
    example.files.iter_mut().for_each(|f| f.text = templates::fill(&f.text));
    for file in &example.files {
        if file.title.is_empty() || file.language == "image" {
            continue;
        }
        let path = folder.join(&file.title);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, &file.text).unwrap();
    }
    let settings = settings(&example, rule);
    let projects = Projects::default();
    write_index(&example, folder);
    let mut findings = Vec::new();
    for file in &example.files {
        let outcome = match file.language.as_str() {
            "dockerfile" => {
                let path = folder.join(&file.title);
                let around = Around::of(&path);
                lint_dockerfile(&file.title, file.text.clone().into_bytes(), &settings, &around)
            }
            "image" => image(&file.text, settings.clone()),
            "ignore" => {
                let path = folder.join(&file.title);
                let bytes = file.text.clone().into_bytes();
                lint_dockerignore(&file.title, bytes, Some(&path), &settings, &projects)
            }
            "env" => {
                let path = folder.join(&file.title);
                lint_env(&file.title, file.text.clone().into_bytes(), Some(&path), &settings, &projects)
            }
            _ => continue,
        };
        findings.extend(outcome.findings.into_iter().map(|f| (file.title.clone(), f)));
    }
    findings.extend(compose(&example, folder, &settings));
    if rule.kind == Kind::Context {
        let sent = audit_context(folder, ".", &settings, &ContextOptions::default());
        assert!(sent.errors.is_empty(), "{:?}", sent.errors);
        findings.extend(sent.findings.into_iter().map(|f| (f.file.clone().unwrap_or_default(), f)));
    }
    findings.retain(|(_, f)| f.rule == rule.name);
    findings
}

/// The findings in the compose files of an example, sorted into projects as the command sorts them.
fn compose(example: &Example, folder: &Path, settings: &Settings) -> Vec<(String, Finding)> {
    let files = example.files.iter().filter(|f| f.language == "yaml");
    let paths: Vec<PathBuf> = files.map(|f| folder.join(&f.title)).collect();
    let mut findings = Vec::new();
    for project in compose_projects(&paths) {
        let outcome = lint_compose(&project, settings, None);
        assert!(outcome.errors.is_empty(), "{:?}", outcome.errors);
        for finding in outcome.findings {
            let file = Path::new(finding.file.as_deref().unwrap());
            let title = file.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
            findings.push((title, finding));
        }
    }
    findings
}

/// An index, as git writes it, of the files that the example says git tracks.
fn write_index(example: &Example, folder: &Path) {
    let tracked: Vec<&str> = example.files.iter().filter(|f| f.tracked).map(|f| f.title.as_str()).collect();
    let mut index = b"DIRC\0\0\0\x02".to_vec();
    index.extend(u32::try_from(tracked.len()).unwrap().to_be_bytes());
    for path in tracked {
        let start = index.len();
        index.extend([0; 60]);
        index.extend(u16::try_from(path.len()).unwrap().to_be_bytes());
        index.extend(path.as_bytes());
        index.push(0);
        index.resize(start + (index.len() - start).next_multiple_of(8), 0);
    }
    fs::write(folder.join(".git/index"), index).unwrap();
}

/// An `image` fence: a configuration and layers in TOML, built into what `docker save` writes and read back.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
#[derive(Default)]
struct ImageFence {
    /// Name and tag, in place of `example:1`.
    name: Option<String>,
    /// The day that it was built.
    created: Option<String>,
    config: serde_json::Map<String, serde_json::Value>,
    profile: Option<ProfileFence>,
    layers: Vec<LayerFence>,
}

#[derive(Deserialize)]
struct ProfileFence {
    name: String,
    budget: String,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct LayerFence {
    created_by: String,
    /// In place of the right one.
    diff_id: Option<String>,
    files: Vec<FileFence>,
    whiteouts: Vec<String>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct FileFence {
    path: String,
    content: String,
    /// Zero bytes in place of contents.
    size: Option<usize>,
    /// Octal, as chmod takes it.
    mode: Option<String>,
    uid: u32,
    gid: u32,
    /// `file`, `dir` or `symlink`.
    kind: Option<String>,
    target: String,
    /// An ELF file in place of contents.
    elf: Option<ElfFence>,
}

#[derive(Deserialize, Default, Clone)]
#[serde(deny_unknown_fields, default)]
struct ElfFence {
    machine: Option<u16>,
    interpreter: Option<String>,
    needed: Vec<String>,
    runpath: String,
}

impl ElfFence {
    fn spec(self) -> ElfSpec {
        let usual = ElfSpec::default();
        ElfSpec {
            machine: self.machine.unwrap_or(usual.machine),
            interpreter: self.interpreter.unwrap_or(usual.interpreter),
            needed: self.needed,
            runpath: self.runpath,
        }
    }
}

fn image(text: &str, mut settings: Settings) -> Outcome {
    let fence: ImageFence =
        toml::from_str(text).unwrap_or_else(|e| panic!("an image fence is TOML: {e}\n{text}"));
    if let Some(profile) = fence.profile {
        let changes = ProfileConfig { budget: Some(profile.budget), ..ProfileConfig::default() };
        settings.profile = Some(Profile::named(&profile.name).changed(&changes).unwrap());
    }
    let diff_ids: Vec<Option<String>> = fence.layers.iter().map(|l| l.diff_id.clone()).collect();
    let mut builder = ImageBuilder::new(fence.name.as_deref().unwrap_or("example:1")).config(|c| {
        if let Some(created) = fence.created {
            c["created"] = created.into();
        }
        for (key, value) in fence.config {
            c["config"][key] = value;
        }
        if diff_ids.iter().any(Option::is_some) {
            let diff_ids: Vec<String> = diff_ids.into_iter().flatten().collect();
            c["rootfs"] = serde_json::json!({ "type": "layers", "diff_ids": diff_ids });
        }
    });
    for layer in fence.layers {
        let mut tar = LayerBuilder::new();
        for file in layer.files {
            let mode = file.mode.map(|m| u32::from_str_radix(&m, 8).unwrap());
            let data = file.size.map_or(file.content.into_bytes(), |size| vec![0; size]);
            let entry = match file.kind.as_deref() {
                _ if file.elf.is_some() => TestEntry::elf(&file.path, &file.elf.unwrap_or_default().spec()),
                Some("dir") => TestEntry::dir(&file.path),
                Some("symlink") => TestEntry::symlink(&file.path, &file.target),
                _ => TestEntry::file(&file.path, data),
            };
            let entry = entry.owner(file.uid, file.gid);
            tar.push(&mode.map_or(entry.clone(), |m| entry.mode(m)));
        }
        for path in layer.whiteouts {
            tar = tar.whiteout(&path);
        }
        builder = builder.layer(tar.build(), &layer.created_by);
    }
    let saved = builder.docker_save();
    audit_stream(&saved[..], "example.tar", &settings, &AuditOptions::default())
}

/// Credentials in examples are made when the test runs, so that no page holds one.
mod templates {
    const BASE62: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    /// Puts that many made-up letters and digits in place of `{{base62:36}}`, the same in every run.
    pub(crate) fn fill(text: &str) -> String {
        let mut out = String::new();
        let mut rest = text;
        let mut state: u64 = 0x5DEE_CE66_D1CE_4E5B;
        while let Some((before, after)) = rest.split_once("{{base62:") {
            let (count, after) = after.split_once("}}").expect("a template ends with }}");
            out.push_str(before);
            for _ in 0..count.parse::<usize>().expect("a number of letters") {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                out.push(char::from(BASE62[(state >> 33) as usize % BASE62.len()]));
            }
            rest = after;
        }
        out.push_str(rest);
        out
    }
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
        if file.expect == Expect::Bad(Vec::new())
            && file.language == "image"
            && findings.iter().any(|(t, f)| *t == file.title && f.image.is_none())
        {
            complaints.push(format!("{place}: a finding in an image names the image"));
        }
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
    let kinds = [Kind::Dockerfile, Kind::Image, Kind::Compose, Kind::Context];
    for rule in all_rules().filter(|m| kinds.contains(&m.kind)) {
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
