//! Reads Dockerfiles into a lossless syntax tree with spans; never fails, reports.
//!
//! [`parse`] takes a [`Source`] and gives a [`Dockerfile`]: its instructions, typed, each piece with its
//! place, and what is wrong with it. Nothing stops it: after an error it goes on as if what stands there had
//! been right.
//!
//! ```
//! use plimsoll_dockerfile::{Body, Source, parse};
//!
//! let source = Source::from("FROM alpine:3.22 AS base\nCOPPY app /app\n");
//! let file = parse(&source);
//! let Body::From(from) = &file.instructions[0].body else { panic!() };
//! assert_eq!(from.image, "alpine:3.22");
//! assert_eq!(source.position(from.image.span.start).column, 6);
//! assert_eq!(file.diagnostics[0].help.as_deref(), Some("did you mean COPY?"));
//! ```
//!
//! [`meaning`] tells what the instructions come to: stages and what they stand on, the variables at every point, what is in
//! force. [`Dockerfile::tokens`] gives the file in pieces that leave no byte out, for an editor or a formatter. How another
//! BuildKit than today's reads is an [`Options`] of [`parse_with`].

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

pub mod buildkit;
mod diagnostics;
mod directives;
mod duration;
mod flags;
mod heredoc;
pub mod image_ref;
mod instruction;
pub mod instructions;
mod json;
mod keyword;
mod lines;
pub mod meaning;
mod parser;
mod pattern;
mod scan;
mod shellword;
mod source;
mod suggest;
mod text;
mod tokens;
mod words;

pub use diagnostics::{Code, Diagnostic, Severity};
pub use directives::{Comment, Directive, DirectiveKind};
pub use flags::{Flag, parse_go_bool};
pub use heredoc::Heredoc;
pub use image_ref::ImageRef;
pub use instruction::{Body, Form, Instruction};
pub use keyword::Kind;
pub use parser::{Dockerfile, Options, Version, parse, parse_with};
pub use source::{MAX_SOURCE_BYTES, Position, Source, Span};
pub use text::{Joined, Text};
pub use tokens::{Token, TokenKind};
