//! Prints what a build of the folder given would send, one path a line; testdata/context/oracle/buildah compares it with
//! what arrives in an image.

use std::path::Path;

use plimsoll_context::Context;

fn main() {
    for dir in std::env::args().skip(1) {
        let dir = Path::new(&dir);
        let context = Context::new(dir, Some(&dir.join("Dockerfile")));
        for entry in &context.walk().entries {
            println!("{}", entry.path);
        }
    }
}
