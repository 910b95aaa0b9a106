use plimsoll_dockerfile::Kind;

use super::repeated::{Codes, report_repeated};
use super::{Build, DockerfileRule, Reporter};

pub(crate) struct SingleHealthcheck;

impl DockerfileRule for SingleHealthcheck {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        let codes = Codes { later: "DL3012", with_later: &["DS-0023"] };
        report_repeated(build, Kind::Healthcheck, &codes, report);
    }
}
