use super::steps::Step;
use super::{Base, Build, DockerfileRule, Purpose, Reporter, peers};

pub(crate) struct WgetAndCurl;

/// Which of the two a stage has called.
#[derive(Clone, Copy, Default)]
struct Called {
    wget: bool,
    curl: bool,
}

impl Called {
    fn add(&mut self, step: &Step<'_>) {
        self.wget |= step.command.is("wget");
        self.curl |= step.command.is("curl");
    }

    fn both(self) -> bool {
        self.wget && self.curl
    }
}

impl DockerfileRule for WgetAndCurl {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        // What each stage called, those below it included; and what of that Trivy sees.
        let mut called: Vec<(Called, Called)> = Vec::new();
        for stage in build.stages() {
            let below = match stage.base {
                Base::Stage(index) => called.get(index).copied().unwrap_or_default(),
                _ => Default::default(),
            };
            let (mut all, mut trivys) = below;
            let mut own = Called::default();
            for run in build.all_runs_of(stage).iter().filter(|r| r.purpose == Purpose::Run) {
                let uses: Vec<Step<'_>> =
                    build.steps_of(run).filter(|s| s.command.is_any(&["wget", "curl"])).collect();
                for step in &uses {
                    all.add(step);
                    own.add(step);
                    if peers::begins_a_trivy_part(step) && step.is_in_plain_sight() {
                        trivys.add(step);
                    }
                }
                let Some(last) = uses.last().filter(|_| all.both()) else { continue };
                let name = last.command.name();
                let other = if name == "wget" { "curl" } else { "wget" };
                let in_plain_sight = uses.iter().any(Step::is_in_plain_sight);
                report
                    .flag(last.head(), format!("{} uses both `{name}` and `{other}`: one is enough, and the other is weight and surface", stage.label()))
                    .help("choose one of them, and do not install the other")
                    .also_if(own.both() && in_plain_sight, "DL4001")
                    .also_if(trivys.both(), "DS-0014")
                    .also("use-either-wget-or-curl");
            }
            called.push((all, trivys));
        }
    }
}
