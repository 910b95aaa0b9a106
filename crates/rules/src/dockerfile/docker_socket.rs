use plimsoll_dockerfile::{Body, Text};

use super::{Build, DockerfileRule, Reporter};

pub(crate) struct DockerSocket;

/// Sockets whose owner rules the host.
const SOCKETS: &[&str] = &["docker.sock", "containerd.sock", "podman.sock", "crio.sock", "cri-dockerd.sock"];

impl DockerfileRule for DockerSocket {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        for instruction in &build.tree.instructions {
            let paths: Vec<&Text<'_>> = match &instruction.innermost().body {
                Body::Volume(volume) => volume.paths.iter().collect(),
                Body::Run(run) => {
                    run.mounts.iter().flat_map(|m| m.target().into_iter().chain(m.source())).collect()
                }
                _ => continue,
            };
            for path in paths {
                let bare = build.unquoted(path);
                let Some(socket) = SOCKETS.iter().find(|s| bare.trim_end_matches('/').ends_with(*s)) else {
                    continue;
                };
                // A RUN that takes it has it do something.
                let edit = match &instruction.body {
                    Body::Volume(volume) if volume.paths.len() == 1 => build.without_instruction(instruction),
                    Body::Volume(volume) if !volume.json => {
                        let at = volume.paths.iter().position(|p| p.span == path.span);
                        at.and_then(|at| build.without_item(instruction, &volume.paths, at, |p| p.span))
                    }
                    _ => None,
                };
                let message = match &instruction.innermost().body {
                    Body::Volume(_) => format!(
                        "VOLUME mounts nothing of the host: it makes an empty folder of {socket}, and asks whoever starts the container for the host's, which is root there"
                    ),
                    _ => format!(
                        "a mount of RUN never reaches the host's {socket}, and a build that needs it needs root on the host"
                    ),
                };
                report
                    .flag(path.span, message)
                    .help("leave the socket out; build with BuildKit or Kaniko, and give tools that must talk to Docker a filtering proxy")
                    .also_if(*socket == "docker.sock", "dockerfile-dockerd-socket-mount")
                    .mend(edit, false);
            }
        }
    }
}
