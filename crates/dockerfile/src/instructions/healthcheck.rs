//! HEALTHCHECK

use std::time::Duration;

use super::{Input, form};
use crate::diagnostics::Code;
use crate::duration;
use crate::flags::{self, not_expanded};
use crate::instruction::Form;
use crate::suggest;
use crate::text::Text;
use crate::words;

/// How a container tells whether it is well.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Healthcheck<'s> {
    /// What is run.
    pub probe: Probe<'s>,
    /// `--interval`
    pub interval: Option<Interval<'s>>,
    /// `--timeout`
    pub timeout: Option<Interval<'s>>,
    /// `--start-period`
    pub start_period: Option<Interval<'s>>,
    /// `--start-interval`
    pub start_interval: Option<Interval<'s>>,
    /// `--retries`
    pub retries: Option<Text<'s>>,
}

/// What a HEALTHCHECK runs.
#[derive(Clone, Debug)]
pub enum Probe<'s> {
    /// `NONE`: a check that the base image has is turned off.
    None,
    /// `CMD` and its command.
    Command(Form<'s>),
    /// Neither, which is an error.
    Other,
}

/// A span of time as written.
#[derive(Clone, Debug)]
pub struct Interval<'s> {
    /// As written.
    pub text: Text<'s>,
    /// How long it is; `None` where it is wrong, or empty, which is as if it were not given.
    pub duration: Option<Duration>,
}

impl<'s> Healthcheck<'s> {
    /// The command, where there is one.
    pub fn command(&self) -> Option<&Form<'s>> {
        match &self.probe {
            Probe::Command(form) => Some(form),
            Probe::None | Probe::Other => None,
        }
    }
}

/// Where the first word ends and the next begins, by bytes as BuildKit has it.
pub(crate) fn split_type(text: &str) -> (usize, usize) {
    let is_space = |byte: u8| matches!(byte, b'\t'..=b'\r' | b' ' | 0x85 | 0xa0);
    let bytes = text.as_bytes();
    let end = bytes.iter().position(|&byte| is_space(byte)).unwrap_or(bytes.len());
    let next = bytes[end..].iter().position(|&byte| !is_space(byte)).map_or(bytes.len(), |n| end + n);
    (end, next)
}

pub(super) fn parse<'s>(input: &mut Input<'_, 's>) -> Healthcheck<'s> {
    let probe = probe(input);
    if matches!(probe, Probe::None) {
        // Its flags are not even looked at.
        return Healthcheck {
            probe,
            interval: None,
            timeout: None,
            start_period: None,
            start_interval: None,
            retries: None,
        };
    }
    let interval = interval(input, "interval");
    let timeout = self::interval(input, "timeout");
    let start_period = self::interval(input, "start-period");
    let start_interval = self::interval(input, "start-interval");
    let retries = flags::value(input.flags, "retries").cloned();
    let is_count = |text: &str| text.is_empty() || text.parse::<i32>().is_ok_and(|count| count >= 0);
    if let Some(text) = retries.as_ref().filter(|text| !is_count(text)) {
        let message = format!("--retries takes a number, not {:?}", text.as_str());
        input.error_with_help(
            Code::InvalidFlagValue,
            text.span,
            message,
            not_expanded(text).unwrap_or("as in 3"),
        );
    }
    Healthcheck { probe, interval, timeout, start_period, start_interval, retries }
}

fn probe<'s>(input: &mut Input<'_, 's>) -> Probe<'s> {
    if input.is_empty() {
        input.missing("CMD with a command, or NONE");
        return Probe::Other;
    }
    let range = input.range.clone();
    let (word, rest) = words::split_first(input.line, range.clone());
    let word = input.text(word);
    if word.eq_ignore_ascii_case("none") {
        if let Some(rest) = rest {
            let span = input.line.span(rest);
            input.error(Code::TooManyArguments, span, "HEALTHCHECK NONE takes nothing more");
        }
        return Probe::None;
    }
    if !word.eq_ignore_ascii_case("cmd") {
        let message = format!("expected CMD or NONE, not {:?}", word.as_str());
        let nearest = suggest::nearest(&word, ["CMD", "NONE"]);
        let help = nearest.unwrap_or("HEALTHCHECK CMD command");
        input.error_with_help(Code::InvalidArgument, word.span, message, help);
        if nearest != Some("CMD") {
            return Probe::Other;
        }
    }
    let Some(rest) = rest else {
        input.error(Code::MissingArguments, word.span, "HEALTHCHECK CMD needs a command");
        return Probe::Command(Form::Shell(input.line.part(range.end..range.end)));
    };
    let command = form::command(input, rest.clone());
    if command.is_json() && command.is_empty() {
        let span = input.line.span(rest);
        input.error(Code::MissingArguments, span, "HEALTHCHECK CMD needs a command");
    }
    Probe::Command(command)
}

fn interval<'s>(input: &mut Input<'_, 's>, name: &str) -> Option<Interval<'s>> {
    const SHORTEST: Duration = Duration::from_millis(1);
    let text = flags::value(input.flags, name)?.clone();
    let duration = duration::parse(&text);
    match duration {
        None if text.is_empty() => {}
        None => {
            let message = format!("--{name} takes a duration, not {:?}", text.as_str());
            input.error_with_help(
                Code::InvalidFlagValue,
                text.span,
                message,
                not_expanded(&text).unwrap_or("a number with its unit, as in 30s or 1m30s"),
            );
        }
        Some(time) if !time.is_zero() && time < SHORTEST => {
            let message = format!("--{name} cannot be shorter than a millisecond");
            input.error(Code::InvalidFlagValue, text.span, message);
        }
        Some(_) => {}
    }
    Some(Interval { text, duration })
}
