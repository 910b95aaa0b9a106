//! `plimsoll advise`.

use std::collections::BTreeSet;
use std::process::ExitCode;

use plimsoll_rules::advise::{AdviceReport, advise};
use plimsoll_rules::checklist::Checklist;
use plimsoll_rules::config::Settings;
use plimsoll_rules::{RuleMeta, all_rules};

use crate::args::Advise;
use crate::checklist::Project;
use crate::settings::SettingsFinder;
use crate::{baseline, output};

/// So many rules are named in a note.
const NAMED: usize = 4;

/// Prints the advice. Fails on wrong usage or an unusable configuration.
pub fn run(args: &Advise) -> Result<ExitCode, String> {
    if args.check.write_baseline {
        return Err(
            "advise reports on what a baseline leaves: plimsoll lint --write-baseline makes one".to_owned()
        );
    }
    // What the checklist fails has its edits here, whether the rules are on by default or not.
    let list = Checklist::containerization();
    let rules: Vec<&str> = list.rules().into_iter().collect();
    let finder =
        SettingsFinder::new(&args.check, |settings: &mut Settings| match args.check.select.is_empty() {
            true => settings.selection.extend(&rules).map_err(|e| e.to_string()),
            false => Ok(()),
        });
    let mut project = Project::check(&args.folder, &finder)?;
    for given in &args.image {
        let named = match (given.contains('='), project.around.apps.as_slice()) {
            (false, [app]) => format!("{}={given}", app.name),
            _ => given.clone(),
        };
        project.add_image(&named)?;
    }
    baseline::apply(&mut project.lint, &args.check)?;
    let Project { settings, lint, around, images } = project;
    let report = advise(&around, &lint, &images, &settings);
    if args.patch {
        let told = SettingsFinder::new(&args.check, |_| Ok(())).for_folder(&args.folder)?;
        if let Some(note) = beyond_lint(&report, &told) {
            output::note(&note);
        }
        output::print_text(&args.check, &report.patch(&around, &lint, &settings), &lint.errors)?;
        return Ok(output::exit_code(&lint, settings.fail_on));
    }
    output::print_with(&args.check, &settings, &lint.errors, lint.inputs.clone(), |format, options, out| {
        plimsoll_report::write_advice(&report, &lint.errors, format, options, out)
    })?;
    Ok(output::exit_code(&lint, settings.fail_on))
}

/// That a patch also mends what only the checklist asks for, where it does: lint did not speak of it. `told` is what lint
/// goes by.
fn beyond_lint(report: &AdviceReport, told: &Settings) -> Option<String> {
    let with_edit = report.trouble.iter().chain(&report.advice).filter(|advice| advice.diff.is_some());
    let rules: BTreeSet<&str> = with_edit.filter_map(|advice| advice.rule.as_deref()).collect();
    let unheard = |meta: &&RuleMeta| rules.contains(meta.name) && !told.selection.runs(meta);
    let names: Vec<&str> = all_rules().filter(unheard).map(|meta| meta.name).collect();
    let rest = names.len().saturating_sub(NAMED);
    let named = names.iter().take(NAMED).copied().collect::<Vec<_>>().join(", ");
    let more = if rest > 0 { format!(" and {rest} more") } else { String::new() };
    (!names.is_empty()).then(|| {
        format!(
            "the patch also does what the checklist asks for and lint does not report ({named}{more}): \
             --select DEFAULT leaves that out"
        )
    })
}
