use plimsoll_shell::packages::{self, Install, Manager};
use plimsoll_shell::{Command, Script};

use super::edits::Replacement;
use super::{Build, DockerfileRule, Reporter, Run, Stage};

pub(crate) struct OmitDevDependencies;

impl DockerfileRule for OmitDevDependencies {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        let Some(last) = build.final_stage() else { return };
        if build.is_toolbox() || is_for_development(build, last) {
            return;
        }
        for stage in build.shipped().filter(|s| !build.is_windows(s)) {
            // What is compiled here needs its compilers: that is `use-multi-stage`'s to say.
            let runs: Vec<_> = build.runs_of(stage).collect();
            if runs.iter().any(|r| builds_or_prunes(&r.script)) {
                continue;
            }
            for run in runs {
                for command in run.script.effective_commands() {
                    let found = match packages::installs(command) {
                        Some(install) => of_manager(build, stage, &install),
                        None => of_other(build, stage, command),
                    };
                    let Some((what, flag)) = found else { continue };
                    let draft = report.flag(
                        run.span(command.head_span()),
                        format!("{what}: test and build tools come into the image that is shipped"),
                    );
                    draft.help(flag).also("CIS-DI-0003").mend(omitted(build, run, command), false);
                }
            }
        }
    }
}

fn of_manager(build: &Build<'_>, stage: &Stage<'_>, install: &Install<'_>) -> Option<(String, String)> {
    let locked = |command: &str, file: &str| {
        let frozen = if has_lock_file(build, file) { " --frozen-lockfile" } else { "" };
        format!("write `{command}{frozen}`")
    };
    let command = install.command;
    let flag = |flags: &[&str]| command.has_any_flag(flags);
    let omits = |word: &str| command.args().iter().any(|w| w.text_lossy().starts_with(word));
    let production = || stage_env(build, stage, "NODE_ENV").is_some_and(|v| v == "production");
    let global = flag(&["-g", "--global", "--location=global"]);
    let name = format!("`{} {}` installs devDependencies as well", command.name(), install.verb);
    match install.manager {
        Manager::Npm if install.from_manifest && !global => {
            let omitted = flag(&["--production", "--prod"])
                || omits("--omit")
                || omits("--only")
                || production()
                || command.assignments.iter().any(|a| &*a.name == "NODE_ENV")
                || stage_env(build, stage, "NPM_CONFIG_PRODUCTION").is_some()
                || stage_env(build, stage, "NPM_CONFIG_OMIT").is_some();
            (!omitted).then(|| {
                let verb = if has_lock_file(build, "package-lock.json") { "ci" } else { &*install.verb };
                (name, format!("write `npm {verb} --omit=dev`, or set `ENV NODE_ENV=production` before it"))
            })
        }
        Manager::Pnpm if install.from_manifest => {
            let omitted = flag(&["--prod", "--production", "-P"]) || production();
            (!omitted).then(|| (name, locked("pnpm install --prod", "pnpm-lock.yaml")))
        }
        Manager::Yarn if install.from_manifest && !global => {
            let omitted = omits("--production")
                || flag(&["--prod"])
                || production()
                || install.verb == "add"
                || command.assignments.iter().any(|a| &*a.name == "NODE_ENV");
            (!omitted).then(|| {
                let written = locked("yarn install --production", "yarn.lock");
                (name, format!("{written}, or `yarn workspaces focus --production`"))
            })
        }
        Manager::Pip | Manager::Uv => {
            let file = install.requirement_files.iter().find(|f| is_dev_file(f))?;
            Some((
                format!("`{file}` lists what development needs"),
                "install the file that lists what the service needs".into(),
            ))
        }
        Manager::Composer if install.verb == "install" => {
            let omitted = flag(&["--no-dev"]) || stage_env(build, stage, "COMPOSER_NO_DEV").is_some();
            (!omitted).then_some((
                "`composer install` installs require-dev as well".into(),
                "write `composer install --no-dev`".into(),
            ))
        }
        _ => None,
    }
}

/// Whether a COPY brings a lock file: by its name, by a pattern or with everything.
fn has_lock_file(build: &Build<'_>, name: &str) -> bool {
    build.shipped().flat_map(|s| build.copies(s)).any(|copy| {
        copy.takes_whole_context()
            || copy.files.sources.iter().any(|source| {
                let file = source.text.rsplit('/').next().unwrap_or("");
                match file.split_once('*') {
                    Some((start, end)) => {
                        name.starts_with(start) && name.ends_with(end.trim_start_matches('*'))
                    }
                    None => file == name,
                }
            })
    })
}

/// The flag that leaves development's dependencies out, put behind the subcommand; `--dev` taken out.
fn omitted(build: &Build<'_>, run: &Run, command: &Command) -> Option<Replacement> {
    let verb = command.args_without_flags().next()?;
    let (step, verb) = build.step_with_word(run, verb.span)?;
    let image = build.stage(run.stage).and_then(|s| build.base_image(s));
    let node = image.filter(|i| i.official_mirrored().as_deref() == Some("node")).and_then(|i| i.tag());
    let version = node.and_then(|t| t.split(['.', '-']).next()).and_then(|v| v.parse::<u32>().ok());
    let flag = match command.name() {
        // npm 7 came with Node 16.
        "npm" if version.is_some_and(|v| v < 16) => "--only=production",
        "npm" => "--omit=dev",
        "pnpm" => "--prod",
        "yarn" => "--production",
        "composer" => "--no-dev",
        "poetry" => "--only main",
        "pipenv" => {
            let word = command.args().iter().find(|w| matches!(w.text_lossy(), "--dev" | "-d"))?;
            return build.without_word(&step, word);
        }
        _ => return None,
    };
    if flag.contains(' ') && run.exec {
        return None;
    }
    build.with_word_behind(&step, verb, flag)
}

/// Tools that are no package managers to the shell crate.
fn of_other(build: &Build<'_>, stage: &Stage<'_>, command: &Command) -> Option<(String, String)> {
    match (command.name(), command.subcommand()?) {
        ("poetry", "install") => {
            let omitted = command.has_any_flag(&["--no-dev", "--only-root"])
                || ["--only", "--without"].iter().any(|f| command.flag_value(f).is_some())
                || stage_env(build, stage, "POETRY_WITHOUT").is_some();
            (!omitted).then_some((
                "`poetry install` installs the dev group as well".into(),
                "write `poetry install --only main`".into(),
            ))
        }
        ("pipenv", "install" | "sync") if command.has_any_flag(&["--dev", "-d"]) => {
            Some(("`--dev` installs what development needs".into(), "leave out `--dev`".into()))
        }
        _ => None,
    }
}

fn is_dev_file(file: &str) -> bool {
    let name = file.rsplit('/').next().unwrap_or(file);
    let stem = name.strip_suffix(".txt").or_else(|| name.strip_suffix(".in")).unwrap_or(name);
    let mut words = stem.split(['-', '_', '.']);
    words.any(|w| matches!(w, "dev" | "develop" | "development" | "test" | "tests" | "testing" | "lint"))
}

/// Commands that need the dev dependencies, or take them away again.
fn builds_or_prunes(script: &Script) -> bool {
    script.effective_commands().any(|c| {
        let verb = c.subcommand().unwrap_or("");
        let manager = c.is_any(&["npm", "yarn", "pnpm", "bun", "npx"]);
        // To yarn and pnpm every word that is none of theirs is a script of the project's.
        let script = ["build", "compile", "generate", "bundle"]
            .iter()
            .any(|word| verb.starts_with(word) || verb.ends_with(&format!(":{word}")));
        let builds = script
            || matches!(
                verb,
                "run"
                    | "run-script"
                    | "prune"
                    | "test"
                    | "tsc"
                    | "webpack"
                    | "ng"
                    | "vite"
                    | "next"
                    | "exec"
                    | "bower"
                    | "gulp"
                    | "grunt"
                    | "workspace"
            );
        (manager && builds)
            || c.is_any(&[
                "tsc", "webpack", "gulp", "grunt", "bower", "ng", "vite", "make", "pytest", "tox", "jest",
                "meteor",
            ])
            || (c.is("rm")
                && c.args().iter().any(|w| w.text_lossy().trim_end_matches('/').ends_with("node_modules")))
    })
}

/// Whether the image is for development or tests by what it starts or sets.
fn is_for_development(build: &Build<'_>, stage: &Stage<'_>) -> bool {
    let Some(stage) = build.stage(stage.index) else { return false };
    let sets = |name: &str| {
        build.env(stage, name).is_some_and(|v| matches!(v.as_str(), "development" | "dev" | "test"))
    };
    if sets("NODE_ENV") || sets("APP_ENV") || sets("RAILS_ENV") || sets("FLASK_ENV") {
        return true;
    }
    let named = stage.name.map(str::to_ascii_lowercase).unwrap_or_default();
    if named.contains("test") || named.contains("dev") || named.contains("lint") {
        return true;
    }
    build.start(stage).is_some_and(|start| {
        start.programs.iter().any(|p| {
            p.words.iter().any(|w| {
                let word = w.text.as_str();
                matches!(
                    word,
                    "dev"
                        | "test"
                        | "watch"
                        | "develop"
                        | "lint"
                        | "serve"
                        | "nodemon"
                        | "pytest"
                        | "tox"
                        | "jest"
                        | "react-scripts"
                        | "ts-node"
                        | "ng"
                        | "gulp"
                        | "grunt"
                        | "--reload"
                        | "mocha"
                        | "cypress"
                        | "vite"
                        | "storybook"
                ) || word.ends_with(":dev")
                    || word.starts_with("dev:")
                    || word.starts_with("test:")
                    || word.ends_with("ts-node-dev")
            })
        })
    })
}

fn stage_env(build: &Build<'_>, stage: &Stage<'_>, name: &str) -> Option<String> {
    build.stage(stage.index).and_then(|s| build.env(s, name))
}
