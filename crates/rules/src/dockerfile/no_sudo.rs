use plimsoll_dockerfile::{Kind, Span};
use plimsoll_shell::{Command, packages};

use super::edits::Replacement;
use super::{Build, DockerfileRule, Reporter, Run, peers, users};
use crate::Severity;

pub(crate) struct NoSudo;

impl DockerfileRule for NoSudo {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        for run in build.run_scripts() {
            match run.script.commands.iter().find(|c| c.is("sudo")) {
                Some(call) => judge_call(build, run, call, report),
                None if build.stage(run.stage).is_some_and(|s| build.is_shipped(s)) => {
                    judge_right(build, run, report);
                }
                None => {}
            }
        }
    }
}

fn judge_call(build: &Build<'_>, run: &Run, call: &Command, report: &mut Reporter) {
    let fed = run.heredoc && !build.is_whole_heredoc(run);
    let mut sudos = run.script.commands.iter().filter(|c| c.is("sudo"));
    let begins = sudos.any(|c| peers::begins_at(run, c.span.start));
    report
        .flag(
            run.span(call.words[0].span),
            "`sudo` in a build does nothing for root, and otherwise lets whoever breaks in become root",
        )
        .help(
            "run such steps before USER, as root; where a process must change its user, `gosu` or `setpriv` do",
        )
        .also_if(!fed, "DL3004")
        .also_if(begins, "DS-0010")
        .also("CKV2_DOCKER_1")
        .also("no-sudo-in-dockerfile")
        .also("DKL-DI-0001")
        .mend(without_sudo(build, run).into_iter().flatten(), false);
}

/// Every `sudo` of a script taken out, where root runs it anyway and nothing else is asked of it.
fn without_sudo(build: &Build<'_>, run: &Run) -> Option<Vec<Replacement>> {
    let stage = build.stage(run.stage)?;
    // What a base of the project's own runs as is not known.
    let is_root = build.is_run_by_root(run.instruction) && build.family(stage).is_some();
    if !is_root || build.lineage(stage).any(|s| build.base_image_of(s).is_some_and(users::runs_unprivileged))
    {
        return None;
    }
    let calls = run.script.commands.iter().filter(|c| c.is("sudo"));
    let edits = calls.map(|call| {
        let [sudo, rest @ ..] = call.words.as_slice() else { return None };
        let next = rest.iter().find(|w| !matches!(w.text_lossy(), "-E" | "-H" | "-n" | "-S"))?;
        let plain = !next.looks_like_flag() && !next.text_lossy().contains('=');
        let gap = plimsoll_shell::Span::new(sudo.span.start, next.span.start);
        let place = run.span(gap);
        let (first, last) = (build.exactly(run, sudo.span)?, build.exactly(run, next.span)?);
        (plain && place.start == first.start).then(|| (Span::new(first.start, last.start), String::new()))
    });
    // Later RUNs may set the user's rights up, or be run by one who needs them.
    edits.collect()
}

/// What lets the container's user call `sudo`: the package, or the group. One finding for a RUN.
fn judge_right(build: &Build<'_>, run: &Run, report: &mut Reporter) {
    let Some((step, message)) = build.steps_of(run).find_map(|s| Some((s, right(s.command)?))) else {
        return;
    };
    report
        .flag(step.head(), message)
        .severity(Severity::Info)
        .help("do what needs root before USER, and leave `sudo` out of the image")
        .also_if(names_sudo(build, run), "CKV2_DOCKER_1")
        .also_if(packages::installs(step.command).is_some() && !build.is_toolbox(), "CIS-DI-0003")
        .mend(without_right(build, run, step.command).into_iter().flatten(), false);
}

/// The package taken out of its install, where nothing in the file speaks of sudo but that.
fn without_right(build: &Build<'_>, run: &Run, command: &Command) -> Option<Vec<Replacement>> {
    let install = packages::installs(command)?;
    let package = install.packages.iter().find(|p| p.name == "sudo")?;
    let text = build.source.text();
    let only = text.matches("sudo").take(2).count() == 1;
    let by_user = build.tree.instructions.iter().any(|i| i.kind == Kind::User);
    (only && !by_user && !build.is_toolbox()).then(|| build.without_packages(run, &[package.span]))?
}

fn right(command: &Command) -> Option<&'static str> {
    let is_sudo = |name: &str| name == "sudo";
    let installs = packages::installs(command)
        .filter(|i| i.manager.is_system() && i.packages.iter().any(|p| is_sudo(&p.name)));
    if installs.is_some() {
        return Some("`sudo` in the image is a setuid root program for whoever breaks into the container");
    }
    let joins = command.is_any(&["usermod", "useradd", "adduser", "addgroup", "gpasswd"])
        && !command.has_any_flag(&["-d", "--delete"])
        && command.args().iter().any(|w| w.text_lossy().split(',').any(is_sudo));
    joins.then_some("a user in the group `sudo` may become root, and so may whoever breaks in as that user")
}

/// Whether ` sudo ` stands in the instruction, lines joined, which is what Checkov asks.
fn names_sudo(build: &Build<'_>, run: &Run) -> bool {
    let text = build.instruction_of(run).map_or("", |i| build.source.slice(i.span));
    text.replace("\\\n", "").contains(" sudo ")
}
