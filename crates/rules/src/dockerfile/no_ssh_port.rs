use plimsoll_dockerfile::Body;
use plimsoll_dockerfile::instructions::Protocol;

use super::{Build, DockerfileRule, Reporter};

pub(crate) struct NoSshPort;

impl DockerfileRule for NoSshPort {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        for instruction in &build.tree.instructions {
            let Body::Expose(ports) = &instruction.body else { continue };
            for (at, port) in ports.iter().enumerate() {
                let Some(range) = port.parsed else { continue };
                if range.protocol != Protocol::Tcp || !(range.start..=range.end).contains(&22) {
                    continue;
                }
                let plain = matches!(port.text.as_str(), "22" | "22/tcp");
                let draft = report
                    .flag(port.span, "port 22 is SSH: a login into the container goes around every control that the platform has");
                draft
                    .help("take the SSH server out; `docker exec` or `kubectl exec` opens a shell")
                    .also_if(plain, "CKV_DOCKER_1")
                    .also_if(plain, "DS-0004");
                if plain {
                    draft.mend(build.without_item(instruction, ports, at, |p| p.span), false);
                }
            }
        }
    }
}
