use super::{Audit, ImageRule, Reporter};
use plimsoll_dockerfile::Kind;

use crate::draft::{Place, Setting};

pub(crate) struct ImageSensitiveVolume;

/// Folders that belong to the system or to the kernel.
const SENSITIVE: [&str; 13] = [
    "/",
    "/bin",
    "/boot",
    "/dev",
    "/etc",
    "/lib",
    "/lib64",
    "/proc",
    "/root",
    "/sbin",
    "/sys",
    "/usr",
    "/var/run/docker.sock",
];

impl ImageRule for ImageSensitiveVolume {
    fn check(&self, audit: &Audit<'_>, report: &mut Reporter) {
        for volume in audit.image.config.volumes() {
            let path = match volume.trim_end_matches('/') {
                "" => "/",
                path => path,
            };
            if SENSITIVE.contains(&path) {
                report
                    .at(
                        Place::Setting(Setting::named(Kind::Volume, volume)),
                        format!("VOLUME {path} is a folder of the system: what is mounted there decides what every program in the container runs and trusts"),
                    )
                    .help("declare the folder that holds the service's data, such as /var/lib/app")
                    .also("DKL-DI-0002");
            }
        }
    }
}
