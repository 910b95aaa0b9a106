use std::collections::BTreeSet;

use super::copied::Reach;
use super::ignore_subject::{Folder, fate};
use super::unwanted::{Unwanted, What, patterns};
use super::{ContextRule, IgnoreSubject, Reporter};
use crate::Severity;
use crate::profile::format_size;

pub(crate) struct IgnoreInstalledPackages;

impl ContextRule for IgnoreInstalledPackages {
    fn check_ignore(&self, file: &IgnoreSubject<'_>, report: &mut Reporter) {
        let Some(folder) = file.folder() else { return };
        let there: Vec<&Unwanted> = folder
            .unwanted
            .iter()
            .filter(|u| matches!(u.what, What::NodeModules | What::VirtualEnvironment))
            .filter(|u| !folder.copied.names(&u.path) && folder.copied.reach(&u.path).is_some())
            .collect();
        if let Some(first) = there.first() {
            let (reach, place) = folder.copied.reach(&first.path).unwrap_or((Reach::Unknown, None));
            let paths: Vec<String> = there.iter().map(|u| u.path.clone()).collect();
            let lines: Vec<String> = patterns(&there).into_iter().map(|(pattern, _)| pattern).collect();
            let size = format_size(there.iter().map(|u| u.size).sum());
            let why = format!(
                "{} ({size}), built for this machine and in place of what the build installs",
                fate(reach, place, paths.len())
            );
            let severity = if reach == Reach::Unknown { Severity::Info } else { Severity::Warning };
            file.flag_let_through(&paths, &lines, &why, report).severity(severity);
        } else if let Some((path, place)) = expected(file, folder) {
            let line = if path == "node_modules" { path.clone() } else { "**/node_modules".to_owned() };
            let why =
                format!("once packages are installed here, {place} copies them over what the build installs");
            file.flag_let_through(&[path], &[line], &why, report);
        }
    }
}

/// A `node_modules` that is not there yet, but comes with the `package.json` beside it.
fn expected<'f>(file: &IgnoreSubject<'_>, folder: &'f Folder) -> Option<(String, &'f str)> {
    let packages: BTreeSet<String> = folder
        .listing()
        .entries
        .iter()
        .filter_map(|entry| entry.path.strip_suffix("package.json"))
        .filter(|above| above.is_empty() || above.ends_with('/'))
        .map(|above| format!("{above}node_modules"))
        .collect();
    packages.into_iter().find_map(|path| {
        let (_, place) = folder.copied.reach(&path).filter(|(reach, _)| *reach != Reach::Unknown)?;
        (!file.keeps_out(&path) && !folder.copied.names(&path)).then_some((path, place?))
    })
}
