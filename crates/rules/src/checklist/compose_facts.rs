//! What the compose files say of the services together.

use std::collections::BTreeSet;

use plimsoll_compose::{KeyValue, Project, Service};

use super::facts::AppView;
use super::surroundings::{Surroundings, place, shown};
use super::verdict::{Evidence, Verdict};
use crate::compose::networks as networks_of;
use crate::connections::Url;

const NO_COMPOSE: &str = "there is no compose file";

/// There is a compose file with services.
pub(crate) fn compose(around: &Surroundings, _: &str) -> Verdict {
    if !around.refused.is_empty() {
        return Verdict::failed(around.refused.clone());
    }
    let seen: Vec<Verdict> = around
        .projects
        .iter()
        .filter_map(|project| {
            let count = project.compose.services.items.len();
            let file = shown(&project.sources.first()?.path);
            let services = if count == 1 { "1 service".to_owned() } else { format!("{count} services") };
            (count > 0).then(|| Verdict::holds(Evidence::at(&file, None, services)))
        })
        .collect();
    if seen.is_empty() {
        let file = around.projects.first().and_then(|project| project.sources.first());
        return Verdict::fails(match file {
            Some(file) => Evidence::at(&shown(&file.path), None, "it has no service"),
            None => Evidence::words(NO_COMPOSE),
        });
    }
    Verdict::all(seen)
}

/// Services that need each other are on one network, and it is declared.
pub(crate) fn networks(around: &Surroundings, _: &str) -> Verdict {
    if around.projects.is_empty() {
        return Verdict::not_applicable(NO_COMPOSE);
    }
    let mut good = Vec::new();
    let mut bad = Vec::new();
    for (project, service) in around.services() {
        let own: BTreeSet<&str> = networks_of(service).into_iter().collect();
        for needed in &service.depends_on {
            let Some(other) = project.compose.service(&needed.service) else { continue };
            if service.network_mode.is_some() || other.network_mode.is_some() {
                continue;
            }
            let theirs: BTreeSet<&str> = networks_of(other).into_iter().collect();
            let (file, line) = place(project, &needed.span);
            match own.intersection(&theirs).next() {
                Some(shared) => {
                    let text = format!("`{}` reaches `{}` over `{shared}`", service.name, other.name);
                    good.push(Evidence::at(&file, line, text));
                }
                None => {
                    let text = format!("`{}` needs `{}`, and no network has both", service.name, other.name);
                    bad.push(Evidence::at(&file, line, text));
                }
            }
        }
    }
    if !bad.is_empty() {
        return Verdict::failed(bad);
    }
    let declared = around.projects.iter().any(|p| !p.compose.networks.items.is_empty());
    if !declared && around.services().count() > 1 {
        let file = around.projects.first().and_then(|p| p.sources.first()).map(|s| shown(&s.path));
        let text = "no network is declared: every service reaches every other one";
        return Verdict::fails(Evidence::at(&file.unwrap_or_default(), None, text));
    }
    Verdict::all(good.into_iter().map(Verdict::holds))
}

/// The services of an application; the verdict where there is none.
fn services<'a>(view: &AppView<'a>) -> Result<Vec<(&'a Project, &'a Service)>, Verdict> {
    let found: Vec<_> = view.around.services_of(view.app).collect();
    match found.is_empty() {
        false => Ok(found),
        true if view.around.projects.is_empty() => Err(Verdict::not_applicable(NO_COMPOSE)),
        true => Err(Verdict::not_applicable(format!("no service is built from {}", view.app.shown))),
    }
}

/// The service gets its settings from the environment.
pub(crate) fn service_environment(view: &AppView<'_>, _: &str) -> Verdict {
    let services = match services(view) {
        Ok(services) => services,
        Err(verdict) => return verdict,
    };
    Verdict::all(services.into_iter().map(|(project, service)| {
        let key = service.environment.key.as_ref().or(service.env_file.key.as_ref());
        match key {
            Some(key) => {
                let (file, line) = place(project, key);
                let names: Vec<&str> = service.environment.iter().map(|v| v.key.as_str()).collect();
                let text = if names.is_empty() { "an env_file".to_owned() } else { names.join(", ") };
                Verdict::holds(Evidence::at(&file, line, format!("`{}` is told {text}", service.name)))
            }
            None => {
                let (file, line) = place(project, &service.name_span);
                Verdict::fails(Evidence::at(&file, line, format!("`{}` gets no environment", service.name)))
            }
        }
    }))
}

/// The other service whose address a variable holds.
pub(super) fn told_of<'p>(
    project: &'p Project,
    service: &Service,
    variable: &KeyValue,
) -> Option<&'p Service> {
    let other = project.compose.service(Url::parse(variable.value.as_deref()?)?.host)?;
    (other.name != service.name).then_some(other)
}

/// The application is told the address of another service.
pub(crate) fn service_url(view: &AppView<'_>, _: &str) -> Verdict {
    let services = match services(view) {
        Ok(services) => services,
        Err(verdict) => return verdict,
    };
    for (project, service) in &services {
        for variable in &service.environment {
            let host = variable.value.as_deref().and_then(Url::parse).map(|url| url.host);
            // The browser has a localhost of its own.
            let loopback =
                matches!(host, Some("localhost" | "127.0.0.1")) && !variable.key.contains("PUBLIC");
            if loopback && variable.key.contains("URL") {
                let (file, line) = place(project, &variable.value_span);
                let text = format!("{} leads to the container itself", variable.key);
                return Verdict::fails(Evidence::at(&file, line, text));
            }
            if let Some(other) = told_of(project, service, variable) {
                let (file, line) = place(project, &variable.key_span);
                let text = format!("{} leads to `{}`", variable.key, other.name);
                return Verdict::holds(Evidence::at(&file, line, text));
            }
        }
        // A value that only the environment knows may lead anywhere.
        let named = service.environment.iter().chain(service.build.iter().flat_map(|b| b.args.iter()));
        let mut urls = named.filter(|v| v.key.contains("URL") || v.key.contains("API_HOST"));
        if let Some(variable) = urls.next() {
            let (file, line) = place(project, &variable.key_span);
            return Verdict::holds(Evidence::at(&file, line, format!("{} is set", variable.key)));
        }
    }
    let seen = services.first().map(|(project, service)| {
        let (file, line) = place(project, &service.name_span);
        Evidence::at(&file, line, format!("`{}` is told the address of no other service", service.name))
    });
    Verdict::failed(seen.into_iter().collect())
}

/// The image has a name with a tag that says which one it is.
pub(crate) fn tagged(view: &AppView<'_>, _: &str) -> Verdict {
    let services = match services(view) {
        Ok(services) => services,
        Err(verdict) => return verdict,
    };
    Verdict::all(services.into_iter().map(|(project, service)| match &service.image {
        Some(image) => {
            let (file, line) = place(project, &image.key);
            let name = image.written().unwrap_or(&image.value);
            let tag =
                crate::dockerfile::ImageRef::parse(&image.value).and_then(|i| i.tag().map(str::to_owned));
            match tag.as_deref() {
                Some(tag) if tag != "latest" => {
                    Verdict::holds(Evidence::at(&file, line, format!("`{name}`")))
                }
                Some(_) => {
                    Verdict::fails(Evidence::at(&file, line, format!("`{name}` moves with every build")))
                }
                None if image.value.contains('$') => Verdict::not_checked(
                    format!("the tag of `{name}` depends on the environment"),
                    "docker compose config --images",
                ),
                None => Verdict::fails(Evidence::at(&file, line, format!("`{name}` has no tag"))),
            }
        }
        None => {
            let (file, line) = place(project, &service.name_span);
            Verdict::fails(Evidence::at(
                &file,
                line,
                format!("`{}` is built without a name: give it `image:`", service.name),
            ))
        }
    }))
}
