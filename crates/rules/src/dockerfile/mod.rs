//! The rules on Dockerfiles, and what they ask.
//!
//! A rule is a unit struct with one `check`, in the file that has its name. Adding one: the page
//! `rules/dockerfile/NAME.md`, the file `NAME.rs` here, and its `mod` line below. What several rules need
//! stands in the helper modules: [`model`] for the file as a whole, [`scripts`] for what its RUNs do,
//! [`users`], [`images`].

mod around;
mod image_ref;
pub mod images;
mod model;
mod scripts;
pub mod users;

pub(crate) mod add_healthcheck;
pub(crate) mod exec_form_command;
pub(crate) mod pin_base_image;
pub(crate) mod run_as_non_root;
pub(crate) mod secret_in_variable;
pub(crate) mod syntax_error;
pub(crate) mod unused_ignore;

pub use around::Around;
pub use image_ref::ImageRef;
pub use model::{Base, Build, Leak, Stage, User};
pub use scripts::{Purpose, Run};

pub(crate) use crate::draft::Reporter;

/// A rule on Dockerfiles.
pub trait DockerfileRule: Sync {
    /// Writes what is wrong with `build` into `report`. The rule decides nothing about selection, ignores or output.
    fn check(&self, build: &Build<'_>, report: &mut Reporter);
}
