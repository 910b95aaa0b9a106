//! Which compose files belong together.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use plimsoll_compose::{Disk, Loader, Project, default_files};

use super::references::references;
use super::{ComposeFiles, Lookup};

/// Sorts compose files into the projects that they make. The files that Compose takes in a folder of its own accord
/// are one project, the override merged onto the base, also when only one of them is given. A file with a service
/// that has neither image nor build, or that uses what the file does not declare, is made to be laid over the folder's
/// project (`-f compose.yaml -f compose.prod.yaml`), so it is read that way and only what is wrong in it is wanted.
/// Any other is a project.
pub fn compose_projects(given: &[PathBuf]) -> Vec<ComposeFiles> {
    let mut projects = Vec::new();
    let mut done: HashSet<PathBuf> = HashSet::new();
    for path in given {
        let folder = path.parent().unwrap_or(Path::new(""));
        let usual = default_files(folder);
        if usual.contains(path) {
            if let Some(base) = usual.first().cloned()
                && done.insert(base)
            {
                projects.push(ComposeFiles { files: usual, about: None });
            }
        } else if !usual.is_empty() && is_laid_over(path) {
            let files = usual.into_iter().take(1).chain([path.clone()]).collect();
            projects.push(ComposeFiles { files, about: Some(path.clone()) });
        } else {
            projects.push(ComposeFiles { files: vec![path.clone()], about: None });
        }
    }
    projects
}

fn is_laid_over(path: &Path) -> bool {
    let Ok(text) = Disk.read(path) else { return false };
    let project = Project::parse(path, &text);
    let lookup = Lookup::new(&project.compose);
    project.compose.services.iter().filter(|s| s.extends.is_none()).any(|service| {
        let whole = service.image.is_some() || service.build.is_some();
        !whole || references(service).iter().any(|reference| !lookup.has(reference))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn overrides_go_with_their_base() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).unwrap();
            path
        };
        let whole = "services:\n  app:\n    image: x:1\n";
        let base = file("compose.yaml", whole);
        let over = file("compose.override.yaml", "services:\n  app:\n    user: \"1\"\n");
        let more = file("compose.more.yaml", "services:\n  more:\n    image: x:1\n    networks: [back]\n");
        let part = file("compose.prod.yaml", "services:\n  app:\n    restart: always\n");
        let other = file("compose.test.yaml", whole);
        let one = |files: &[&PathBuf], about: Option<&PathBuf>| ComposeFiles {
            files: files.iter().map(|&f| f.clone()).collect(),
            about: about.cloned(),
        };
        assert_eq!(
            compose_projects(&[over.clone(), part.clone(), other.clone(), base.clone(), more.clone()]),
            [
                one(&[&base, &over], None),
                one(&[&base, &part], Some(&part)),
                one(&[&other], None),
                one(&[&base, &more], Some(&more))
            ]
        );
    }
}
