use super::steps::Step;
use super::{Build, DockerfileRule, Reporter, peers};

pub(crate) struct NoSudo;

impl DockerfileRule for NoSudo {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        for run in build.run_scripts() {
            let fed = run.heredoc && !build.is_whole_heredoc(run);
            let Some(outer) = run.script.commands.iter().find(|c| c.is("sudo")) else { continue };
            let begins =
                run.script.commands.iter().filter(|c| c.is("sudo")).any(|c| {
                    build.steps_of(run).any(|s| s.command.index == c.index && begins_trivys_part(&s))
                });
            report
                .flag(
                    run.span(outer.words[0].span),
                    "`sudo` in a build does nothing for root, and otherwise lets whoever breaks in become root",
                )
                .help("run such steps before USER, as root; where a process must change its user, `gosu` or `setpriv` do")
                .also_if(!fed, "DL3004")
                .also_if(begins, "DS-0010")
                .also("CKV2_DOCKER_1")
                .also("no-sudo-in-dockerfile")
                .also("DKL-DI-0001");
        }
    }
}

/// Trivy sees `sudo` at the beginning of a part; the step's own span is the command behind it.
fn begins_trivys_part(step: &Step<'_>) -> bool {
    let outer = step.run.script.commands.get(step.command.index);
    outer.is_some_and(|outer| peers::begins_at(step.run, outer.span.start))
}
