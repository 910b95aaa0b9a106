//! The rules on images, and what they ask.
//!
//! Adding one: the page `rules/image/NAME.md`, the file `NAME.rs` here, and its `mod` line below. What several rules
//! need stands in the helper modules: [`model`] for the image as a whole, [`accounts`], [`os_release`], [`shipped`]
//! for what packages brought, [`weight`] for what bytes are for, [`config_secrets`], [`history_runs`] for the commands
//! of the build, [`inventory`] for what is looked for among all entries in one pass, [`runtimes`],
//! `start` for what ENTRYPOINT, CMD and HEALTHCHECK need. [`tree`], [`changes`] and [`compare`] are for
//! looking at an image.

pub mod accounts;
mod cause;
mod cause_findings;
pub mod changes;
pub mod compare;
mod config_differences;
pub mod config_secrets;
pub(crate) mod finding_differences;
mod hard_links;
pub mod heaviest;
pub mod history_runs;
pub mod inventory;
pub mod lines;
mod model;
pub mod os_release;
mod probe;
mod questions;
pub mod runtimes;
mod setuid;
pub mod shipped;
mod start;
pub mod tree;
pub(crate) mod views;
pub mod weight;

pub(crate) mod image_add_healthcheck;
pub(crate) mod image_architecture;
pub(crate) mod image_build_tools;
pub(crate) mod image_bytecode;
pub(crate) mod image_command_exists;
pub(crate) mod image_command_permission;
pub(crate) mod image_copy_not_add;
pub(crate) mod image_credential_file;
pub(crate) mod image_dependency_tests;
pub(crate) mod image_digest_mismatch;
pub(crate) mod image_documentation;
pub(crate) mod image_duplicate_files;
pub(crate) mod image_empty_password;
pub(crate) mod image_end_of_life;
pub(crate) mod image_end_of_life_runtime;
pub(crate) mod image_git_folder;
pub(crate) mod image_healthcheck_runs;
pub(crate) mod image_hidden_files;
pub(crate) mod image_interpreter_exists;
pub(crate) mod image_leaked_secret;
pub(crate) mod image_library_exists;
pub(crate) mod image_no_dist_upgrade;
pub(crate) mod image_no_ssh_port;
pub(crate) mod image_no_sudo;
pub(crate) mod image_over_budget;
pub(crate) mod image_package_caches;
pub(crate) mod image_package_managers;
pub(crate) mod image_package_signatures_off;
pub(crate) mod image_rebuild;
pub(crate) mod image_run_as_non_root;
pub(crate) mod image_script_exists;
pub(crate) mod image_secret_in_config;
pub(crate) mod image_sensitive_volume;
pub(crate) mod image_setuid_files;
pub(crate) mod image_shipped_setuid_files;
pub(crate) mod image_source_maps;
pub(crate) mod image_trusted_base;
pub(crate) mod image_unique_accounts;
pub(crate) mod image_unneeded_files;
pub(crate) mod image_update_alone;
pub(crate) mod image_user_exists;
pub(crate) mod image_version_tag;
pub(crate) mod image_workdir_exists;
pub(crate) mod image_world_writable;
pub(crate) mod image_writable_workdir;

pub use model::Audit;
pub(crate) use model::path_text;
pub use probe::{FileScan, SecretProbe};

use crate::draft::Place;
pub(crate) use crate::draft::Reporter;

/// How many findings of one kind a rule tells one by one: a hostile archive may hold reasons for millions.
pub(crate) const MAX_TOLD: usize = 100;

/// A rule on images.
pub trait ImageRule: Sync {
    /// Writes what is wrong with the image into `report`. The rule decides nothing about selection or output.
    fn check(&self, audit: &Audit<'_>, report: &mut Reporter);
}

/// Where an entry lies.
pub(crate) fn place_of(seen: &inventory::Seen<'_>) -> Place {
    Place::Path { layer: seen.layer, path: path_text(seen.entry.path()).into_owned(), line: None }
}

/// What to do about a leaked credential, in the words of its detector.
pub(crate) fn secret_help(detector: &plimsoll_secrets::Detector) -> String {
    let parts = [&detector.revoke, &detector.instead];
    let parts: Vec<&str> = parts.iter().map(|p| p.trim_end_matches('.')).filter(|p| !p.is_empty()).collect();
    parts.join(". ")
}
