//! What the container starts: ENTRYPOINT and CMD together, behind inits, shells and scripts that hand over.

use plimsoll_dockerfile::{Kind, Span};
use plimsoll_shell::Command;

use super::{Build, Purpose, Run, Stage};

/// One word of a command line.
#[derive(Clone, Debug)]
pub struct Argument {
    /// Quotes removed, expansions as `${X}`.
    pub text: String,
    /// Where it stands in the file.
    pub span: Span,
}

/// A command line that the container runs.
#[derive(Clone, Debug)]
pub struct Program {
    /// The name first; never empty.
    pub words: Vec<Argument>,
}

/// How the container starts.
#[derive(Clone, Debug)]
pub struct Start {
    /// What runs, in the order of the script; one program where no shell is needed.
    pub programs: Vec<Program>,
    /// The instruction that names the program.
    pub instruction: usize,
    /// Whether no shell stands between the runtime and the program.
    pub exec: bool,
    /// Whether an init such as tini is process 1.
    pub has_init: bool,
    /// Whether a script of the image is process 1.
    pub by_script: bool,
}

/// Programs that pass signals on and reap children.
pub(crate) const INITS: &[&str] = &[
    "tini",
    "tini-static",
    "dumb-init",
    "docker-init",
    "catatonit",
    "pid1",
    "s6-svscan",
    "init",
    "my_init",
    "supervisord",
    "runsvdir",
    "pm2-runtime",
    "pm2-docker",
    "systemd",
    "container-entrypoint",
];

impl Program {
    fn new(run: &Run, command: &Command) -> Option<Self> {
        Self::of_command(command, |span| run.span(span))
    }

    /// A command of a shell's script; `place` tells where in the file its bytes stand.
    pub(crate) fn of_command(
        command: &Command,
        place: impl Fn(plimsoll_shell::Span) -> Span,
    ) -> Option<Self> {
        let words: Vec<Argument> = command
            .words
            .iter()
            .map(|w| Argument { text: w.text_lossy().to_owned(), span: place(w.span) })
            .collect();
        (!words.is_empty()).then(|| Self { words }.without_interpreter())
    }

    /// What `npx`, `poetry run` and their like start; the program itself where there is none of them.
    pub(crate) fn behind_runner(&self) -> Self {
        let runner = match (self.name(), self.word(1)) {
            ("npx" | "bunx", _) => 1,
            ("poetry" | "uv" | "pipenv" | "pdm" | "rye", "run") | ("bundle" | "pnpm" | "yarn", "exec") => 2,
            _ => 0,
        };
        match self.words.get(runner..) {
            Some(words) if !words.is_empty() => Self { words: words.to_vec() },
            _ => self.clone(),
        }
    }

    /// `python -m uvicorn app` runs uvicorn.
    pub(crate) fn without_interpreter(mut self) -> Self {
        let is_python = self.name().starts_with("python") || self.name().starts_with("pypy");
        let module = self.words.iter().position(|w| w.text == "-m");
        if let Some(at) = module.filter(|at| is_python && at + 1 < self.words.len())
            && self.words.iter().take(at).skip(1).all(|w| w.text.starts_with('-'))
        {
            self.words.drain(..=at);
        }
        self
    }

    /// The program without its folder; `manage.py` for `python manage.py`.
    pub fn name(&self) -> &str {
        base_name(self.words.first().map_or("", |w| &w.text))
    }

    /// The argument at that place, the name being 0.
    pub fn word(&self, at: usize) -> &str {
        self.words.get(at).map_or("", |w| &w.text)
    }

    /// Where the name stands.
    pub fn span(&self) -> Span {
        self.words.first().map_or(Span::empty(0), |w| w.span)
    }

    /// Whether this word stands among its arguments.
    pub fn has(&self, word: &str) -> bool {
        self.words.iter().skip(1).any(|w| w.text == word)
    }

    /// The value of the last of these flags, written `--port 80`, `--port=80` or, for a letter, `-p80`.
    pub fn value(&self, flags: &[&str]) -> Option<Argument> {
        self.words.iter().enumerate().skip(1).rev().find_map(|(at, word)| {
            flags.iter().find_map(|flag| {
                if word.text == *flag {
                    return self.words.get(at + 1).cloned();
                }
                let rest = word.text.strip_prefix(flag)?;
                let text = match rest.strip_prefix('=') {
                    Some(value) => value,
                    None if flag.len() == 2 && !flag.starts_with("--") && !rest.is_empty() => rest,
                    None => return None,
                };
                Some(Argument { text: text.to_owned(), span: word.span })
            })
        })
    }
}

impl<'s> Build<'s> {
    /// How the stage's container starts, where this file says it; None where only the base does.
    pub fn start(&self, stage: &Stage<'s>) -> Option<Start> {
        let entrypoint = self.last_of(stage, Kind::Entrypoint).map(|(at, _)| at);
        // An ENTRYPOINT takes away the CMD of the stages below it.
        let cmd = self.last_of(stage, Kind::Cmd).map(|(at, _)| at).filter(|cmd| {
            let stage_of = |at: usize| self.stages().iter().position(|s| s.instructions.contains(&at));
            entrypoint.is_none_or(|entry| stage_of(*cmd) >= stage_of(entry))
        });
        let script = |at: Option<usize>, purpose: Purpose| {
            let run = self.runs().iter().find(|r| Some(r.instruction) == at && r.purpose == purpose)?;
            (!run.script.is_opaque() && !run.script.commands.is_empty()).then_some(run)
        };
        let entrypoint = script(entrypoint, Purpose::Entrypoint);
        let cmd = script(cmd, Purpose::Cmd);
        let Some(entry) = entrypoint else { return cmd.map(|run| of_run(run, false, false)) };
        let first = entry.script.commands.first()?;
        if !entry.exec {
            return Some(of_run(entry, false, false));
        }
        let leaf = entry.script.effective_commands().next()?;
        let is_init = INITS.contains(&first.name());
        let hands_over = (is_init && leaf.span == first.span) || is_script(leaf.name());
        if hands_over {
            let by_script = is_script(leaf.name());
            return match cmd {
                Some(run) => Some(of_run(run, is_init, by_script)),
                None => Some(of_run(entry, is_init, by_script)),
            };
        }
        let mut start = of_run(entry, is_init, false);
        if let (Some(run), [program]) = (cmd.filter(|c| c.exec), start.programs.as_mut_slice())
            && start.exec
            && let Some(command) = run.script.commands.first()
        {
            program.words.extend(Program::new(run, command).into_iter().flat_map(|p| p.words));
            *program = program.clone().without_interpreter();
        }
        Some(start)
    }
}

fn of_run(run: &Run, has_init: bool, by_script: bool) -> Start {
    let commands: Vec<&Command> = run.script.effective_commands().collect();
    let first = run.script.commands.first();
    let through_shell = first.is_some_and(|c| is_shell(c.name()));
    Start {
        programs: commands.into_iter().filter_map(|c| Program::new(run, c)).collect(),
        instruction: run.instruction,
        exec: run.exec && !through_shell,
        has_init: has_init || first.is_some_and(|c| INITS.contains(&c.name())),
        by_script: by_script || first.is_some_and(|c| is_script(c.name())),
    }
}

/// Whether the name is a shell's.
pub(super) fn is_shell(name: &str) -> bool {
    matches!(name, "sh" | "bash" | "ash" | "dash" | "zsh" | "fish" | "ksh" | "tmux" | "screen")
}

pub(crate) fn is_script(name: &str) -> bool {
    name.ends_with(".sh") || name.contains("entrypoint") || name.ends_with("run.bash")
}

/// Whether somebody is to type into it: a shell, an interpreter that is given nothing to run.
fn is_for_hands(program: &Program) -> bool {
    const INTERPRETERS: &[&str] = &[
        "python", "python2", "python3", "pypy", "pypy3", "node", "irb", "julia", "jshell", "ghci", "iex",
        "erl", "R", "lua", "swipl", "sbcl", "scala", "groovysh", "jruby", "ruby", "hy", "rakudo", "perl6",
        "raku", "clj", "lein",
    ];
    let name = program.name();
    is_shell(name)
        || matches!(name, "sleep" | "tail" | "true" | "jirb" | "ipython")
        || matches!((name, program.word(1)), ("php", "-a") | ("perl", "-de0") | (_, "--help" | "--version"))
        || (INTERPRETERS.contains(&name) && program.words.len() == 1)
}

fn base_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

impl<'s> Build<'s> {
    /// Whether the built image is somebody's workplace, a tool's or another image's base, and not a service: it
    /// starts a shell, or starts nothing of its own and holds nothing of the project.
    pub fn is_toolbox(&self) -> bool {
        let Some(stage) = self.final_stage() else { return true };
        let named =
            |n: &str| n.contains("devcontainer") || n == "dev" || n.starts_with("dev-") || n == "development";
        if stage.name.is_some_and(|n| named(&n.to_ascii_lowercase())) {
            return true;
        }
        match self.start(stage) {
            Some(start) => start.programs.iter().all(is_for_hands),
            None => {
                let has_files = self.shipped().any(|s| self.copies(s).next().is_some());
                let serves = self.shipped().any(|s| self.has_own(s, Kind::Expose));
                !has_files && !serves
            }
        }
    }
}
