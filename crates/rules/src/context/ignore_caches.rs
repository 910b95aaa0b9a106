use super::copied::Reach;
use super::ignore_subject::fate;
use super::unwanted::{Unwanted, What, patterns};
use super::{ContextRule, IgnoreSubject, Reporter};
use crate::profile::format_size;

pub(crate) struct IgnoreCaches;

impl ContextRule for IgnoreCaches {
    fn check_ignore(&self, file: &IgnoreSubject<'_>, report: &mut Reporter) {
        let Some(folder) = file.folder() else { return };
        let caches: Vec<&Unwanted> = folder
            .unwanted
            .iter()
            .filter(|u| u.what == What::Cache)
            .filter(|u| folder.copied.reach(&u.path).is_some_and(|(reach, _)| reach != Reach::Unknown))
            .collect();
        let Some(first) = caches.first() else { return };
        let (reach, place) = folder.copied.reach(&first.path).unwrap_or((Reach::Unknown, None));
        let paths: Vec<String> = caches.iter().map(|u| u.path.clone()).collect();
        let lines: Vec<String> = patterns(&caches).into_iter().map(|(pattern, _)| pattern).collect();
        let size = format_size(caches.iter().map(|u| u.size).sum());
        let why = format!(
            "{} ({size}), and every run of a tool makes the layer anew",
            fate(reach, place, paths.len())
        );
        file.flag_let_through(&paths, &lines, &why, report);
    }
}
