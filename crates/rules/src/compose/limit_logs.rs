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
                .help("add `logging: {driver: local}`, or the options `max-size: 10m` and `max-file: \"3\"`");
        }
    }
}
