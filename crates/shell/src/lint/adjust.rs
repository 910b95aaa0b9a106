//! Where the linter and ShellCheck differ: other numbers, other levels, and findings that ShellCheck does not make.

use super::Level;
use crate::command::Command;
use crate::script::Script;
use crate::word::{Span, Word};

/// The linter numbers these otherwise than ShellCheck.
const RENUMBERED: &[(u32, u32)] = &[(2336, 2179), (2387, 2290), (3042, 3039), (3073, 3029)];

/// The linter's own levels for these are not ShellCheck's.
const LEVELS: &[(u32, Level)] = &[(1036, Level::Error), (2078, Level::Error), (2290, Level::Error)];

/// ShellCheck's number for a code of the linter; none for one that is not to be reported.
pub(super) fn code(code: u32) -> Option<u32> {
    let renumbered = RENUMBERED.iter().find(|(theirs, _)| *theirs == code).map_or(code, |(_, ours)| *ours);
    is_wanted(renumbered).then_some(renumbered)
}

/// ShellCheck's level for one of its codes, `given` where the linter is right.
pub(super) fn level(code: u32, given: Level) -> Level {
    LEVELS.iter().find(|(number, _)| *number == code).map_or(given, |(_, level)| *level)
}

fn is_wanted(code: u32) -> bool {
    !matches!(code,
        // hadolint leaves these out: sourced files that are not there (1090, 1091), and ash (2187).
        1090 | 1091 | 2187
        // Nobody writes a shebang in a RUN.
        | 1008 | 1071 | 1082 | 1084 | 1113..=1115 | 1128 | 2096 | 2148 | 2239
        // Optional in ShellCheck, and off.
        | 2002 | 2243 | 2244 | 2248 | 2249 | 2250 | 2292 | 2310..=2312 | 2335
        // The linter means something else by these numbers, or ShellCheck has no such number.
        | 2264 | 2265 | 2277 | 2288 | 2336..=2999 | 3068..)
}

/// What ShellCheck would make of a finding of the linter: the same or another code, or nothing.
pub(super) fn finding(code: u32, span: Span, script: &Script) -> Option<u32> {
    let raw = script.raw(span);
    match code {
        // A backslash in an unquoted word is gone before echo sees it.
        2028 if !raw.contains(['"', '\'']) => None,
        // A quoted list is one word: another fault, with another code.
        2013 if raw.starts_with('"') => None,
        2016 if around(script, span).is_some_and(|c| c.is_any(&["docker", "podman", "oc"])) => None,
        2035 if around(script, span).is_some_and(|c| c.is("[")) => None,
        2144 if around(script, span).is_some_and(|c| c.is("test")) => None,
        // Behind an assignment a flag means that a command's output was meant.
        2215 => match around(script, span).map_or(0, |c| c.assignments.len()) {
            0 => Some(2215),
            1 => Some(2037),
            _ => None,
        },
        2050 if around(script, span).is_some_and(|c| c.is("test")) => None,
        2078 if around(script, span).is_some_and(|c| c.is_any(&["[", "test"]) && !c.redirects.is_empty()) => {
            None
        }
        2078 => match raw.trim_matches(['"', '\'']) {
            "true" => Some(2160),
            "false" => Some(2158),
            "1" => Some(2161),
            "0" => Some(2159),
            _ => Some(2078),
        },
        // Only what follows the second of two names is lost: `-name a -o -name b -exec`.
        2146 if !around(script, span).is_some_and(acts_on_second_name) => None,
        2210 if around(script, span).is_some_and(|c| c.is("[")) => None,
        // `$x=y` is a mistaken assignment (2281), not a word to quote.
        2086 if around(script, span).and_then(Command::name_word).is_some_and(|name| {
            name.span.contains(span)
                && script.raw(name.span).get(span.end - name.span.start..).is_some_and(|r| r.starts_with('='))
        }) =>
        {
            None
        }
        _ => Some(code),
    }
}

/// Whether the two names that a message about a misspelling quotes are as near as ShellCheck wants them: the one that
/// is set may be two letters away where it is long, else one.
pub(super) fn is_likely_misspelling(message: &str) -> bool {
    let mut quoted = message.split('`').skip(1).step_by(2);
    let (Some(read), Some(set)) = (quoted.next(), quoted.next()) else { return true };
    set.len() > 7 || is_one_letter_away(read.as_bytes(), set.as_bytes())
}

fn is_one_letter_away(left: &[u8], right: &[u8]) -> bool {
    let ahead = left.iter().zip(right).take_while(|(a, b)| a == b).count();
    let (left, right) = (&left[ahead..], &right[ahead..]);
    let behind = left.iter().rev().zip(right.iter().rev()).take_while(|(a, b)| a == b).count();
    left.len() - behind <= 1 && right.len() - behind <= 1
}

/// Whether a find has `-name A -o -name B ACTION`, which acts on B alone.
fn acts_on_second_name(find: &Command) -> bool {
    let names = |word: &Word| matches!(word.text_lossy(), "-name" | "-iname" | "-regex" | "-iregex");
    let acts = |word: &Word| {
        let text = word.text_lossy();
        text.starts_with("-exec")
            || text.starts_with("-print")
            || text.starts_with("-fprint")
            || text == "-delete"
            || text == "-ls"
    };
    find.args()
        .windows(6)
        .any(|w| names(&w[0]) && matches!(w[2].text_lossy(), "-o" | "-or") && names(&w[3]) && acts(&w[5]))
}

/// The innermost command around a span.
fn around(script: &Script, span: Span) -> Option<&Command> {
    script
        .commands
        .iter()
        .filter(|command| command.span.contains(span))
        .min_by_key(|c| c.span.end - c.span.start)
}
