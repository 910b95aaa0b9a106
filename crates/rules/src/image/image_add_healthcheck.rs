use super::{Audit, ImageRule, Reporter};
use crate::draft::Place;

pub(crate) struct ImageAddHealthcheck;

impl ImageRule for ImageAddHealthcheck {
    fn check(&self, audit: &Audit<'_>, report: &mut Reporter) {
        let config = &audit.image.config;
        let serves = !config.entrypoint().is_empty() || !config.cmd().is_empty();
        if !serves || config.docker.healthcheck.as_ref().is_some_and(|h| !h.test.is_empty()) {
            return;
        }
        report
            .at(Place::Image, "the image has no health check, so a service that hangs stays `running` and nobody notices")
            .help("add `HEALTHCHECK CMD <a command that asks the service>` and build in Docker's format: an OCI image cannot carry it")
            .also("CIS-DI-0006");
    }
}
