//! The public variables that a Dockerfile declares: what ARG and ENV put into a frontend's bundle.

use plimsoll_dockerfile::{Body, Span};
use plimsoll_shell::{Command, Word};

use super::Build;
use crate::public_variables::inner_name;

/// A public variable where it is declared.
pub(super) struct PublicSetting {
    /// The instruction.
    pub(super) index: usize,
    pub(super) name: String,
    pub(super) name_span: Span,
    /// What it is given, quotes taken off, and where that stands; None for an ARG without a default.
    pub(super) value: Option<(String, Span)>,
    /// Whether an ARG declares it, so that a build may say something else.
    pub(super) is_argument: bool,
}

impl Build<'_> {
    /// Every declaration of a public variable, in the order of the file.
    pub(super) fn public_settings(&self) -> Vec<PublicSetting> {
        let mut found = Vec::new();
        for (index, outer) in self.tree.instructions.iter().enumerate() {
            match &outer.innermost().body {
                Body::Env(pairs) => {
                    let public = pairs.iter().filter(|p| inner_name(&p.key).is_some());
                    found.extend(public.map(|p| PublicSetting {
                        index,
                        name: p.key.as_str().to_owned(),
                        name_span: p.key.span,
                        value: Some((p.unquoted(self.tree.escape).into_owned(), p.value.span)),
                        is_argument: false,
                    }));
                }
                Body::Arg(arguments) => {
                    let public = arguments.iter().filter(|a| inner_name(&a.name).is_some());
                    found.extend(public.map(|a| PublicSetting {
                        index,
                        name: a.name.as_str().to_owned(),
                        name_span: a.name.span,
                        value: a.default.as_ref().map(|d| (self.unquoted(d.as_str()).into_owned(), d.span)),
                        is_argument: true,
                    }));
                }
                _ => {}
            }
        }
        found
    }

    /// Whether a RUN builds a frontend's bundle, into which public variables go.
    pub(crate) fn builds_bundle(&self) -> bool {
        self.steps().any(|step| builds_bundle(step.command))
    }
}

/// Whether a command builds what a browser loads: `npm run build`, `next build`.
fn builds_bundle(command: &Command) -> bool {
    let words: Vec<&str> = command.args_without_flags().map(Word::text_lossy).collect();
    match command.name() {
        "npm" | "pnpm" | "yarn" | "bun" => {
            matches!(words.as_slice(), ["build", ..] | ["run" | "run-script", "build", ..])
        }
        "npx" | "bunx" => matches!(words.as_slice(), [tool, "build", ..] if BUNDLERS.contains(tool)),
        name => BUNDLERS.contains(&name) && words.first() == Some(&"build"),
    }
}

/// What builds a bundle when it is told `build`.
const BUNDLERS: &[&str] = &["astro", "gatsby", "next", "nuxi", "nuxt", "react-scripts", "vite"];
