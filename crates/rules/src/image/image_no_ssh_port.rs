use super::{Audit, ImageRule, Reporter};
use plimsoll_dockerfile::Kind;

use crate::draft::{Place, Setting};

pub(crate) struct ImageNoSshPort;

impl ImageRule for ImageNoSshPort {
    fn check(&self, audit: &Audit<'_>, report: &mut Reporter) {
        if !audit.image.config.exposed_ports().iter().any(|p| matches!(*p, "22" | "22/tcp")) {
            return;
        }
        report
            .at(Place::Setting(Setting::named(Kind::Expose, "22")), "the image exposes port 22, which is SSH: a login into the container goes around every control that the platform has")
            .help("take the SSH server and the EXPOSE out; `docker exec` or `kubectl exec` opens a shell")
            .also("DS-0004")
            .also("CKV_DOCKER_1");
    }
}
