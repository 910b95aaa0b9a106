use plimsoll_compose::Service;

use super::development::Workplaces;
use super::start::Started;
use super::{ComposeRule, Reporter, Stack, built};
use crate::dockerfile::development_server::{development, development_script};

pub(crate) struct DevelopmentService;

impl ComposeRule for DevelopmentService {
    fn check(&self, stack: &Stack<'_>, report: &mut Reporter) {
        let workplaces = Workplaces::default();
        for service in stack.whole_services() {
            let started = stack.started(service);
            if let Some(started) = started {
                check_command(stack, service, started, &workplaces, report);
            }
            for (variable, production) in modes(stack, service) {
                if workplaces.contain(stack, service, &variable.key_span) {
                    continue;
                }
                let value = variable.value.as_deref().unwrap_or_default();
                report
                    .flag_compose(
                        &variable.value_span,
                        format!("`{}` is `{value}` in `{}`, whose Dockerfile says `{production}`: what runs is slow and may show its insides to strangers", variable.key, service.name),
                    )
                    .help("take it out here; what is for development belongs in compose.override.yaml")
                    .mend_project(stack, stack.without(&variable.key_span), false);
            }
        }
    }
}

fn check_command(
    stack: &Stack<'_>,
    service: &Service,
    started: &Started<'_>,
    workplaces: &Workplaces,
    report: &mut Reporter,
) {
    let package = || {
        let paths = built::paths(stack.project, service.build.as_ref()?)?;
        let bytes = stack.beside.read(&paths.context.join("package.json"))?;
        String::from_utf8(bytes).ok()
    };
    for program in &started.programs {
        let (span, message, help) = match development(program) {
            Some(found) => {
                let word = program.words.get(found.at).map_or(program.span(), |word| word.span);
                (word, found.message(), found.instead)
            }
            None => match development_script(program, package) {
                Some((message, help)) => (program.span(), message, help),
                None => continue,
            },
        };
        let place = started.place(stack, span.range());
        if workplaces.contain(stack, service, &place) {
            return;
        }
        report
            .flag_compose(&place, format!("`{}` of `{}`: {message}", started.key, service.name))
            .help(format!("{help}; what is for development belongs in compose.override.yaml"));
        return;
    }
}

/// The variables that the service's Dockerfile sets for production and that the service sets for development.
fn modes<'p>(stack: &Stack<'_>, service: &'p Service) -> Vec<(&'p plimsoll_compose::KeyValue, String)> {
    let Some(image) = stack.built(service) else { return Vec::new() };
    let is_mode = |value: &str, modes: &[&str]| modes.iter().any(|mode| value.eq_ignore_ascii_case(mode));
    let own = service.environment.iter().filter(|v| {
        let value = v.value.as_deref().unwrap_or_default();
        is_mode(value, &["development", "dev", "develop"])
    });
    let changed = own.filter_map(|variable| {
        let (_, value) = image.env.iter().rev().find(|(name, _)| *name == variable.key)?;
        is_mode(value, &["production", "prod"]).then(|| (variable, value.clone()))
    });
    changed.collect()
}
