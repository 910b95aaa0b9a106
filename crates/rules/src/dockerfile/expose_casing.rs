use plimsoll_dockerfile::Body;

use super::{Build, DockerfileRule, Reporter};

pub(crate) struct ExposeCasing;

impl DockerfileRule for ExposeCasing {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        for instruction in &build.tree.instructions {
            let Body::Expose(ports) = &instruction.body else { continue };
            for port in ports {
                let Some((number, protocol)) = port.text.rsplit_once('/') else { continue };
                let lower = protocol.to_ascii_lowercase();
                if lower == protocol || protocol.contains('$') {
                    continue;
                }
                report
                    .flag(port.span, format!("the protocol of `{}` is written in capitals", port.text))
                    .help(format!("write `{number}/{lower}`"))
                    .also("ExposeProtoCasing")
                    .replace(port.span, format!("{number}/{lower}"), true);
            }
        }
    }
}
