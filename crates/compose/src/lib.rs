//! Compose files, every part with its place, merged as Compose merges them.
//!
//! [`Project::parse`] reads one text, [`Project::load`] files with their overrides and all that they include or
//! extend. What they say is in [`Compose`], typed after the Compose specification; each value knows the file, line
//! and bytes that it comes from, through aliases, merge keys, `extends` and overrides. Nothing fails as a whole:
//! what is wrong becomes a [`Diagnostic`], and the rest is read.
//!
//! Nothing here judges; that is for rules.

mod comments;
mod extends;
mod files;
mod interpolation;
mod merge;
mod model;
mod node;
mod project;
mod span;
mod units;
mod yaml;

pub use comments::Comment;
pub use files::{Disk, Loader, NoFiles, default_files};
pub use interpolation::{Fallback, InterpolationError, Variable, interpolate};
pub use model::Compose;
pub use model::build::{Build, Command, CommandForm};
pub use model::deploy::{Deploy, Logging, Resources, Size, Ulimit};
pub use model::health::{Condition, Dependency, HealthTest, Healthcheck};
pub use model::mounts::{Device, Grant, Mount, MountKind, Tmpfs};
pub use model::ports::{Port, PortRange};
pub use model::read::{Field, KeyValue, List, Text};
pub use model::resources::{Network, Secret, ServiceNetwork, Volume};
pub use model::service::{EnvFileRef, Extends, Service};
pub use node::{Entry, Kind, Map, Node, Scalar, Style, Value};
pub use project::{Environment, Project, Role, Source};
pub use span::{Diagnostic, Problem, SourceId, Span};
pub use units::{parse_bytes, parse_duration};
pub use yaml::{MAX_BYTES, MAX_DEPTH, MAX_NODES, Yaml};
