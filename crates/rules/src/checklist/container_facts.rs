//! Who runs in the containers of the folder, whether it is built here or pulled.

use plimsoll_compose::{Project, Service};

use super::facts::AppView;
use super::quoting::word;
use super::stage_facts;
use super::surroundings::{Surroundings, place};
use super::tick::GivenImage;
use super::verdict::{Evidence, Verdict};
use crate::compose::{Beside, built_image};
use crate::config::Settings;
use crate::dockerfile::base_users::{BaseUser, user_of};
use crate::dockerfile::{ImageRef, users};

/// Official images whose own configuration says another user than root in every release that is still mended.
const UNPRIVILEGED: &[&str] = &["elasticsearch", "kibana", "logstash"];

/// Official images that start as root and go on as this user, as which the server itself runs.
const STEP_DOWN: &[(&str, &str)] = &[
    ("cassandra", "cassandra"),
    ("clickhouse", "clickhouse"),
    ("couchdb", "couchdb"),
    ("ghost", "node"),
    ("mariadb", "mysql"),
    ("mongo", "mongodb"),
    ("mysql", "mysql"),
    ("neo4j", "neo4j"),
    ("postgres", "postgres"),
    ("rabbitmq", "rabbitmq"),
    ("redis", "redis"),
    ("valkey", "valkey"),
    ("zookeeper", "zookeeper"),
];

/// Official images whose program runs as root.
const ROOT: &[&str] = &[
    "almalinux",
    "alpine",
    "amazoncorretto",
    "amazonlinux",
    "bash",
    "busybox",
    "caddy",
    "debian",
    "docker",
    "eclipse-temurin",
    "fedora",
    "golang",
    "httpd",
    "maven",
    "nats",
    "nextcloud",
    "nginx",
    "node",
    "php",
    "python",
    "registry",
    "rockylinux",
    "ruby",
    "rust",
    "tomcat",
    "traefik",
    "ubuntu",
    "wordpress",
];

/// No container runs as root, those of images that are only pulled included.
pub(crate) fn container_users(
    around: &Surroundings,
    views: &[AppView<'_>],
    images: &[GivenImage],
    _: &str,
) -> Verdict {
    let of_services = around.services().map(|(project, service)| of_service(project, service, views, images));
    let alone = views.iter().filter(|view| view.app.services.is_empty());
    let verdicts: Vec<Verdict> = of_services.chain(alone.map(|view| stage_facts::user(view, ""))).collect();
    if verdicts.is_empty() {
        return Verdict::not_applicable("nothing here runs as a container");
    }
    Verdict::all(verdicts)
}

fn of_service(project: &Project, service: &Service, views: &[AppView<'_>], images: &[GivenImage]) -> Verdict {
    if let Some(user) = &service.user {
        let (file, line) = place(project, user.span());
        let seen = |text: String| Evidence::at(&file, line, text);
        let name = &user.value;
        return match name {
            _ if users::is_root(name) => Verdict::fails(seen(format!("`{}` runs as root", service.name))),
            _ if name.contains('$') => Verdict::not_checked(
                format!("the user of `{}` depends on the environment", service.name),
                format!("docker compose exec {} id", word(&service.name)),
            ),
            _ => Verdict::holds(seen(format!("`{}` runs as `{name}`", service.name))),
        };
    }
    let given = images.iter().find(|image| image.app.is_none() && image.name == service.name);
    if let Some(image) = given.and_then(|given| given.outcome.images.first()) {
        let root = image.user.is_empty() || users::is_root(&image.user);
        let user = if root { "root" } else { &image.user };
        let text = format!("`{}` runs as `{user}`", service.name);
        let seen = Evidence { image: Some(image.name.clone()), ..Evidence::words(text) };
        return if root { Verdict::fails(seen) } else { Verdict::holds(seen) };
    }
    let built = views.iter().find(|view| {
        view.around.services_of(view.app).any(|(_, own)| std::ptr::eq(own, service))
            && service.build.as_ref().and_then(|b| b.target.as_ref()).map(|t| &t.value)
                == view.app.target.as_ref()
    });
    match (built, &service.image) {
        (Some(view), _) => match stage_facts::lacks_stage(view) {
            Some(verdict) => verdict,
            None => stage_facts::user(view, ""),
        },
        (None, _) if service.build.is_some() => of_build(project, service),
        (None, Some(image)) => {
            let (file, line) = place(project, &image.key);
            let told = |text: String| Evidence::at(&file, line, text);
            of_image(service, &image.value, told)
        }
        (None, None) => unknown(service, None),
    }
}

/// What is known of an image that is built in another way than the application that stands for its Dockerfile: as
/// another stage, or from a Dockerfile in the compose file itself.
fn of_build(project: &Project, service: &Service) -> Verdict {
    let Some(image) = built_image(project, &Settings::default(), &Beside::disk(), service) else {
        return unknown(service, None);
    };
    let key = service.build.as_ref().map_or(&service.name_span, |build| &build.key);
    let (file, line) = place(project, key);
    let seen = |text: String| Evidence::at(&file, line, text);
    match &image.user {
        Some(user) if users::is_root(user) => {
            Verdict::fails(seen(format!("`{}` is built to run as `{user}`", service.name)))
        }
        Some(user) => Verdict::holds(seen(format!("`{}` is built to run as `{user}`", service.name))),
        None if image.stage_count == 0 => unknown(service, None),
        None if image.base.as_ref().is_some_and(users::runs_unprivileged) => {
            Verdict::holds(seen(format!("the base of `{}` runs as another user than root", service.name)))
        }
        None if image.base.as_ref().is_some_and(|base| user_of(base) == BaseUser::Unknown) => {
            unknown(service, image.base.as_ref().map(ImageRef::familiar_name).as_deref())
        }
        None => {
            Verdict::fails(seen(format!("`{}` is built without a USER, so it runs as root", service.name)))
        }
    }
}

/// What is known of an image that is only pulled.
fn of_image(service: &Service, image: &str, told: impl Fn(String) -> Evidence) -> Verdict {
    let Some(parsed) = ImageRef::parse(image) else { return unknown(service, Some(image)) };
    let own = parsed.official_mirrored().unwrap_or_default();
    let name = parsed.familiar_name();
    if users::runs_unprivileged(&parsed) || UNPRIVILEGED.contains(&own.as_str()) {
        return Verdict::holds(told(format!("`{name}` runs as another user than root")));
    }
    // It is the image's own entry point that steps down.
    let steps_down =
        STEP_DOWN.iter().find(|(known, _)| *known == own).filter(|_| service.entrypoint.is_none());
    match steps_down {
        Some((_, user)) => {
            Verdict::holds(told(format!("`{name}` starts as root and runs its server as `{user}`")))
        }
        _ if ROOT.contains(&own.as_str()) => Verdict::fails(told(format!(
            "`{}` runs as root, as `{name}` does by itself: give it `user:`, or an image that runs as another user",
            service.name
        ))),
        _ => unknown(service, Some(image)),
    }
}

fn unknown(service: &Service, image: Option<&str>) -> Verdict {
    let name = &service.name;
    match image {
        Some(image) => Verdict::not_checked(
            format!("which user {image} runs as, no file here says"),
            format!("docker image inspect --format '{{{{.Config.User}}}}' {}", word(image)),
        ),
        None => Verdict::not_checked(
            format!("which user the image of `{name}` runs as, no file here says"),
            format!("docker compose exec {} id", word(name)),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_are_sorted_and_apart() {
        let down: Vec<&str> = STEP_DOWN.iter().map(|(name, _)| *name).collect();
        assert!(UNPRIVILEGED.is_sorted() && down.is_sorted() && ROOT.is_sorted());
        let all: std::collections::BTreeSet<&str> =
            UNPRIVILEGED.iter().chain(&down).chain(ROOT).copied().collect();
        assert_eq!(all.len(), UNPRIVILEGED.len() + down.len() + ROOT.len());
        // What the rules know of such an image is the same.
        for (image, user) in STEP_DOWN {
            assert!(crate::own_users::own_user(image).is_none_or(|known| known == *user), "{image}");
        }
    }
}
