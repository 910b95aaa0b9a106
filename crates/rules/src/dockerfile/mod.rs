//! The rules on Dockerfiles, and what they ask.
//!
//! A rule is a unit struct with one `check`, in the file that has its name. Adding one: the page
//! `rules/dockerfile/NAME.md`, the file `NAME.rs` here, and its `mod` line below. What several rules need
//! stands in the helper modules: [`model`] for the file as a whole, [`scripts`] for what its RUNs do,
//! [`users`], [`images`], [`start`] and [`servers`] for what the container runs, [`kept`] for what it keeps.

mod around;
mod image_ref;
pub mod images;
mod kept;
mod model;
mod questions;
mod releases;
mod scripts;
mod servers;
mod start;
pub mod users;
mod written_secrets;

pub(crate) mod add_dockerignore;
pub(crate) mod add_from_url_without_checksum;
pub(crate) mod add_healthcheck;
pub(crate) mod build_tools_in_final_stage;
pub(crate) mod copy_credential_file;
pub(crate) mod copy_without_chown;
pub(crate) mod dependencies_after_copy;
pub(crate) mod development_server;
pub(crate) mod end_of_life_base;
pub(crate) mod exec_form_command;
pub(crate) mod expose_mismatch;
pub(crate) mod expose_port;
pub(crate) mod leaked_secret;
pub(crate) mod loopback_bind;
pub(crate) mod missing_program;
pub(crate) mod node_without_init;
pub(crate) mod omit_dev_dependencies;
pub(crate) mod pin_base_image;
pub(crate) mod run_as_non_root;
pub(crate) mod secret_arg_in_run;
pub(crate) mod secret_in_variable;
pub(crate) mod secret_written_to_layer;
pub(crate) mod syntax_error;
pub(crate) mod unknown_official_tag;
pub(crate) mod unneeded_packages;
pub(crate) mod unreachable_stage;
pub(crate) mod unused_ignore;
pub(crate) mod use_multi_stage;
pub(crate) mod use_slim_base;

pub use around::Around;
pub use image_ref::ImageRef;
pub use model::{Base, Build, Leak, Stage, User};
pub use questions::FileCopy;
pub use scripts::{Purpose, Run};
pub use start::{Argument, Program, Start};

pub(crate) use crate::draft::Reporter;

/// A rule on Dockerfiles.
pub trait DockerfileRule: Sync {
    /// Writes what is wrong with `build` into `report`. The rule decides nothing about selection, ignores or output.
    fn check(&self, build: &Build<'_>, report: &mut Reporter);
}
