//! Which profile an application has, where nobody says it: by what its folder lists as dependencies.

use std::path::Path;

use crate::config::Settings;
use crate::context::read_beside;
use crate::manifests;
use crate::profile::Profile;

/// The profile that the dependency lists in a folder suggest, and how: `requirements.txt names `fastapi``.
pub(crate) fn suggested<'s>(folder: &Path, settings: &'s Settings) -> Option<(&'s Profile, String)> {
    settings.profiles().find_map(|profile| {
        profile.evidence.iter().find_map(|evidence| {
            let text = read_beside(&folder.join(&evidence.file))?;
            let name = evidence.names.iter().find(|n| manifests::names(&evidence.file, &text, n))?;
            Some((profile, format!("{} names `{name}`", evidence.file)))
        })
    })
}

/// What the Dockerfile's application is held to: as configured, or as its build context suggests.
pub(crate) fn profile_of(dockerfile: &Path, context: &Path, settings: &Settings) -> Option<Profile> {
    let path = dockerfile.strip_prefix("./").unwrap_or(dockerfile);
    let none: [&str; 0] = [];
    settings.asked_profile(&none, Some(path)).or_else(|| Some(suggested(context, settings)?.0.clone()))
}
