use plimsoll_shell::packages::Manager;

use super::{Build, DockerfileRule, Reporter, peers};

pub(crate) struct NoInstallRecommends;

impl DockerfileRule for NoInstallRecommends {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        for run in build.run_scripts() {
            // Trivy is content with the flag anywhere in the RUN.
            let is_named = run.script.text().contains("--no-install-recommends");
            for (step, install) in build.installs_of(run) {
                if install.manager != Manager::Apt || install.no_recommends || install.verb != "install" {
                    continue;
                }
                let severity = build.severity_of_weight(step.run, crate::Severity::Info);
                let name = step.command.name();
                let draft = report.flag(
                step.head(),
                format!("`{name} install` also installs what its packages only recommend, which the image seldom needs"),
            );
                draft.severity(severity).help("add `--no-install-recommends`, and name what is then missing");
                let apt_get = name == "apt-get";
                draft
                    .also_if(apt_get && step.is_in_plain_sight(), "DL3015")
                    .also_if(apt_get && peers::trivy_sees(&step) && !is_named, "DS-0029")
                    .also_if(apt_get, "missing-no-install-recommends");
                let verb = step.command.args_without_flags().next();
                let flag =
                    verb.and_then(|verb| build.with_word_behind(&step, verb, "--no-install-recommends"));
                draft.mend(flag, false);
            }
        }
    }
}
