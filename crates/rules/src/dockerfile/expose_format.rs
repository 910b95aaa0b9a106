use plimsoll_dockerfile::Body;

use super::{Build, DockerfileRule, Reporter};

pub(crate) struct ExposeFormat;

impl DockerfileRule for ExposeFormat {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        for instruction in &build.tree.instructions {
            let Body::Expose(ports) = &instruction.body else { continue };
            for port in ports.iter().filter(|p| p.has_host_part && !p.has_variable) {
                let inside = port.text.rsplit(':').next().unwrap_or("");
                report
                    .flag(
                        port.span,
                        format!(
                            "`{}` maps to the host, which EXPOSE cannot do: only `{inside}` counts",
                            port.text
                        ),
                    )
                    .help(format!(
                        "write `EXPOSE {inside}`; publishing is `docker run -p` or the compose file's"
                    ))
                    .also("ExposeInvalidFormat")
                    .replace(port.span, inside, true);
            }
        }
    }
}
