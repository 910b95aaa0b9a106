//! Rules on compose input.

/// A rule on compose input.
pub trait ComposeRule: Sync {}
