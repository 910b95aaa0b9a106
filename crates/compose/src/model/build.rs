//! How an image is built, and what a container runs.

use crate::model::read::{Field, KeyValue, List, Reader, Text};
use crate::node::{Map, Node, Value};
use crate::span::Span;

/// A service's `build`.
#[derive(Debug, Clone)]
pub struct Build {
    /// Where the key is.
    pub key: Span,
    /// The whole value.
    pub node: Node,
    /// The context: a folder relative to the file that says so, or a URL. Compose takes `.` for one not given.
    pub context: Option<Field<String>>,
    /// The Dockerfile, relative to the context.
    pub dockerfile: Option<Field<String>>,
    /// The Dockerfile itself.
    pub dockerfile_inline: Option<Field<String>>,
    /// The stage.
    pub target: Option<Field<String>>,
    /// Build arguments.
    pub args: List<KeyValue>,
    /// Secrets for `RUN --mount=type=secret`.
    pub secrets: List<Text>,
    /// SSH agents for `RUN --mount=type=ssh`.
    pub ssh: List<KeyValue>,
    /// Named contexts.
    pub additional_contexts: List<KeyValue>,
    /// Labels of the image.
    pub labels: List<KeyValue>,
    /// Where cached layers come from.
    pub cache_from: List<Text>,
    /// More names for the image.
    pub tags: List<Text>,
    /// Platforms to build for.
    pub platforms: List<Text>,
    /// The network while it is built.
    pub network: Option<Field<String>>,
    /// Whether base images are always pulled.
    pub pull: Option<Field<bool>>,
    /// Whether the cache is left alone.
    pub no_cache: Option<Field<bool>>,
    /// Whether the build runs with every privilege.
    pub privileged: Option<Field<bool>>,
    /// Extra privileges of the build: `network.host`, `security.insecure`.
    pub entitlements: List<Text>,
}

impl Build {
    pub(crate) fn read(reader: &mut Reader<'_>, service: &Map) -> Option<Build> {
        let entry = reader.entry(service, "build")?;
        let empty = Map::default();
        let map = entry.value.as_map().unwrap_or(&empty);
        let context = match entry.value.value() {
            Value::Map(_) => reader.text(map, "context"),
            Value::Scalar(scalar) => Some(Field {
                key: entry.key.span.clone(),
                node: entry.value.clone(),
                value: scalar.text.clone(),
            }),
            Value::Seq(_) => {
                reader.mistyped(&entry.value, "build", "a folder or a mapping");
                return None;
            }
        };
        Some(Build {
            key: entry.key.span.clone(),
            node: entry.value.clone(),
            context,
            dockerfile: reader.text(map, "dockerfile"),
            dockerfile_inline: reader.text(map, "dockerfile_inline"),
            target: reader.text(map, "target"),
            args: reader.key_values(map, "args"),
            secrets: reader.list(map, "secrets", "names of secrets", |_, node| match node.as_map() {
                Some(secret) => secret.get("source").and_then(Text::of),
                None => Text::of(node),
            }),
            ssh: reader.key_values(map, "ssh"),
            additional_contexts: reader.key_values(map, "additional_contexts"),
            labels: reader.key_values(map, "labels"),
            cache_from: reader.texts(map, "cache_from"),
            tags: reader.texts(map, "tags"),
            platforms: reader.texts(map, "platforms"),
            network: reader.text(map, "network"),
            pull: reader.bool(map, "pull"),
            no_cache: reader.bool(map, "no_cache"),
            privileged: reader.bool(map, "privileged"),
            entitlements: reader.texts(map, "entitlements"),
        })
    }
}

/// `command`, `entrypoint` or a healthcheck's `test`.
#[derive(Debug, Clone)]
pub struct Command {
    /// Where the key is.
    pub key: Span,
    /// The value as it is written.
    pub node: Node,
    /// What is run.
    pub form: CommandForm,
}

/// How a command is written.
#[derive(Debug, Clone)]
pub enum CommandForm {
    /// One text. Compose splits it into words as a shell would, but runs no shell.
    Text(String),
    /// A list of words.
    Words(Vec<Text>),
}

impl Command {
    pub(crate) fn read(reader: &mut Reader<'_>, map: &Map, key: &str) -> Option<Command> {
        let entry = reader.entry(map, key)?;
        let form = match entry.value.value() {
            Value::Scalar(scalar) => CommandForm::Text(scalar.text.clone()),
            Value::Seq(items) => CommandForm::Words(items.iter().filter_map(Text::of).collect()),
            Value::Map(_) => {
                reader.mistyped(&entry.value, key, "text or a list of words");
                return None;
            }
        };
        Some(Command { key: entry.key.span.clone(), node: entry.value.clone(), form })
    }

    /// The words; those of a text are split as a shell would, quotes taken off. An open quote ends with the text.
    pub fn words(&self) -> Vec<String> {
        match &self.form {
            CommandForm::Words(words) => words.iter().map(|word| word.value.clone()).collect(),
            CommandForm::Text(text) => split_words(text),
        }
    }
}

fn split_words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match (c, quote) {
            ('\\', None | Some('"')) => word.get_or_insert_default().extend(chars.next()),
            ('"' | '\'', None) => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (_, Some(open)) if c == open => quote = None,
            (_, None) if c.is_whitespace() => words.extend(word.take()),
            _ => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_split_as_a_shell_does() {
        for (text, words) in [
            ("a b  c", &["a", "b", "c"][..]),
            ("sh -c 'a b'", &["sh", "-c", "a b"]),
            ("a\"b c\"d ''", &["ab cd", ""]),
            ("a\\ b \"\\\"\"", &["a b", "\""]),
            ("'open", &["open"]),
            ("", &[]),
        ] {
            assert_eq!(split_words(text), words, "{text}");
        }
    }
}
