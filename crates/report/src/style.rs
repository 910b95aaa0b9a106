//! Colours, and wrapping to the width of the terminal.

use annotate_snippets::renderer::{AnsiColor, Effects, Style};
use comfy_table::Color;
use plimsoll_rules::Severity;

pub(crate) const BOLD: Style = Style::new().effects(Effects::BOLD);

/// A diff's lines that come.
pub(crate) const ADDED: Style = AnsiColor::Green.on_default();
/// A diff's lines that go.
pub(crate) const REMOVED: Style = AnsiColor::Red.on_default();
/// What is neither.
pub(crate) const PLAIN: Style = Style::new();

/// The colour of a severity, the same in every format.
pub(crate) fn of(severity: Severity) -> Style {
    match severity {
        Severity::Error => AnsiColor::BrightRed.on_default().effects(Effects::BOLD),
        Severity::Warning => AnsiColor::Yellow.on_default().effects(Effects::BOLD),
        Severity::Info => AnsiColor::BrightBlue.on_default().effects(Effects::BOLD),
        Severity::Style => AnsiColor::BrightCyan.on_default().effects(Effects::BOLD),
    }
}

/// The same colours for cells of a table.
pub(crate) fn cell_colour(severity: Severity) -> Color {
    match severity {
        Severity::Error => Color::Red,
        Severity::Warning => Color::DarkYellow,
        Severity::Info => Color::Blue,
        Severity::Style => Color::Cyan,
    }
}

/// `text` in `style`, or as it is where colour is off.
pub(crate) fn paint(text: &str, style: Style, colour: bool) -> String {
    if colour { format!("{style}{text}{style:#}") } else { text.to_owned() }
}

/// `text` broken into lines of at most `width` columns, at spaces only: a path or a command stays whole
/// so that it can be copied. Line breaks that it has are kept.
pub(crate) fn wrap(text: &str, width: usize) -> String {
    textwrap::wrap(text, wrapping(width)).join("\n")
}

/// How text is wrapped everywhere.
pub(crate) fn wrapping<'a>(width: usize) -> textwrap::Options<'a> {
    textwrap::Options::new(width.max(20))
        .break_words(false)
        .word_separator(textwrap::WordSeparator::AsciiSpace)
        .word_splitter(textwrap::WordSplitter::NoHyphenation)
        .wrap_algorithm(textwrap::WrapAlgorithm::FirstFit)
}
