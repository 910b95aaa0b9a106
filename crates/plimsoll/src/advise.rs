//! `plimsoll advise`.

use std::path::Path;
use std::process::ExitCode;

use plimsoll_rules::advise::advise;
use plimsoll_rules::checklist::Surroundings;

use crate::args::{Advise, Format};
use crate::settings::SettingsFinder;
use crate::{checklist, discover, lint, output};

/// Prints the advice. Fails on wrong usage or an unusable configuration.
pub fn run(args: &Advise) -> Result<ExitCode, String> {
    if !matches!(args.check.format, None | Some(Format::Text | Format::Markdown | Format::Json)) {
        return Err("advise prints text, markdown or json".to_owned());
    }
    let finder = SettingsFinder::new(&args.check, |_| Ok(()));
    let settings = finder.for_folder(&args.folder)?;
    let mut lint = lint::check_paths(std::slice::from_ref(&args.folder), Path::new("Dockerfile"), &finder)?;
    let around = Surroundings::find(&args.folder, &discover::walk(&args.folder).files, &settings);
    let mut images = Vec::new();
    for given in &args.image {
        let named = match (given.contains('='), around.apps.as_slice()) {
            (false, [app]) => format!("{}={given}", app.name),
            _ => given.clone(),
        };
        let audited = checklist::given_image(&named, &around, &settings)?;
        lint.errors.extend(audited.outcome.errors.iter().cloned());
        images.push(audited);
    }
    let report = advise(&around, &lint, &images, &settings);
    output::print_with(&args.check, &settings, &lint.errors, lint.inputs.clone(), |format, options, out| {
        plimsoll_report::write_advice(&report, &lint.errors, format, options, out)
    })?;
    Ok(output::exit_code(&lint, settings.fail_on))
}
