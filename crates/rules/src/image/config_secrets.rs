//! Credentials in an image's configuration: environment, labels, and the commands of the history.

use std::collections::HashSet;
use std::fmt;

use plimsoll_image::Image;
use plimsoll_image::history::Instruction;
use plimsoll_secrets::{Context, Leak, Scanner, placeholder, secret_name};

/// Where in the configuration a credential stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Where {
    /// A variable.
    Env(String),
    /// A label.
    Label(String),
    /// A build argument in the history.
    BuildArg(String),
    /// The command of a history entry.
    Command,
}

/// One credential. It holds the text itself, so that the engine can mask it; it is never printed.
#[derive(Clone)]
pub struct ConfigSecret {
    /// Where it stands.
    pub place: Where,
    /// The layer that its history entry made; None for an entry that made none.
    pub layer: Option<usize>,
    /// The detector that knows its form; None where only the name says what it is.
    pub leak: Option<Leak>,
    pub(crate) secret: String,
}

impl fmt::Debug for ConfigSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConfigSecret")
            .field("place", &self.place)
            .field("layer", &self.layer)
            .finish_non_exhaustive()
    }
}

/// Every credential of the configuration, each value once: the environment is asked before the labels, these before
/// the history, which repeats both.
pub fn find(image: &Image<Leak>, scanner: &Scanner) -> Vec<ConfigSecret> {
    let mut found = Found { secrets: Vec::new(), seen: HashSet::new(), scanner };
    for variable in image.config.env() {
        if let Some((name, value)) = variable.split_once('=') {
            found.variable(Where::Env(name.to_owned()), name, value, None);
        }
    }
    for (name, value) in image.config.labels() {
        found.variable(Where::Label(name.to_owned()), name, value, None);
    }
    let mut layer = 0;
    for entry in image.config.history() {
        let made = (!entry.empty_layer().unwrap_or(false)).then_some(layer);
        layer += usize::from(made.is_some());
        let Some(created_by) = entry.created_by() else { continue };
        let instruction = Instruction::read(created_by);
        let declared = match instruction.keyword.as_deref() {
            Some("ARG" | "ENV" | "LABEL") => Some(instruction.arguments.as_str()),
            _ => None,
        };
        for argument in instruction.build_args.iter().map(String::as_str).chain(declared) {
            if let Some((name, value)) = argument.split_once('=') {
                found.variable(Where::BuildArg(name.to_owned()), name, value, made);
            }
        }
        if declared.is_none() {
            for leak in scanner.scan(instruction.arguments.as_bytes(), Context::Shell) {
                let secret = text_of(&instruction.arguments, &leak);
                found.push(Where::Command, made, Some(leak), secret);
            }
        }
    }
    found.secrets
}

struct Found<'s> {
    secrets: Vec<ConfigSecret>,
    seen: HashSet<String>,
    scanner: &'s Scanner,
}

impl Found<'_> {
    /// A name with a value: what the engine knows by form, or else what the name says.
    fn variable(&mut self, place: Where, name: &str, value: &str, layer: Option<usize>) {
        let value = value.trim_matches('"');
        let leaks = self.scanner.scan_variable(name, value);
        let known = !leaks.is_empty();
        for leak in leaks {
            let secret = text_of(value, &leak);
            self.push(place.clone(), layer, Some(leak), secret);
        }
        if !known && secret_name(name) && !placeholder(value) {
            self.push(place, layer, None, value.to_owned());
        }
    }

    fn push(&mut self, place: Where, layer: Option<usize>, leak: Option<Leak>, secret: String) {
        if !secret.is_empty() && self.seen.insert(secret.clone()) {
            self.secrets.push(ConfigSecret { place, layer, leak, secret });
        }
    }
}

fn text_of(text: &str, leak: &Leak) -> String {
    let offset = |at: u64| usize::try_from(at).unwrap_or(usize::MAX).min(text.len());
    text.get(offset(leak.span.start)..offset(leak.span.end)).unwrap_or(text).to_owned()
}
