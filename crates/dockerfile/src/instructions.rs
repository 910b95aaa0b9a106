//! Each instruction's own grammar, a file for each.

mod arg;
mod copy;
mod expansions;
mod expose;
mod form;
mod from;
mod healthcheck;
mod mount;
mod pairs;
mod run;
mod volume;

pub(crate) use expansions::check_heredocs;

use std::ops::Range;

pub use arg::ArgDeclaration;
pub use copy::{CopyFiles, CopySource};
pub use expose::{Port, PortRange, Protocol};
pub use from::From;
pub(crate) use healthcheck::split_type;
pub use healthcheck::{Healthcheck, Interval, Probe};
pub use mount::{Mount, MountKind, MountOption};
pub use pairs::{Pair, PairStyle, unquote};
pub use run::{Device, Run, RunOptions};
pub(crate) use run::{NETWORKS, SECURITIES};
pub use volume::Volume;

use crate::Version;
use crate::diagnostics::{Code, Diagnostic};
use crate::flags::{self, Flag, Takes};
use crate::instruction::{Body, Form};
use crate::keyword::Kind;
use crate::source::Span;
use crate::text::{Joined, Text};

/// What an instruction's grammar reads, and where it reports.
pub(crate) struct Input<'p, 's> {
    /// The whole line.
    pub(crate) line: &'p Joined<'s>,
    /// Where in the line the arguments are.
    pub(crate) range: Range<usize>,
    pub(crate) keyword: Span,
    pub(crate) kind: Kind,
    pub(crate) flags: &'p [Flag<'s>],
    pub(crate) escape: char,
    pub(crate) version: Version,
    pub(crate) diagnostics: &'p mut Vec<Diagnostic>,
}

impl<'s> Input<'_, 's> {
    pub(crate) fn is_empty(&self) -> bool {
        self.range.is_empty()
    }

    /// The arguments' place; the keyword's where there are none.
    pub(crate) fn place(&self) -> Span {
        if self.is_empty() { self.keyword } else { self.line.span(self.range.clone()) }
    }

    pub(crate) fn text(&self, range: Range<usize>) -> Text<'s> {
        self.line.text(range)
    }

    pub(crate) fn error(&mut self, code: Code, span: Span, message: impl Into<String>) {
        self.diagnostics.push(Diagnostic::error(code, span, message));
    }

    pub(crate) fn error_with_help(
        &mut self,
        code: Code,
        span: Span,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.diagnostics.push(Diagnostic::error(code, span, message).help(help));
    }

    /// Reports that arguments are missing.
    pub(crate) fn missing(&mut self, expected: &str) {
        let message = format!("{} needs {expected}", self.kind);
        let place = self.place();
        self.error(Code::MissingArguments, place, message);
    }

    /// All the arguments as one text; reports where there are none.
    fn single(&mut self, expected: &str) -> Text<'s> {
        if self.is_empty() {
            self.missing(expected);
            return Text::empty(self.keyword.end);
        }
        self.text(self.range.clone())
    }
}

/// The flags an instruction has.
pub(crate) fn known_flags(kind: Kind) -> &'static [(&'static str, Takes)] {
    match kind {
        Kind::From => &[("platform", Takes::Value)],
        Kind::Run => &[
            ("mount", Takes::Values),
            ("network", Takes::Value),
            ("security", Takes::Value),
            ("device", Takes::Values),
        ],
        Kind::Copy => &[
            ("from", Takes::Value),
            ("chown", Takes::Value),
            ("chmod", Takes::Value),
            ("link", Takes::Bool),
            ("parents", Takes::Bool),
            ("exclude", Takes::Values),
        ],
        Kind::Add => &[
            ("chown", Takes::Value),
            ("chmod", Takes::Value),
            ("link", Takes::Bool),
            ("exclude", Takes::Values),
            ("checksum", Takes::Value),
            ("keep-git-dir", Takes::Bool),
            ("unpack", Takes::Bool),
        ],
        Kind::Healthcheck => &[
            ("interval", Takes::Value),
            ("timeout", Takes::Value),
            ("start-period", Takes::Value),
            ("start-interval", Takes::Value),
            ("retries", Takes::Value),
        ],
        _ => &[],
    }
}

/// Reads the arguments by the instruction's grammar. ONBUILD is the parser's own, for what it holds is an
/// instruction again.
pub(crate) fn parse<'s>(input: &mut Input<'_, 's>) -> Body<'s> {
    let body = match input.kind {
        Kind::From => Body::From(Box::new(from::parse(input))),
        Kind::Run => Body::Run(run::parse(input)),
        Kind::Cmd => Body::Cmd(form::parse(input)),
        Kind::Entrypoint => Body::Entrypoint(form::parse(input)),
        Kind::Copy => Body::Copy(Box::new(copy::parse(input))),
        Kind::Add => Body::Add(Box::new(copy::parse(input))),
        Kind::Env => Body::Env(pairs::parse(input)),
        Kind::Label => Body::Label(pairs::parse(input)),
        Kind::Arg => Body::Arg(arg::parse(input)),
        Kind::Expose => Body::Expose(expose::parse(input)),
        Kind::User => Body::User(input.single("a user")),
        Kind::Workdir => Body::Workdir(input.single("a folder")),
        Kind::Volume => Body::Volume(volume::parse(input)),
        Kind::Healthcheck => Body::Healthcheck(Box::new(healthcheck::parse(input))),
        Kind::Shell => Body::Shell(shell(input)),
        Kind::Stopsignal => Body::Stopsignal(stop_signal(input)),
        Kind::Maintainer => Body::Maintainer(input.single("a name")),
        Kind::Onbuild => Body::Onbuild(None),
        Kind::Unknown => Body::Unknown,
    };
    expansions::check(input, &body);
    body
}

fn shell<'s>(input: &mut Input<'_, 's>) -> Form<'s> {
    let form = form::parse(input);
    let place = input.place();
    if input.is_empty() || matches!(&form, Form::Json(elements) if elements.is_empty()) {
        input.missing("a shell as a JSON array");
    } else if !form.is_json() {
        input.error_with_help(
            Code::InvalidArgument,
            place,
            "SHELL takes a JSON array of strings",
            r#"as in SHELL ["/bin/bash", "-c"]"#,
        );
    }
    form
}

fn stop_signal<'s>(input: &mut Input<'_, 's>) -> Text<'s> {
    let signal = input.single("a signal");
    if !signal.is_empty() && !flags::has_variable(&signal) && !is_signal(&signal) {
        let message = format!("{:?} is no signal", signal.as_str());
        input.error_with_help(
            Code::InvalidArgument,
            signal.span,
            message,
            "a name such as SIGTERM, or a number",
        );
    }
    signal
}

fn is_signal(signal: &str) -> bool {
    const NAMES: &[&str] = &[
        "ABRT", "ALRM", "BUS", "CHLD", "CLD", "CONT", "FPE", "HUP", "ILL", "INT", "IO", "IOT", "KILL",
        "PIPE", "POLL", "PROF", "PWR", "QUIT", "SEGV", "STKFLT", "STOP", "SYS", "TERM", "TRAP", "TSTP",
        "TTIN", "TTOU", "URG", "USR1", "USR2", "VTALRM", "WINCH", "XCPU", "XFSZ", "RTMIN", "RTMAX",
    ];
    let signal = signal.trim_matches(['"', '\'']);
    if let Ok(number) = signal.parse::<i64>() {
        return number != 0;
    }
    let upper = signal.to_ascii_uppercase();
    let name = upper.strip_prefix("SIG").unwrap_or(&upper);
    let real_time = |prefix: &str, limit: u8| {
        name.strip_prefix(prefix).and_then(|rest| rest.parse::<u8>().ok()).is_some_and(|n| n <= limit)
    };
    NAMES.contains(&name) || real_time("RTMIN+", 15) || real_time("RTMAX-", 14)
}
