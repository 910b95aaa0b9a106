use plimsoll_dockerfile::Body;

use super::{Build, DockerfileRule, Reporter};
use crate::evidence::profile_of;

pub(crate) struct LongStartPeriod;

impl DockerfileRule for LongStartPeriod {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        let Some(stage) = build.final_stage() else { return };
        let Some((_, instruction)) = build.healthcheck(stage) else { return };
        let Body::Healthcheck(check) = &instruction.body else { return };
        let Some((period, given)) = check.start_period.as_ref().and_then(|p| Some((p, p.duration?))) else {
            return;
        };
        let Some((path, folder)) = build.around.path().zip(build.around.folder()) else { return };
        let Some(profile) = profile_of(path, folder, build.settings) else { return };
        let Some(allowed) = profile.start_period.filter(|allowed| given.as_secs_f64() > *allowed as f64)
        else {
            return;
        };
        let seconds = format!("{allowed}s");
        report
            .flag(
                period.text.span,
                format!(
                    "for {} failures do not count, and the profile `{}` allows {allowed} s: a container that never comes up is noticed late",
                    period.text.as_str(),
                    profile.name
                ),
            )
            .help(format!("make it start within {allowed} s and write `--start-period={allowed}s`, or set `start-period` in [profile.{}] of plimsoll.toml", profile.name))
            .replace(period.text.span, seconds, false);
    }
}
