use plimsoll_dockerfile::Kind;

use super::repeated::{Codes, report_repeated};
use super::{Build, DockerfileRule, Reporter};

pub(crate) struct SingleEntrypoint;

impl DockerfileRule for SingleEntrypoint {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        let codes = Codes { later: "DL4004", with_later: &["DS-0007", "multiple-entrypoint-instructions"] };
        report_repeated(build, Kind::Entrypoint, &codes, report);
    }
}
