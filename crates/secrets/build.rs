//! Digests `detectors/*.toml` into a constant table, so that nothing is parsed when the program starts.

use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

use serde::Deserialize;

#[allow(dead_code, unreachable_pub)]
#[path = "src/detector.rs"]
mod detector;
#[allow(unreachable_pub)]
#[path = "src/spec.rs"]
mod spec;

use detector::Detector;
use spec::DetectorSpec;

/// One file of detectors: issuers, each with what holds for all its secrets.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Family {
    issuer: Vec<Issuer>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Issuer {
    name: String,
    #[serde(default)]
    revoke: String,
    #[serde(default)]
    instead: String,
    #[serde(default)]
    reference: String,
    detector: Vec<DetectorSpec>,
}

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=detectors");
    let mut files: Vec<_> = fs::read_dir("detectors")
        .expect("the folder `detectors` stands beside build.rs")
        .map(|entry| entry.expect("a folder that can be read").path())
        .filter(|path| path.extension().is_some_and(|e| e == "toml"))
        .collect();
    files.sort();
    let mut table = String::from("static BUILT_IN: &[Detector] = &[\n");
    let mut examples = String::from("static EXAMPLES: &[(&str, &[&str], &[&str])] = &[\n");
    for file in &files {
        println!("cargo:rerun-if-changed={}", file.display());
        let text = fs::read_to_string(file).expect("a file that can be read");
        let family: Family = toml::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
        for issuer in family.issuer {
            for mut spec in issuer.detector {
                let inherit = |own: &mut String, from: &str| {
                    if own.is_empty() {
                        own.push_str(from);
                    }
                };
                inherit(&mut spec.issuer, &issuer.name);
                inherit(&mut spec.revoke, &issuer.revoke);
                inherit(&mut spec.instead, &issuer.instead);
                inherit(&mut spec.reference, &issuer.reference);
                let detector =
                    Detector::from_spec(&spec).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
                write_detector(&mut table, &detector);
                writeln!(examples, "({:?}, &{:?}, &{:?}),", spec.name, spec.matches, spec.no_match)
                    .expect("a string takes it");
            }
        }
    }
    table.push_str("];\n");
    examples.push_str("];\n");
    let out = env::var("OUT_DIR").expect("cargo sets it");
    fs::write(Path::new(&out).join("detectors.rs"), table).expect("OUT_DIR can be written");
    fs::write(Path::new(&out).join("examples.rs"), examples).expect("OUT_DIR can be written");
}

fn write_detector(out: &mut String, d: &Detector) {
    out.push_str("Detector {\n");
    let mut field = |name: &str, value: String| {
        writeln!(out, "    {name}: {value},").expect("a string takes it");
    };
    let text = |value: &str| format!("Cow::Borrowed({value:?})");
    let list = |items: Vec<String>| format!("Cow::Borrowed(&[{}])", items.join(", "));
    field("name", text(&d.name));
    field("title", text(&d.title));
    field("issuer", text(&d.issuer));
    field("severity", format!("Severity::{:?}", d.severity));
    field("revoke", text(&d.revoke));
    field("instead", text(&d.instead));
    field("reference", text(&d.reference));
    field("distinctive", d.distinctive.to_string());
    field("configuration", d.configuration.to_string());
    field("off", d.off.to_string());
    field("rank", d.rank.to_string());
    field("keywords", list(d.keywords.iter().map(|k| text(k)).collect()));
    field("case_sensitive", d.case_sensitive.to_string());
    field("form", format!("Form::{:?}", d.form));
    field("pattern", text(&d.pattern));
    field("reach", d.reach.to_string());
    field("entropy", format!("{:?}", d.entropy));
    field("checks", list(d.checks.iter().map(|c| format!("Check::{c:?}")).collect()));
    field("boundary", format!("Boundary::{:?}", d.boundary));
    out.push_str("},\n");
}
