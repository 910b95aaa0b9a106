//! Rules on context input.

/// A rule on context input.
pub trait ContextRule: Sync {}
