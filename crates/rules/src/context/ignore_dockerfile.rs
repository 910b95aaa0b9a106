use std::path::Path;

use super::copied::Reach;
use super::{ContextRule, IgnoreSubject, Reporter};
use crate::{FileKind, kind_of};

pub(crate) struct IgnoreDockerfile;

impl ContextRule for IgnoreDockerfile {
    fn check_ignore(&self, file: &IgnoreSubject<'_>, report: &mut Reporter) {
        let Some(folder) = file.folder() else { return };
        let entries = folder.listing().entries.iter().map(|entry| entry.path.as_str());
        let paths: Vec<String> = entries
            .filter(|path| !path.contains('/'))
            .filter(|path| {
                matches!(
                    kind_of(Path::new(path)),
                    Some(FileKind::Dockerfile | FileKind::Dockerignore | FileKind::Compose)
                )
            })
            .filter(|path| folder.copied.reach(path).is_some_and(|(reach, _)| reach != Reach::Unknown))
            .map(str::to_owned)
            .collect();
        let Some(place) = paths.first().and_then(|path| folder.copied.reach(path)?.1) else { return };
        let why =
            format!("{place} copies what only the build reads, and every edit of it makes the layer anew");
        file.flag_let_through(&paths, &paths, &why, report);
    }
}
