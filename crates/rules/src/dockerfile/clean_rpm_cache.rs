use plimsoll_shell::packages::{self, Cleaned, Manager};

use super::steps::Step;
use super::{Build, DockerfileRule, Reporter, peers};
use crate::Severity;
use crate::draft::Draft;

pub(crate) struct CleanRpmCache;

/// A manager's cache: what cleans it, what hadolint calls it, and where it is.
struct Cache {
    cleaned: Cleaned,
    hadolint: &'static str,
    folders: &'static [&'static str],
    command: &'static str,
}

fn cache_of(manager: Manager, name: &str) -> Option<Cache> {
    let dnf = &["/var/cache/dnf", "/var/cache/libdnf5", "/var/cache/yum"];
    let (cleaned, hadolint, folders, command): (_, _, &'static [&'static str], _) = match manager {
        Manager::Yum => (Cleaned::Yum, "DL3032", &["/var/cache/yum", "/var/cache/dnf"], "yum clean all"),
        Manager::Dnf if name == "dnf5" => (Cleaned::Dnf, "", dnf, "dnf clean all"),
        Manager::Dnf => (Cleaned::Dnf, "DL3040", dnf, "dnf clean all"),
        Manager::Microdnf => (Cleaned::Dnf, "DL3040", dnf, "microdnf clean all"),
        Manager::Tdnf => (Cleaned::Dnf, "", &["/var/cache/tdnf"], "tdnf clean all"),
        Manager::Zypper => (Cleaned::Zypper, "DL3036", &["/var/cache/zypp"], "zypper clean --all"),
        _ => return None,
    };
    Some(Cache { cleaned, hadolint, folders, command })
}

impl DockerfileRule for CleanRpmCache {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        for run in build.run_scripts() {
            // One cache is one fault, however many commands fill it; the last must be followed by the cleaning.
            let fills: Vec<_> = build.steps_of(run).filter_map(|s| Some((s, filled(&s)?))).collect();
            let Some((step, cache)) = fills.last() else { continue };
            let cleaned = |later: &plimsoll_shell::Command| {
                let cleaned = packages::cleans(later);
                // In yum's successor images, either name cleans the same.
                cleaned.contains(&cache.cleaned)
                    || cache.cleaned != Cleaned::Zypper
                        && (cleaned.contains(&Cleaned::Yum) || cleaned.contains(&Cleaned::Dnf))
            };
            let mounted = cache.folders.iter().any(|f| build.keeps_out(run, f))
                || !cache.folders.is_empty()
                    && cache.cleaned == Cleaned::Zypper
                    && build.keeps_out(run, "/var/cache/zypp/packages");
            if mounted || run.script.any_later(step.command, &cleaned) {
                continue;
            }
            let cleanings = build.steps_of(run).filter(|s| cleaned(s.command)).map(|s| s.command.span.start);
            let last_cleaning = cleanings.max().unwrap_or(0);
            let name = step.command.name();
            let verb = step.command.subcommand().unwrap_or("");
            let draft = report.flag(
                step.head(),
                format!("`{name} {verb}` leaves its cache of packages and metadata in the layer"),
            );
            draft.severity(build.severity_of_weight(run, Severity::Warning)).help(format!(
                "end the same RUN with `&& {}`, or mount a cache over {}",
                cache.command, cache.folders[0]
            ));
            draft.mend(build.with_last_step(step, cache.command), false);
            // The last one may be an update, which other linters do not ask about.
            for (step, cache) in fills.iter().filter(|(s, _)| s.command.span.start >= last_cleaning) {
                name_codes(step, cache, draft);
            }
        }
    }
}

fn name_codes(step: &Step<'_>, cache: &Cache, draft: &mut Draft) {
    let name = step.command.name();
    let verb = step.command.subcommand().unwrap_or("");
    let install = matches!(verb, "install" | "in");
    let hadolints = step.is_in_plain_sight() && !cache.hadolint.is_empty() && is_hadolints(step, verb);
    draft
        .also_if(hadolints, cache.hadolint)
        .also_if(
            name == "yum"
                && (verb == "install" || verb == "module" && step.command.has_arg("install"))
                && peers::trivy_sees(step),
            "DS-0015",
        )
        .also_if(
            matches!(name, "dnf" | "microdnf" | "tdnf")
                && matches!(verb, "install" | "in" | "reinstall")
                && peers::trivy_sees_without_flags(step),
            "DS-0019",
        )
        .also_if(
            name == "microdnf"
                && matches!(verb, "install" | "reinstall")
                && peers::trivy_sees_without_flags(step),
            "DS-0027",
        )
        .also_if(
            name == "zypper"
                && (verb == "install" && peers::trivy_sees(step)
                    || matches!(verb, "in" | "source-install" | "si" | "patch")
                        && peers::trivy_sees_without_flags(step)),
            "DS-0020",
        )
        .also_if(name == "dnf" && install, "missing-dnf-clean-all")
        .also_if(name == "zypper" && install, "missing-zypper-clean");
}

/// hadolint looks for its words anywhere behind the manager's name: `dnf group install` is one too.
fn is_hadolints(step: &Step<'_>, verb: &str) -> bool {
    let words: &[&str] = match step.command.name() {
        "dnf" | "microdnf" => &["install", "in", "reinstall", "upgrade", "up", "upgrade-minimal"],
        "yum" => &["install"],
        _ => return matches!(verb, "install" | "in"),
    };
    words.iter().any(|word| step.command.has_arg(word))
}

fn filled(step: &Step<'_>) -> Option<Cache> {
    let command = step.command;
    let manager = packages::manager(command)?;
    let cache = cache_of(manager, command.name())?;
    let verb = command.subcommand()?;
    let fills = packages::installs(command).is_some()
        || packages::upgrades(command).is_some()
        || manager == Manager::Zypper && matches!(verb, "source-install" | "si")
        || manager.is_rpm()
            && (matches!(verb, "reinstall" | "upgrade-minimal")
                || matches!(verb, "group" | "groups" | "module") && command.has_arg("install"))
        || manager == Manager::Dnf && matches!(verb, "rei" | "in" | "up" | "builddep");
    fills.then_some(cache)
}
