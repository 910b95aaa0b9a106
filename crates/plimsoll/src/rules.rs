//! `plimsoll rules`, `plimsoll explain`, `plimsoll schema`.

use std::io::IsTerminal;
use std::process::ExitCode;

use plimsoll_rules::rule::{find_rules, nearest};
use plimsoll_rules::{Category, RuleMeta, all_rules};

use crate::args::{Format, Rules, When};
use crate::output;

/// Lists the rules. Fails on a category or kind that does not exist.
pub fn list(args: &Rules) -> Result<ExitCode, String> {
    let categories: Vec<&str> = Category::ALL.into_iter().map(Category::as_str).collect();
    args.category.iter().try_for_each(|category| known("category", category, &categories))?;
    args.kind
        .iter()
        .try_for_each(|kind| known("kind", kind, &["dockerfile", "image", "compose", "context"]))?;
    let wanted = |rule: &&RuleMeta| {
        (args.category.is_empty() || args.category.iter().any(|c| rule.category.as_str() == c))
            && args.kind.as_deref().is_none_or(|k| rule.kind.as_str() == k)
            && (!args.default || rule.default)
    };
    let rules: Vec<&'static RuleMeta> = all_rules().filter(wanted).collect();
    if args.format == Some(Format::Json) {
        let rows: Vec<_> = rules.iter().map(|r| json(r)).collect();
        output::show(format!("{}\n", serde_json::Value::Array(rows)).as_bytes())?;
    } else {
        let table = plimsoll_report::rules_table(rules.iter().copied(), &options());
        output::show(format!("{}\n", table.trim_end()).as_bytes())?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Fails on a word that is not among those that are known.
fn known(what: &str, word: &str, known: &[&str]) -> Result<(), String> {
    if known.contains(&word) {
        return Ok(());
    }
    let near = nearest(word, known.iter().copied());
    let hint =
        near.map_or_else(|| format!("known are {}", known.join(", ")), |n| format!("did you mean `{n}`?"));
    Err(format!("unknown {what} `{word}`: {hint}"))
}

fn json(rule: &RuleMeta) -> serde_json::Value {
    serde_json::json!({
        "name": rule.name,
        "kind": rule.kind.as_str(),
        "severity": rule.severity,
        "category": rule.category,
        "default": rule.default,
        "also": rule.also,
        "references": rule.references,
        "title": rule.title,
    })
}

/// Prints the page of every rule that a name or a code stands for. Fails when there is none.
pub fn explain(name: &str) -> Result<ExitCode, String> {
    let rules = find_rules(name);
    if rules.is_empty() {
        let known = all_rules().flat_map(|m| std::iter::once(m.name).chain(m.also.iter().copied()));
        let hint = nearest(name, known).map_or_else(
            || "`plimsoll rules` lists every name and code".to_owned(),
            |near| format!("did you mean `{near}`?"),
        );
        return Err(format!("no rule and no code `{name}`: {hint}"));
    }
    let pages: Vec<String> = rules.iter().map(|rule| plimsoll_report::explain(rule, &options())).collect();
    output::show(pages.join("\n").as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

/// Prints the JSON schema of plimsoll.toml.
pub fn schema() -> Result<ExitCode, String> {
    let schema = plimsoll_rules::config::schema();
    let text = serde_json::to_string_pretty(&schema).map_err(|e| e.to_string())?;
    output::show(format!("{text}\n").as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

fn options() -> plimsoll_report::Options {
    let terminal = std::io::stdout().is_terminal();
    plimsoll_report::Options {
        colour: output::colour(When::Auto, terminal),
        // A pipe is searched rather than looked at: nothing is cut.
        width: if terminal { output::terminal_width() } else { 200 },
        unicode: output::unicode(),
        ..plimsoll_report::Options::default()
    }
}
