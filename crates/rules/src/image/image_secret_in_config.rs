use super::config_secrets::Where;
use super::{Audit, ImageRule, Reporter};
use plimsoll_dockerfile::Kind;

use crate::draft::{Place, Setting};

pub(crate) struct ImageSecretInConfig;

impl ImageRule for ImageSecretInConfig {
    fn check(&self, audit: &Audit<'_>, report: &mut Reporter) {
        for secret in audit.config_secrets() {
            let what = secret.leak.as_ref().map_or("a credential".to_owned(), |l| {
                format!("a credential ({}, {})", l.detector.title, l.redacted)
            });
            let (whose, shown_by) = match &secret.place {
                Where::Env(name) => (format!("the variable `{name}` holds {what}"), "docker inspect"),
                Where::Label(name) => (format!("the label `{name}` holds {what}"), "docker inspect"),
                Where::BuildArg(name) => {
                    (format!("the build argument `{name}` holds {what}"), "docker history")
                }
                Where::Command => (format!("a command of the history holds {what}"), "docker history"),
            };
            let set_by = match &secret.place {
                Where::Env(name) => Place::Setting(Setting::named(Kind::Env, name)),
                Where::Label(name) => Place::Setting(Setting::named(Kind::Label, name)),
                Where::BuildArg(name) => Place::Setting(Setting::named(Kind::Arg, name)),
                Where::Command => Place::Image,
            };
            let draft = report.at(
                secret.layer.map_or(set_by, Place::Layer),
                format!("{whose}: `{shown_by}` shows it to whoever has the image"),
            );
            draft.also("CIS-DI-0010");
            match &secret.leak {
                Some(leak) => {
                    draft.help(super::secret_help(&leak.detector)).detector(leak.detector.name.clone());
                }
                None => {
                    draft.help("revoke it; give it to the container at run time, or to the build with `RUN --mount=type=secret,id=...`");
                }
            }
        }
    }
}
