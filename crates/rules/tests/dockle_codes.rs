//! Every check of dockle is carried by a rule, or declined with a reason.

use plimsoll_rules::find_rules;

/// dockle's checks.
const CODES: [&str; 20] = [
    "CIS-DI-0001",
    "CIS-DI-0002",
    "CIS-DI-0003",
    "CIS-DI-0004",
    "CIS-DI-0005",
    "CIS-DI-0006",
    "CIS-DI-0007",
    "CIS-DI-0008",
    "CIS-DI-0009",
    "CIS-DI-0010",
    "CIS-DI-0011",
    "DKL-DI-0001",
    "DKL-DI-0002",
    "DKL-DI-0003",
    "DKL-DI-0004",
    "DKL-DI-0005",
    "DKL-DI-0006",
    "DKL-LI-0001",
    "DKL-LI-0002",
    "DKL-LI-0003",
];

#[test]
fn every_check_is_carried_or_declined() {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/pages/declined.toml")).unwrap();
    let table: toml::Table = text.parse().unwrap();
    let declined = table.get("declined").and_then(toml::Value::as_array).cloned().unwrap_or_default();
    let reason = |code: &str| {
        let entry = declined.iter().find(|e| e.get("code").and_then(toml::Value::as_str) == Some(code))?;
        entry.get("reason").and_then(toml::Value::as_str).map(str::to_owned)
    };
    for code in CODES {
        match (find_rules(code).is_empty(), reason(code)) {
            (true, None) => panic!("{code} is neither carried nor declined"),
            (false, Some(_)) => panic!("{code} is carried and declined"),
            (true, Some(reason)) => assert!(reason.len() > 80, "{code}: a reason says why: {reason}"),
            (false, None) => {}
        }
    }
}
