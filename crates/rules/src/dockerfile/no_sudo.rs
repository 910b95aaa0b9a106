use super::{Build, DockerfileRule, Reporter, peers};

pub(crate) struct NoSudo;

impl DockerfileRule for NoSudo {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        for run in build.run_scripts() {
            let fed = run.heredoc && !build.is_whole_heredoc(run);
            let Some(outer) = run.script.commands.iter().find(|c| c.is("sudo")) else { continue };
            let mut sudos = run.script.commands.iter().filter(|c| c.is("sudo"));
            let begins = sudos.any(|c| peers::begins_at(run, c.span.start));
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
