//! Ignore comments in Dockerfiles, compose files and the like: ours and the peers', each reaching what it reaches in
//! its own tool.
//!
//! | comment | reaches |
//! | --- | --- |
//! | `# plimsoll ignore=RULE[,RULE] reason=...` | the instruction below |
//! | `# plimsoll ignore-file=RULE[,RULE] reason=...` | the file |
//! | `# hadolint ignore=CODE[,CODE]` | the instruction on the next line |
//! | `# hadolint global ignore=CODE[,CODE]` | the file |
//! | `# check=skip=NAME[,NAME]` | the file (a parser directive: only at the top) |
//! | `# checkov:skip=ID:reason` | the file |
//! | `# trivy:ignore:ID` | the instruction on the next line or the same, and what is said of the file as a whole |
//! | `# nosemgrep[: id]` | the instruction on the next line or the same |
//!
//! In YAML the instruction is the key or list item with what is indented under it.

mod comment;

use plimsoll_dockerfile::{Comment, Dockerfile, Source, Span};

use crate::Finding;
use crate::compose::Blocks;
use crate::data::Date;
use crate::rule::Peer;
use crate::select::NameList;
use comment::{Parsed, Tool};

/// So many ignore comments of a YAML text are honoured: each is asked about each finding.
const MAX_IGNORES: usize = 2_000;

/// What a comment reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reach {
    File,
    /// Instructions that start on this line, and with `whole` also what is said of the file as a whole.
    Line {
        line: u32,
        whole: bool,
    },
    /// What stands on these lines, the last one too.
    Block {
        first: u32,
        last: u32,
    },
}

struct Ignore {
    reach: Reach,
    names: NameList,
    /// Silences whatever carries a code of this peer: `# nosemgrep` without ids.
    all_of: Option<Peer>,
    /// Ours, and so reported when it silences nothing.
    own: Option<Span>,
}

impl Ignore {
    fn takes(&mut self, finding: &Finding) -> bool {
        let by_peer = self.all_of.is_some_and(|peer| finding.also.iter().any(|c| peer.has_code(c)));
        self.names.takes(finding) || by_peer
    }
}

/// The ignore comments of one file.
#[derive(Default)]
pub(crate) struct Suppressions {
    ignores: Vec<Ignore>,
}

impl Suppressions {
    /// Reads a file's comments; `today` decides which of those that expire still hold.
    pub(crate) fn new(source: &Source, tree: &Dockerfile<'_>, today: Date) -> Self {
        let lines: Vec<(u32, u32)> = tree.instructions.iter().map(|i| (i.start_line, i.end_line)).collect();
        let mut suppressions = Self::of_comments(&tree.comments, &lines, today);
        suppressions.ignores.extend(trailing(source, tree, &Lines(lines), today));
        suppressions
    }

    /// From the comments of a text whose statements stand on these lines, first and last of each, in order.
    pub(crate) fn of_comments(comments: &[Comment<'_>], statements: &[(u32, u32)], today: Date) -> Self {
        let lines = Lines(statements.to_vec());
        let mut ignores = Vec::new();
        // From below, because Trivy's comments may be stacked: each reaches past those under it.
        let mut trivy_below: Option<(u32, u32)> = None;
        for comment in comments.iter().rev() {
            let Some(parsed) = Parsed::of(comment.text, today) else { continue };
            let reach = match parsed.tool {
                _ if parsed.file => Reach::File,
                Tool::Plimsoll => Reach::Line { line: lines.at_or_below(comment.line), whole: false },
                Tool::Hadolint => Reach::Line { line: comment.line + 1, whole: false },
                Tool::Checkov => Reach::File,
                Tool::Trivy => {
                    let next = comment.line + 1;
                    let line = trivy_below.filter(|(at, _)| *at == next).map_or(next, |(_, target)| target);
                    trivy_below = Some((comment.line, line));
                    Reach::Line { line, whole: true }
                }
                Tool::Semgrep => {
                    let line = lines.around(comment.line).unwrap_or(comment.line + 1);
                    Reach::Line { line, whole: false }
                }
            };
            ignores.push(Ignore::new(parsed, reach, comment.span));
        }
        Self { ignores }
    }

    /// Adds what a `check=skip=` directive names.
    pub(crate) fn skip_checks(&mut self, names: &[String], all: bool) {
        let names = NameList::new(names.iter().map(String::as_str));
        self.ignores.push(Ignore {
            reach: Reach::File,
            names,
            all_of: all.then_some(Peer::BuildKit),
            own: None,
        });
    }

    /// From the comments of a YAML text. A comment on its own line reaches the next line, one behind a value reaches
    /// its own, and what is indented under that line belongs to it: above a service's name it reaches the service.
    pub(crate) fn of_yaml(comments: &[plimsoll_compose::Comment], text: &str, today: Date) -> Self {
        let mut ignores = Vec::new();
        let mut blocks = None;
        let parsed = comments.iter().filter_map(|comment| Some((comment, Parsed::of(&comment.text, today)?)));
        for (comment, parsed) in parsed.take(MAX_IGNORES) {
            let reach = if parsed.file {
                Reach::File
            } else {
                let blocks: &mut Blocks<'_> = blocks.get_or_insert_with(|| Blocks::new(text));
                let (first, last) = blocks.of_comment(comment);
                Reach::Block { first, last }
            };
            let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
            let span = Span::new(offset(comment.span.bytes.start), offset(comment.span.bytes.end));
            ignores.push(Ignore::new(parsed, reach, span));
        }
        Self { ignores }
    }

    /// Whether a finding is silenced; marks the comment that did it.
    pub(crate) fn silence(&mut self, finding: &Finding, whole_file: bool) -> bool {
        let mut silenced = false;
        for ignore in &mut self.ignores {
            let reached = match ignore.reach {
                Reach::File => true,
                Reach::Line { line, whole } => {
                    finding.instruction_line == Some(line) || (whole && whole_file)
                }
                Reach::Block { first, last } => {
                    finding.line.is_some_and(|line| (first..=last).contains(&line))
                }
            };
            silenced |= reached && ignore.takes(finding);
        }
        silenced
    }

    /// The comments of ours that name something which they did not silence.
    pub(crate) fn unused(&self) -> impl Iterator<Item = (Span, Vec<&str>)> {
        self.ignores
            .iter()
            .filter_map(|i| i.own.map(|span| (span, i.names.unused())))
            .filter(|(_, n)| !n.is_empty())
    }
}

impl Ignore {
    fn new(parsed: Parsed, reach: Reach, at: Span) -> Self {
        let own = (parsed.tool == Tool::Plimsoll).then_some(at);
        Self { reach, names: parsed.names, all_of: parsed.all_of, own }
    }
}

/// The comments of Trivy and Semgrep that stand behind something on its own line: the shell's comments, not Docker's.
fn trailing(source: &Source, tree: &Dockerfile<'_>, lines: &Lines, today: Date) -> Vec<Ignore> {
    let text = source.text();
    let mut ignores = Vec::new();
    for word in ["nosem", "trivy:ignore:"] {
        for at in memchr::memmem::find_iter(text.as_bytes(), word) {
            let Ok(at) = u32::try_from(at) else { break };
            let line = source.line(at);
            let is_comment = tree.comments.binary_search_by_key(&line, |c| c.line).is_ok();
            let Some(span) = source.line_span(line).filter(|_| !is_comment) else { continue };
            let Some((_, comment)) = text.get(span.range()).and_then(|l| l.split_once('#')) else { continue };
            let Some(parsed) = Parsed::of(comment, today) else { continue };
            let Some(start) = lines.around(line) else { continue };
            let reach = match parsed.tool {
                Tool::Trivy => Reach::Line { line, whole: false },
                Tool::Semgrep => Reach::Line { line: start, whole: false },
                Tool::Plimsoll | Tool::Hadolint | Tool::Checkov => continue,
            };
            ignores.push(Ignore { reach, names: parsed.names, all_of: parsed.all_of, own: None });
        }
    }
    ignores
}

/// The first and last lines of a file's instructions, in order.
struct Lines(Vec<(u32, u32)>);

impl Lines {
    /// Where the instruction starts that holds the line, or else the next one below.
    fn at_or_below(&self, line: u32) -> u32 {
        let next = self.0.partition_point(|(_, last)| *last < line);
        self.0.get(next).map_or(u32::MAX, |(first, _)| *first)
    }

    /// Where the instruction starts that holds the line.
    fn around(&self, line: u32) -> Option<u32> {
        Some(self.at_or_below(line)).filter(|start| *start <= line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::all_rules;

    fn finding(line: u32, codes: &[&'static str]) -> Finding {
        let meta = all_rules().next().expect("there are rules");
        let mut finding = Finding::new(meta, "");
        finding.instruction_line = Some(line);
        finding.also = codes.iter().map(|c| (*c).into()).collect();
        finding
    }

    fn suppressions(text: &str) -> Suppressions {
        let source = Source::new(text.as_bytes().to_vec());
        Suppressions::new(&source, &plimsoll_dockerfile::parse(&source), "2026-11-01".parse().expect("a day"))
    }

    fn silences(text: &str, line: u32, code: &'static str) -> bool {
        suppressions(text).silence(&finding(line, &[code]), false)
    }

    /// The comment on line 2, its instruction on line 3, another one on line 4.
    fn above(comment: &str) -> String {
        format!("FROM debian:13\n{comment}\nRUN one\nRUN two\n")
    }

    #[test]
    fn hadolints_comment_reaches_the_next_line_alone() {
        for comment in [
            "# hadolint ignore=DL3008,SC2086",
            "#hadolint ignore = DL3008 , SC2086  ",
            "  #  hadolint   ignore=SC2086",
            "# hadolint ignore=DL3008,SC2086 # the mirror keeps no old ones",
        ] {
            assert!(silences(&above(comment), 3, "SC2086"), "{comment}");
            assert!(!silences(&above(comment), 4, "SC2086"), "{comment}");
        }
        // What hadolint 2.15 does not take for a list of codes silences nothing there either.
        for comment in [
            "# hadolint ignore=SC2086 because",
            "# hadolint ignore=SC2086,",
            "# hadolint ignore=foo,SC2086",
            "# HADOLINT ignore=SC2086",
            "# hadolint:ignore=SC2086",
            "# just words about hadolint",
        ] {
            assert!(!silences(&above(comment), 3, "SC2086"), "{comment}");
        }
        for between in ["\n", "# another comment\n", "# hadolint ignore=DL3009\n"] {
            let text = format!("FROM debian:13\n# hadolint ignore=SC2086\n{between}RUN one\n");
            assert!(!silences(&text, 4, "SC2086"), "{between:?}");
        }
        assert!(silences("FROM debian:13\nRUN one\n# hadolint global ignore=SC2086\n", 2, "SC2086"));
    }

    #[test]
    fn checkovs_comment_reaches_the_file() {
        for comment in ["#checkov:skip=CKV_DOCKER_2:no service", "# checkov:skip= CKV_DOCKER_2: no service"] {
            assert!(silences(&above(comment), 4, "CKV_DOCKER_2"), "{comment}");
            assert!(!silences(&above(comment), 4, "CKV_DOCKER_3"), "{comment}");
        }
        assert!(silences(&above("# bridgecrew:skip=CKV2_DOCKER_1:known"), 4, "CKV2_DOCKER_1"));
    }

    #[test]
    fn trivys_comment_reaches_the_next_line_or_its_own() {
        assert!(silences(&above("# trivy:ignore:AVD-DS-0029"), 3, "DS-0029"));
        assert!(silences(&above("#trivy:ignore:DS029 trivy:ignore:DS010"), 3, "DS-0010"));
        assert!(silences(&above("# known: trivy:ignore:DS029"), 3, "DS-0029"));
        assert!(silences(&above("# trivy:ignore:*"), 3, "DS-0029"));
        assert!(!silences(&above("# trivy:ignore:*"), 3, "DL3008"));
        assert!(!silences(&above("# trivy:ignore:DS029\n"), 4, "DS-0029"));
        assert!(silences(&above("# trivy:ignore:DS029\n# trivy:ignore:DS010"), 4, "DS-0029"));
        assert!(silences("FROM debian:13\nRUN one # trivy:ignore:DS029\n", 2, "DS-0029"));
        assert!(silences(&above("# trivy:ignore:DS029:exp:2026-12-01"), 3, "DS-0029"));
        assert!(!silences(&above("# trivy:ignore:DS029:exp:2026-10-01"), 3, "DS-0029"));
        let mut whole = suppressions(&above("# trivy:ignore:DS026"));
        assert!(whole.silence(&finding(1, &["DS-0026"]), true));
        assert!(!whole.silence(&finding(1, &["DS-0026"]), false));
    }

    #[test]
    fn semgreps_comment_reaches_the_next_line_or_its_own() {
        let dotted = "# nosemgrep: dockerfile.security.last-user-is-root.last-user-is-root, other";
        assert!(silences(&above(dotted), 3, "last-user-is-root"));
        assert!(!silences(&above(dotted), 3, "missing-user"));
        assert!(silences(&above("# nosemgrep"), 3, "set-pipefail"));
        assert!(!silences(&above("# nosemgrep"), 3, "DL4006"));
        assert!(silences("FROM debian:13\nRUN a | b # nosemgrep\n", 2, "set-pipefail"));
        assert!(silences("FROM debian:13\nRUN a | \\\n b # nosem: set-pipefail\n", 2, "set-pipefail"));
        assert!(!silences(&above("# nosemgrep\n"), 4, "set-pipefail"));
    }

    #[test]
    fn skipping_every_check_leaves_what_buildkit_does_not_say() {
        let mut suppressions = suppressions("FROM debian:13\n");
        suppressions.skip_checks(&["all".to_owned()], true);
        assert!(suppressions.silence(&finding(1, &["DL3025", "JSONArgsRecommended"]), false));
        assert!(!suppressions.silence(&finding(1, &["DL3008"]), false));
    }

    #[test]
    fn our_unused_names_are_told() {
        let text = above("# plimsoll ignore=DL3008,DL3009 reason=x");
        let mut suppressions = suppressions(&text);
        assert!(suppressions.silence(&finding(3, &["DL3008"]), false));
        let unused: Vec<Vec<&str>> = suppressions.unused().map(|(_, names)| names).collect();
        assert_eq!(unused, [vec!["DL3009"]]);
    }
}
