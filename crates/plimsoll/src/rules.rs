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
        print_text(&format!("{}\n", serde_json::Value::Array(rows)));
    } else {
        print_text(&format!(
            "{}\n",
            plimsoll_report::rules_table(rules.iter().copied(), &options()).trim_end()
        ));
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
    let terminal = std::io::stdout().is_terminal();
    let page = |rule: &&'static RuleMeta| {
        if terminal { plimsoll_report::explain(rule, &options()) } else { rule.page.to_owned() }
    };
    let pages: Vec<String> = rules.iter().map(page).collect();
    print_text(&pages.join("\n"));
    Ok(ExitCode::SUCCESS)
}

/// Prints the JSON schema of plimsoll.toml.
pub fn schema() -> Result<ExitCode, String> {
    let schema = plimsoll_rules::config::schema();
    print_text(&format!("{}\n", serde_json::to_string_pretty(&schema).map_err(|e| e.to_string())?));
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

fn print_text(text: &str) {
    use std::io::Write;
    // Whoever reads may stop reading: `plimsoll rules | head`.
    let _ = std::io::stdout().lock().write_all(text.as_bytes());
}
