use plimsoll_dockerfile::Body;

use super::{Build, DockerfileRule, Reporter};

pub(crate) struct InvalidPort;

impl DockerfileRule for InvalidPort {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        for instruction in &build.tree.instructions {
            let Body::Expose(ports) = &instruction.body else { continue };
            for port in ports.iter().filter(|p| is_out_of_range(&p.text)) {
                report
                    .flag(
                        port.span,
                        format!("`{}` is no port: they end at 65535, so the build fails", port.text),
                    )
                    .help("write the port that the program listens on")
                    .also("DL3011")
                    .also_if(!port.text.contains('-'), "DS-0008")
                    .also_if(!port.text.contains('-'), "invalid-port");
            }
        }
    }
}

/// Whether a word of EXPOSE is a port or a range of them, and one is above 65535.
pub(crate) fn is_out_of_range(word: &str) -> bool {
    let bare = word.trim_matches(['"', '\'']);
    let ports = bare.split_once('/').map_or(bare, |(ports, _)| ports);
    let number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    ports.split('-').all(number) && ports.split('-').any(|p| p.parse::<u16>().is_err())
}
