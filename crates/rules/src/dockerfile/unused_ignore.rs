use super::{Build, DockerfileRule, Reporter};

/// The engine reports it: only after every other rule has run is it known which comments silenced something.
pub(crate) struct UnusedIgnore;

impl DockerfileRule for UnusedIgnore {
    fn check(&self, _: &Build<'_>, _: &mut Reporter) {}
}
