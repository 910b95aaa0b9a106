//! t
/// r
pub trait DockerfileRule: Sync {}
