use super::{ComposeRule, Reporter, Stack, build_paths};
use crate::evidence::profile_of;

pub(crate) struct LongServiceStartPeriod;

impl ComposeRule for LongServiceStartPeriod {
    fn check(&self, stack: &Stack<'_>, report: &mut Reporter) {
        for service in stack.services() {
            let Some(period) = service.healthcheck.as_ref().and_then(|h| h.start_period.as_ref()) else {
                continue;
            };
            let Some(paths) = service.build.as_ref().and_then(|b| build_paths(stack.project, b)) else {
                continue;
            };
            let dockerfile = paths.dockerfile.unwrap_or_else(|| paths.context.join("Dockerfile"));
            let Some(profile) = profile_of(&dockerfile, &paths.context, stack.settings) else { continue };
            let Some(allowed) =
                profile.start_period.filter(|allowed| period.value.as_secs_f64() > *allowed as f64)
            else {
                continue;
            };
            report
                .flag_compose(
                    period.span(),
                    format!(
                        "failures of `{}` do not count for {} s, and the profile `{}` allows {allowed} s: a container that never comes up is noticed late",
                        service.name,
                        period.value.as_secs(),
                        profile.name
                    ),
                )
                .help(format!("make it start within {allowed} s and write `start_period: {allowed}s`, or set `start-period` in [profile.{}] of plimsoll.toml", profile.name))
                .mend_project(stack, stack.requoted(period.span(), &format!("{allowed}s")), false);
        }
    }
}
