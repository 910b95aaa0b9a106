//! The JSON format, and the writer that every JSON format shares.

use std::io;

use plimsoll_rules::look::Comparison;
use plimsoll_rules::{ContextSummary, Finding, ImageSummary, InputError, Outcome};
use serde::Serialize;
use serde_json::ser::{CompactFormatter, Formatter, Serializer};

use crate::clean;

#[derive(Serialize)]
struct Report<'o> {
    version: u32,
    findings: &'o [Finding],
    errors: &'o [InputError],
    images: &'o [ImageSummary],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    contexts: &'o [ContextSummary],
    #[serde(skip_serializing_if = "Option::is_none")]
    diff: Option<&'o Comparison>,
}

pub(crate) fn write(outcome: &Outcome, out: &mut impl io::Write) -> io::Result<()> {
    write_with(outcome, None, out)
}

/// The same object, with how two images differ.
pub(crate) fn write_with(
    outcome: &Outcome,
    diff: Option<&Comparison>,
    out: &mut impl io::Write,
) -> io::Result<()> {
    let Outcome { findings, errors, images, contexts, .. } = outcome;
    write_value(&Report { version: 1, findings, errors, images, contexts, diff }, out)
}

/// Writes a report's own fields, after them what could not be read.
pub(crate) fn write_report(
    report: &impl Serialize,
    errors: &[InputError],
    out: &mut impl io::Write,
) -> io::Result<()> {
    #[derive(Serialize)]
    struct Versioned<'r, R> {
        version: u32,
        #[serde(flatten)]
        report: &'r R,
        errors: &'r [InputError],
    }
    write_value(&Versioned { version: 1, report, errors }, out)
}

/// Writes a value as JSON that is exact and yet safe to show on a terminal, with a line break at the end.
pub(crate) fn write_value(value: &impl Serialize, out: &mut impl io::Write) -> io::Result<()> {
    value.serialize(&mut Serializer::with_formatter(&mut *out, Visible::default()))?;
    writeln!(out)
}

/// Compact JSON that escapes what [`clean`] calls unprintable, not only what JSON must, and gives each
/// item of a top-level list its own line.
#[derive(Default)]
struct Visible {
    depth: usize,
}

impl Visible {
    /// The list is the value of a field of the outermost object, or itself outermost.
    fn is_top_list(&self) -> bool {
        self.depth <= 2
    }
}

impl Formatter for Visible {
    fn write_string_fragment<W: ?Sized + io::Write>(&mut self, out: &mut W, text: &str) -> io::Result<()> {
        if clean::is_plain(text) {
            return out.write_all(text.as_bytes());
        }
        let mut rest = text;
        while let Some(at) = rest.find(clean::is_unprintable) {
            let (good, bad) = rest.split_at(at);
            out.write_all(good.as_bytes())?;
            let Some(c) = bad.chars().next() else { break };
            for unit in c.encode_utf16(&mut [0; 2]) {
                write!(out, "\\u{unit:04x}")?;
            }
            rest = &bad[c.len_utf8()..];
        }
        out.write_all(rest.as_bytes())
    }

    fn begin_object<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.depth += 1;
        CompactFormatter.begin_object(out)
    }

    fn end_object<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.depth -= 1;
        CompactFormatter.end_object(out)
    }

    fn begin_array<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.depth += 1;
        CompactFormatter.begin_array(out)
    }

    fn begin_array_value<W: ?Sized + io::Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        CompactFormatter.begin_array_value(out, first)?;
        if self.is_top_list() { out.write_all(b"\n") } else { Ok(()) }
    }

    fn end_array<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.depth -= 1;
        CompactFormatter.end_array(out)
    }
}
