//! `plimsoll diff`.

use std::path::Path;
use std::process::ExitCode;

use plimsoll_image::Options;
use plimsoll_rules::look::Compared;
use plimsoll_rules::{AuditOptions, ImageSource, Severity, compare_images};

use crate::args::Diff;
use crate::image::{platform, profile};
use crate::output;
use crate::progress::Bar;
use crate::settings::SettingsFinder;

/// Compares two images and prints what differs. Fails on wrong usage or an unusable configuration.
pub fn run(args: &Diff) -> Result<ExitCode, String> {
    let platform = platform(args.platform.as_deref())?;
    if args.old.as_os_str() == "-" && args.new.as_os_str() == "-" {
        return Err("standard input can be one of the two images, not both".to_owned());
    }
    let finder = SettingsFinder::new(&args.check, |settings| profile(settings, args.profile.as_deref()));
    let settings = finder.for_folder(Path::new("."))?;
    let bar = Bar::new();
    let progress = |p: plimsoll_image::Progress<'_>| bar.update(p);
    let read = Options { platform, progress: bar.is_shown().then_some(&progress) };
    let options = AuditOptions { read, ..AuditOptions::default() };
    let (old, new) = (source(&args.old), source(&args.new));
    let compared = compare_images((old.0, old.1.as_str()), (new.0, new.1.as_str()), &settings, &options);
    bar.clear();
    output::print_with(&args.check, &settings, &compared.errors, Vec::new(), |format, options, out| {
        plimsoll_report::write_comparison(&compared, args.new_only, format, options, out)
    })?;
    Ok(exit_code(&compared, args.new_only, settings.fail_on))
}

fn source(path: &Path) -> (ImageSource<'_>, String) {
    match path.as_os_str() == "-" {
        true => (ImageSource::Stream(Box::new(std::io::stdin())), "standard input".to_owned()),
        false => (ImageSource::Path(path), path.to_string_lossy().into_owned()),
    }
}

fn exit_code(compared: &Compared, new_only: bool, fail_on: Option<Severity>) -> ExitCode {
    let findings = match &compared.comparison {
        Some(comparison) if new_only => &comparison.new_findings,
        _ => &compared.findings,
    };
    output::status(&compared.errors, findings, fail_on)
}
