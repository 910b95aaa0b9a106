//! The build context: what `docker build DIR` would send, and why.
//!
//! - [`Ignore`] reads a `.dockerignore` with Docker's own semantics and says of any path whether it is
//!   excluded, and by which line.
//! - [`Context`] walks a folder as a build would and answers which sources of a `COPY` are there.
//! - [`EnvFile`] reads a `.env` as Compose does, with the place of every key and value.
//!
//! Nothing here judges; that is for rules.

mod context;
mod env;
mod glob;
mod gopath;
mod ignore;
mod listing;
mod span;

pub use context::{Context, ContextError, IgnoreFile, Lookup};
pub use env::{EnvEntry, EnvFile, EnvQuote};
pub use gopath::{BadPattern, clean_path, glob_match};
pub use ignore::{Ignore, Match, Pattern};
pub use listing::{Entry, EntryKind, Excluded, Listing, MAX_ENTRIES, WalkError};
pub use span::{Diagnostic, Span};
