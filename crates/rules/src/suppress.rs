//! Ignore comments in Dockerfiles and compose files: ours and the peers'.
//!
//! | comment | reaches |
//! | --- | --- |
//! | `# plimsoll ignore=RULE[,RULE] reason=...` | the instruction below |
//! | `# plimsoll ignore-file=RULE[,RULE] reason=...` | the file |
//! | `# hadolint ignore=CODE[,CODE]` | the instruction below |
//! | `# hadolint global ignore=CODE[,CODE]` | the file |
//! | `# check=skip=NAME[,NAME]` | the file (a parser directive: only at the top) |
//! | `# checkov:skip=ID:reason` | the file |
//! | `# trivy:ignore:ID` | the instruction below, and what is said of the file as a whole |
//! | `# nosemgrep[: id]` | the instruction it stands on or above |
//!
//! In YAML the instruction is the key or list item with what is indented under it.

use plimsoll_dockerfile::{Comment, Span};

use crate::Finding;
use crate::compose::Blocks;
use crate::select::NameList;

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
    /// Silences everything it reaches: `# nosemgrep` without ids.
    all: bool,
    /// Ours, and so reported when it silences nothing.
    own: Option<Span>,
}

/// The ignore comments of one file.
#[derive(Default)]
pub(crate) struct Suppressions {
    ignores: Vec<Ignore>,
}

impl Suppressions {
    /// From the file's comments and the first and last lines of its instructions, both in order;
    /// `skipped` are the names of a `check=skip=` directive.
    pub(crate) fn new(comments: &[Comment<'_>], instructions: &[(u32, u32)], skipped: &[&str]) -> Self {
        let mut ignores = Vec::new();
        if !skipped.is_empty() {
            let names = NameList::new(skipped.iter().copied());
            let all = skipped.contains(&"all");
            ignores.push(Ignore { reach: Reach::File, names, all, own: None });
        }
        for comment in comments {
            let Some(parsed) = Parsed::of(comment.text) else { continue };
            let reach = if parsed.file { Reach::File } else { reach(comment, instructions, parsed.whole) };
            ignores.push(Ignore {
                reach,
                all: parsed.names.is_empty() && parsed.bare_is_all,
                names: parsed.names,
                own: parsed.own.then_some(comment.span),
            });
        }
        Self { ignores }
    }

    /// From the comments of a YAML text. A comment on its own line reaches the next line, one behind a value reaches
    /// its own, and what is indented under that line belongs to it: above a service's name it reaches the service.
    pub(crate) fn of_yaml(comments: &[plimsoll_compose::Comment], text: &str) -> Self {
        let mut ignores = Vec::new();
        let mut blocks = None;
        let parsed = comments.iter().filter_map(|comment| Some((comment, Parsed::of(&comment.text)?)));
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
            ignores.push(Ignore {
                reach,
                all: parsed.names.is_empty() && parsed.bare_is_all,
                names: parsed.names,
                own: parsed.own.then_some(span),
            });
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
            if reached && (ignore.all || ignore.names.takes(finding)) {
                silenced = true;
            }
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

/// The instruction that a comment stands in, or else the next one below.
fn reach(comment: &Comment<'_>, instructions: &[(u32, u32)], whole: bool) -> Reach {
    let next = instructions.partition_point(|(_, last)| *last < comment.line);
    Reach::Line { line: instructions.get(next).map_or(u32::MAX, |(first, _)| *first), whole }
}

struct Parsed {
    names: NameList,
    file: bool,
    whole: bool,
    bare_is_all: bool,
    own: bool,
}

impl Parsed {
    fn of(text: &str) -> Option<Self> {
        let text = text.trim();
        let mut parsed =
            Self { names: NameList::default(), file: false, whole: false, bare_is_all: false, own: false };
        if let Some(rest) = text.strip_prefix("plimsoll") {
            let rest = rest.strip_prefix([' ', ':', '\t'])?.trim_start();
            let (file, names) = match rest.strip_prefix("ignore-file=") {
                Some(names) => (true, names),
                None => (false, rest.strip_prefix("ignore=")?),
            };
            let names = names.split("reason=").next().unwrap_or("");
            parsed.names = NameList::new(names.split([',', ' ']));
            parsed.file = file;
            parsed.own = true;
        } else if let Some(rest) = text.strip_prefix("hadolint") {
            let rest = rest.trim_start();
            let (file, rest) = match rest.strip_prefix("global") {
                Some(rest) => (true, rest.trim_start()),
                None => (false, rest),
            };
            let names = rest.strip_prefix("ignore")?.trim_start().strip_prefix('=')?;
            // Like hadolint: codes separated by commas, and prose may follow the last one.
            let names = names.split(',').filter_map(|n| n.split_whitespace().next());
            parsed.names = NameList::new(names);
            parsed.file = file;
        } else if let Some(rest) = text.strip_prefix("checkov:skip=") {
            parsed.names = NameList::new(rest.split([':', ' ']).next().unwrap_or("").split(','));
            parsed.file = true;
        } else if let Some(rest) =
            text.strip_prefix("trivy:ignore:").or_else(|| text.strip_prefix("tfsec:ignore:"))
        {
            let ids = rest.split_whitespace().map(|w| w.trim_start_matches("trivy:ignore:"));
            // `trivy:ignore:ID:exp:2024-03-10` carries an expiry date after the id.
            parsed.names = NameList::new(ids.filter_map(|w| w.split(':').next()));
            parsed.whole = true;
        } else if let Some(at) = text.find("nosemgrep") {
            let rest = text[at + "nosemgrep".len()..].trim_start();
            let ids = rest.strip_prefix(':').unwrap_or("");
            // Semgrep ids are dotted paths; the last part is the rule.
            parsed.names = NameList::new(ids.split([',', ' ']).filter_map(|id| id.trim().rsplit('.').next()));
            parsed.bare_is_all = true;
        } else {
            return None;
        }
        Some(parsed)
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

    fn silences(comment: &str, line: u32, codes: &[&'static str], whole: bool) -> bool {
        let comments = [Comment { span: Span::new(0, 1), text: comment, line: 2 }];
        Suppressions::new(&comments, &[(1, 1), (3, 5), (6, 6)], &[]).silence(&finding(line, codes), whole)
    }

    #[test]
    fn the_peers_comments_reach_what_theirs_reach() {
        assert!(silences(" hadolint ignore=DL3008,SC2086", 3, &["SC2086"], false));
        assert!(!silences(" hadolint ignore=DL3008,SC2086", 6, &["SC2086"], false));
        assert!(silences(
            " hadolint ignore=DL3008 because the mirror keeps no old ones",
            3,
            &["DL3008"],
            false
        ));
        assert!(silences(" hadolint global ignore=DL3008", 6, &["DL3008"], false));
        assert!(silences("checkov:skip=CKV_DOCKER_2: no service", 6, &["CKV_DOCKER_2"], false));
        assert!(silences("trivy:ignore:AVD-DS-0002", 3, &["DS-0002"], false));
        assert!(silences("trivy:ignore:DS026", 1, &["DS-0026"], true));
        assert!(!silences("trivy:ignore:DS026", 1, &["DS-0026"], false));
        assert!(silences(
            " nosemgrep: dockerfile.security.last-user-is-root",
            3,
            &["last-user-is-root"],
            false
        ));
        assert!(silences(" nosemgrep", 3, &["DL3008"], false));
        assert!(!silences(" just words about hadolint", 3, &["DL3008"], false));
    }

    #[test]
    fn our_unused_names_are_told() {
        let comments =
            [Comment { span: Span::new(0, 9), text: " plimsoll ignore=DL3008,DL3009 reason=x", line: 2 }];
        let mut suppressions = Suppressions::new(&comments, &[(3, 3)], &[]);
        assert!(suppressions.silence(&finding(3, &["DL3008"]), false));
        assert_eq!(suppressions.unused().collect::<Vec<_>>(), [(Span::new(0, 9), vec!["DL3009"])]);
    }
}
