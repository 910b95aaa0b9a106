//! The text of history entries, as builders write it, back to the instruction that a person wrote.

/// Which builder wrote an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Builder {
    /// Docker's classic builder; buildah writes the same forms.
    Classic,
    /// BuildKit.
    BuildKit,
    /// Something else; the text is as it stood.
    Other,
}

/// An instruction recovered from a history entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instruction {
    /// The keyword in upper case, such as `RUN`; `None` if the text does not say.
    pub keyword: Option<String>,
    /// What follows the keyword: for RUN the command without the shell that runs it.
    pub arguments: String,
    /// Build arguments that were set for a RUN, as `NAME=VALUE`. Where values have spaces the split is a best guess.
    pub build_args: Vec<String>,
    /// The shell that a RUN or another shell form was handed to, such as `/bin/sh -c`.
    pub shell: Option<String>,
    /// Who wrote it.
    pub builder: Builder,
}

impl Instruction {
    /// The instruction on one line as it would stand in a Dockerfile.
    pub fn text(&self) -> String {
        match &self.keyword {
            Some(keyword) if self.arguments.is_empty() => keyword.clone(),
            Some(keyword) => format!("{keyword} {}", self.arguments),
            None => self.arguments.clone(),
        }
    }

    /// Reads a history entry's `created_by`.
    ///
    /// Knows the classic builder's and buildah's `/bin/sh -c #(nop)  CMD ["x"]` and `|1 A=b /bin/sh -c command`,
    /// BuildKit's and kaniko's `RUN |1 A=b /bin/sh -c command # buildkit`, and plain instructions. Never fails: what it
    /// does not know stays as it is.
    pub fn read(created_by: &str) -> Instruction {
        let text = created_by.trim();
        let (text, builder) = match text.strip_suffix("# buildkit") {
            Some(text) => (text.trim_end(), Builder::BuildKit),
            None => (text, Builder::Other),
        };
        // Build arguments may stand before the mark too, then the shell, and nothing else.
        let (build_args, command) = split_build_args(text);
        let command = shell_prefix(command).map_or(command, |(_, after)| after);
        if let Some(rest) = command.strip_prefix("#(nop)") {
            let (keyword, arguments) = split_keyword(rest.trim());
            let arguments = arguments.to_owned();
            return Instruction { keyword, arguments, build_args, shell: None, builder: Builder::Classic };
        }
        let (keyword, rest) = split_keyword(text);
        match keyword.as_deref() {
            Some("RUN") => Instruction::run(rest, builder),
            Some(_) => Instruction {
                keyword,
                arguments: rest.to_owned(),
                build_args: Vec::new(),
                shell: None,
                // Plain instructions without a mark are BuildKit's too: it marks only what makes layers.
                builder,
            },
            None if is_argument_count(text) || shell_prefix(text).is_some() => {
                Instruction::run(text, if builder == Builder::Other { Builder::Classic } else { builder })
            }
            None => Instruction {
                keyword: None,
                arguments: text.to_owned(),
                build_args: Vec::new(),
                shell: None,
                builder,
            },
        }
    }

    fn run(text: &str, builder: Builder) -> Instruction {
        let (build_args, text) = split_build_args(text);
        let (shell, command) = match shell_prefix(text) {
            Some((shell, command)) => (Some(shell.to_owned()), command),
            None => (None, text),
        };
        Instruction {
            keyword: Some("RUN".to_owned()),
            arguments: command.trim().to_owned(),
            build_args,
            shell,
            builder,
        }
    }
}

const KEYWORDS: [&str; 18] = [
    "ADD",
    "ARG",
    "CMD",
    "COPY",
    "ENTRYPOINT",
    "ENV",
    "EXPOSE",
    "FROM",
    "HEALTHCHECK",
    "LABEL",
    "MAINTAINER",
    "ONBUILD",
    "RUN",
    "SHELL",
    "STOPSIGNAL",
    "USER",
    "VOLUME",
    "WORKDIR",
];

/// A leading keyword, in upper case as builders write it, and what follows.
fn split_keyword(text: &str) -> (Option<String>, &str) {
    let end = text.find(char::is_whitespace).unwrap_or(text.len());
    let (word, rest) = text.split_at(end);
    if KEYWORDS.contains(&word) { (Some(word.to_owned()), rest.trim_start()) } else { (None, text) }
}

/// A leading shell with its flags, and the command after it.
fn shell_prefix(text: &str) -> Option<(&str, &str)> {
    // SHELL can name any program, so a shell is told by its name and by the flag that takes a command.
    let first = text.split(' ').next()?;
    let program = first.rsplit(['/', '\\']).next()?;
    let program = program.strip_suffix(".exe").unwrap_or(program);
    if !matches!(program, "sh" | "bash" | "ash" | "dash" | "zsh" | "ksh" | "cmd" | "powershell" | "pwsh") {
        return None;
    }
    let mut at = first.len();
    for word in text[first.len()..].split_inclusive(' ').take(12) {
        at += word.len();
        let flag = word.trim_end_matches(' ');
        let takes_command = match program {
            "cmd" => matches!(flag, "/C" | "/c"),
            "powershell" | "pwsh" => flag.eq_ignore_ascii_case("-Command"),
            _ => flag.starts_with('-') && !flag.starts_with("--") && flag.ends_with('c'),
        };
        if takes_command {
            return Some((text[..at].trim_end(), text[at..].trim_start()));
        }
    }
    None
}

fn is_argument_count(text: &str) -> bool {
    argument_count(text).is_some()
}

/// The number in a leading `|2 `, and what follows.
fn argument_count(text: &str) -> Option<(usize, &str)> {
    let (count, rest) = text.strip_prefix('|')?.split_once(' ')?;
    Some((count.parse().ok()?, rest))
}

/// Splits the arguments of `|2 A=b C=d /bin/sh -c command` off. Builders do not quote, so a value with spaces is told
/// only by what follows: the next `NAME=`, and after the last one the shell.
fn split_build_args(text: &str) -> (Vec<String>, &str) {
    let Some((count, rest)) = argument_count(text) else { return (Vec::new(), text) };
    let mut args: Vec<String> = Vec::new();
    let mut at = 0;
    for word in rest.split_inclusive(' ') {
        let here = &rest[at..];
        if args.len() == count && shell_prefix(here).is_some() {
            return (args, here);
        }
        at += word.len();
        let word = word.trim_end_matches(' ');
        if args.len() < count && starts_with_assignment(word) {
            args.push(word.to_owned());
        } else if let Some(last) = args.last_mut() {
            last.push(' ');
            last.push_str(word);
        } else {
            break;
        }
    }
    // No shell follows: an exec form. Then each argument is one word.
    let words: Vec<&str> = rest.splitn(count.saturating_add(1), ' ').collect();
    match words.split_at_checked(count) {
        Some((args, [command])) if args.iter().all(|word| starts_with_assignment(word)) => {
            (args.iter().map(|&word| word.to_owned()).collect(), command)
        }
        _ => (Vec::new(), rest),
    }
}

fn starts_with_assignment(text: &str) -> bool {
    let Some(end) = text.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')) else { return false };
    end > 0 && text[end..].starts_with('=')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(created_by: &str) -> String {
        let instruction = Instruction::read(created_by);
        let args = instruction.build_args.join(",");
        let shell = instruction.shell.as_deref().unwrap_or("-");
        format!("{} | {args} | {shell} | {:?}", instruction.text(), instruction.builder)
    }

    #[test]
    fn recovers_what_a_person_wrote() {
        for (created_by, want) in [
            ("/bin/sh -c #(nop)  CMD [\"bash\"]", "CMD [\"bash\"] |  | - | Classic"),
            ("/bin/sh -c #(nop) ADD file:b19 in / ", "ADD file:b19 in / |  | - | Classic"),
            ("/bin/sh -c apt-get update", "RUN apt-get update |  | /bin/sh -c | Classic"),
            ("|1 A=b /bin/sh -c echo $A", "RUN echo $A | A=b | /bin/sh -c | Classic"),
            (
                "|2 A=b c B=d=e /bin/sh -c x /bin/sh -c y",
                "RUN x /bin/sh -c y | A=b c,B=d=e | /bin/sh -c | Classic",
            ),
            ("RUN |1 A=b /bin/sh -c make # buildkit", "RUN make | A=b | /bin/sh -c | BuildKit"),
            (
                "RUN /bin/bash -euo pipefail -c make # buildkit",
                "RUN make |  | /bin/bash -euo pipefail -c | BuildKit",
            ),
            ("RUN |1 A=b /app --flag # buildkit", "RUN /app --flag | A=b | - | BuildKit"),
            ("COPY . /app # buildkit", "COPY . /app |  | - | BuildKit"),
            ("ENV A=b", "ENV A=b |  | - | Other"),
            ("RUN /bin/sh -c echo '#(nop) x'", "RUN echo '#(nop) x' |  | /bin/sh -c | Other"),
            ("|1 A=b /bin/sh -c #(nop) USER app", "USER app | A=b | - | Classic"),
            ("bazel build ...", "bazel build ... |  | - | Other"),
            ("cmd /S /C dir", "RUN dir |  | cmd /S /C | Classic"),
            ("|9 /bin/sh -c x", "RUN x |  | /bin/sh -c | Classic"),
            ("|99999999999999999999999 A=b x", "|99999999999999999999999 A=b x |  | - | Other"),
            ("", " |  | - | Other"),
        ] {
            assert_eq!(read(created_by), want, "{created_by}");
        }
    }
}
