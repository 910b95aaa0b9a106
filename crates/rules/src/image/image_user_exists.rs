use super::{Audit, ImageRule, Reporter};
use plimsoll_dockerfile::Kind;

use crate::draft::{Place, Setting};

pub(crate) struct ImageUserExists;

impl ImageRule for ImageUserExists {
    fn check(&self, audit: &Audit<'_>, report: &mut Reporter) {
        let Some(user) = audit.image.config.user() else { return };
        let (name, group) = match user.split_once(':') {
            Some((name, group)) => (name, Some(group)),
            None => (user, None),
        };
        let place = Place::Setting(Setting::last(Kind::User));
        let accounts = audit.accounts();
        // Docker knows root without a passwd file.
        if accounts.uid(name).is_none() && name != "root" {
            report
                .at(place.clone(), format!("user `{name}` is not in the image's /etc/passwd, so the container does not start"))
                .help(format!("create it in the final stage, `RUN useradd --uid 10001 {name}` (`adduser -D -u 10001 {name}` on Alpine), or name it by number"));
        }
        if let Some(group) = group
            && accounts.gid(group).is_none()
            && group != "root"
        {
            report
                .at(place, format!("group `{group}` is not in the image's /etc/group, so the container does not start"))
                .help(format!("create it in the final stage, `RUN groupadd --gid 10001 {group}` (`addgroup -g 10001 {group}` on Alpine), or name it by number"));
        }
    }
}
