use plimsoll_dockerfile::{Kind, Span};

use super::unprivileged::{new_user, number_of, runs_without_root};
use super::{Build, DockerfileRule, Reporter};

pub(crate) struct UnusedUser;

/// Commands that make users and groups: a name among their words is not a use of it.
const MAKERS: &[&str] = &["useradd", "adduser", "groupadd", "addgroup", "usermod", "groupmod", "passwd"];

/// Every name is looked for in the whole file; a file with more than this makes no users for itself.
const MOST: usize = 64;

impl DockerfileRule for UnusedUser {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        let makers: Vec<Span> =
            build.steps().filter(|s| s.command.is_any(MAKERS)).map(|s| s.whole()).collect();
        if makers.len() > MOST {
            return;
        }
        for step in build.steps() {
            let Some(stage) = build.stage(step.run.stage).filter(|s| build.is_shipped(s)) else { continue };
            let Some(name) = new_user(&step) else { continue };
            let numbers: Vec<&str> =
                ["-u", "--uid"].into_iter().filter_map(|f| step.command.flag_value(f)).collect();
            let used = |word: &str| is_mentioned(build.source.text(), word, &makers);
            if used(name) || numbers.iter().any(|n| used(n)) {
                continue;
            }
            let draft = report.flag(
                step.whole(),
                format!(
                    "`{name}` is made and never used: {} still runs as whom it ran before",
                    stage.label()
                ),
            );
            draft.help(format!(
                "switch to it at the end of the stage: `USER {name}`, better by a fixed number"
            ));
            // A second user of the same stage would take the first one's place.
            let alone = build.own_of(stage, Kind::User).next().is_none();
            if stage.is_final && alone && !build.is_toolbox() && runs_without_root(build, stage) {
                let user = number_of(step.command).unwrap_or(name);
                draft.mend(build.lines_at_end(stage, &[format!("USER {user}")]), false);
            }
        }
    }
}

/// Whether a word stands in the text outside these places and outside comments.
fn is_mentioned(text: &str, word: &str, except: &[Span]) -> bool {
    let part_of_word = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    text.match_indices(word).any(|(at, _)| {
        let alone = !part_of_word(text[..at].chars().next_back())
            && !part_of_word(text[at + word.len()..].chars().next());
        let line = text[..at].rfind('\n').map_or(0, |n| n + 1);
        let comment = text[line..at].trim_start().starts_with('#');
        let inside = except.iter().any(|s| (s.start as usize..s.end as usize).contains(&at));
        alone && !comment && !inside
    })
}
