//! Rules on image input.

/// A rule on image input.
pub trait ImageRule: Sync {}
