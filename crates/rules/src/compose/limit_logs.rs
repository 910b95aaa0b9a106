use plimsoll_compose::Service;

use super::edits::{Edits, New};
use super::{ComposeRule, Reporter, Stack};

pub(crate) struct LimitLogs;

impl ComposeRule for LimitLogs {
    fn check(&self, stack: &Stack<'_>, report: &mut Reporter) {
        for service in stack.whole_services() {
            let logging = service.logging.as_ref();
            let driver = logging.and_then(|l| l.driver.as_ref());
            let files = driver.is_none_or(|d| d.value == "json-file");
            if !files || logging.is_some_and(|l| l.options.iter().any(|o| o.key == "max-size")) {
                continue;
            }
            report
                .flag_compose(
                    driver.map_or(&service.name_span, |d| d.span()),
                    format!("the log of `{}` grows until the disk is full", service.name),
                )
                .help("add `logging: {driver: local}`, or the options `max-size: 10m` and `max-file: \"3\"`")
                .mend_project(stack, limited(stack, service), false);
        }
    }
}

/// The driver that turns its files over, or limits for the one that the service has.
fn limited(stack: &Stack<'_>, service: &Service) -> Option<Edits> {
    if service.logging.is_none() {
        return stack.put_in_service(service, &["logging", "driver"], &New::text("local"));
    }
    let (size, count) = (("max-size", New::text("10m")), ("max-file", New::text("\"3\"")));
    let options = &service.logging.as_ref()?.options;
    let value = match options.iter().any(|option| option.key == "max-file") {
        true => New::map([size]),
        false => New::map([size, count]),
    };
    stack.put_in_service(service, &["logging", "options"], &value)
}
