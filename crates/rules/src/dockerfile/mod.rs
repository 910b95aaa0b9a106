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
mod modes;
mod peers;
mod pins;
mod scripts;
mod steps;
pub mod users;

pub(crate) mod add_for_archives;
pub(crate) mod add_healthcheck;
pub(crate) mod apk_no_cache;
pub(crate) mod apt_get_not_apt;
pub(crate) mod assume_yes;
pub(crate) mod cd_without_effect;
pub(crate) mod change_directory_with_workdir;
pub(crate) mod change_shell_with_shell;
pub(crate) mod clean_apt_lists;
pub(crate) mod clean_node_cache;
pub(crate) mod clean_rpm_cache;
pub(crate) mod curl_pipe_shell;
pub(crate) mod exec_form_command;
pub(crate) mod merge_consecutive_runs;
pub(crate) mod no_chpasswd;
pub(crate) mod no_dist_upgrade;
pub(crate) mod no_install_recommends;
pub(crate) mod no_package_upgrade;
pub(crate) mod no_setuid;
pub(crate) mod no_sudo;
pub(crate) mod no_useless_commands;
pub(crate) mod no_world_writable;
pub(crate) mod package_signatures_off;
pub(crate) mod pin_apk_packages;
pub(crate) mod pin_apt_packages;
pub(crate) mod pin_base_image;
pub(crate) mod pin_gem_packages;
pub(crate) mod pin_go_packages;
pub(crate) mod pin_npm_packages;
pub(crate) mod pin_pip_packages;
pub(crate) mod pin_rpm_packages;
pub(crate) mod pip_no_cache;
pub(crate) mod pipefail;
pub(crate) mod run_as_non_root;
pub(crate) mod secret_in_variable;
pub(crate) mod shellcheck;
pub(crate) mod syntax_error;
pub(crate) mod tls_verification_off;
pub(crate) mod unused_ignore;
pub(crate) mod unused_user;
pub(crate) mod update_alone;
pub(crate) mod useradd_no_log_init;
pub(crate) mod verify_downloads;
pub(crate) mod wget_and_curl;
pub(crate) mod wget_progress;

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
