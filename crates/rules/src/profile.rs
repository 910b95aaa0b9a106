//! Image profiles: what a backend or a frontend is held to, and how one is recognised.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

/// What an image of one sort is held to. The built-in ones are `rules/profiles/*.toml`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Profile {
    /// `backend`, `frontend`, or a name of the project's own.
    pub name: String,
    /// The most that the image may weigh, in bytes, uncompressed as `docker images` counts.
    pub budget: Option<u64>,
    /// Words in an image's name that suggest the profile.
    pub names: Vec<String>,
    /// Programs in the image's command that suggest it.
    pub commands: Vec<String>,
    /// Endings of paths inside the image that suggest it.
    pub files: Vec<String>,
    /// The port that its container listens on.
    pub port: Option<u16>,
    /// Whether its image must say how its health is tested.
    pub healthcheck: bool,
    /// For how many seconds a health check may fail before it counts.
    pub start_period: Option<u64>,
    /// Whether an init must be process 1.
    pub init: bool,
    /// Who must run it: `non-root` for anybody but root, or else that very user.
    pub user: Option<String>,
    /// The official image that it runs on: `python`, `node`.
    pub runtime: Option<String>,
    /// That image's version, as far as it is fixed: `3.11` takes every `3.11.x`.
    pub runtime_version: Option<String>,
    /// Files of the project that suggest it by the packages they name.
    pub evidence: Vec<Evidence>,
}

/// A file of dependencies whose packages tell what an application is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Evidence {
    /// The file's name: `requirements.txt`, `package.json`.
    pub file: String,
    /// Packages, one of which it must name.
    pub names: Vec<String>,
}

/// A profile as written in `plimsoll.toml` or `rules/profiles`.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct ProfileConfig {
    /// `200 MB`: MB is 10^6 bytes; kB, GB, MiB and GiB are understood too.
    pub budget: Option<String>,
    /// Words in an image's name that suggest the profile.
    pub names: Option<Vec<String>>,
    /// Programs in the image's command that suggest it.
    pub commands: Option<Vec<String>>,
    /// Endings of paths inside the image that suggest it.
    pub files: Option<Vec<String>>,
    /// The port that its container listens on.
    pub port: Option<u16>,
    /// Whether its image must say how its health is tested.
    pub healthcheck: Option<bool>,
    /// For how many seconds a health check may fail before it counts.
    pub start_period: Option<u64>,
    /// Whether an init must be process 1.
    pub init: Option<bool>,
    /// Who must run it: `non-root` for anybody but root, or else that very user.
    pub user: Option<String>,
    /// The official image that it runs on: `python`, `node`.
    pub runtime: Option<String>,
    /// That image's version, as far as it is fixed: `3.11` takes every `3.11.x`.
    pub runtime_version: Option<String>,
    /// Files of the project that suggest it by the packages they name.
    pub evidence: Option<Vec<Evidence>>,
}

/// A file of `rules/profiles`, digested.
struct BuiltIn {
    name: &'static str,
    budget: u64,
    names: &'static [&'static str],
    commands: &'static [&'static str],
    files: &'static [&'static str],
    port: u16,
    healthcheck: bool,
    start_period: u64,
    init: bool,
    user: &'static str,
    runtime: &'static str,
    runtime_version: &'static str,
    evidence: &'static [(&'static str, &'static [&'static str])],
}

include!(concat!(env!("OUT_DIR"), "/profiles.rs"));

impl Profile {
    /// An empty profile of that name.
    pub fn named(name: &str) -> Self {
        Self { name: name.to_owned(), ..Self::default() }
    }

    /// The profiles that come with plimsoll, by name.
    pub fn built_in() -> BTreeMap<String, Self> {
        let owned = |list: &[&str]| list.iter().map(|s| (*s).to_owned()).collect();
        BUILT_IN
            .iter()
            .map(|file| {
                let profile = Self {
                    name: file.name.to_owned(),
                    budget: Some(file.budget),
                    names: owned(file.names),
                    commands: owned(file.commands),
                    files: owned(file.files),
                    port: Some(file.port),
                    healthcheck: file.healthcheck,
                    start_period: Some(file.start_period),
                    init: file.init,
                    user: Some(file.user.to_owned()),
                    runtime: Some(file.runtime.to_owned()),
                    runtime_version: Some(file.runtime_version.to_owned()),
                    evidence: file
                        .evidence
                        .iter()
                        .map(|(file, names)| Evidence { file: (*file).to_owned(), names: owned(names) })
                        .collect(),
                };
                (profile.name.clone(), profile)
            })
            .collect()
    }

    /// This profile with a project's changes. Fails on a budget that is not a size.
    pub fn changed(mut self, changes: &ProfileConfig) -> Result<Self, String> {
        if let Some(budget) = &changes.budget {
            self.budget = Some(parse_size(budget)?);
        }
        let lists = [
            (&mut self.names, &changes.names),
            (&mut self.commands, &changes.commands),
            (&mut self.files, &changes.files),
        ];
        for (list, change) in lists {
            if let Some(change) = change {
                list.clone_from(change);
            }
        }
        self.port = changes.port.or(self.port);
        self.start_period = changes.start_period.or(self.start_period);
        self.healthcheck = changes.healthcheck.unwrap_or(self.healthcheck);
        self.init = changes.init.unwrap_or(self.init);
        if let Some(evidence) = &changes.evidence {
            self.evidence.clone_from(evidence);
        }
        // Another runtime has other versions.
        if changes.runtime.is_some() && changes.runtime != self.runtime {
            self.runtime_version = None;
        }
        let words = [
            (&mut self.user, &changes.user),
            (&mut self.runtime, &changes.runtime),
            (&mut self.runtime_version, &changes.runtime_version),
        ];
        for (word, change) in words {
            if change.is_some() {
                word.clone_from(change);
            }
        }
        Ok(self)
    }
}

/// `200 MB`, `1.5GiB`, `4096` in bytes.
pub fn parse_size(text: &str) -> Result<u64, String> {
    let text = text.trim();
    let digits = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let factor: u64 = match unit.trim().to_ascii_lowercase().as_str() {
        "" | "b" => 1,
        "k" | "kb" => 1_000,
        "m" | "mb" => 1_000_000,
        "g" | "gb" => 1_000_000_000,
        "kib" => 1 << 10,
        "mib" => 1 << 20,
        "gib" => 1 << 30,
        _ => return Err(format!("`{text}` is not a size: write it as 200 MB")),
    };
    let value: f64 = number.parse().map_err(|_| format!("`{text}` is not a size: write it as 200 MB"))?;
    // A budget above the exact integers of f64 is no budget.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)]
    Ok((value * factor as f64).round() as u64)
}

/// Bytes as people read them: `204.1 MB`, MB being 10^6.
pub fn format_size(bytes: u64) -> String {
    #[allow(clippy::cast_precision_loss)]
    let value = bytes as f64;
    match bytes {
        0..=999 => format!("{bytes} B"),
        1_000..=999_949 => format!("{:.1} kB", value / 1e3),
        999_950..=999_949_999 => format!("{:.1} MB", value / 1e6),
        _ => format!("{:.2} GB", value / 1e9),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_go_both_ways() {
        assert_eq!(parse_size("200 MB"), Ok(200_000_000));
        assert_eq!(parse_size("1.5GiB"), Ok(1_610_612_736));
        assert_eq!(parse_size("4096"), Ok(4096));
        assert!(parse_size("heavy").is_err());
        assert!(parse_size("1 stone").is_err());
        assert_eq!(format_size(204_081_000), "204.1 MB");
        assert_eq!(format_size(999_999), "1.0 MB");
        assert_eq!(format_size(12), "12 B");
        assert_eq!(format_size(1_290_000_000), "1.29 GB");
    }

    #[test]
    fn a_project_changes_what_it_names() {
        let changes = ProfileConfig {
            port: Some(9000),
            runtime: Some("golang".to_owned()),
            ..ProfileConfig::default()
        };
        let changed = Profile::built_in()["backend"].clone().changed(&changes).unwrap();
        assert_eq!((changed.port, changed.runtime.as_deref()), (Some(9000), Some("golang")));
        assert_eq!(changed.runtime_version, None, "3.11 is none of Go's");
        assert_eq!(changed.budget, Some(200_000_000));
        assert!(changed.healthcheck);
    }

    #[test]
    fn the_built_in_budgets_are_the_users() {
        let profiles = Profile::built_in();
        assert_eq!(profiles["backend"].budget, Some(200_000_000));
        assert_eq!(profiles["frontend"].budget, Some(100_000_000));
    }
}
