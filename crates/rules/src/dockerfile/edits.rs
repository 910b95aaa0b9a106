//! Edits that several rules write: lines put in and taken out, words and commands of a RUN. Each is none where it
//! cannot be told byte for byte what would stand there afterwards.

use plimsoll_dockerfile::{Body, Instruction, Kind, Span, Text};
use plimsoll_shell::{Command, Word, packages};

use super::steps::Step;
use super::{Build, Run, Stage};
use crate::draft::Draft;

/// The words of longer scripts are not looked for, nor what longer files say of a name.
const MOST_COMMANDS: usize = 1000;
const LONGEST_FILE: usize = 64 * 1024;

/// One replacement: what goes, and what comes.
pub(super) type Replacement = (Span, String);

impl Draft {
    /// Adds replacements to the fix, where there are any; `safe` when they keep the build's meaning.
    pub(super) fn mend(&mut self, edits: impl IntoIterator<Item = Replacement>, safe: bool) -> &mut Self {
        for (span, text) in edits {
            self.replace(span, text, safe);
        }
        self
    }
}

impl<'s> Build<'s> {
    /// A line of its own above an instruction and the comments right above it, indented as it is.
    pub(super) fn line_above(&self, instruction: &Instruction<'_>, line: &str) -> Replacement {
        let mut first = instruction.span.start;
        let mut number = self.source.line(first);
        for comment in self.tree.comments_before(instruction).iter().rev() {
            if comment.line + 1 != number {
                break;
            }
            (first, number) = (comment.span.start, comment.line);
        }
        let start = self.line_start(first);
        let indent = self.indent_at(instruction.span.start);
        let line = as_keyword_of(instruction, line);
        (Span::empty(start), format!("{indent}{line}{}", self.newline_at(start)))
    }

    /// A line of its own below an instruction, indented as it is.
    pub(super) fn line_below(&self, instruction: &Instruction<'_>, line: &str) -> Replacement {
        let end = instruction.span.end;
        let indent = self.indent_at(instruction.span.start);
        let line = as_keyword_of(instruction, line);
        (Span::empty(end), format!("{}{indent}{line}", self.newline_at(instruction.span.start)))
    }

    /// The whole lines of an instruction, to be taken out; none where something else stands on them.
    pub(super) fn without_instruction(&self, instruction: &Instruction<'_>) -> Option<Replacement> {
        let text = self.source.text();
        let start = self.line_start(instruction.span.start);
        let end = instruction.span.end as usize;
        let rest = text.get(end..)?;
        let after = rest.find('\n').map_or(rest.len(), |at| at + 1);
        let alone = text.get(start as usize..instruction.span.start as usize)?.trim().is_empty()
            && rest.get(..after)?.trim().is_empty();
        let end = instruction.span.end + u32::try_from(after).unwrap_or(0);
        alone.then(|| (self.with_surroundings(instruction, Span::new(start, end)), String::new()))
    }

    /// The lines of an instruction with its comments, where these stand above it alone, and one of two empty lines.
    fn with_surroundings(&self, instruction: &Instruction<'_>, lines: Span) -> Span {
        let is_blank = |number: u32| {
            self.source.line_span(number).is_none_or(|line| self.source.slice(line).trim().is_empty())
        };
        let (mut first, last) =
            (self.source.line(lines.start), self.source.line(lines.end.saturating_sub(1)));
        if !is_blank(last + 1) {
            return lines;
        }
        for comment in self.tree.comments_before(instruction).iter().rev() {
            if comment.line + 1 != first {
                break;
            }
            first = comment.line;
        }
        if !is_blank(first.saturating_sub(1)) {
            return lines;
        }
        let start = self.source.line_span(first).map_or(lines.start, |line| line.start);
        let end = self.source.line_span(last + 2).map_or(lines.end, |line| line.start);
        Span::new(start, end)
    }

    /// Where the line of a byte begins.
    fn line_start(&self, at: u32) -> u32 {
        self.source.line_span(self.source.line(at)).map_or(at, |line| line.start)
    }

    /// The blanks before the first word of a byte's line.
    fn indent_at(&self, at: u32) -> &'s str {
        let line = self.source.line_span(self.source.line(at)).map_or("", |line| self.source.slice(line));
        line.get(..line.len() - line.trim_start().len()).unwrap_or("")
    }

    /// The ending of a byte's line, as the file has it; the last line's is that of the one before it.
    pub(super) fn newline_at(&self, at: u32) -> &'static str {
        let number = self.source.line(at);
        let ending = |number: u32| {
            let end = self.source.line_span(number)?.end as usize;
            let rest = self.source.text().get(end..)?;
            ["\r\n", "\n"].into_iter().find(|ending| rest.starts_with(ending))
        };
        ending(number).or_else(|| ending(number.checked_sub(1)?)).unwrap_or("\n")
    }

    /// The bytes of the file that are these bytes of a shell script, where they stand there as they are. What a JSON
    /// array or an inner script holds may be escaped.
    pub(super) fn exactly(&self, run: &Run, span: plimsoll_shell::Span) -> Option<Span> {
        let place = run.span(span);
        (!run.exec && self.source.slice(place) == run.script.raw(span)).then_some(place)
    }

    /// An argument of a step taken out, with the blanks and continuations before it.
    pub(super) fn without_word(&self, step: &Step<'_>, word: &Word) -> Option<Replacement> {
        let words = &step.command.words;
        let at = words.iter().position(|w| w.span == word.span)?;
        let before = words.get(at.checked_sub(1)?)?;
        if step.run.exec {
            return self.without_element(step.run, word);
        }
        let reachable = step.is_in_plain_sight() || self.is_behind_sudo(step);
        let (before, place) = (self.exactly(step.run, before.span)?, self.exactly(step.run, word.span)?);
        // A redirect or an assignment between the two is not to be lost.
        let gap = step.run.script.text().get(words.get(at - 1)?.span.end..word.span.start)?;
        let blank = gap.bytes().all(|b| b.is_ascii_whitespace() || b == b'\\');
        (reachable && blank).then(|| (Span::new(before.end, place.end), String::new()))
    }

    /// Several arguments of a step taken out.
    pub(super) fn without_words<'w>(
        &self,
        step: &Step<'_>,
        words: impl IntoIterator<Item = &'w Word>,
    ) -> Option<Vec<Replacement>> {
        let mut edits: Vec<Replacement> = Vec::new();
        for word in words {
            let (span, text) = self.without_word(step, word)?;
            match edits.last_mut() {
                // Neighbours go as one.
                Some((last, _)) if last.end == span.start => *last = Span::new(last.start, span.end),
                _ => edits.push((span, text)),
            }
        }
        Some(edits)
    }

    /// Whether the file is short enough to be searched for each of a rule's findings.
    pub(super) fn is_short(&self) -> bool {
        self.source.text().len() <= LONGEST_FILE
    }

    /// Whether it is what a `sudo` in the script itself runs.
    fn is_behind_sudo(&self, step: &Step<'_>) -> bool {
        let outer = step.run.script.commands.get(step.command.index);
        outer.is_some_and(|o| o.is("sudo") && o.wrapped().iter().any(|inner| inner.span == step.command.span))
    }

    /// An element of a JSON array, not the first, with the comma before it.
    fn without_element(&self, run: &Run, word: &Word) -> Option<Replacement> {
        let (elements, at) = self.element(run, word)?;
        let before = elements.get(at.checked_sub(1)?)?;
        Some((Span::new(before.span.end, elements.get(at)?.span.end), String::new()))
    }

    /// The JSON array that a script is written as, and which of its elements a word is.
    fn element(&self, run: &Run, word: &Word) -> Option<(&[Text<'s>], usize)> {
        let elements = self.instruction_of(run)?.form()?.json()?;
        let place = run.span(word.span);
        let is_it = |e: &Text<'_>| e.span.start + 1 == place.start && e.span.end == place.end + 1;
        Some((elements, elements.iter().position(is_it)?))
    }

    /// A word put in behind the program's or the subcommand's name: `--no-cache` in `apk add`, also in a JSON array and
    /// behind sudo.
    pub(super) fn with_word_behind(&self, step: &Step<'_>, word: &Word, more: &str) -> Option<Replacement> {
        if step.run.exec {
            let (elements, at) = self.element(step.run, word)?;
            return Some((Span::empty(elements.get(at)?.span.end), format!(", \"{more}\"")));
        }
        let place = self.exactly(step.run, word.span)?;
        (step.is_in_plain_sight() || self.is_behind_sudo(step))
            .then(|| (Span::empty(place.end), format!(" {more}")))
    }

    /// A command of a RUN taken out with what joins it to its neighbours; the whole instruction where it is alone. None
    /// where another command depends on it: in a pipe, a branch, before `||`.
    pub(super) fn without_command(&self, run: &Run, command: &Command) -> Option<Replacement> {
        let outer = run.script.commands.get(command.index)?;
        let free = outer.context.is_unconditional()
            && outer.context.depth == 0
            && outer.pipeline.is_none()
            && !outer.negated
            && !run.exec;
        if !free || run.onbuild {
            return None;
        }
        let text = run.script.text();
        let extent = outer.span;
        let (before, after) = (text.get(..extent.start)?, text.get(extent.end..)?);
        let (head, tail) = (before.trim_end(), after.trim_start());
        if head.is_empty() && tail.is_empty() {
            return self.without_instruction(self.tree.instructions.get(run.instruction)?);
        }
        if run.heredoc {
            return self.without_script_line(run, extent);
        }
        let ahead = ["&&", ";"].into_iter().find(|joint| head.ends_with(joint));
        let behind = ["&&", ";"].into_iter().find(|joint| tail.starts_with(joint));
        let ends_well = tail.is_empty() || (behind.is_some() && !tail.starts_with(";;"));
        let range = match (ahead, behind) {
            (Some(joint), _) if ends_well => {
                let kept = head.get(..head.len() - joint.len())?.trim_end();
                kept.len()..extent.end
            }
            (None, Some(joint)) if head.is_empty() => {
                let rest = tail.get(joint.len()..)?;
                extent.start..text.len() - rest.trim_start().len()
            }
            _ => return None,
        };
        if range.is_empty() || range.len() == text.len() {
            return None;
        }
        Some((run.span(plimsoll_shell::Span::new(range.start, range.end)), String::new()))
    }

    /// A command that has the lines of a heredoc's script to itself.
    fn without_script_line(&self, run: &Run, command: plimsoll_shell::Span) -> Option<Replacement> {
        let text = run.script.text();
        let start = text.get(..command.start)?.rfind('\n').map_or(0, |at| at + 1);
        let end = command.end + text.get(command.end..)?.find('\n')? + 1;
        let alone = text.get(start..command.start)?.trim().is_empty()
            && text.get(command.end..end)?.trim().is_empty();
        let place = self.exactly(run, plimsoll_shell::Span::new(start, end))?;
        alone.then(|| (place, String::new()))
    }

    /// A command put in at the end of a RUN, joined as its others are; none for a JSON array, and where the script ends
    /// in something that it cannot be joined to.
    pub(super) fn with_last_command(&self, run: &Run, command: &str) -> Option<Replacement> {
        if run.exec || run.script.is_opaque() {
            return None;
        }
        let text = run.script.text();
        let instruction = self.instruction_of(run)?;
        let leaves = |c: &Command| c.is_any(&["exit", "exec", "return"]) && c.context.depth == 0;
        if run.script.commands.iter().any(|c| leaves(c) || c.context.background || c.context.function) {
            return None;
        }
        if run.heredoc {
            let heredoc = instruction.heredocs.first().filter(|_| self.is_whole_heredoc(run))?;
            let last = heredoc.content.trim_end().rsplit('\n').next()?;
            let blank = last.len() - last.trim_start().len();
            // The last line may stand in a block or be the rest of one.
            if blank > 0 || heredoc.terminator.is_none() {
                return None;
            }
            let newline = self.newline_at(heredoc.body.start);
            return Some((Span::empty(heredoc.body.end), format!("{command}{newline}")));
        }
        let trimmed = text.trim_end();
        let open = [";", "&", "|", "\\", "("].iter().any(|end| trimmed.ends_with(end));
        let in_comment = run.script.comments.iter().any(|c| c.end >= trimmed.len());
        if open || in_comment || !instruction.heredocs.is_empty() || text.contains("<<") || trimmed.is_empty()
        {
            return None;
        }
        let end = run.span(plimsoll_shell::Span::new(trimmed.len() - 1, trimmed.len())).end;
        if self.source.slice(Span::new(end.saturating_sub(1), end)) != trimmed.get(trimmed.len() - 1..)? {
            return None;
        }
        Some((Span::empty(end), self.joint(instruction, end) + command))
    }

    /// [`Build::with_last_command`], by sudo where the step is.
    pub(super) fn with_last_step(&self, step: &Step<'_>, command: &str) -> Option<Replacement> {
        let by_root = self.is_run_by_root(step.run.instruction);
        match (step.run.script.runs("sudo") || step.run.script.commands.iter().any(|c| c.is("sudo")), by_root)
        {
            (true, _) => self.with_last_command(step.run, &format!("sudo {command}")),
            (false, true) => self.with_last_command(step.run, command),
            (false, false) => None,
        }
    }

    /// What joins one more command to a RUN that ends there: ` && `, on a line of its own where the others have one.
    fn joint(&self, instruction: &Instruction<'_>, end: u32) -> String {
        let lines: Vec<&str> = self.source.slice(Span::new(instruction.span.start, end)).lines().collect();
        let [_, rest @ ..] = lines.as_slice() else { return " && ".to_owned() };
        if rest.is_empty() {
            return " && ".to_owned();
        }
        let escape = self.tree.escape;
        let newline = self.newline_at(instruction.span.start);
        let indent = |line: &str| line[..line.len() - line.trim_start().len()].to_owned();
        let leading = rest.iter().find(|line| line.trim_start().starts_with("&&"));
        if let Some(line) = leading {
            let gap = line.trim_start().trim_start_matches('&');
            let gap = if gap.starts_with([' ', '\t']) { &gap[..1] } else { " " };
            return format!(" {escape}{newline}{}&&{gap}", indent(line));
        }
        // `a && \` and `a; \` end their lines with what joins them.
        let ends = |line: &&str| {
            let line = line.trim_end().strip_suffix(escape).unwrap_or("").trim_end();
            ["&&", ";"].into_iter().find(|joint| line.ends_with(joint))
        };
        let at = lines.iter().rposition(|line| ends(line).is_some());
        match at.and_then(|at| Some((ends(&lines.get(at)?)?, lines.get(at + 1)?))) {
            Some((joint, line)) => {
                let space = if joint == ";" { "" } else { " " };
                format!("{space}{joint} {escape}{newline}{}", indent(line))
            }
            None => {
                let line = rest.iter().find(|line| !line.trim_start().starts_with('#'));
                format!(" {escape}{newline}{}&& ", line.map_or("    ".to_owned(), |line| indent(line)))
            }
        }
    }

    /// One of the things that an instruction lists taken out (a port, a pair, a source); the whole instruction where nothing
    /// else is left.
    pub(super) fn without_item<T>(
        &self,
        instruction: &Instruction<'_>,
        items: &[T],
        at: usize,
        span_of: impl Fn(&T) -> Span,
    ) -> Option<Replacement> {
        let place = |at: Option<usize>| at.and_then(|at| items.get(at)).map(&span_of);
        let item = place(Some(at))?;
        let span = match (place(at.checked_sub(1)), place(at.checked_add(1))) {
            (None, None) => return self.without_instruction(instruction),
            (Some(before), _) => Span::new(before.end, item.end),
            (None, Some(next)) => Span::new(item.start, next.start),
        };
        let rest = self.source.slice(span).replace(self.source.slice(item), "");
        let blank = rest.chars().all(|c| c.is_whitespace() || c == self.tree.escape);
        blank.then_some((span, String::new()))
    }

    /// The step of a script that has this word, and the word.
    pub(super) fn step_with_word<'b>(
        &'b self,
        run: &'b Run,
        span: plimsoll_shell::Span,
    ) -> Option<(Step<'b>, &'b Word)> {
        // Long scripts are not looked through for each of their words.
        if run.script.commands.len() > MOST_COMMANDS {
            return None;
        }
        self.steps_of(run).find_map(|step| {
            let word = step.command.words.iter().find(|word| word.span == span)?;
            Some((step, word))
        })
    }

    /// Packages taken out of the install that names them; the whole command where no other is left. None where something
    /// else would have to go with it.
    pub(super) fn without_packages(
        &self,
        run: &Run,
        packages: &[plimsoll_shell::Span],
    ) -> Option<Vec<Replacement>> {
        let (step, _) = self.step_with_word(run, *packages.first()?)?;
        let install = packages::installs(step.command)?;
        let kept = install.packages.iter().filter(|p| !packages.contains(&p.span)).count();
        if kept == 0 && install.requirement_files.is_empty() {
            let updates = self.steps_of(run).any(|s| packages::updates(s.command).is_some());
            return (!updates).then(|| self.without_command(run, step.command))?.map(|edit| vec![edit]);
        }
        let words = step.command.words.iter().filter(|word| packages.contains(&word.span));
        self.without_words(&step, words)
    }
}

/// A JSON array of these words.
pub(super) fn json_array<'w>(words: impl IntoIterator<Item = &'w str>) -> String {
    let quoted = words.into_iter().map(|word| {
        let escaped = word.replace('\\', "\\\\").replace('"', "\\\"");
        format!("\"{escaped}\"")
    });
    format!("[{}]", quoted.collect::<Vec<_>>().join(", "))
}

/// Whether an instruction makes files, so that what needs root for it must stand above a USER.
pub(super) fn makes_files(instruction: &Instruction<'_>) -> bool {
    matches!(instruction.body, Body::Run(_) | Body::Copy(_) | Body::Add(_) | Body::Workdir(_))
}

impl<'s> Build<'s> {
    /// Lines at the end of a stage, where everything is in place: above the CMD or ENTRYPOINT that stands behind the last
    /// instruction that makes files, or else below its last instruction.
    pub(super) fn lines_at_end(&self, stage: &Stage<'s>, lines: &[String]) -> Option<Replacement> {
        let made = self.instructions(stage).filter(|(_, i)| makes_files(i)).map(|(at, _)| at).next_back();
        let starts = |i: &Instruction<'_>| matches!(i.kind, Kind::Cmd | Kind::Entrypoint);
        let start = self.instructions(stage).find(|(at, i)| Some(*at) > made && starts(i));
        if let Some((_, start)) = start {
            let newline = self.newline_at(start.span.start);
            let lines: Vec<String> = lines.iter().map(|line| as_keyword_of(start, line)).collect();
            return Some(self.line_above(start, &lines.join(newline)));
        }
        let (_, last) = self.instructions(stage).last()?;
        let newline = self.newline_at(last.span.start);
        let lines: Vec<String> = lines.iter().map(|line| as_keyword_of(last, line)).collect();
        Some(self.line_below(last, &lines.join(newline)))
    }
}

/// A line whose keyword is written as a neighbour's is: `user app` above `cmd`.
fn as_keyword_of(near: &Instruction<'_>, line: &str) -> String {
    if near.keyword.as_str().bytes().any(|b| b.is_ascii_uppercase()) {
        return line.to_owned();
    }
    let (keyword, rest) = line.split_at(line.find(' ').unwrap_or(line.len()));
    keyword.to_ascii_lowercase() + rest
}
