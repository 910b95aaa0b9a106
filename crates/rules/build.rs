//! Digests the rule pages and the data tables into Rust tables, so that nothing is parsed at start.
//!
//! `pages` is a link to the workspace's `rules` folder; `cargo package` follows it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it")).join("pages");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    println!("cargo::rerun-if-changed={}", root.display());

    let mut tables = String::new();
    for (kind, table, object) in [
        ("dockerfile", "DOCKERFILE_RULES", "crate::dockerfile::DockerfileRule"),
        ("image", "IMAGE_RULES", "crate::image::ImageRule"),
        ("compose", "COMPOSE_RULES", "crate::compose::ComposeRule"),
        ("context", "CONTEXT_RULES", "crate::context::ContextRule"),
    ] {
        let mut entries = String::new();
        for path in pages(&root.join(kind)) {
            let page = Page::read(&path, kind);
            let upper = page.name.replace('-', "_").to_uppercase();
            writeln!(
                tables,
                "pub(crate) static {kind}_{upper}: crate::RuleMeta = {};",
                page.meta(kind, &path)
            )
            .unwrap();
            writeln!(
                entries,
                "    crate::rule::Entry {{ meta: &{kind}_{upper}, rule: &crate::{kind}::{}::{} }},",
                page.name.replace('-', "_"),
                camel(&page.name)
            )
            .unwrap();
        }
        writeln!(tables, "pub(crate) static {table}: &[crate::rule::Entry<dyn {object}>] = &[\n{entries}];")
            .unwrap();
    }
    fs::write(out.join("rules.rs"), format!("// Made by build.rs from the rule pages.\n{tables}"))
        .expect("OUT_DIR is writable");

    fs::write(out.join("profiles.rs"), profiles(&root.join("profiles"))).expect("OUT_DIR is writable");
    fs::write(out.join("data.rs"), data_tables(&root.join("data"))).expect("OUT_DIR is writable");
}

fn pages(folder: &Path) -> Vec<PathBuf> {
    let mut pages: Vec<PathBuf> = fs::read_dir(folder)
        .map(|d| d.flatten().map(|e| e.path()).filter(|p| p.extension().is_some_and(|e| e == "md")).collect())
        .unwrap_or_default();
    pages.sort();
    pages
}

struct Page {
    name: String,
    front: BTreeMap<String, Vec<String>>,
    title: String,
}

impl Page {
    fn read(path: &Path, kind: &str) -> Self {
        let fail = |why: String| -> ! {
            panic!("rules/{kind}/{}: {why}", path.file_name().unwrap().to_string_lossy())
        };
        let text = fs::read_to_string(path).unwrap_or_else(|e| fail(e.to_string()));
        let Some((front, body)) = text.strip_prefix("---\n").and_then(|t| t.split_once("\n---\n")) else {
            fail("a page begins with a front matter between two lines of ---".into())
        };
        let mut fields = BTreeMap::new();
        for line in front.lines() {
            let Some((key, value)) = line.split_once(':') else {
                fail(format!("front matter: `{line}` is not `key: value`"))
            };
            let value = value.trim();
            let values = match value.strip_prefix('[').and_then(|v| v.strip_suffix(']')) {
                Some(list) => {
                    list.split(',').map(|v| v.trim().to_owned()).filter(|v| !v.is_empty()).collect()
                }
                None => vec![value.to_owned()],
            };
            if !["name", "severity", "category", "default", "also", "references"].contains(&key) {
                fail(format!("front matter: unknown key `{key}`"));
            }
            fields.insert(key.to_owned(), values);
        }
        let stem = path.file_stem().unwrap().to_string_lossy().into_owned();
        let Some(title) = body.lines().find_map(|l| l.strip_prefix("# ")) else {
            fail("no `# Title`".into())
        };
        let page = Self { name: stem.clone(), front: fields, title: title.to_owned() };
        if page.one("name") != stem {
            fail(format!("its name is `{}`", page.one("name")));
        }
        page
    }

    fn one(&self, key: &str) -> &str {
        self.front.get(key).and_then(|v| v.first()).map_or("", String::as_str)
    }

    fn list(&self, key: &str) -> String {
        let values: Vec<String> =
            self.front.get(key).into_iter().flatten().map(|v| format!("{v:?}")).collect();
        format!("&[{}]", values.join(", "))
    }

    fn meta(&self, kind: &str, path: &Path) -> String {
        let default = match self.one("default") {
            "true" => "true",
            "false" => "false",
            other => panic!("rules/{kind}/{}.md: default is true or false, not `{other}`", self.name),
        };
        format!(
            "crate::RuleMeta {{ name: {:?}, kind: crate::Kind::{}, severity: crate::Severity::{}, category: crate::Category::{}, default: {default}, also: {}, references: {}, title: {:?}, page: include_str!({:?}) }}",
            self.name,
            camel(kind),
            camel(self.one("severity")),
            camel(self.one("category")),
            self.list("also"),
            self.list("references"),
            self.title,
            path
        )
    }
}

fn camel(kebab: &str) -> String {
    kebab
        .split('-')
        .map(|w| {
            let mut c = w.chars();
            c.next().map(|f| f.to_ascii_uppercase().to_string()).unwrap_or_default() + c.as_str()
        })
        .collect()
}

/// `profiles/*.toml` as a static table.
fn profiles(folder: &Path) -> String {
    let mut files: Vec<PathBuf> =
        fs::read_dir(folder).expect("rules/profiles").flatten().map(|e| e.path()).collect();
    files.sort();
    let mut out = String::from("static BUILT_IN: &[BuiltIn] = &[\n");
    for path in files {
        let text = fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        let table: toml::Table = text.parse().unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        let budget =
            table["budget"].as_str().and_then(|b| b.strip_suffix(" MB")).and_then(|b| b.parse::<u64>().ok());
        let budget =
            budget.unwrap_or_else(|| panic!("{}: a budget is written as \"200 MB\"", path.display()));
        let list = |key: &str| {
            let words: Vec<&str> =
                table[key].as_array().expect("a list").iter().map(|v| v.as_str().expect("text")).collect();
            format!("&{words:?}")
        };
        let name = path.file_stem().unwrap().to_string_lossy();
        let text = |key: &str| table[key].as_str().unwrap_or_else(|| panic!("{}: {key}", path.display()));
        let flag = |key: &str| table[key].as_bool().unwrap_or_else(|| panic!("{}: {key}", path.display()));
        write!(
            out,
            "    BuiltIn {{ name: {name:?}, budget: {}, names: {}, commands: {}, files: {}, port: {}, healthcheck: {}, start_period: {}, init: {}, user: {:?}, runtime: {:?}, runtime_version: {:?}, evidence: &[",
            budget * 1_000_000,
            list("names"),
            list("commands"),
            list("files"),
            table["port"].as_integer().expect("a port"),
            flag("healthcheck"),
            table["start-period"].as_integer().expect("seconds"),
            flag("init"),
            text("user"),
            text("runtime"),
            text("runtime-version"),
        )
        .unwrap();
        for evidence in table["evidence"].as_array().expect("a list") {
            let names: Vec<&str> = evidence["names"]
                .as_array()
                .expect("a list")
                .iter()
                .map(|v| v.as_str().expect("text"))
                .collect();
            write!(out, "({:?}, &{names:?}), ", evidence["file"].as_str().expect("a file")).unwrap();
        }
        out += "] },\n";
    }
    out + "];\n"
}

/// `end-of-life.toml` with `long-term-support.toml`, and `official-images.toml` as sorted static tables.
fn data_tables(folder: &Path) -> String {
    let read = |name: &str| -> toml::Table {
        let path = folder.join(name);
        let text = fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        text.parse().unwrap_or_else(|e| panic!("{}: {e}", path.display()))
    };
    let mut out = String::from("// Made by build.rs from rules/data.\n");
    out += "pub(crate) static END_OF_LIFE: &[(&str, &[crate::data::Cycle])] = &[\n";
    let long_term = read("long-term-support.toml");
    for (product, cycles) in &read("end-of-life.toml") {
        write!(out, "    ({product:?}, &[").unwrap();
        for cycle in cycles["cycles"].as_array().expect("cycles is an array") {
            let text = |k: &str| cycle.get(k).and_then(|v| v.as_str()).unwrap_or("");
            write!(
                out,
                "crate::data::Cycle {{ name: {:?}, codename: {:?}, released: {}, end_of_life: {}, long_term_end: {} }}, ",
                text("name"),
                text("codename"),
                date(text("released")),
                date(text("end_of_life")),
                date(long_term.get(product).and_then(|p| p.get(text("name"))?.as_str()).unwrap_or(""))
            )
            .unwrap();
        }
        out += "]),\n";
    }
    out += "];\npub(crate) static OFFICIAL_IMAGES: &[(&str, &str)] = &[\n";
    for (image, tags) in &read("official-images.toml") {
        let mut tags: Vec<&str> = tags.as_str().expect("tags are one string").split_whitespace().collect();
        tags.sort_unstable();
        writeln!(out, "    ({image:?}, {:?}),", tags.join(" ")).unwrap();
    }
    out += "];\npub(crate) static RETIRED_IMAGES: &[(&str, &str)] = &[\n";
    for (image, instead) in &read("retired-images.toml") {
        writeln!(out, "    ({image:?}, {:?}),", instead.as_str().expect("what took its place")).unwrap();
    }
    out += "];\n";
    for (table, file) in
        [("BUILD_PACKAGES", "build-packages.toml"), ("UNNEEDED_PACKAGES", "unneeded-packages.toml")]
    {
        out += &package_groups(table, &read(file));
    }
    out
}

/// Groups of package names as a static table, in the order of their names.
fn package_groups(table: &str, groups: &toml::Table) -> String {
    let mut out = format!("pub(crate) static {table}: &[crate::data::PackageGroup] = &[\n");
    for group in groups.values() {
        let list = |key: &str| -> Vec<&str> {
            let names = group.get(key).and_then(toml::Value::as_array);
            names.into_iter().flatten().map(|n| n.as_str().expect("a name")).collect()
        };
        writeln!(
            out,
            "    crate::data::PackageGroup {{ what: {:?}, names: &{:?}, except: &{:?} }},",
            group["what"].as_str().expect("what a group is"),
            list("names"),
            list("except")
        )
        .unwrap();
    }
    out + "];\n"
}

/// `2026-07-11` as the number 20260711; nothing as None.
fn date(text: &str) -> String {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    if digits.len() == 8 { format!("Some(crate::data::Date({digits}))") } else { "None".into() }
}
