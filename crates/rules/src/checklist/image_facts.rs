//! What only a built image can tell.

use super::commands::build;
use super::facts::AppView;
use super::quoting::word;
use super::verdict::{Evidence, Verdict};
use crate::ImageSummary;
use crate::profile::format_size;

fn command(view: &AppView<'_>) -> String {
    let name = word(&view.app.name);
    format!(
        "{} && docker save {name} > {name}.tar && plimsoll checklist {} --image {name}={name}.tar",
        build(view.app, &format!("-t {name} ")),
        word(&view.around.folder.display().to_string())
    )
}

pub(super) fn missing(view: &AppView<'_>) -> Verdict {
    Verdict::not_checked(format!("no image of `{}` was given", view.app.name), command(view))
}

fn summary<'a>(view: &AppView<'a>) -> Option<&'a ImageSummary> {
    view.image?.outcome.images.first()
}

fn of_image(summary: &ImageSummary, text: String) -> Evidence {
    Evidence { image: Some(summary.name.clone()), ..Evidence::words(text) }
}

/// There is an image, so the build went through.
pub(crate) fn built(view: &AppView<'_>, _: &str) -> Verdict {
    match summary(view) {
        Some(image) => {
            Verdict::holds(of_image(image, format!("the image has {} layers", image.layers.len())))
        }
        None => Verdict::not_checked("a build needs an engine", build(view.app, "")),
    }
}

/// There is an image to look into; the rules on it say the rest.
pub(crate) fn images(view: &AppView<'_>, _: &str) -> Verdict {
    match summary(view) {
        Some(image) => {
            let files: u64 = image.layers.iter().map(|l| l.files).sum();
            Verdict::holds(of_image(
                image,
                format!("{files} files in {} layers were read", image.layers.len()),
            ))
        }
        None => missing(view),
    }
}

/// The image weighs no more than its profile allows.
pub(crate) fn image_size(view: &AppView<'_>, _: &str) -> Verdict {
    let Some(budget) = view.profile.and_then(|p| p.budget) else {
        return Verdict::not_applicable("its profile has no budget");
    };
    let Some(image) = summary(view) else { return missing(view) };
    let text = format!("{} of {}", format_size(image.size), format_size(budget));
    let seen = of_image(image, text);
    if image.size <= budget { Verdict::holds(seen) } else { Verdict::fails(seen) }
}
