//! `plimsoll context`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use plimsoll_rules::{ContextOptions, Outcome, audit_context};

use crate::args::Context;
use crate::settings::SettingsFinder;
use crate::{baseline, output};

/// Weighs the contexts, searches them for credentials and prints the report. Fails on wrong usage or an unusable
/// configuration.
pub fn run(args: &Context) -> Result<ExitCode, String> {
    if let Some(file) = &args.file
        && let Err(error) = std::fs::File::open(file)
    {
        return Err(format!("{}: {}", file.display(), output::io_message(&error)));
    }
    let finder = SettingsFinder::new(&args.check, |_| Ok(()));
    let options = ContextOptions { dockerfile: args.file.as_deref(), no_ignore: args.no_ignore };
    let here = [PathBuf::from(".")];
    let folders = if args.folders.is_empty() { &here[..] } else { &args.folders };
    let settings = finder.for_folder(Path::new("."))?;
    let mut outcome = Outcome::default();
    let mut unusable = BTreeSet::new();
    for folder in folders {
        match finder.for_folder(folder) {
            Ok(settings) => outcome.absorb(audit_context(folder, &name(folder), &settings, &options)),
            Err(message) => _ = unusable.insert(message),
        }
    }
    outcome.errors.extend(unusable.into_iter().map(output::input_error));
    outcome.sort();
    baseline::apply(&mut outcome, &args.check)?;
    output::print(&outcome, &args.check, &settings)?;
    Ok(output::exit_code(&outcome, settings.fail_on))
}

/// The folder as findings name it: without the `./` before it and the slash behind it.
fn name(folder: &Path) -> String {
    let name = folder.strip_prefix("./").unwrap_or(folder).to_string_lossy();
    let short = name.trim_end_matches('/');
    match short {
        "" if name.starts_with('/') => "/".to_owned(),
        "" => ".".to_owned(),
        _ => short.to_owned(),
    }
}
