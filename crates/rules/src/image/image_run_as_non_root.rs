use super::{Audit, ImageRule, Reporter};
use plimsoll_dockerfile::Kind;

use crate::draft::{Place, Setting};

pub(crate) struct ImageRunAsNonRoot;

impl ImageRule for ImageRunAsNonRoot {
    fn check(&self, audit: &Audit<'_>, report: &mut Reporter) {
        if audit.image.config.platform().os == "windows" {
            return;
        }
        let (place, message) = match audit.image.config.user() {
            None => (
                Place::Image,
                "the image names no user, so it runs as root and an intruder owns the whole container"
                    .to_owned(),
            ),
            Some(user) => {
                let name = user.split(':').next().unwrap_or(user);
                let root = name == "root" || audit.accounts().uid(name) == Some(0);
                if !root {
                    return;
                }
                (
                    Place::Setting(Setting::last(Kind::User)),
                    format!("the image's user `{user}` is root, so an intruder owns the whole container"),
                )
            }
        };
        report
            .at(place, message)
            .help("end the Dockerfile's last stage with `USER 10001`, a user that has a fixed number")
            .also("CIS-DI-0001");
    }
}
