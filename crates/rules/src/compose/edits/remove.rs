//! Taking entries and items out.

use std::ops::Range;

use plimsoll_compose::{Entry, Node};

use super::{Original, Step};
use crate::Edit;

/// So deep a step is a key of a service, or of something else that is declared by name: what holds it stays, empty or
/// not.
const DECLARED: usize = 2;

impl Original<'_> {
    /// Takes out what the last step leads to. `alone` tells whether only one service has what is at some bytes.
    pub(super) fn remove(&self, steps: &[Step<'_>], alone: &dyn Fn(&Range<usize>) -> bool) -> Option<Edit> {
        let (last, above) = steps.split_last()?;
        let is_only = match last {
            Step::Entry(map, _) => self.count(map) <= 1,
            Step::Item(list, _) => list.as_seq().is_some_and(|items| items.len() <= 1),
        };
        if is_only {
            // An empty list says as much as none, and an empty mapping is none.
            return if above.len() > DECLARED { self.remove(above, alone) } else { None };
        }
        let (start, end) = match last {
            Step::Entry(_, entry) => (entry.key.span.bytes.start, self.end_of_entry(entry)),
            Step::Item(list, at) => {
                let item = list.as_seq()?.get(*at)?;
                (item.span.bytes.start, self.end(item))
            }
        };
        let written = self.text.get(start..end)?;
        // What an alias repeats has to stay.
        if has_anchor(written) || !alone(&(start..end)) {
            return None;
        }
        let bytes = match *last {
            Step::Entry(map, _) | Step::Item(map, _) if self.is_flow(map) => {
                self.flow_part(map, start, end)?
            }
            Step::Entry(map, entry) => self.entry_lines(map, entry, end)?,
            Step::Item(..) => {
                let before = self.before_on_line(start);
                let dash = before.trim_start();
                (dash.strip_prefix('-')?.trim().is_empty()).then_some(())?;
                self.without_gap(start - before.len()..self.next_line(end)?)
            }
        };
        Some(Edit { start: bytes.start, end: bytes.end, text: String::new() })
    }

    /// How many entries a mapping has of its own, those of its `<<` counted as one.
    fn count(&self, map: &Node) -> usize {
        let entries = map.as_map().map(|map| map.entries.as_slice()).unwrap_or_default();
        let own = entries.iter().filter(|entry| entry.merged_by.is_none()).count();
        own + usize::from(own < entries.len())
    }

    /// The lines of an entry in a mapping without brackets.
    fn entry_lines(&self, map: &Node, entry: &Entry, end: usize) -> Option<Range<usize>> {
        let start = entry.key.span.bytes.start;
        let before = self.before_on_line(start);
        if before.trim().is_empty() {
            // Comments that stand further right belong to what goes.
            let next = self.behind_comments(self.next_line(end)?, before.len() + 1);
            return Some(self.without_gap(start - before.len()..next));
        }
        // The first entry behind a dash: the second takes its place.
        (before.trim() == "-").then_some(())?;
        let own = map.as_map()?.entries.iter().filter(|other| other.merged_by.is_none());
        let next = own.map(|other| other.key.span.bytes.start).filter(|at| *at > start).min()?;
        let between = self.text.get(end..next)?;
        (between.trim().is_empty()).then_some(start..next)
    }

    /// A part in brackets, with the comma that it needs no more.
    fn flow_part(&self, whole: &Node, start: usize, end: usize) -> Option<Range<usize>> {
        let inside = self.text.get(whole.span.bytes.clone())?;
        if inside.contains('#') && inside.contains('\n') {
            return None;
        }
        let behind = self.text.get(end..whole.span.bytes.end)?;
        let before = self.text.get(whole.span.bytes.start..start)?;
        match behind.trim_start().strip_prefix(',') {
            Some(rest) if before.trim_end().ends_with(['[', '{']) => {
                Some(start..whole.span.bytes.end - rest.trim_start().len())
            }
            // What the text says behind a part is its comma, or the bracket.
            _ => {
                let kept = before.trim_end().strip_suffix(',')?.trim_end();
                Some(whole.span.bytes.start + kept.len()..end)
            }
        }
    }

    /// The lines, with the empty one behind them where one stands before them too, or nothing.
    fn without_gap(&self, lines: Range<usize>) -> Range<usize> {
        let before = self.text.get(..lines.start).unwrap_or_default();
        let gap_before = before.is_empty() || before.ends_with("\n\n") || before.ends_with("\n\r\n");
        let behind = self.text.get(lines.end..).unwrap_or_default();
        let gap = ["\n", "\r\n"].into_iter().find(|gap| behind.starts_with(gap));
        match gap.filter(|_| gap_before) {
            Some(gap) => lines.start..lines.end + gap.len(),
            None => lines,
        }
    }
}

/// Whether something in it could be an anchor.
fn has_anchor(text: &str) -> bool {
    let mut before = ' ';
    text.chars().any(|c| {
        let begins = c == '&' && (before.is_whitespace() || matches!(before, '[' | '{' | ','));
        before = c;
        begins
    })
}
