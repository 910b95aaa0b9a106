//! Checkstyle XML.

use std::io;

use plimsoll_rules::{Finding, Outcome, Severity};
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, Event};

use crate::{clean, place, text};

pub(crate) fn write(outcome: &Outcome, out: &mut impl io::Write) -> io::Result<()> {
    let mut xml = Writer::new_with_indent(&mut *out, b' ', 2);
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    xml.write_event(Event::Start(BytesStart::new("checkstyle").with_attributes([("version", "4.3")])))?;
    for (name, findings) in place::groups(outcome) {
        write_file(&mut xml, &name, findings.into_iter().map(error))?;
    }
    for unread in &outcome.errors {
        let name = unread.file.as_deref().or(unread.image.as_deref()).unwrap_or("plimsoll");
        let mut tag = BytesStart::new("error");
        tag.push_attribute(("severity", "error"));
        tag.push_attribute(("message", text::error_line(unread).as_str()));
        tag.push_attribute(("source", "plimsoll.unreadable"));
        write_file(&mut xml, &clean::line(name), [tag])?;
    }
    xml.write_event(Event::End(BytesEnd::new("checkstyle")))?;
    writeln!(out)
}

fn write_file<'e>(
    xml: &mut Writer<impl io::Write>,
    name: &str,
    errors: impl IntoIterator<Item = BytesStart<'e>>,
) -> io::Result<()> {
    xml.write_event(Event::Start(BytesStart::new("file").with_attributes([("name", name)])))?;
    for error in errors {
        xml.write_event(Event::Empty(error))?;
    }
    xml.write_event(Event::End(BytesEnd::new("file")))
}

fn error(finding: &Finding) -> BytesStart<'static> {
    let mut tag = BytesStart::new("error");
    let mut message = String::new();
    if finding.file.is_some() {
        for (name, value) in [("line", finding.line), ("column", finding.column)] {
            if let Some(value) = value {
                tag.push_attribute((name, value.to_string().as_str()));
            }
        }
    } else if let within = place::within(finding)
        && !within.is_empty()
    {
        message = format!("{within}: ");
    }
    message.push_str(&clean::line(&finding.message));
    if let Some(help) = &finding.help {
        message.push_str(". ");
        message.push_str(&clean::line(help));
    }
    let severity = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        // Checkstyle has no lower one that is shown.
        Severity::Info | Severity::Style => "info",
    };
    tag.push_attribute(("severity", severity));
    tag.push_attribute(("message", message.as_str()));
    tag.push_attribute(("source", format!("plimsoll.{}", clean::line(&finding.rule)).as_str()));
    tag
}
