//! Image profiles: what a backend or a frontend image may weigh, and how one is recognised.

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
}

/// A file of `rules/profiles`, digested.
struct BuiltIn {
    name: &'static str,
    budget: u64,
    names: &'static [&'static str],
    commands: &'static [&'static str],
    files: &'static [&'static str],
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
    fn the_built_in_budgets_are_the_users() {
        let profiles = Profile::built_in();
        assert_eq!(profiles["backend"].budget, Some(200_000_000));
        assert_eq!(profiles["frontend"].budget, Some(100_000_000));
    }
}
