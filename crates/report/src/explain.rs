//! A rule's page on a terminal.

use annotate_snippets::renderer::{AnsiColor, Style};
use plimsoll_rules::RuleMeta;
use pulldown_cmark::{CodeBlockKind, Event, Options as Extensions, Parser, Tag, TagEnd};

use crate::{Options, style};

const CODE: Style = AnsiColor::Cyan.on_default();
const LINK: Style = AnsiColor::Blue.on_default();
/// Prose is easiest to read at this width or less.
const WIDEST: usize = 100;

/// A rule's page, rendered for a terminal: what it is, then the page with headings, code and links set
/// off. [`RuleMeta::page`] is the page as it is written.
pub fn explain(rule: &RuleMeta, options: &Options) -> String {
    let mut out = String::new();
    let name = style::paint(rule.name, style::BOLD, options.colour);
    let severity = style::paint(rule.severity.as_str(), style::of(rule.severity), options.colour);
    let set = if rule.default { "on by default" } else { "opt-in" };
    out.push_str(&format!("{name}  {severity}, {}, {set}\n", rule.category));
    for (title, list) in [("also:", rule.also), ("see:", rule.references)] {
        if !list.is_empty() {
            let text = format!("{title:<5} {}", list.join(", "));
            let wrapping = style::wrapping(options.width.min(WIDEST)).subsequent_indent("      ");
            out.push_str(&textwrap::fill(&text, wrapping));
            out.push('\n');
        }
    }
    out.push('\n');
    out.push_str(&markdown(rule.body(), options));
    out
}

/// Markdown as a terminal shows it, each block apart from the next by a blank line.
fn markdown(text: &str, options: &Options) -> String {
    let mut page =
        Page { options, out: String::new(), inline: String::new(), lists: Vec::new(), bullet: None };
    let mut link = None;
    let mut code_block = false;
    for event in Parser::new_ext(text, Extensions::empty()) {
        match event {
            Event::Start(Tag::List(first)) => {
                page.flush();
                page.lists.push(first);
            }
            Event::End(TagEnd::List(_)) => {
                page.lists.pop();
                page.blank_line();
            }
            Event::Start(Tag::Item) => page.start_item(),
            Event::End(TagEnd::Item) => page.flush(),
            Event::Start(Tag::CodeBlock(kind)) => {
                page.flush();
                page.blank_line();
                page.label(&kind);
                code_block = true;
            }
            Event::Text(code) if code_block => page.code(&code),
            Event::End(TagEnd::CodeBlock) => {
                code_block = false;
                page.blank_line();
            }
            Event::Start(Tag::Heading { .. }) => {
                page.flush();
                page.blank_line();
            }
            Event::End(TagEnd::Heading(_)) => page.heading(),
            Event::End(TagEnd::Paragraph) => {
                page.flush();
                page.blank_line();
            }
            Event::Start(Tag::Link { dest_url, .. }) => link = Some((dest_url, page.inline.len())),
            Event::End(TagEnd::Link) => {
                if let Some((url, start)) = link.take() {
                    page.link(&url, start);
                }
            }
            Event::Start(Tag::Strong | Tag::Emphasis) => page.styled(&format!("{}", style::BOLD)),
            Event::End(TagEnd::Strong | TagEnd::Emphasis) => page.styled(&format!("{:#}", style::BOLD)),
            Event::Text(text) | Event::Html(text) | Event::InlineHtml(text) => page.inline.push_str(&text),
            Event::Code(code) => page.inline_code(&code),
            Event::SoftBreak => page.inline.push(' '),
            Event::HardBreak => page.inline.push('\n'),
            Event::Rule => page.blank_line(),
            _ => {}
        }
    }
    page.flush();
    format!("{}\n", page.out.trim_end())
}

struct Page<'o> {
    options: &'o Options,
    out: String,
    /// The text of the block that is being read.
    inline: String,
    /// The lists around it, with the next number of those that count.
    lists: Vec<Option<u64>>,
    /// What stands before the next line of a list item.
    bullet: Option<String>,
}

impl Page<'_> {
    /// Sets the block that was read, wrapped.
    fn flush(&mut self) {
        let text = std::mem::take(&mut self.inline);
        if text.trim().is_empty() {
            return;
        }
        let hanging = self.lists.len() * 2;
        let indent = " ".repeat(hanging);
        let first = match self.bullet.take() {
            Some(bullet) => format!("{}{bullet}", " ".repeat(hanging.saturating_sub(2))),
            None => indent.clone(),
        };
        let wrapping =
            style::wrapping(self.options.width.min(WIDEST)).initial_indent(&first).subsequent_indent(&indent);
        self.out.push_str(&textwrap::fill(text.trim(), wrapping));
        self.out.push('\n');
    }

    fn start_item(&mut self) {
        self.flush();
        self.bullet = Some(match self.lists.last_mut() {
            Some(Some(number)) => {
                *number += 1;
                format!("{}. ", *number - 1)
            }
            _ => "- ".to_owned(),
        });
    }

    fn blank_line(&mut self) {
        if !self.out.is_empty() && !self.out.ends_with("\n\n") && self.lists.is_empty() {
            self.out.push('\n');
        }
    }

    fn heading(&mut self) {
        let text = std::mem::take(&mut self.inline);
        self.out.push_str(&style::paint(&text, style::BOLD, self.options.colour));
        self.out.push('\n');
        self.blank_line();
    }

    /// What a fence says of its example: `Dockerfile bad`.
    fn label(&mut self, kind: &CodeBlockKind<'_>) {
        let CodeBlockKind::Fenced(info) = kind else { return };
        let has =
            |word: &str| info.split([' ', ',']).any(|w| w == word || w.starts_with(&format!("{word}=")));
        let label = match (has("bad"), has("good")) {
            (true, _) => {
                style::paint("Bad:", style::of(plimsoll_rules::Severity::Error), self.options.colour)
            }
            (_, true) => style::paint("Good:", AnsiColor::Green.on_default().bold(), self.options.colour),
            _ => return,
        };
        let title = info.split([' ', ',']).find_map(|word| word.strip_prefix("title="));
        self.out.push_str(&label);
        if let Some(title) = title {
            self.out.push_str(&format!(" {title}"));
        }
        self.out.push_str("\n\n");
    }

    /// Code keeps its lines, whatever their length, so that it can be copied.
    fn code(&mut self, code: &str) {
        for line in code.lines() {
            if !line.is_empty() {
                let line = style::paint(line, CODE, self.options.colour);
                self.out.push_str(&format!("    {line}"));
            }
            self.out.push('\n');
        }
    }

    fn inline_code(&mut self, code: &str) {
        let code = if self.options.colour { style::paint(code, CODE, true) } else { format!("`{code}`") };
        self.inline.push_str(&code);
    }

    fn link(&mut self, url: &str, start: usize) {
        let shown = self.inline.split_off(start);
        let address = style::paint(url, LINK, self.options.colour);
        self.inline.push_str(&if shown == url { address } else { format!("{shown} ({address})") });
    }

    fn styled(&mut self, code: &str) {
        if self.options.colour {
            self.inline.push_str(code);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# Pin it\n\nA *tag* moves: `python:latest` of today is not the one of tomorrow, and \
        nobody sees the difference until a build breaks.\n\n## How\n\n- Name a version, see \
        [the docs](https://docs.docker.com/build/) for more than fits into a single line here\n- Or a digest\n\n\
        1. first\n2. second\n\n```Dockerfile bad=1\nFROM python:latest\n\nUSER app\n```\n\n<https://example.org>\n";

    #[test]
    fn a_page_without_colour() {
        insta::assert_snapshot!(markdown(TEXT, &Options { width: 60, ..Options::default() }), @r"
        Pin it

        A tag moves: `python:latest` of today is not the one of
        tomorrow, and nobody sees the difference until a build
        breaks.

        How

        - Name a version, see the docs
          (https://docs.docker.com/build/) for more than fits into a
          single line here
        - Or a digest

        1. first
        2. second

        Bad:

            FROM python:latest

            USER app

        https://example.org
        ");
    }

    #[test]
    fn colour_has_no_width() {
        let plain = markdown(
            "x *yy* zz `q` [l](u) ".repeat(20).as_str(),
            &Options { width: 40, ..Options::default() },
        );
        let colour = markdown(
            "x *yy* zz `q` [l](u) ".repeat(20).as_str(),
            &Options { width: 40, colour: true, ..Options::default() },
        );
        assert!(!plain.contains('\x1b'));
        assert!(colour.contains("\x1b[36mq\x1b[0m"));
        assert!(colour.lines().all(|line| textwrap::core::display_width(line) <= 40));
    }
}
