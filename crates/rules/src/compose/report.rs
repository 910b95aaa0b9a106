//! Places in compose files, for what rules write.

use plimsoll_compose::Span;

use crate::draft::{Draft, Place, Reporter};

impl Reporter {
    /// A fault at a place of the project.
    pub fn flag_compose(&mut self, span: &Span, message: impl Into<String>) -> &mut Draft {
        self.at(Place::Compose(span.clone()), message)
    }
}

impl Draft {
    /// A place that nobody may see. It is left out when it is in another file than the fault.
    pub fn hide(&mut self, span: &Span) -> &mut Self {
        if self.is_in_file_of(span) { self.secret(bytes(span)) } else { self }
    }

    /// [`Draft::replace`] at a place of the project. It is left out when it is in another file than the fault.
    pub fn rewrite(&mut self, span: &Span, text: impl Into<String>, safe: bool) -> &mut Self {
        if self.is_in_file_of(span) { self.replace(bytes(span), text, safe) } else { self }
    }

    /// The key that the place belongs to: its line is the one that peers report.
    pub fn instruction(&mut self, key: &Span) -> &mut Self {
        self.instruction_line = self.is_in_file_of(key).then_some(key.line);
        self
    }

    fn is_in_file_of(&self, span: &Span) -> bool {
        matches!(&self.place, Place::Compose(own) if own.source == span.source)
    }
}

fn bytes(span: &Span) -> plimsoll_dockerfile::Span {
    let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    plimsoll_dockerfile::Span::new(offset(span.bytes.start), offset(span.bytes.end))
}
