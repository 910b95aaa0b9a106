//! The rules on Dockerfiles, and what they ask.
//!
//! A rule is a unit struct with one `check`, in the file that has its name. Adding one: the page
//! `rules/dockerfile/NAME.md`, the file `NAME.rs` here, and its `mod` line below. What several rules need stands in the
//! helper modules, the lines below without `pub(crate)`: [`model`] for the file as a whole, [`scripts`] for what its
//! RUNs do, `questions` for what is asked of instructions, `variables` for the `$NAME`s in their words, [`users`],
//! [`images`], [`start`] and [`servers`] for what the container runs, [`kept`] for what it keeps.

pub(crate) mod added;
mod around;
mod bases;
mod edits;
mod image_ref;
pub mod images;
mod kept;
mod labels;
mod model;
mod modes;
pub(crate) mod owners;
mod peers;
mod pins;
mod probes;
mod proposed_dockerignore;
mod public_settings;
mod questions;
mod reference_grammar;
pub(crate) mod releases;
mod repeated;
mod secret_names;
pub(crate) mod servers;
mod shellcheck_fixes;
mod stage_facts;
pub(crate) mod start;
mod steps;
mod successors;
mod unprivileged;
pub mod users;
mod variables;
mod written_secrets;

pub(crate) mod absolute_workdir;
pub(crate) mod add_dockerignore;
pub(crate) mod add_for_archives;
pub(crate) mod add_from_url_without_checksum;
pub(crate) mod add_healthcheck;
pub(crate) mod apk_no_cache;
pub(crate) mod apt_get_not_apt;
pub(crate) mod assume_yes;
pub(crate) mod avoid_add;
pub(crate) mod build_tools_in_final_stage;
pub(crate) mod cd_without_effect;
pub(crate) mod change_directory_with_workdir;
pub(crate) mod change_shell_with_shell;
pub(crate) mod clean_apt_lists;
pub(crate) mod clean_node_cache;
pub(crate) mod clean_rpm_cache;
pub(crate) mod constant_platform;
pub(crate) mod copy_credential_file;
pub(crate) mod copy_from_own_stage;
pub(crate) mod copy_from_unknown_stage;
pub(crate) mod copy_ignored_file;
pub(crate) mod copy_not_add;
pub(crate) mod copy_to_folder;
pub(crate) mod copy_whole_filesystem;
pub(crate) mod copy_without_chown;
pub(crate) mod curl_pipe_shell;
pub(crate) mod dependencies_after_copy;
pub(crate) mod development_server;
pub(crate) mod docker_socket;
pub(crate) mod duplicate_stage;
pub(crate) mod empty_continuation;
pub(crate) mod end_of_life_base;
pub(crate) mod exec_form_command;
pub(crate) mod exec_form_healthcheck;
pub(crate) mod expose_casing;
pub(crate) mod expose_format;
pub(crate) mod expose_mismatch;
pub(crate) mod expose_port;
pub(crate) mod from_as_casing;
pub(crate) mod from_first;
pub(crate) mod ignore_pragma;
mod inherited;
pub(crate) mod invalid_default_arg;
pub(crate) mod invalid_definition_description;
pub(crate) mod invalid_label_key;
pub(crate) mod invalid_port;
pub(crate) mod invalid_trigger;
pub(crate) mod keyword_casing;
pub(crate) mod label_value;
pub(crate) mod leaked_secret;
pub(crate) mod legacy_key_value;
pub(crate) mod localhost_in_public_variable;
pub(crate) mod localhost_variable;
pub(crate) mod long_start_period;
pub(crate) mod loopback_bind;
pub(crate) mod maintainer;
pub(crate) mod merge_consecutive_runs;
pub(crate) mod missing_program;
pub(crate) mod next_standalone;
pub(crate) mod no_chpasswd;
pub(crate) mod no_dist_upgrade;
pub(crate) mod no_install_recommends;
pub(crate) mod no_package_upgrade;
pub(crate) mod no_setuid;
pub(crate) mod no_ssh_port;
pub(crate) mod no_sudo;
pub(crate) mod no_useless_commands;
pub(crate) mod no_world_writable;
pub(crate) mod node_without_init;
pub(crate) mod numeric_user;
pub(crate) mod omit_dev_dependencies;
pub(crate) mod package_signatures_off;
pub(crate) mod pin_apk_packages;
pub(crate) mod pin_apt_packages;
pub(crate) mod pin_base_image;
pub(crate) mod pin_base_image_digest;
pub(crate) mod pin_gem_packages;
pub(crate) mod pin_go_packages;
pub(crate) mod pin_npm_packages;
pub(crate) mod pin_pip_packages;
pub(crate) mod pin_rpm_packages;
pub(crate) mod pip_no_cache;
pub(crate) mod pipefail;
pub(crate) mod plain_text_variable;
pub(crate) mod redundant_platform;
pub(crate) mod relative_copy_destination;
pub(crate) mod required_label;
pub(crate) mod reserved_stage_name;
pub(crate) mod run_as_non_root;
pub(crate) mod secret_arg_in_run;
pub(crate) mod secret_in_public_variable;
pub(crate) mod secret_in_variable;
pub(crate) mod secret_like_variable;
pub(crate) mod secret_written_to_layer;
pub(crate) mod self_referencing_env;
pub(crate) mod server_not_installed;
pub(crate) mod shellcheck;
pub(crate) mod single_cmd;
pub(crate) mod single_entrypoint;
pub(crate) mod single_healthcheck;
pub(crate) mod stage_name_casing;
pub(crate) mod syntax_error;
pub(crate) mod system_workdir;
pub(crate) mod tls_verification_off;
pub(crate) mod trusted_registry;
pub(crate) mod undefined_arg_in_from;
pub(crate) mod undefined_variable;
pub(crate) mod unknown_label;
pub(crate) mod unknown_official_tag;
pub(crate) mod unneeded_packages;
pub(crate) mod unreachable_stage;
pub(crate) mod unused_ignore;
pub(crate) mod unused_user;
pub(crate) mod update_alone;
pub(crate) mod use_lock_file;
pub(crate) mod use_multi_stage;
pub(crate) mod use_slim_base;
pub(crate) mod useradd_no_log_init;
pub(crate) mod verify_downloads;
pub(crate) mod wget_and_curl;
pub(crate) mod wget_progress;
pub(crate) mod writable_volume;

pub use around::Around;
pub use image_ref::ImageRef;
pub use model::{Base, Build, Leak, Stage, User};

pub use stage_facts::FileCopy;
pub use start::{Argument, Program, Start};

pub(crate) use crate::draft::Reporter;
pub(crate) use plimsoll_shell::shell_quoted;
pub use plimsoll_shell::{Purpose, Run};

/// A rule on Dockerfiles.
pub trait DockerfileRule: Sync {
    /// Writes what is wrong with `build` into `report`. The rule decides nothing about selection, ignores or output.
    fn check(&self, build: &Build<'_>, report: &mut Reporter);
}
