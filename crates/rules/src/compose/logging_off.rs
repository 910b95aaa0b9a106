use super::{ComposeRule, Reporter, Stack};

pub(crate) struct LoggingOff;

impl ComposeRule for LoggingOff {
    fn check(&self, stack: &Stack<'_>, report: &mut Reporter) {
        for service in stack.services() {
            let driver = service.logging.as_ref().and_then(|l| l.driver.as_ref());
            let Some(driver) = driver.filter(|d| d.value == "none") else { continue };
            report
                .flag_compose(
                    driver.span(),
                    format!(
                        "`{}` keeps no log: nobody can tell afterwards what went wrong or who came in",
                        service.name
                    ),
                )
                .help("take the driver out, or bound the log: `driver: local`")
                .also("CL-0014")
                .mend_project(stack, stack.requoted(driver.span(), "local"), false);
        }
    }
}
