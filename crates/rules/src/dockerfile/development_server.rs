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
        let package = || read_beside(&build.around.folder()?.join("package.json"));
        for program in &start.programs {
            let Some(found) = development(program) else {
                if let Some((message, help)) = development_script(program, package) {
                    report.flag(program.span(), message).help(help);
                }
                continue;
            };
            let span = program.words.get(found.at).map_or(program.span(), |w| w.span);
            let draft = report.flag(span, found.message());
            draft.help(found.instead);
            draft.mend(mended(build, program, found.at), false);
        }
    }
}

/// What makes a program one for development.
pub(crate) struct Development {
    /// Which of its words tells.
    pub(crate) at: usize,
    what: String,
    /// Why not, in words.
    why: &'static str,
    /// What to do instead.
    pub(crate) instead: &'static str,
}

impl Development {
    /// What is wrong, in words.
    pub(crate) fn message(&self) -> String {
        format!("{} {}", self.what, self.why)
    }
}

const WATCHES: &str = "is for development: it is slow, watches files and may show its insides to strangers";
const PLAIN: &str = "is for development: its makers promise neither speed nor safety before strangers";

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

/// What is wrong with the script of a package.json that a program starts, and what to do: it starts what is for
/// development. `package` gives the file's text where there is one.
pub(crate) fn development_script(
    program: &Program,
    package: impl FnOnce() -> Option<String>,
) -> Option<(String, &'static str)> {
    let name = match (program.name(), program.word(1)) {
        ("npm" | "pnpm" | "yarn" | "bun", "run") => program.word(2),
        ("npm" | "pnpm" | "yarn", "start") => "start",
        _ => return None,
    };
    let script = manifests::script(&package()?, name)?;
    script.split("&&").map(str::trim).find_map(|command| {
        let words = command.split_whitespace().skip_while(|word| word.contains('=') || *word == "cross-env");
        let words = words.map(|text| Argument { text: text.to_owned(), span: program.span() }).collect();
        let found = development(&Program { words })?;
        let message = format!("the script `{name}` of package.json is `{script}`, which {}", found.why);
        Some((message, found.instead))
    })
}

/// Whether a program is one for development, and by which of its words.
pub(crate) fn development(program: &Program) -> Option<Development> {
    // `npx next dev`, `poetry run flask run`: the runner's words come first.
    let runner = match (program.name(), program.word(1)) {
        ("npx" | "bunx", first) if first != "nodemon" && first != "ng" => 1,
        ("pnpm" | "yarn", "exec") | ("poetry" | "uv" | "pipenv" | "pdm" | "rye", "run") => 2,
        _ => 0,
    };
    if runner > 0 && program.words.len() > runner {
        let found = development(&Program { words: program.words.get(runner..)?.to_vec() })?;
        return Some(Development { at: found.at + runner, ..found });
    }
    let has_word = |text: &str| program.words.iter().position(|w| w.text == text);
    let python = "start it with a production server: gunicorn or uvicorn without `--reload`";
    let frontend = "build in an earlier stage and serve the result";
    let php = "use the `php:<version>-apache` or `-fpm` image";
    if let Some(at) = has_word("--reload")
        .filter(|_| matches!(program.name(), "uvicorn" | "gunicorn" | "hypercorn" | "sanic" | "litestar"))
    {
        let what = "`--reload`".to_owned();
        return Some(Development { at, what, why: WATCHES, instead: "leave out `--reload`" });
    }
    if let Some(at) =
        has_word("runserver").filter(|_| program.words.iter().take(2).any(|w| w.text.ends_with("manage.py")))
    {
        let why = if has_word("--noreload").is_some() { PLAIN } else { WATCHES };
        return Some(Development { at, what: "`manage.py runserver`".to_owned(), why, instead: python });
    }
    let (name, word) = (program.name(), program.word(1));
    let own = |what: &str| format!("`{what}`'s own server");
    let (at, what, instead) = match (name, word) {
        ("flask", "run") => (1, "`flask run`".to_owned(), python),
        ("fastapi", "dev") => (1, "`fastapi dev`".to_owned(), "write `fastapi run`"),
        ("next" | "nuxt" | "astro" | "remix", "dev") => (1, format!("`{name} dev`"), frontend),
        ("npm" | "pnpm" | "yarn" | "bun", "dev") => (1, "the script `dev`".to_owned(), frontend),
        ("npm" | "pnpm" | "yarn" | "bun", "run") if is_dev_script(program.word(2)) => {
            (2, format!("the script `{}`", program.word(2)), frontend)
        }
        ("npx", "nodemon") | ("nodemon" | "ts-node-dev", _) => {
            (0, "restarting on every change".to_owned(), "start the built program with `node`")
        }
        ("ng", "serve") | ("npx", "ng") if program.has("serve") => (0, "`ng serve`".to_owned(), frontend),
        ("vite", "" | "dev" | "serve") => (0, own("vite"), frontend),
        ("webpack-dev-server", _) => (0, "`webpack-dev-server`".to_owned(), frontend),
        ("react-scripts", "start") => (0, "`react-scripts start`".to_owned(), frontend),
        ("webpack", "serve") => (0, "`webpack serve`".to_owned(), frontend),
        ("php", "-S") => (1, "PHP's built-in server".to_owned(), php),
        ("artisan", "serve") | ("php", "artisan") if program.has("serve") => {
            (1, "`artisan serve`".to_owned(), php)
        }
        _ => return None,
    };
    // Flask watches files when it is told to debug, and PHP's server and artisan never do.
    let debugs = program.has("--debug") || program.has("--reload");
    let plain = matches!(name, "php" | "artisan") || name == "flask" && !debugs;
    Some(Development { at, what, why: if plain { PLAIN } else { WATCHES }, instead })
}

fn is_dev_script(name: &str) -> bool {
    name == "dev" || name == "develop" || name == "start:dev" || name.starts_with("dev:") || name == "watch"
}
