//! Questions about commands that read like sentences.
//!
//! ```
//! use plimsoll_shell::{Dialect, Script};
//!
//! let script = Script::parse("apt-get -qqy install curl && rm -rf /var/lib/apt/lists/*", Dialect::Sh);
//! let install = script.commands_named("apt-get").next().expect("apt-get");
//! assert_eq!(install.subcommand(), Some("install"));
//! assert!(install.has_flag("y", "yes"));
//! assert!(script.any_later(install, |later| later.is("rm") && later.has_flag("r", "recursive")));
//! ```

mod flags;

use crate::command::{Command, PipelinePlace};
use crate::script::Script;
use crate::word::{Span, VariableUse, Word};

impl Command {
    /// The program's name without its folder, `apt-get` for `/usr/bin/apt-get`; empty when there is none, and as it
    /// is written (`${CC}`) when it is only known at run time.
    pub fn name(&self) -> &str {
        let name = self.words.first().map_or("", Word::text_lossy);
        // Asked by every rule of every command, so byte by byte: names are shorter than a search is worth.
        match name.bytes().rposition(|byte| byte == b'/') {
            Some(slash) if slash + 1 < name.len() && !name.contains('$') => &name[slash + 1..],
            _ => name,
        }
    }

    /// The word of the name.
    pub fn name_word(&self) -> Option<&Word> {
        self.words.first()
    }

    /// The arguments, flags included.
    pub fn args(&self) -> &[Word] {
        self.words.get(1..).unwrap_or_default()
    }

    /// Whether it runs this program.
    pub fn is(&self, name: &str) -> bool {
        let ends_so = self.words.first().is_some_and(|word| word.text_lossy().ends_with(name));
        ends_so && self.name() == name
    }

    /// Whether it runs one of these programs.
    pub fn is_any(&self, names: &[&str]) -> bool {
        is_one_of(self.name(), names)
    }

    /// The first argument that is neither a flag nor a flag's value: `install` in `apt-get -t sid -y install x`.
    pub fn subcommand(&self) -> Option<&str> {
        self.args_without_flags().next().map(Word::text_lossy)
    }

    /// Whether the subcommand is this one.
    pub fn runs(&self, name: &str, subcommand: &str) -> bool {
        self.is(name) && self.subcommand() == Some(subcommand)
    }

    /// The arguments that are neither flags nor the values of flags known to take one; all after `--` are arguments.
    pub fn args_without_flags(&self) -> impl Iterator<Item = &Word> {
        flags::split(self).filter_map(|argument| match argument {
            flags::Argument::Operand(word) => Some(word),
            flags::Argument::Flag { .. } => None,
        })
    }

    /// Whether a flag is given, by its letter (also in a cluster, `-qqy`) or its long name (also `--yes=true`); an
    /// empty name asks for the other only. `--yes=false` does not count.
    pub fn has_flag(&self, letter: &str, long: &str) -> bool {
        flags::split(self).any(|argument| match argument {
            flags::Argument::Operand(_) => false,
            flags::Argument::Flag { word, value } => flags::matches(self, word, value, letter, long),
        })
    }

    /// Whether any of these flags is given, each as it is written: `-y`, `--yes`, `--no-cache`.
    pub fn has_any_flag(&self, names: &[&str]) -> bool {
        names.iter().any(|name| match name.strip_prefix("--") {
            Some(long) => self.has_flag("", long),
            None if name.chars().count() == 2 => self.has_flag(name.trim_start_matches('-'), ""),
            None => self.args().iter().any(|word| word.text_lossy() == *name),
        })
    }

    /// The value of a flag given as `--target=x`, `--target x`, `-t x` or `-tx`; name it as it is written (`--target`).
    pub fn flag_value(&self, name: &str) -> Option<&str> {
        self.flag_values(name).next()
    }

    /// Every value of a flag; see [`Command::flag_value`].
    pub fn flag_values<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> {
        flags::values(self, name).map(|(text, _)| text)
    }

    /// Every value of a flag with the word it stands in.
    pub fn flag_value_words<'a>(&'a self, name: &str) -> impl Iterator<Item = (&'a str, &'a Word)> {
        flags::values(self, name)
    }

    /// Whether this word stands among the arguments.
    pub fn has_arg(&self, text: &str) -> bool {
        self.args().iter().any(|word| word.text_lossy() == text)
    }

    /// What runs in the end: what `sudo`, `env`, `xargs` or `sh -c` run, else the command itself. A `find -exec` is
    /// itself and what it executes.
    pub fn effective(&self) -> impl Iterator<Item = &Command> {
        let mut next = Some(self);
        let mut rest: Vec<&Command> = Vec::new();
        std::iter::from_fn(move || {
            loop {
                let command = next.take().or_else(|| rest.pop())?;
                rest.extend(command.inner.iter().rev());
                if command.inner.is_empty() || command.is("find") {
                    return Some(command);
                }
            }
        })
    }

    /// What it runs directly when it is a wrapper.
    pub fn wrapped(&self) -> &[Command] {
        &self.inner
    }

    /// Whether its input comes from an earlier command of a pipeline.
    pub fn is_piped_from(&self) -> bool {
        self.pipeline.is_some_and(PipelinePlace::is_piped_from)
    }

    /// Whether its output goes to a later command of a pipeline.
    pub fn pipes_into(&self) -> bool {
        self.pipeline.is_some_and(PipelinePlace::pipes_into)
    }

    /// Every variable that it expands.
    pub fn variables(&self) -> impl Iterator<Item = &VariableUse> {
        let values = self.assignments.iter().filter_map(|assignment| assignment.value.as_ref());
        let targets = self.redirects.iter().map(|redirect| &redirect.target);
        self.words.iter().chain(values).chain(targets).flat_map(|word| &word.variables)
    }

    /// Whether it is `set` and switches an option: `set -o pipefail` and `set -euxo pipefail` on, `set +o pipefail` off.
    pub fn sets_option(&self, option: &str) -> Option<bool> {
        if !self.is("set") {
            return None;
        }
        let mut last = None;
        let mut args = self.args().iter().map(Word::text_lossy);
        while let Some(arg) = args.next() {
            let on = match arg.bytes().next() {
                Some(b'-') => true,
                Some(b'+') => false,
                _ => break,
            };
            if arg == "--" {
                break;
            }
            let flags = &arg[1..];
            if option == "errexit" && flags.contains('e') || option == "xtrace" && flags.contains('x') {
                last = Some(on);
            }
            if flags.ends_with('o') && args.next() == Some(option) {
                last = Some(on);
            }
        }
        last
    }

    /// The span of the name and the subcommand, for a finding about the whole command that should not underline all.
    pub fn head_span(&self) -> Span {
        let start = self.words.first().map_or(self.span.start, |word| word.span.start);
        let name_end = self.words.first().map_or(self.span.end, |word| word.span.end);
        Span::new(start, self.args_without_flags().next().map_or(name_end, |word| word.span.end))
    }
}

/// Whether `program` is one of `names`: most differ in length or in the first letter.
pub(crate) fn is_one_of(program: &str, names: &[&str]) -> bool {
    let first = program.as_bytes().first();
    names
        .iter()
        .any(|name| name.len() == program.len() && name.as_bytes().first() == first && *name == program)
}

impl Script {
    /// Every command as it runs in the end: wrappers are replaced by what they wrap.
    pub fn effective_commands(&self) -> impl Iterator<Item = &Command> {
        self.commands.iter().flat_map(Command::effective)
    }

    /// The commands that run this program, behind wrappers too.
    pub fn commands_named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Command> {
        self.effective_commands().filter(move |command| command.is(name))
    }

    /// Whether any command, behind wrappers too, runs this program.
    pub fn runs(&self, name: &str) -> bool {
        self.commands_named(name).next().is_some()
    }

    /// Whether a command that stands later than this one (in the same script) is so.
    pub fn any_later(&self, command: &Command, is_so: impl FnMut(&Command) -> bool) -> bool {
        self.later_than(command).any_by(is_so)
    }

    /// The commands that stand later than this one, wrappers replaced by what they wrap.
    fn later_than(&self, command: &Command) -> Later<'_> {
        Later { script: self, index: command.index, start: command.span.start }
    }

    /// Whether `set -o pipefail` (also `-euxo pipefail`) stands anywhere in the script.
    pub fn sets_pipefail(&self) -> bool {
        self.commands.iter().any(|command| command.sets_option("pipefail") == Some(true))
    }

    /// Whether `set -e` stands anywhere in the script.
    pub fn sets_errexit(&self) -> bool {
        self.commands.iter().any(|command| command.sets_option("errexit") == Some(true))
    }

    /// The names that the script exports, in order.
    pub fn exported_names(&self) -> impl Iterator<Item = &str> {
        let exporting = |c: &&Command| {
            c.is("export") || (c.is_any(&["declare", "typeset", "local", "readonly"]) && c.has_flag("x", ""))
        };
        self.commands.iter().filter(exporting).flat_map(|c| c.assignments.iter().map(|a| &*a.name))
    }

    /// Whether the script gives this variable a value: an assignment, `export X=`, `read X` or a `for`.
    pub fn assigns(&self, name: &str) -> bool {
        self.commands.iter().any(|command| {
            command.assignments.iter().any(|a| &*a.name == name)
                || (command.is_any(&["read", "getopts", "printf"]) && command.has_arg(name))
        })
    }

    /// Every redirect: of simple commands, behind wrappers once, and of compound commands.
    pub fn redirects(&self) -> impl Iterator<Item = &crate::command::Redirect> {
        self.commands.iter().flat_map(|command| &command.redirects).chain(&self.compound_redirects)
    }
}

struct Later<'a> {
    script: &'a Script,
    index: usize,
    start: usize,
}

impl Later<'_> {
    fn any_by(&self, mut is_so: impl FnMut(&Command) -> bool) -> bool {
        // Commands of one wrapper share its index, so within it only the position tells.
        let same = self.script.commands.get(self.index).into_iter().flat_map(Command::effective);
        let behind = self.script.commands.get(self.index + 1..).unwrap_or_default();
        same.filter(|c| c.span.start > self.start).any(&mut is_so)
            || behind.iter().flat_map(Command::effective).any(is_so)
    }
}

#[cfg(test)]
mod tests;
