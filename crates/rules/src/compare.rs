//! Compares two images: reads both, audits both, and says what differs.

use std::io::Read;
use std::path::Path;

use plimsoll_image::{Archive, Error, Image};
use plimsoll_secrets::Leak;

use crate::audit::{AuditOptions, audit_image, input_error, masked, unreadable, wrong_sizes};
use crate::config::Settings;
use crate::image::config_secrets::{self, ConfigSecret};
use crate::image::{SecretProbe, compare, finding_differences, views};
use crate::look::Compared;
use crate::{InputError, Outcome};

/// Where an image is read from.
pub enum ImageSource<'s> {
    /// A tarball or a layout folder.
    Path(&'s Path),
    /// A tarball as it comes.
    Stream(Box<dyn Read + Send + 's>),
}

/// Reads, audits and compares. The names are what the images are called where they have no names of their own. What
/// cannot be read becomes an error, and then the other image is audited all the same.
pub fn compare_images(
    (old, old_name): (ImageSource<'_>, &str),
    (new, new_name): (ImageSource<'_>, &str),
    settings: &Settings,
    options: &AuditOptions<'_>,
) -> Compared {
    let mut compared = Compared::default();
    let old = read(old, old_name, settings, options, &mut compared.errors);
    let new = read(new, new_name, settings, options, &mut compared.errors);
    let audit = |image: &Option<(Image<Leak>, String)>| {
        image.as_ref().map(|(image, name)| {
            let fs = image.merged();
            let outcome = audit_image(image, &fs, name, settings, options);
            (fs, outcome)
        })
    };
    let (old_audit, new_audit) = (audit(&old), audit(&new));
    if let (Some((a, _)), Some((b, _)), Some((a_fs, a_out)), Some((b_fs, b_out))) =
        (&old, &new, &old_audit, &new_audit)
    {
        let mut comparison = compare::images((a, a_fs), (b, b_fs));
        (comparison.new_findings, comparison.gone_findings) =
            finding_differences::between(&a_out.findings, &b_out.findings);
        if !settings.show_secrets {
            let secrets: Vec<ConfigSecret> = [a, b]
                .into_iter()
                .flat_map(|image| config_secrets::find(image, settings.scanner()))
                .collect();
            views::mask_comparison(&mut comparison, &|text| masked(text, &secrets));
        }
        compared.comparison = Some(comparison);
    }
    let summary = |audit: Option<(_, Outcome)>| {
        audit.and_then(|(_, outcome): (_, Outcome)| {
            let Outcome { findings, mut images, .. } = outcome;
            images.pop().map(|image| (image, findings))
        })
    };
    compared.old = summary(old_audit).map(|(image, _)| image);
    if let Some((image, findings)) = summary(new_audit) {
        compared.new = Some(image);
        compared.findings = findings;
    }
    compared
}

/// The one image of an archive and its name.
fn read(
    source: ImageSource<'_>,
    name: &str,
    settings: &Settings,
    options: &AuditOptions<'_>,
    errors: &mut Vec<InputError>,
) -> Option<(Image<Leak>, String)> {
    let probe = SecretProbe::new(settings.scanner());
    let archive: Result<Archive<Leak>, Error> = match source {
        ImageSource::Path(path) => plimsoll_image::open(path, &options.read, &probe),
        ImageSource::Stream(reader) => plimsoll_image::read_stream(reader, &options.read, &probe),
    };
    let archive = match archive {
        Ok(archive) => archive,
        Err(error) => {
            errors.push(unreadable(&error, name));
            return None;
        }
    };
    errors.extend(archive.problems.iter().map(|problem| input_error(problem, name)));
    let mut images = archive.images;
    if images.len() > 1 {
        let names: Vec<String> = images.iter().map(Image::display_name).collect();
        let message =
            format!("holds {} images ({}): save the one to compare by itself", names.len(), names.join(", "));
        errors.push(InputError {
            file: None,
            image: Some(name.to_owned()),
            layer: None,
            offset: None,
            message,
        });
        return None;
    }
    let image = images.pop()?;
    let shown = if image.names.is_empty() { name.to_owned() } else { image.display_name() };
    errors.extend(wrong_sizes(&image, &shown));
    Some((image, shown))
}
