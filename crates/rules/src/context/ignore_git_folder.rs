use super::copied::Reach;
use super::ignore_subject::fate;
use super::unwanted::{What, patterns};
use super::{ContextRule, IgnoreSubject, Reporter};
use crate::Severity;
use crate::profile::format_size;

pub(crate) struct IgnoreGitFolder;

impl ContextRule for IgnoreGitFolder {
    fn check_ignore(&self, file: &IgnoreSubject<'_>, report: &mut Reporter) {
        let Some(folder) = file.folder() else { return };
        let history: Vec<_> = folder
            .unwanted
            .iter()
            // A build that asks git for its version copies it by name.
            .filter(|u| u.what == What::History && !folder.copied.names(&u.path))
            .filter_map(|u| Some((u, folder.copied.reach(&u.path)?)))
            .collect();
        let Some(&(first, (reach, place))) = history.iter().max_by_key(|(_, (reach, _))| *reach) else {
            return;
        };
        let all: Vec<_> = history.iter().map(|(u, _)| *u).collect();
        let paths: Vec<String> = all.iter().map(|u| u.path.clone()).collect();
        let lines: Vec<String> = patterns(&all).into_iter().map(|(pattern, _)| pattern).collect();
        let why = format!(
            "{} ({}), with everything that was ever committed",
            fate(reach, place, paths.len()),
            format_size(first.size)
        );
        let severity = if reach == Reach::Unknown { Severity::Info } else { Severity::Warning };
        file.flag_let_through(&paths, &lines, &why, report).severity(severity);
    }
}
