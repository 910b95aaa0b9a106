use plimsoll_dockerfile::Span;

use super::edits::Replacement;
use super::start::{Argument, Program};
use super::{Build, DockerfileRule, Reporter};
use crate::context::read_beside;
use crate::manifests;

pub(crate) struct DevelopmentServer;

impl DockerfileRule for DevelopmentServer {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        let Some(stage) = build.final_stage() else { return };
        if build.is_toolbox() {
            return;
        }
        let Some(start) = build.start(stage) else { return };
        for program in &start.programs {
            let Some((at, what, instead)) = development(program) else {
                scripted(build, program, report);
                continue;
            };
            let span = program.words.get(at).map_or(program.span(), |w| w.span);
            let draft = report
                .flag(span, format!("{what} is for development: it is slow, watches files and may show its insides to strangers"));
            draft.help(instead);
            draft.mend(mended(build, program, at), false);
        }
    }
}

/// The word that makes it one taken out, or the other program's name in its place.
fn mended(build: &Build<'_>, program: &Program, at: usize) -> Option<Replacement> {
    let word = program.words.get(at)?;
    let is_itself = build.source.slice(word.span) == word.text;
    match (program.name(), word.text.as_str()) {
        ("uvicorn" | "gunicorn" | "hypercorn" | "sanic" | "litestar", "--reload") if is_itself => {
            let before = program.words.get(at.checked_sub(1)?)?;
            let gap = Span::new(before.span.end, word.span.end);
            // In a JSON array the quotes and the comma go with it.
            let written = build.source.slice(gap);
            let plain = written.strip_suffix("--reload")?;
            let json = plain.replace([' ', '\t'], "") == "\",\"";
            (json || plain.chars().all(|c| c == ' ')).then_some((gap, String::new()))
        }
        ("fastapi", "dev") if is_itself => Some((word.span, "run".to_owned())),
        ("nodemon", "nodemon")
            if is_itself && program.words.len() == 2 && program.word(1).ends_with(".js") =>
        {
            Some((word.span, "node".to_owned()))
        }
        _ => None,
    }
}

/// What a script of the package.json beside the Dockerfile starts.
fn scripted(build: &Build<'_>, program: &Program, report: &mut Reporter) {
    let name = match (program.name(), program.word(1)) {
        ("npm" | "pnpm" | "yarn" | "bun", "run") => program.word(2),
        ("npm" | "pnpm" | "yarn", "start") => "start",
        _ => return,
    };
    let Some(folder) = build.around.folder() else { return };
    let script = read_beside(&folder.join("package.json")).and_then(|text| manifests::script(&text, name));
    let Some(script) = script else { return };
    for command in script.split("&&").map(str::trim) {
        let words = command.split_whitespace().skip_while(|word| word.contains('=') || *word == "cross-env");
        let words = words.map(|text| Argument { text: text.to_owned(), span: program.span() }).collect();
        if let Some((_, _, instead)) = development(&Program { words }) {
            report
                .flag(program.span(), format!("the script `{name}` of package.json is `{script}`, which is for development: it is slow, watches files and may show its insides to strangers"))
                .help(instead);
            return;
        }
    }
}

/// The word that tells, what it is, and what to write instead.
pub(super) fn development(program: &Program) -> Option<(usize, &'static str, &'static str)> {
    // `npx next dev`, `poetry run flask run`: the runner's words come first.
    let runner = match (program.name(), program.word(1)) {
        ("npx" | "bunx", first) if first != "nodemon" && first != "ng" => 1,
        ("pnpm" | "yarn", "exec") | ("poetry" | "uv" | "pipenv" | "pdm" | "rye", "run") => 2,
        _ => 0,
    };
    if runner > 0 && program.words.len() > runner {
        let (at, what, instead) = development(&Program { words: program.words.get(runner..)?.to_vec() })?;
        return Some((at + runner, what, instead));
    }
    let has_word = |text: &str| program.words.iter().position(|w| w.text == text);
    let python = "start it with a production server: gunicorn or uvicorn without `--reload`";
    let frontend = "build in an earlier stage and serve the result";
    if let Some(at) = has_word("--reload")
        .filter(|_| matches!(program.name(), "uvicorn" | "gunicorn" | "hypercorn" | "sanic" | "litestar"))
    {
        return Some((at, "`--reload`", "leave out `--reload`"));
    }
    if let Some(at) =
        has_word("runserver").filter(|_| program.words.iter().take(2).any(|w| w.text.ends_with("manage.py")))
    {
        return Some((at, "`manage.py runserver`", python));
    }
    Some(match (program.name(), program.word(1)) {
        ("flask", "run") => (1, "`flask run`", python),
        ("fastapi", "dev") => (1, "`fastapi dev`", "write `fastapi run`"),
        ("next" | "nuxt" | "astro" | "remix", "dev") => (1, "the dev command", frontend),
        ("npm" | "pnpm" | "yarn" | "bun", "dev") => (1, "the `dev` script", frontend),
        ("npm" | "pnpm" | "yarn" | "bun", "run") if is_dev_script(program.word(2)) => {
            (2, "this script", frontend)
        }
        ("npx", "nodemon") | ("nodemon" | "ts-node-dev", _) => {
            (0, "restarting on every change", "start the built program with `node`")
        }
        ("ng", "serve") | ("npx", "ng") if program.has("serve") => (0, "`ng serve`", frontend),
        ("vite", "" | "dev" | "serve") => (0, "`vite`'s own server", frontend),
        ("webpack-dev-server", _) | ("react-scripts", "start") => (0, "this server", frontend),
        ("webpack", "serve") => (0, "`webpack serve`", frontend),
        ("php", "-S") => (1, "PHP's built-in server", "use the `php:<version>-apache` or `-fpm` image"),
        ("artisan", "serve") | ("php", "artisan") if program.has("serve") => {
            (1, "`artisan serve`", "use the `php:<version>-apache` or `-fpm` image")
        }
        _ => return None,
    })
}

fn is_dev_script(name: &str) -> bool {
    name == "dev" || name == "develop" || name == "start:dev" || name.starts_with("dev:") || name == "watch"
}
