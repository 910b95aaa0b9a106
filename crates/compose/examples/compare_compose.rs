//! Compares the model with Docker Compose; see testdata/compose/README.md. Arguments: the docker-compose program, then
//! projects, each of files separated by commas.

#![recursion_limit = "512"]

use std::error::Error;
use std::path::PathBuf;
use std::process::Command;

use plimsoll_compose::{Disk, Project};

#[path = "../tests/docker/mod.rs"]
mod docker;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let program = arguments.next().ok_or("usage: compare_compose DOCKER-COMPOSE FILES...")?;
    let (mut same, mut refused, mut differ) = (0, 0, 0);
    for argument in arguments {
        let paths: Vec<PathBuf> = argument.split(',').map(PathBuf::from).collect();
        let mut command = Command::new(&program);
        for path in &paths {
            command.arg("-f").arg(path);
        }
        command.args([
            "-p",
            "project",
            "--profile",
            "*",
            "config",
            "--format",
            "json",
            "--no-path-resolution",
        ]);
        command.args(["--no-env-resolution", "--no-consistency"]);
        let output = command.output()?;
        let project = Project::load(&paths, &Disk, &|_| None);
        if !output.status.success() {
            refused += 1;
            let message = String::from_utf8_lossy(&output.stderr);
            println!("{argument}\n  refused: {}", message.trim().lines().last().unwrap_or_default());
            for diagnostic in &project.diagnostics {
                println!("  ours: {}: {}", diagnostic.span.line, diagnostic.message);
            }
            continue;
        }
        let theirs = docker::theirs(&String::from_utf8_lossy(&output.stdout))?;
        let mut found = docker::differences(&project, &theirs);
        found.extend(project.diagnostics.iter().map(|d| format!("{}: {}", d.span.line, d.message)));
        if found.is_empty() {
            same += 1;
        } else {
            differ += 1;
            println!("{argument}");
            found.iter().for_each(|difference| println!("  {difference}"));
        }
    }
    println!("{same} the same, {differ} differ, {refused} refused by Docker Compose");
    Ok(())
}
