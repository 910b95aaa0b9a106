//! Finds leaked credentials in bytes: keywords first, patterns around a hit, then proof.
//!
//! ```
//! use plimsoll_secrets::{Context, Scanner};
//!
//! let scanner = Scanner::default();
//! let leaks = scanner.scan(b"DB_PASSWORD=k7Hq2xWm9Lr4\n", Context::Environment);
//! assert_eq!(leaks[0].detector.name, "password-assignment");
//! assert_eq!((leaks[0].line, leaks[0].column), (1, 13));
//! ```
//!
//! A [`Scanner`] holds detectors, which are data: `detectors/*.toml` and what a user adds. An input is scanned
//! whole ([`Scanner::scan`]) or in pieces ([`Scanner::stream`]), with the same result. A [`Leak`] says where a
//! secret stands, of which kind it is and what to do about it, and never what it is.
//!
//! Beside it stand the questions that other rules ask: [`secret_name`], [`placeholder`], [`credential_file`].

mod assignment;
mod context;
#[cfg(test)]
mod corpus;
mod detector;
mod encoded;
#[cfg(test)]
mod examples;
mod files;
mod generic;
mod keywords;
mod leak;
mod lexicon;
mod names;
mod pem;
mod placeholder;
mod proof;
mod samples;
mod scanner;
mod spec;
mod stream;
mod utf16;

pub use context::Context;
pub use detector::{Detector, Severity, SpecError};
pub use files::{Certainty, CredentialFile, credential_file};
pub use leak::{Leak, redact};
pub use names::secret_name;
pub use placeholder::placeholder;
pub use scanner::{Builder, Scanner, built_in};
pub use spec::DetectorSpec;
pub use stream::Stream;
