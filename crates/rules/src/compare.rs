//! Compares two images: reads both, audits both, and says what differs.

use std::io::Read;
use std::path::Path;

use plimsoll_image::{Archive, Error, Image};
use plimsoll_secrets::Leak;

use crate::audit::{AuditOptions, audit_image, input_error, masked, shown_name, unreadable, wrong_sizes};
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
/// cannot be read becomes an error; without both images there is nothing else.
pub fn compare_images(
    (old, old_name): (ImageSource<'_>, &str),
    (new, new_name): (ImageSource<'_>, &str),
    settings: &Settings,
    options: &AuditOptions<'_>,
) -> Compared {
    let mut compared = Compared::default();
    let old = read(old, old_name, settings, options, &mut compared.errors);
    let new = read(new, new_name, settings, options, &mut compared.errors);
    let (Some((old, old_name)), Some((new, new_name))) = (old, new) else { return compared };
    let (old_fs, new_fs) = (old.merged(), new.merged());
    let old_audit = audit_image(&old, &old_fs, &old_name, settings, options);
    let new_audit = audit_image(&new, &new_fs, &new_name, settings, options);
    let mut comparison = compare::images((&old, &old_fs), (&new, &new_fs));
    (comparison.new_findings, comparison.gone_findings) =
        finding_differences::between(&old_audit.findings, &new_audit.findings);
    if !settings.show_secrets {
        let secrets: Vec<ConfigSecret> = [&old, &new]
            .into_iter()
            .flat_map(|image| config_secrets::find(image, settings.scanner()))
            .collect();
        views::mask_comparison(&mut comparison, &|text| masked(text, &secrets));
    }
    let Outcome { findings, images, .. } = new_audit;
    compared.comparison = Some(comparison);
    compared.old = old_audit.images.into_iter().next();
    compared.new = images.into_iter().next();
    compared.findings = findings;
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
    let shown = shown_name(image.names.first().map(String::as_str), name);
    errors.extend(wrong_sizes(&image, &shown));
    Some((image, shown))
}
