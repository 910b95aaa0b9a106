//! What stands in `[ ]`.

use super::{Checker, Code};
use crate::command::{Command, RedirectKind};
use crate::dialect::Dialect;
use crate::lint::Level;
use crate::word::Word;

pub(super) const CODES: &[Code] = &[
    ("SC2072", "`[ ]` compares integers; decimals need `bc` or awk.", Level::Error),
    ("SC2077", "A comparison needs spaces around its operator.", Level::Error),
    ("SC2331", "`-a` as a test for existence is easily taken for `and`; use `-e`.", Level::Style),
    ("SC3012", "Lexicographical `<` and `>` in `[ ]` are not in POSIX sh.", Level::Warning),
    ("SC3015", "`=~` is not in POSIX sh.", Level::Warning),
    ("SC3016", "`-v` in `[ ]` is not in POSIX sh.", Level::Warning),
    ("SC3017", "`-a` as a test for existence is not in POSIX sh.", Level::Warning),
    ("SC3062", "`-o` for a shell option in `[ ]` is not in POSIX sh.", Level::Warning),
    ("SC3063", "`-R` in `[ ]` is not in POSIX sh.", Level::Warning),
    ("SC3064", "`-N` in `[ ]` is not in POSIX sh.", Level::Warning),
    ("SC3065", "`-k` in `[ ]` is not in POSIX sh.", Level::Warning),
    ("SC3066", "`-G` in `[ ]` is not in POSIX sh.", Level::Warning),
    ("SC3067", "`-O` in `[ ]` is not in POSIX sh.", Level::Warning),
];

pub(super) fn test_operators(checker: &mut Checker<'_>, command: &Command) {
    let is_sh = checker.script.dialect() == Dialect::Sh;
    if command.is("test") {
        if let Some(first) = command.args().first()
            && first.text_lossy() == "-v"
            && is_sh
        {
            checker.report("SC3016", command.span, "test -v is not in POSIX sh");
        }
        return;
    }
    if !command.is("[") {
        return;
    }
    let args = command.args();
    glued_comparison(checker, args);
    decimal_comparison(checker, args);
    // Unescaped, `<` and `>` are redirects; what was meant is a comparison.
    for redirect in command.redirects.iter().filter(|_| is_sh) {
        if matches!(redirect.kind, RedirectKind::Input | RedirectKind::Output) && redirect.fd.is_none() {
            checker.report("SC3012", redirect.span, "`<` and `>` do not compare in the [ ] of POSIX sh");
        }
    }
    let mut starts_term = true;
    for (i, word) in args.iter().enumerate() {
        let text = if word.quoted && starts_term { "" } else { word.text_lossy() };
        // A unary operator stands where a term begins and has an operand before the `]`.
        let is_unary =
            starts_term && !word.quoted && i + 2 < args.len() && !is_binary(args[i + 1].text_lossy());
        starts_term = text == "!" || (i > 0 && matches!(text, "-a" | "-o" | "("));
        if is_unary && text == "-a" {
            checker.report("SC2331", word.span, "use -e to test for existence; -a reads like `and`");
        }
        if !is_sh {
            continue;
        }
        let code = match text {
            "=~" if i > 0 => "SC3015",
            "<" | ">" if i > 0 => "SC3012",
            "-a" if is_unary => "SC3017",
            "-v" if is_unary => "SC3016",
            "-o" if is_unary => "SC3062",
            "-R" if is_unary => "SC3063",
            "-N" if is_unary => "SC3064",
            "-k" if is_unary => "SC3065",
            "-G" if is_unary => "SC3066",
            "-O" if is_unary => "SC3067",
            _ => continue,
        };
        checker.report(code, word.span, format!("`{text}` in [ ] is not in POSIX sh"));
    }
}

fn is_binary(text: &str) -> bool {
    matches!(
        text,
        "=" | "=="
            | "!="
            | "=~"
            | "<"
            | ">"
            | "-eq"
            | "-ne"
            | "-lt"
            | "-le"
            | "-gt"
            | "-ge"
            | "-nt"
            | "-ot"
            | "-ef"
    )
}

/// `[ "$x"=1 ]` is one word, which is never empty.
fn glued_comparison(checker: &mut Checker<'_>, args: &[Word]) {
    let [word, end] = args else { return };
    let raw = checker.script.raw(word.span);
    let expands_before = |at: usize| word.variables.iter().any(|v| v.span.end <= word.span.start + at);
    if end.text_lossy() == "]"
        && let Some(at) = raw.find('=')
        && word.has_expansion
        && expands_before(at)
    {
        checker.report("SC2077", word.span, "put spaces around the `=` of a comparison");
    }
}

/// `[ "$x" -lt 3.5 ]`: no shell's test knows fractions.
fn decimal_comparison(checker: &mut Checker<'_>, args: &[Word]) {
    for window in args.windows(3) {
        let [left, operator, right] = window else { continue };
        let compares =
            matches!(operator.text_lossy(), "-eq" | "-ne" | "-lt" | "-le" | "-gt" | "-ge" | "<" | ">");
        if let Some(decimal) = [left, right].into_iter().find(|word| compares && is_decimal(word)) {
            checker.report(
                "SC2072",
                decimal.span,
                "test compares integers only; compare decimals with bc or awk",
            );
        }
    }
}

fn is_decimal(word: &Word) -> bool {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let text = word.text().unwrap_or("");
    let number = text.strip_prefix('-').unwrap_or(text);
    number.split_once('.').is_some_and(|(whole, fraction)| digits(whole) && digits(fraction))
}
