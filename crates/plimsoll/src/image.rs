//! `plimsoll image`.

use std::path::Path;
use std::process::ExitCode;

use plimsoll_dockerfile::Source;
use plimsoll_image::{Options, Platform, Progress};
use plimsoll_rules::config::Settings;
use plimsoll_rules::look::Look;
use plimsoll_rules::{AuditOptions, BuiltFrom, InputError, Outcome, audit_path, audit_stream};

use crate::args::Image;
use crate::baseline;
use crate::output;
use crate::progress::Bar;
use crate::settings::SettingsFinder;

/// Audits the images and prints the report. Fails on wrong usage or an unusable configuration.
pub fn run(args: &Image) -> Result<ExitCode, String> {
    let platform = platform(args.platform.as_deref())?;
    let look = Look { tree: args.tree, layers: args.layers };
    let looks = look != Look::default();
    if looks && !output::is_for_people(args.check.format) {
        return Err("--tree and --layers are printed as text, table, markdown or json".to_owned());
    }
    let finder = SettingsFinder::new(&args.check, |settings| profile(settings, args.profile.as_deref()));
    let settings = finder.for_folder(Path::new("."))?;
    let built_from = match &args.dockerfile {
        Some(path) => {
            let bytes =
                std::fs::read(path).map_err(|e| format!("{}: {}", path.display(), output::io_message(&e)))?;
            Some(BuiltFrom { name: path.to_string_lossy().into_owned(), source: Source::new(bytes) })
        }
        None => None,
    };
    let mut outcome = Outcome::default();
    for path in &args.images {
        outcome.absorb(audit(path, &settings, platform.as_ref(), built_from.as_ref(), look));
    }
    outcome.sort();
    baseline::apply(&mut outcome, &args.check)?;
    let inputs = outcome.inputs.clone();
    output::print_with(&args.check, &settings, &outcome.errors, inputs, |format, options, out| {
        // Who looks at an image does not want it scrolled away by findings; their number stands at the end.
        let options = plimsoll_report::Options { findings: !looks, ..options.clone() };
        plimsoll_report::write(&outcome, format, &options, out)
    })?;
    Ok(output::exit_code(&outcome, settings.fail_on))
}

/// Reads and audits one image, with a progress bar where somebody watches.
pub fn audit(
    path: &Path,
    settings: &Settings,
    platform: Option<&Platform>,
    built_from: Option<&BuiltFrom>,
    look: Look,
) -> Outcome {
    let name = path.to_string_lossy();
    let bar = Bar::new();
    let progress = |p: Progress<'_>| bar.update(p);
    let read = Options { platform: platform.cloned(), progress: bar.is_shown().then_some(&progress) };
    let options = AuditOptions { read, built_from, look };
    let outcome = if path.as_os_str() == "-" {
        audit_stream(std::io::stdin(), "standard input", settings, &options)
    } else if !path.exists() && looks_like_a_name(&name) {
        let message = format!(
            "no such file or folder; plimsoll reads saved images: docker save {name} | plimsoll image -"
        );
        let error =
            InputError { file: None, image: Some(name.to_string()), layer: None, offset: None, message };
        Outcome { errors: vec![error], ..Outcome::default() }
    } else {
        audit_path(path, &name, settings, &options)
    };
    bar.clear();
    outcome
}

/// Whether a word that is no file may be the name of an image in a registry or an engine.
fn looks_like_a_name(word: &str) -> bool {
    let archive = [".tar", ".tgz", ".tar.gz", ".tar.zst", ".gz", ".zst"];
    !word.starts_with(['.', '/', '~']) && !archive.iter().any(|end| word.ends_with(end))
}

/// The platform that was asked for. Fails where it is not one.
pub fn platform(text: Option<&str>) -> Result<Option<Platform>, String> {
    let parse = |text: &str| text.parse().map_err(|_| format!("--platform {text}: write it as linux/arm64"));
    text.map(parse).transpose()
}

/// Lays the profile that was asked for over the settings. Fails where there is none of that name.
pub fn profile(settings: &mut Settings, name: Option<&str>) -> Result<(), String> {
    if let Some(name) = name {
        settings.profile = Some(settings.profile_named(name)?);
    }
    Ok(())
}
