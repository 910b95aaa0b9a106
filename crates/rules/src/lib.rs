//! The rules engine and every rule.
//!
//! A model goes in (a Dockerfile, an image, ...), findings come out: selected, suppressed, redacted
//! and sorted, in one place. A rule is one file here and one page under `rules/`; see [`rule`].

mod check_directive;
pub mod config;
mod connections;
pub mod data;
mod draft;
mod engine;
mod evidence;
mod file_edit;
mod finding;
pub mod hadolint;
mod kinds;
pub mod look;
mod manifests;
mod not_text;
mod outcome;
mod own_users;
mod packages;
pub mod page;
pub mod profile;
mod public_variables;
pub mod redact;
pub mod rule;
pub mod select;
mod suppress;

pub mod advise;
mod audit;
pub mod checklist;
mod compare;
pub mod compose;
pub mod context;
pub mod dockerfile;
pub mod image;

pub use audit::{AuditOptions, BuiltFrom, audit_image, audit_path, audit_stream};
pub use compare::{ImageSource, compare_images};
pub use compose::{ComposeBuild, ComposeFiles, ComposeProject, compose_projects, lint_compose};
pub use context::{
    BuiltFile, ContextOptions, ContextPart, ContextSummary, Projects, Saving, audit_context,
    lint_dockerignore, lint_env,
};
pub use engine::lint_dockerfile;
pub use finding::{Category, Edit, FileEdit, Finding, Fix, InputError, Severity};
pub use kinds::{FileKind, kind_of, kind_of_named};
pub use outcome::{Budget, ImageSummary, LayerSummary, LineMatch, Outcome, TargetSearch};
pub use rule::{Kind, RuleMeta, all_rules, find_rules};
