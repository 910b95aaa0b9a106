//! `plimsoll image`.

use std::process::ExitCode;

use crate::args::Image;

pub fn run(_: &Image) -> Result<ExitCode, String> {
    Err(String::new())
}
