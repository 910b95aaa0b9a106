//! Reads compose files with positions, merged as Compose merges them.

mod comments;
mod interpolation;
mod node;
mod span;
mod yaml;

pub use comments::Comment;
pub use interpolation::{Fallback, InterpolationError, Variable, interpolate};
pub use node::{Entry, Kind, Map, Node, Scalar, Style, Value};
pub use span::{Diagnostic, Problem, SourceId, Span};
pub use yaml::{MAX_BYTES, MAX_DEPTH, MAX_NODES, Yaml};
