//! `--baseline` and `--write-baseline`.

use std::path::Path;

use plimsoll_report::Baseline;
use plimsoll_rules::Outcome;

use crate::args::Check;
use crate::output;

/// Takes out of the outcome what the baseline knows, or writes the baseline anew and leaves nothing. Without
/// `--baseline` nothing happens. Fails when the file cannot be read or written.
pub fn apply(outcome: &mut Outcome, check: &Check) -> Result<(), String> {
    let Some(file) = &check.baseline else { return Ok(()) };
    let shown = file.display();
    let told = |e: std::io::Error| format!("{shown}: {}", output::io_message(&e));
    let folder = std::path::absolute(file).map_err(told)?;
    let folder = folder.parent().unwrap_or(Path::new("/"));
    let text = match std::fs::read_to_string(file) {
        Err(e) if check.write_baseline && e.kind() == std::io::ErrorKind::NotFound => None,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
            return Err(format!("{shown}: no such file: --write-baseline makes it"));
        }
        result => Some(result.map_err(told)?),
    };
    let known = text.as_deref().map(Baseline::parse).transpose().map_err(|e| format!("{shown}: {e}"))?;
    let known = known.unwrap_or_default();
    if check.write_baseline {
        let (written, count) = known.updated(outcome, folder);
        std::fs::write(file, written.to_json()).map_err(told)?;
        outcome.findings.clear();
        outcome.known = count;
        output::note(&format!("{} written to {shown}", counted(count, "finding")));
        return Ok(());
    }
    let taken = known.take_known(outcome, folder);
    outcome.known = taken.known;
    if taken.stale > 0 {
        let (what, match_) =
            (counted(taken.stale, "entry"), if taken.stale == 1 { "matches" } else { "match" });
        output::note(&format!(
            "{what} of {shown} {match_} nothing any more: --write-baseline takes them out"
        ));
    }
    Ok(())
}

fn counted(count: usize, word: &str) -> String {
    match (count, word.strip_suffix('y')) {
        (1, _) => format!("1 {word}"),
        (_, Some(stem)) => format!("{count} {stem}ies"),
        (_, None) => format!("{count} {word}s"),
    }
}
