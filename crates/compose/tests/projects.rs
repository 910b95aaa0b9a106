//! The projects of testdata/compose against what Docker Compose printed for them.

#![recursion_limit = "512"]

use std::fs;
use std::path::Path;

use plimsoll_compose::{Disk, Project, default_files};

mod docker;

#[test]
fn projects_are_read_as_docker_compose_reads_them() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/compose");
    let mut seen = 0;
    for project in fs::read_dir(folder).unwrap() {
        let path = project.unwrap().path();
        let Ok(printed) = fs::read_to_string(path.join("docker.json")) else { continue };
        let project = Project::load(&default_files(&path), &Disk, &|_| None);
        assert_eq!(project.diagnostics, [], "{}", path.display());
        let differences = docker::differences(&project, &docker::theirs(&printed).unwrap());
        assert_eq!(differences, Vec::<String>::new(), "{}", path.display());
        seen += 1;
    }
    assert!(seen >= 7, "only {seen} projects");
}
