//! Healthchecks, and what waits for them.

use std::time::Duration;

use crate::model::build::{Command, CommandForm};
use crate::model::read::{Field, List, Reader};
use crate::node::{Map, Node};
use crate::span::Span;
use crate::units::parse_duration;

/// A service's `healthcheck`.
#[derive(Debug, Clone)]
pub struct Healthcheck {
    /// Where the key is.
    pub key: Span,
    /// The whole value.
    pub node: Node,
    /// The `test` as it is written.
    pub test: Option<Command>,
    /// `disable`.
    pub disable: Option<Field<bool>>,
    /// Time between two tests.
    pub interval: Option<Field<Duration>>,
    /// Time that a test may take.
    pub timeout: Option<Field<Duration>>,
    /// Time in which failures do not count.
    pub start_period: Option<Field<Duration>>,
    /// Time between two tests in the start period.
    pub start_interval: Option<Field<Duration>>,
    /// Failures in a row that make it unhealthy.
    pub retries: Option<Field<f64>>,
}

/// What a healthcheck runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HealthTest {
    /// A command line for the container's shell: text, or `[CMD-SHELL, ...]`.
    Shell(String),
    /// A program and its arguments: `[CMD, ...]`.
    Exec(Vec<String>),
    /// `NONE`: the image's healthcheck is turned off.
    None,
    /// A list that begins with none of these words, which Compose refuses.
    Invalid,
}

impl Healthcheck {
    pub(crate) fn read(reader: &mut Reader<'_>, service: &Map) -> Option<Healthcheck> {
        let (entry, map) = reader.map(service, "healthcheck")?;
        Some(Healthcheck {
            key: entry.key.span.clone(),
            node: entry.value.clone(),
            test: Command::read(reader, map, "test"),
            disable: reader.bool(map, "disable"),
            interval: reader.duration(map, "interval"),
            timeout: reader.duration(map, "timeout"),
            start_period: reader.duration(map, "start_period"),
            start_interval: reader.duration(map, "start_interval"),
            retries: reader.number(map, "retries"),
        })
    }

    /// What is run; nothing when there is no `test`, so that the image's own counts.
    pub fn test(&self) -> Option<HealthTest> {
        let test = self.test.as_ref()?;
        let words = match &test.form {
            CommandForm::Text(text) => return Some(HealthTest::Shell(text.clone())),
            CommandForm::Words(_) => test.words(),
        };
        Some(match words.split_first() {
            Some((first, rest)) if first == "CMD" => HealthTest::Exec(rest.to_vec()),
            Some((first, rest)) if first == "CMD-SHELL" => HealthTest::Shell(rest.join(" ")),
            Some((first, _)) if first == "NONE" => HealthTest::None,
            _ => HealthTest::Invalid,
        })
    }

    /// Whether it turns off the image's healthcheck.
    pub fn is_disabled(&self) -> bool {
        self.disable.as_ref().is_some_and(|field| field.value) || self.test() == Some(HealthTest::None)
    }
}

impl Reader<'_> {
    pub(crate) fn duration(&mut self, map: &Map, key: &str) -> Option<Field<Duration>> {
        let Field { key: place, node, value } = self.text(map, key)?;
        match parse_duration(&value) {
            Some(value) => Some(Field { key: place, node, value }),
            None if value.contains('$') => None,
            None => {
                self.mistyped(&node, key, "a duration such as 30s or 1m30s");
                None
            }
        }
    }
}

/// An entry of `depends_on`.
#[derive(Debug, Clone)]
pub struct Dependency {
    /// The service that is waited for.
    pub service: String,
    /// When it is there.
    pub condition: Condition,
    /// Where the condition is, when it is given.
    pub condition_span: Option<Span>,
    /// Whether a restart of it restarts this service.
    pub restart: bool,
    /// Whether the service fails without it; true unless given.
    pub required: bool,
    /// Where the name is.
    pub span: Span,
}

/// What a dependency must have come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// `service_started`, also when nothing is said.
    Started,
    /// `service_healthy`.
    Healthy,
    /// `service_completed_successfully`.
    Completed,
    /// Something else, which Compose refuses.
    Other(String),
}

impl Dependency {
    pub(crate) fn read_all(reader: &mut Reader<'_>, service: &Map) -> List<Dependency> {
        reader.named(service, "depends_on", |reader, name, key, value| {
            let empty = Map::default();
            let map = value.as_map().unwrap_or(&empty);
            let condition = reader.text(map, "condition");
            Dependency {
                service: name.to_owned(),
                condition: match condition.as_ref().map(|field| field.value.as_str()) {
                    None | Some("service_started") => Condition::Started,
                    Some("service_healthy") => Condition::Healthy,
                    Some("service_completed_successfully") => Condition::Completed,
                    Some(other) => Condition::Other(other.to_owned()),
                },
                condition_span: condition.map(|field| field.node.span),
                restart: reader.bool(map, "restart").is_some_and(|field| field.value),
                required: reader.bool(map, "required").is_none_or(|field| field.value),
                span: key.span.clone(),
            }
        })
    }
}
