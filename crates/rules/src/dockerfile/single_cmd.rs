use plimsoll_dockerfile::Kind;

use super::repeated::{Codes, report_repeated};
use super::{Build, DockerfileRule, Reporter};

pub(crate) struct SingleCmd;

impl DockerfileRule for SingleCmd {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        report_repeated(build, Kind::Cmd, &Codes { later: "DL4003", with_later: &["DS-0016"] }, report);
    }
}
