use plimsoll_dockerfile::{Body, Kind};

use super::{Build, DockerfileRule, Reporter};

pub(crate) struct InvalidLabelKey;

/// Prefixes that Docker keeps for itself.
const RESERVED: &[&str] = &["com.docker.", "io.docker.", "org.dockerproject."];

impl DockerfileRule for InvalidLabelKey {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        for instruction in &build.tree.instructions {
            let Body::Label(pairs) = &instruction.innermost().body else { continue };
            for pair in pairs {
                let key = pair.unquoted_key(build.tree.escape);
                if key.is_empty() {
                    continue;
                }
                let Some(fault) = fault_of(&key) else { continue };
                let draft = report.flag(pair.key.span, format!("label `{key}` {fault}"));
                draft
                    .help("a label's key is lower-case letters, digits, and single `.` and `-` between them")
                    .also_if(instruction.kind == Kind::Label, "DL3048");
                let lower = key.to_ascii_lowercase();
                let free = pairs.len() < 500 && !pairs.iter().any(|p| p.key.as_str() == lower);
                if key == pair.key.as_str() && lower != key && fault_of(&lower).is_none() && free {
                    draft.replace(pair.key.span, lower, false);
                }
            }
        }
    }
}

fn fault_of(key: &str) -> Option<&'static str> {
    if let Some(prefix) = RESERVED.iter().find(|p| key.starts_with(*p)) {
        return Some(match *prefix {
            "com.docker." => "takes the prefix `com.docker.`, which is Docker's own",
            "io.docker." => "takes the prefix `io.docker.`, which is Docker's own",
            _ => "takes the prefix `org.dockerproject.`, which is Docker's own",
        });
    }
    if !key.starts_with(|c: char| c.is_ascii_lowercase()) {
        return Some(
            "does not begin with a lower-case letter, so tools that look for the usual spelling miss it",
        );
    }
    if !key.ends_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit()) {
        return Some("does not end with a letter or digit");
    }
    if key.contains("..") || key.contains("--") {
        return Some("has two separators in a row");
    }
    // `_` and `/` are not in the guidelines either, but Kubernetes and many tools use them.
    let usual = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || ".-_/".contains(c);
    (!key.chars().all(usual)).then_some("has characters that a label's key should not have")
}
