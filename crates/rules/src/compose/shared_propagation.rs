use super::{ComposeRule, Reporter, Stack};

pub(crate) struct SharedPropagation;

impl ComposeRule for SharedPropagation {
    fn check(&self, stack: &Stack<'_>, report: &mut Reporter) {
        for service in stack.services() {
            for mount in &service.volumes {
                let Some(mode @ ("shared" | "rshared")) = mount.propagation.as_deref() else { continue };
                let slave = mode.replace("shared", "slave");
                let edits = stack.reworded(&mount.span, mode, &slave);
                report
                    .flag_compose(
                        &mount.span,
                        format!(
                            "what `{}` mounts below `{}` appears on the host: the mount is shared both ways",
                            service.name, mount.target
                        ),
                    )
                    .help("take the propagation out, or use `rslave`, which only lets the host's mounts in")
                    .also("CL-0017")
                    .mend_project(stack, edits, false);
            }
        }
    }
}
