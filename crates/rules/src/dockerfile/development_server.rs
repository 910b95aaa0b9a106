use super::start::Program;
use super::{Build, DockerfileRule, Reporter};

pub(crate) struct DevelopmentServer;

impl DockerfileRule for DevelopmentServer {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        let Some(stage) = build.final_stage() else { return };
        if build.is_toolbox() {
            return;
        }
        let Some(start) = build.start(stage) else { return };
        for program in &start.programs {
            let Some((at, what, instead)) = development(program) else { continue };
            let span = program.words.get(at).map_or(program.span(), |w| w.span);
            report
                .flag(span, format!("{what} is for development: it is slow, watches files and may show its insides to strangers"))
                .help(instead);
        }
    }
}

/// The word that tells, what it is, and what to write instead.
pub(super) fn development(program: &Program) -> Option<(usize, &'static str, &'static str)> {
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
