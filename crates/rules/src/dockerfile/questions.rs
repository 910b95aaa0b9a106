//! Questions about instructions that several rules ask.

use plimsoll_dockerfile::instructions::CopyFiles;
use plimsoll_dockerfile::{Body, Instruction, Kind, Span, Text};

use super::{Build, Stage};

impl<'s> Build<'s> {
    /// The stage's instructions of that kind, in order.
    pub(crate) fn own_of(
        &self,
        stage: &Stage<'_>,
        kind: Kind,
    ) -> impl Iterator<Item = &'s Instruction<'s>> + use<'s> {
        self.tree.instructions[stage.instructions.clone()].iter().filter(move |i| i.kind == kind)
    }

    /// The line that an instruction begins on.
    pub(crate) fn line_of(&self, instruction: &Instruction<'_>) -> u32 {
        self.source.line(instruction.span.start)
    }

    /// Whether the keyword of a stage's FROM is written twice: `FROM FROM alpine:3.22`, which names no image.
    pub(crate) fn doubles_from(&self, stage: &Stage<'_>) -> bool {
        let image = self.image_span(stage);
        let Some(Body::From(from)) = self.tree.instructions.get(stage.instructions.start).map(|i| &i.body)
        else {
            return false;
        };
        let rest = Span::new(image.end, self.from_span(stage).end.max(image.end));
        from.image.eq_ignore_ascii_case("from")
            && from.as_keyword.is_none()
            && !self.source.slice(rest).trim().is_empty()
    }

    /// The ARGs before the first FROM.
    pub(crate) fn global_args(&self) -> impl Iterator<Item = &'s Instruction<'s>> {
        self.tree.instructions.iter().take_while(|i| i.kind != Kind::From).filter(|i| i.kind == Kind::Arg)
    }

    /// A word without its quotes.
    pub(crate) fn unquoted<'t>(&self, word: &'t str) -> std::borrow::Cow<'t, str> {
        plimsoll_dockerfile::instructions::unquote(word, self.tree.escape)
    }

    /// Whether a quote opens in one of the words and closes in none: what COPY cuts at a blank inside quotes.
    pub(crate) fn is_cut_in_quotes(&self, copy: &CopyFiles<'_>) -> bool {
        let words =
            copy.sources.iter().filter(|s| s.heredoc.is_none()).map(|s| &s.text).chain(&copy.destination);
        !copy.json && words.into_iter().any(|word| is_open(word.as_str(), self.tree.escape))
    }

    /// The stage that a name or number means, as `COPY --from` and `--target` find it.
    pub(crate) fn stage_called(&self, name: &str) -> Option<&Stage<'s>> {
        let index = self.meaning.stage_named(name, usize::MAX).or_else(|| name.parse().ok())?;
        self.stage(index)
    }

    /// Whether an absolute WORKDIR stands before the instruction, in its stage or in one below it.
    pub(crate) fn has_workdir_before(&self, stage: &Stage<'s>, instruction: usize) -> bool {
        self.lineage(stage)
            .any(|s| self.instructions(s).any(|(n, i)| n < instruction && i.kind == Kind::Workdir))
    }
}

/// Whether a word ends inside its quotes.
fn is_open(word: &str, escape: char) -> bool {
    let mut quote = None;
    let mut chars = word.chars();
    while let Some(c) = chars.next() {
        match quote {
            // Nothing is escaped between single quotes.
            Some('\'') if c != '\'' => {}
            _ if c == escape => {
                chars.next();
            }
            Some(open) if c == open => quote = None,
            None if matches!(c, '"' | '\'') => quote = Some(c),
            _ => {}
        }
    }
    quote.is_some()
}

/// The words of an instruction that the builder puts variables into.
pub(crate) fn expanded_words<'i, 's>(instruction: &'i Instruction<'s>) -> Vec<&'i Text<'s>> {
    match &instruction.body {
        Body::Env(pairs) | Body::Label(pairs) => pairs.iter().flat_map(|p| [&p.key, &p.value]).collect(),
        Body::Arg(args) => args.iter().filter_map(|a| a.default.as_ref()).collect(),
        Body::Copy(copy) | Body::Add(copy) => copy
            .sources
            .iter()
            .filter(|s| s.heredoc.is_none())
            .map(|s| &s.text)
            .chain(&copy.destination)
            .chain(&copy.chown)
            .chain(&copy.chmod)
            .collect(),
        Body::User(word) | Body::Workdir(word) | Body::Stopsignal(word) => vec![word],
        Body::Expose(ports) => ports.iter().map(|p| &p.text).collect(),
        Body::Volume(volume) => volume.paths.iter().collect(),
        _ => Vec::new(),
    }
}
