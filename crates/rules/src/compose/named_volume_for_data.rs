use plimsoll_compose::MountKind;

use super::database_without_volume::holds;
use super::databases::database;
use super::volumes::{data_volume, declared};
use super::{ComposeRule, Reporter, Stack};

pub(crate) struct NamedVolumeForData;

impl ComposeRule for NamedVolumeForData {
    fn check(&self, stack: &Stack<'_>, report: &mut Reporter) {
        for service in stack.services() {
            let Some(kind) = database(service) else { continue };
            for mount in
                service.volumes.iter().filter(|m| m.kind == MountKind::Bind && holds(kind, &m.target))
            {
                let name = data_volume(service);
                let source = mount.source.as_deref().unwrap_or_default();
                let edits = match mount.node.as_text() {
                    Some(_) => stack.reworded(&mount.span, &format!("{source}:"), &format!("{name}:")),
                    None => None,
                };
                let edits = edits.and_then(|edits| declared(stack, service, &name, edits));
                report
                    .flag_compose(
                        &mount.span,
                        format!(
                            "`{}` keeps its {} data in a folder of this host, `{}`",
                            service.name,
                            kind.name,
                            mount.source.as_deref().unwrap_or_default()
                        ),
                    )
                    .help(format!("use a named volume: `{}-data:{}`", service.name, mount.target))
                    .mend_project(stack, edits, false);
            }
        }
    }
}
