//! The rules on images, and what they ask.
//!
//! Adding one: the page `rules/image/NAME.md`, the file `NAME.rs` here, and its `mod` line below. What several rules
//! need stands in the helper modules: [`model`] for the image as a whole, [`accounts`], [`os_release`], [`shipped`]
//! for what packages brought, [`weight`] for what bytes are for, [`config_secrets`]. [`tree`], [`changes`] and
//! [`compare`] are for looking at an image.

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
pub mod lines;
mod model;
pub mod os_release;
mod probe;
pub mod shipped;
pub mod tree;
pub(crate) mod views;
pub mod weight;

pub(crate) mod image_add_healthcheck;
pub(crate) mod image_build_tools;
pub(crate) mod image_bytecode;
pub(crate) mod image_credential_file;
pub(crate) mod image_dependency_tests;
pub(crate) mod image_digest_mismatch;
pub(crate) mod image_documentation;
pub(crate) mod image_duplicate_files;
pub(crate) mod image_end_of_life;
pub(crate) mod image_hidden_files;
pub(crate) mod image_leaked_secret;
pub(crate) mod image_over_budget;
pub(crate) mod image_package_caches;
pub(crate) mod image_package_managers;
pub(crate) mod image_run_as_non_root;
pub(crate) mod image_secret_in_config;
pub(crate) mod image_source_maps;
pub(crate) mod image_user_exists;

pub use model::Audit;
pub(crate) use model::path_text;
pub use probe::{FileScan, SecretProbe};

pub(crate) use crate::draft::Reporter;

/// A rule on images.
pub trait ImageRule: Sync {
    /// Writes what is wrong with the image into `report`. The rule decides nothing about selection or output.
    fn check(&self, audit: &Audit<'_>, report: &mut Reporter);
}

/// What to do about a leaked credential, in the words of its detector.
fn secret_help(detector: &plimsoll_secrets::Detector) -> String {
    let parts = [&detector.revoke, &detector.instead];
    let parts: Vec<&str> = parts.iter().map(|p| p.trim_end_matches('.')).filter(|p| !p.is_empty()).collect();
    parts.join(". ")
}
