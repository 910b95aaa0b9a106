//! The entries of `security_opt`, which Docker applies in order.

use plimsoll_compose::{Service, Span};

/// An entry: `KEY:VALUE`, `KEY=VALUE`, or the key alone.
pub(crate) struct Opt<'s> {
    pub(crate) key: &'s str,
    pub(crate) value: Option<&'s str>,
    pub(crate) span: &'s Span,
}

impl Opt<'_> {
    /// Whether the value switches the key on, as Docker reads it.
    pub(crate) fn is_on(&self) -> bool {
        match self.value {
            None => true,
            // What a variable holds is not known, and somebody thought of it.
            Some(value) => value.contains('$') || matches!(value, "1" | "t" | "T" | "true" | "True" | "TRUE"),
        }
    }
}

/// The entries in order.
pub(crate) fn options(service: &Service) -> Vec<Opt<'_>> {
    let opt = |text: &'_ plimsoll_compose::Text| text.value.find([':', '=']);
    let entries = service.security_opt.iter().map(|text| match opt(text) {
        Some(at) => Opt {
            key: text.value[..at].trim(),
            value: text.value.get(at + 1..).map(str::trim),
            span: &text.span,
        },
        None => Opt { key: text.value.trim(), value: None, span: &text.span },
    });
    entries.collect()
}
