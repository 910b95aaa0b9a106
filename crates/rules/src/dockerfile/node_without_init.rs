use plimsoll_dockerfile::{Form, Kind, Span};

use super::development_server::development;
use super::edits::Replacement;
use super::{Build, DockerfileRule, Reporter, Stage};

pub(crate) struct NodeWithoutInit;

impl DockerfileRule for NodeWithoutInit {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        let Some(stage) = build.final_stage() else { return };
        if build.is_windows(stage) {
            return;
        }
        let Some(start) = build.start(stage) else { return };
        // In shell form the shell is process 1, which `exec-form-command` reports.
        let by_compose = || build.around.path().is_some_and(|file| build.around.projects().gives_init(file));
        if start.has_init || !start.exec || by_compose() {
            return;
        }
        let [program] = start.programs.as_slice() else { return };
        // Who starts a development server has the graver fault, and is told.
        if development(program).is_some() {
            return;
        }
        let why = match program.name() {
            // Node's own script execs what it is given; any other script may bring an init.
            _ if start.by_script && build.has_own(stage, Kind::Entrypoint) => return,
            "node" | "nodejs" if is_question(program.word(1)) => return,
            "node" | "nodejs" => {
                "`node` is process 1: it ignores SIGTERM unless the program handles it, and reaps no child processes"
            }
            "npm" | "yarn" | "pnpm" | "npx" => {
                "the package manager is process 1 and node its child: signals are lost on the way, so stopping takes ten seconds and a kill"
            }
            "next" | "nuxt" | "nodemon" | "ts-node" | "serve" | "http-server" => {
                "a Node program is process 1: it ignores SIGTERM unless it handles it, and reaps no child processes"
            }
            _ => return,
        };
        let named = match program.name() {
            "npm" | "yarn" | "pnpm" | "npx" => {
                "start the program itself behind an init: install dumb-init or tini and write `ENTRYPOINT [\"dumb-init\", \"--\"]` and `CMD [\"node\", \"server.js\"]`"
            }
            _ => {
                "put an init before it: install dumb-init or tini and write `ENTRYPOINT [\"dumb-init\", \"--\"]`; or always start it with `docker run --init`"
            }
        };
        let draft = report.flag(program.span(), why);
        draft.help(named);
        if matches!(program.name(), "node" | "nodejs") {
            draft.mend(with_init(build, stage, start.instruction).into_iter().flatten(), false);
        }
    }
}

/// `node --version`, `node -e ...`: over in a moment.
fn is_question(word: &str) -> bool {
    matches!(word, "--version" | "-v" | "--help" | "-e" | "-p" | "")
}

/// tini put before the program, and installed where the image does not have it.
fn with_init<'s>(build: &Build<'s>, stage: &Stage<'s>, starts: usize) -> Option<Vec<Replacement>> {
    let instruction = build.tree.instructions.get(starts)?;
    if instruction.kind == Kind::Cmd && build.has_own(stage, Kind::Entrypoint)
        || !stage.instructions.contains(&starts)
    {
        return None;
    }
    let (init, mut edits) = match build.has_program(stage, &["tini", "dumb-init"]) {
        Some(name) => (name, Vec::new()),
        None => ("tini", vec![build.with_package(stage, "tini")?]),
    };
    let edit = match instruction.kind {
        Kind::Cmd => build.line_above(instruction, &format!("ENTRYPOINT [\"{init}\", \"--\"]")),
        _ => {
            let Some(Form::Json(elements)) = instruction.form() else { return None };
            (Span::empty(elements.first()?.span.start), format!("\"{init}\", \"--\", "))
        }
    };
    edits.push(edit);
    Some(edits)
}
