use super::steps::Step;
use super::{Build, DockerfileRule, Reporter, peers};

pub(crate) struct WgetAndCurl;

impl DockerfileRule for WgetAndCurl {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        for stage in build.stages() {
            let (mut wget, mut curl) = (false, false);
            let (mut trivys_wget, mut trivys_curl) = (false, false);
            for run in build.run_scripts().filter(|r| r.stage == stage.index) {
                let uses: Vec<Step<'_>> =
                    build.steps_of(run).filter(|s| s.command.is_any(&["wget", "curl"])).collect();
                for step in &uses {
                    let begins = peers::begins_a_trivy_part(step) && step.is_in_plain_sight();
                    wget |= step.command.is("wget");
                    curl |= step.command.is("curl");
                    trivys_wget |= begins && step.command.is("wget");
                    trivys_curl |= begins && step.command.is("curl");
                }
                let Some(last) = uses.last().filter(|_| wget && curl) else { continue };
                let other = if last.command.is("wget") { "curl" } else { "wget" };
                let name = last.command.name();
                report
                    .flag(last.head(), format!("{} uses both `{name}` and `{other}`: one is enough, and the other is weight and surface", stage.label()))
                    .help("choose one of them, and do not install the other")
                    .also_if(uses.iter().any(Step::is_in_plain_sight), "DL4001")
                    .also_if(trivys_wget && trivys_curl, "DS-0014")
                    .also("use-either-wget-or-curl");
            }
        }
    }
}
