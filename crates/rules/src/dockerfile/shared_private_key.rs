use plimsoll_shell::Command;

use super::steps::Step;
use super::{Build, DockerfileRule, Reporter};

pub(crate) struct SharedPrivateKey;

/// The rest of its script is looked through for each key.
const MOST: usize = 64;

impl DockerfileRule for SharedPrivateKey {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        for run in build.run_scripts().filter(|run| !run.onbuild) {
            if build.stage(run.stage).is_none_or(|stage| !build.is_shipped(stage)) {
                continue;
            }
            let made = build.steps_of(run).filter_map(|step| Some((step, made_key(step.command)?)));
            for (step, file) in made.take(MOST) {
                if build.keeps_out(run, file.unwrap_or("/etc/ssh")) || is_removed(&step, file) {
                    continue;
                }
                let message = match file {
                    Some(file) => format!(
                        "the private key `{file}` is made in the build, so everybody who has the image has it, and all its containers share it"
                    ),
                    None => "the SSH server's private keys are made in the build, so everybody who has the image has them, and all its containers share them".to_owned(),
                };
                report
                    .flag(step.whole(), message)
                    .help("make it when the container starts, in its entrypoint, or mount one: a Compose or Kubernetes secret")
                    .also("CIS-DI-0010");
            }
        }
    }
}

/// The private key that a command makes and writes to a file; none is named where it is all of the SSH server's.
fn made_key(command: &Command) -> Option<Option<&str>> {
    let flag = |names: &[&str]| command.has_any_flag(names);
    let value = |names: &[&str]| {
        names.iter().find_map(|name| {
            command.args().windows(2).find(|w| w[0].text_lossy() == *name).map(|w| w[1].text_lossy())
        })
    };
    let kept = |file: &&str| !file.starts_with("/dev/") && !file.starts_with("/tmp/");
    match command.name() {
        "ssh-keygen" if flag(&["-A"]) => Some(None),
        "ssh-keygen" => {
            let reads = ["-l", "-y", "-R", "-F", "-e", "-i", "-p", "-c", "-B", "-s", "-Y", "-H", "-D"];
            let asks = command.args().iter().any(|w| reads.contains(&w.text_lossy()));
            value(&["-f"]).filter(|file| !asks && kept(file)).map(Some)
        }
        "openssl" => match command.args().first()?.text_lossy() {
            "genrsa" | "genpkey" | "gendsa" => value(&["-out"]).filter(kept).map(Some),
            "ecparam" if command.has_arg("-genkey") => value(&["-out"]).filter(kept).map(Some),
            "req" if command.has_arg("-newkey") || command.has_arg("-new") || command.has_arg("-x509") => {
                value(&["-keyout"]).filter(kept).map(Some)
            }
            _ => None,
        },
        _ => None,
    }
}

/// Whether the same RUN takes the key away again.
fn is_removed(step: &Step<'_>, file: Option<&str>) -> bool {
    let script = &step.run.script;
    script.any_later(step.command, |later| {
        let names = |word: &str| match file {
            Some(file) => word == file || word.ends_with('*') && file.starts_with(word.trim_end_matches('*')),
            None => word.contains("ssh_host_"),
        };
        later.is_any(&["rm", "shred", "unlink"]) && later.args().iter().any(|w| names(w.text_lossy()))
    })
}
