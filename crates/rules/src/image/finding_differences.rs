//! Which findings of two images mean the same fault.

use std::collections::HashMap;

use crate::Finding;

/// What makes two findings the same: not the layer, the digest or the size, which change with every build.
fn key(finding: &Finding) -> (String, Option<String>, Option<String>, String) {
    let words = if finding.path.is_some() { String::new() } else { without_particulars(&finding.message) };
    (finding.rule.to_string(), finding.detector.clone(), finding.path.clone(), words)
}

/// A message without its numbers and what it quotes.
fn without_particulars(message: &str) -> String {
    let outside: Vec<&str> = message.split('`').step_by(2).collect();
    outside
        .join("`")
        .split_whitespace()
        .filter(|word| !word.bytes().any(|b| b.is_ascii_digit()))
        .collect::<Vec<_>>()
        .join(" ")
}

/// The findings of `new` that `old` has not, and those of `old` that `new` has no more. A fault that is there twice in
/// `new` and once in `old` is new once.
pub(crate) fn between(old: &[Finding], new: &[Finding]) -> (Vec<Finding>, Vec<Finding>) {
    (missing_in(old, new), missing_in(new, old))
}

fn missing_in(known: &[Finding], findings: &[Finding]) -> Vec<Finding> {
    let mut counts: HashMap<_, usize> = HashMap::new();
    for finding in known {
        *counts.entry(key(finding)).or_default() += 1;
    }
    let is_new = |finding: &&Finding| match counts.get_mut(&key(finding)) {
        Some(count) if *count > 0 => {
            *count -= 1;
            false
        }
        _ => true,
    };
    findings.iter().filter(is_new).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::all_rules;

    fn finding(message: &str, path: Option<&str>) -> Finding {
        let mut finding = Finding::new(all_rules().next().unwrap(), message);
        finding.path = path.map(str::to_owned);
        finding
    }

    #[test]
    fn sizes_layers_and_commands_make_no_new_finding() {
        let mut moved = finding("`RUN b` leaves 5.0 MB of apt package lists in the image", None);
        moved.layer = Some(7);
        let old = [finding("`RUN a` leaves 4.1 MB of apt package lists in the image", None)];
        assert_eq!(between(&old, &[moved]), (vec![], vec![]));
    }

    #[test]
    fn another_path_or_one_more_is_new() {
        let (a, b) = (finding("x in /a", Some("a")), finding("x in /b", Some("b")));
        assert_eq!(between(std::slice::from_ref(&a), &[a.clone(), b.clone()]), (vec![b.clone()], vec![]));
        assert_eq!(between(&[a.clone(), b.clone()], &[b.clone(), b.clone()]), (vec![b], vec![a]));
    }
}
