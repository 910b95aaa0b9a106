//! Rules on compose files.

mod blocks;
mod built;
mod edits;
mod files;
mod lines;
mod lint;
mod lookup;
mod report;
mod stack;

mod addresses;
mod credentials;
mod data_places;
mod databases;
mod development;
mod env_files;
mod health;
mod host_paths;
mod images;
mod jobs;
mod needs;
mod networks;
mod own_network;
mod references;
mod secret_files;
mod security_opt;
mod settings;
mod start;
mod volumes;

pub(crate) mod added_capability;
pub(crate) mod database_on_loopback;
pub(crate) mod database_without_password;
pub(crate) mod database_without_volume;
pub(crate) mod dependency_without_healthcheck;
pub(crate) mod development_service;
pub(crate) mod drop_capabilities;
pub(crate) mod duplicate_port;
pub(crate) mod end_of_life_service;
pub(crate) mod frontend_reaches_database;
pub(crate) mod host_device;
pub(crate) mod host_namespace;
pub(crate) mod host_network;
pub(crate) mod host_socket;
pub(crate) mod internal_database_network;
pub(crate) mod leaked_secret_in_compose;
pub(crate) mod limit_logs;
pub(crate) mod limit_processes;
pub(crate) mod limit_resources;
pub(crate) mod localhost_url;
pub(crate) mod logging_off;
pub(crate) mod long_service_start_period;
pub(crate) mod loopback_service;
pub(crate) mod missing_build_file;
pub(crate) mod missing_env_file;
pub(crate) mod named_volume_for_data;
pub(crate) mod no_new_privileges;
mod no_services;
pub(crate) mod obsolete_version;
pub(crate) mod pin_service_image;
pub(crate) mod pin_service_image_digest;
pub(crate) mod plain_text_connection;
pub(crate) mod port_not_exposed;
pub(crate) mod port_on_all_interfaces;
pub(crate) mod privileged_service;
pub(crate) mod public_variable_at_run_time;
pub(crate) mod public_variable_localhost;
pub(crate) mod public_variable_secret;
pub(crate) mod published_database;
pub(crate) mod read_only_filesystem;
pub(crate) mod restart_policy;
pub(crate) mod secret_in_command;
pub(crate) mod secret_in_environment;
pub(crate) mod secret_like_setting;
pub(crate) mod security_profile_off;
pub(crate) mod sensitive_mount;
pub(crate) mod service_as_other_user;
pub(crate) mod service_as_root;
pub(crate) mod service_healthcheck;
pub(crate) mod shared_propagation;
pub(crate) mod state_without_volume;
pub(crate) mod tmpfs_exec;
pub(crate) mod undefined_reference;
pub(crate) mod unknown_key;
pub(crate) mod unset_variable;
pub(crate) mod use_secrets;
pub(crate) mod wait_for_healthy;
pub(crate) mod wrong_service_address;

pub(crate) use blocks::Blocks;
pub(crate) use built::{built as built_image, paths as build_paths};
pub(crate) use databases::database;
pub use files::compose_projects;
pub use lint::{ComposeBuild, ComposeFiles, ComposeProject, Given, lint_compose};
pub use lookup::Lookup;
pub(crate) use networks::networks;
pub use stack::{Beside, Leak, Stack};

use crate::draft::Reporter;

/// A rule on compose files.
pub trait ComposeRule: Sync {
    /// Writes what is wrong in the project.
    fn check(&self, stack: &Stack<'_>, report: &mut Reporter);
}
