//! Packages that an install names without saying which version.

use plimsoll_shell::packages::{Install, Manager, Package, installs};
use plimsoll_shell::{Dialect, Script, Word};

use super::Build;
use super::steps::{Step, named};

/// Tools that come with the language's image and are brought up to date more than depended on.
const TOOLS: &[&str] = &["pip", "setuptools", "wheel", "npm", "corepack", "bundler", "rake"];

/// Larger scripts and values are not looked through for what a variable holds.
const MOST_COMMANDS: usize = 2000;
const LONGEST_VALUE: usize = 8192;

/// The packages of an install whose version nothing says: neither the word itself, nor a variable or file that stands
/// for it, nor a constraint or lock file. A variable whose value is written in the file is what it holds.
pub(super) fn unpinned(build: &Build<'_>, step: &Step<'_>, install: &Install<'_>) -> Vec<Package> {
    if install.is_locked || !install.constraint_files.is_empty() {
        return Vec::new();
    }
    let is_open = |package: &Package| is_open(install.manager, package);
    let packages = install.packages.iter().flat_map(|package| match package.is_variable {
        true => held(build, step, install, package),
        false => vec![package.clone()],
    });
    packages.filter(is_open).collect()
}

fn is_open(manager: Manager, package: &Package) -> bool {
    // pip takes `wheels/own` for a folder.
    let folder = matches!(manager, Manager::Pip | Manager::Pipx | Manager::Uv)
        && package.text.contains('/')
        && !package.text.contains("://");
    package.version.is_none()
        && !package.is_variable
        && !folder
        && (!package.is_file_or_url || is_moving_source(manager, package))
        && !has_sign_after_variable(&package.text)
}

/// `${NAME}=$VERSION`: what stands outside the variables says a version.
fn has_sign_after_variable(text: &str) -> bool {
    let mut pieces = text.split("${");
    let outside =
        pieces.next().into_iter().chain(pieces.map(|p| p.split_once('}').map_or("", |(_, rest)| rest)));
    text.contains("${") && outside.into_iter().any(|piece| piece.contains(['=', '~', '<', '>', '@', ':']))
}

/// The packages that a variable holds, at the variable's place; none where its value is not in the file.
fn held(build: &Build<'_>, step: &Step<'_>, install: &Install<'_>, package: &Package) -> Vec<Package> {
    let Some(name) = package.text.strip_prefix("${").and_then(|t| t.strip_suffix('}')) else {
        return Vec::new();
    };
    if step.run.script.commands.len() > MOST_COMMANDS {
        return Vec::new();
    }
    let before = step.run.script.commands.iter().take_while(|c| c.span.start < step.command.span.start);
    let assigned: Vec<&str> = before
        .flat_map(|c| &c.assignments)
        .filter(|a| &*a.name == name)
        .filter_map(|a| a.value.as_ref().map(Word::text_lossy))
        .collect();
    let value = match assigned.is_empty() {
        true => build.expand_at(step.run.instruction, &package.text),
        false => Some(assigned.join(" ")),
    };
    let plain = |v: &String| !v.contains([';', '|', '&', '<', '>', '(', ')', '`', '\'', '"', '#']);
    let Some(value) = value.filter(|v| v.len() <= LONGEST_VALUE && plain(v)) else { return Vec::new() };
    let words: Vec<&str> = value.split_whitespace().filter(|word| !word.contains('$')).collect();
    let script =
        Script::parse(&format!("{} {} {}", step.command.name(), install.verb, words.join(" ")), Dialect::Sh);
    let Some(install) = script.commands.first().and_then(installs) else { return Vec::new() };
    install.packages.iter().map(|held| Package { span: package.span, ..held.clone() }).collect()
}

/// A repository without a commit, tag or branch: `git+https://host/x`, `user/repo`.
fn is_moving_source(manager: Manager, package: &Package) -> bool {
    let text = package.text.as_str();
    let node = matches!(manager, Manager::Npm | Manager::Yarn | Manager::Pnpm | Manager::Bun);
    let address = match text.strip_prefix("git+").or_else(|| text.strip_prefix("github:")) {
        Some(address) => address,
        None if node && is_github_shorthand(text) => text,
        None => return false,
    };
    let path = match address.split_once("://") {
        Some((_, rest)) => rest.split_once('/').map_or("", |(_, path)| path),
        None => address,
    };
    !path.contains('@') && (!path.contains('#') || path.contains("#egg="))
}

/// `user/repo`, which npm takes from GitHub.
fn is_github_shorthand(text: &str) -> bool {
    let part = |p: &str| !p.is_empty() && p.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
    text.split_once('/').is_some_and(|(user, repo)| part(user) && part(repo) && !user.starts_with('.'))
        && !text.ends_with(".tgz")
        && !text.ends_with(".gz")
}

/// Whether all of them are the language's own tools.
pub(super) fn are_tools(packages: &[Package]) -> bool {
    packages.iter().all(|p| TOOLS.contains(&p.name.as_str()))
}

/// What a message says of them.
pub(super) fn complaint(packages: &[Package]) -> String {
    let names: Vec<&str> = packages.iter().map(|p| p.text.as_str()).collect();
    let has = if names.len() == 1 { "has no version" } else { "have no version" };
    format!("{} {has}, so the next build may install another release", named(&names))
}
