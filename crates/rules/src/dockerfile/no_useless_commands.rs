use super::{Build, DockerfileRule, Reporter};

pub(crate) struct NoUselessCommands;

/// Programs that act on a running system, and why they do nothing of use in a build; `true` where hadolint says so too.
const USELESS: &[(&str, &str, bool)] = &[
    ("free", "shows the build machine's memory", true),
    ("kill", "ends processes that end with the RUN anyway", true),
    ("mount", "is not allowed in a build, and would be gone after the RUN", true),
    ("ps", "shows the processes of one RUN", true),
    ("service", "starts a service that ends with the RUN", true),
    ("shutdown", "has no machine to shut down", true),
    ("ssh", "works on another machine, which no layer records", true),
    ("top", "shows the processes of one RUN", true),
    ("vim", "waits for a person", true),
    ("htop", "shows the processes of one RUN", false),
    ("ifconfig", "shows or sets the network of one RUN", false),
    ("nano", "waits for a person", false),
    ("reboot", "has no machine to reboot", false),
    ("systemctl", "finds no systemd in a build", false),
    ("vi", "waits for a person", false),
];

/// Those that only show something, or wait for somebody to look.
const SHOWS: &[&str] = &["free", "htop", "nano", "ps", "reboot", "shutdown", "top", "vi", "vim"];

impl DockerfileRule for NoUselessCommands {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        for step in build.steps() {
            let name = step.command.name();
            let Some((_, why, hadolints)) = USELESS.iter().find(|(n, ..)| *n == name) else { continue };
            // `systemctl enable` only makes links, and `service --version` and the like only ask.
            if name == "systemctl"
                && !step
                    .command
                    .subcommand()
                    .is_some_and(|v| matches!(v, "start" | "restart" | "stop" | "daemon-reload"))
            {
                continue;
            }
            // What starts or ends something may have the rest of the RUN wait for it.
            let shows = SHOWS.contains(&name);
            report
                .flag(step.head(), format!("`{name}` {why}"))
                .help("take it out of the RUN; what must run with the container belongs in its ENTRYPOINT or CMD")
                .also_if(*hadolints && step.is_in_plain_sight(), "DL3001")
                .also("nonsensical-command")
                    .mend(shows.then(|| build.without_command(step.run, step.command)).flatten(), false);
        }
    }
}
