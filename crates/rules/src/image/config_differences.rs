//! What differs in the configurations of two images.

use std::collections::BTreeMap;

use plimsoll_image::ImageConfig;

use crate::look::{Change, ConfigDifference};

/// Every part that differs. Of variables only the names are said: a value may be anything.
pub(super) fn of(old: &ImageConfig, new: &ImageConfig) -> Vec<ConfigDifference> {
    let mut found = Vec::new();
    let words = |words: &[String]| (!words.is_empty()).then(|| serde_json::json!(words).to_string());
    let text = |text: Option<&str>| text.map(str::to_owned);
    let check =
        |config: &ImageConfig| config.docker.healthcheck.as_ref().and_then(|check| words(&check.test));
    for (field, before, after) in [
        ("user", text(old.user()), text(new.user())),
        ("workdir", text(old.working_dir()), text(new.working_dir())),
        ("entrypoint", words(old.entrypoint()), words(new.entrypoint())),
        ("cmd", words(old.cmd()), words(new.cmd())),
        ("shell", words(&old.docker.shell), words(&new.docker.shell)),
        ("healthcheck", check(old), check(new)),
        ("stop-signal", text(old.stop_signal()), text(new.stop_signal())),
        ("platform", Some(old.platform().to_string()), Some(new.platform().to_string())),
    ] {
        found.extend(difference(field, None, before, after));
    }
    let mut variables = Vec::new();
    by_name("env", &environment(old), &environment(new), &mut variables);
    found.extend(variables.into_iter().map(|variable| ConfigDifference { old: None, new: None, ..variable }));
    by_name("label", &old.labels(), &new.labels(), &mut found);
    by_name("port", &bare(&old.exposed_ports()), &bare(&new.exposed_ports()), &mut found);
    by_name("volume", &bare(&old.volumes()), &bare(&new.volumes()), &mut found);
    found
}

fn environment(config: &ImageConfig) -> BTreeMap<&str, &str> {
    config.env().iter().map(|variable| variable.split_once('=').unwrap_or((variable, ""))).collect()
}

/// Names that have no values.
fn bare<'n>(names: &[&'n str]) -> BTreeMap<&'n str, &'n str> {
    names.iter().map(|name| (*name, "")).collect()
}

fn by_name(
    field: &'static str,
    old: &BTreeMap<&str, &str>,
    new: &BTreeMap<&str, &str>,
    found: &mut Vec<ConfigDifference>,
) {
    let added = new.keys().filter(|name| !old.contains_key(*name));
    let mut names: Vec<&str> = old.keys().chain(added).copied().collect();
    names.sort_unstable();
    for name in names {
        let value = |values: &BTreeMap<&str, &str>| values.get(name).map(|value| (*value).to_owned());
        found.extend(difference(field, Some(name), value(old), value(new)));
    }
}

fn difference(
    field: &'static str,
    name: Option<&str>,
    old: Option<String>,
    new: Option<String>,
) -> Option<ConfigDifference> {
    let change = match (&old, &new) {
        (a, b) if a == b => return None,
        (None, _) => Change::Added,
        (_, None) => Change::Removed,
        _ => Change::Changed,
    };
    let said = |value: Option<String>| value.filter(|value| !value.is_empty());
    Some(ConfigDifference { field, name: name.map(str::to_owned), change, old: said(old), new: said(new) })
}
