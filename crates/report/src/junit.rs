//! JUnit XML: a suite for every file or image, a case for every finding: failed, or skipped where the finding is below
//! what fails the run.

use std::collections::BTreeSet;
use std::io;

use plimsoll_rules::{Finding, InputError, Outcome};
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use crate::place::Images;
use crate::{Options, clean, place, summary, text};

const PLACE_WIDTH: usize = 200;

pub(crate) fn write(outcome: &Outcome, options: &Options, out: &mut impl io::Write) -> io::Result<()> {
    let images = Images::of(outcome);
    let mut report = Report::new("plimsoll");
    let mut done = BTreeSet::new();
    for (name, findings) in place::groups(outcome) {
        let mut suite = TestSuite::new(name.as_str());
        suite.add_test_cases(findings.iter().map(|f| case(&name, f, &images, options)));
        report.add_test_suite(suite);
        done.insert(name);
    }
    for error in &outcome.errors {
        let name = error.file.as_deref().or(error.image.as_deref()).unwrap_or("plimsoll");
        let name = clean::line(name).into_owned();
        let mut suite = TestSuite::new(name.as_str());
        suite.add_test_case(unreadable(&name, error));
        report.add_test_suite(suite);
        done.insert(name);
    }
    let images = outcome.images.iter().map(|image| image.name.as_str());
    for input in options.inputs.iter().map(String::as_str).chain(images) {
        let name = clean::line(input).into_owned();
        if done.insert(name.clone()) {
            report.add_test_suite(passed(&name, "plimsoll"));
        }
    }
    // Several readers refuse a report without a single case.
    if report.test_suites.is_empty() {
        report.add_test_suite(passed("plimsoll", &summary::nothing_found(outcome)));
    }
    report.serialize(out).map_err(io::Error::other)
}

fn case(suite: &str, finding: &Finding, images: &Images<'_>, options: &Options) -> TestCase {
    let rule = clean::line(&finding.rule);
    let within = place::within(finding);
    let name = if within.is_empty() { rule.into_owned() } else { format!("{rule} at {within}") };
    let message = clean::text(&finding.message);
    let mut lines = vec![place::full(finding), message.clone().into_owned()];
    lines.extend(images.describe(finding, PLACE_WIDTH).map(|image| format!("in: {image}")));
    lines.extend(finding.help.as_deref().map(|help| format!("help: {}", clean::text(help))));
    if !finding.also.is_empty() {
        lines.push(format!("also: {}", clean::line(&finding.also.join(", "))));
    }
    let mut status = match options.fails_from.is_some_and(|least| finding.severity >= least) {
        true => TestCaseStatus::non_success(NonSuccessKind::Failure),
        false => TestCaseStatus::skipped(),
    };
    status.set_type(finding.severity.as_str()).set_message(message).set_description(lines.join("\n"));
    let mut case = TestCase::new(name, status);
    case.set_classname(suite);
    case
}

fn unreadable(suite: &str, error: &InputError) -> TestCase {
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
    status.set_type("unreadable").set_message(text::error_line(error));
    let mut case = TestCase::new("readable", status);
    case.set_classname(suite);
    case
}

fn passed(suite: &str, name: &str) -> TestSuite {
    let mut case = TestCase::new(name, TestCaseStatus::success());
    case.set_classname(suite);
    let mut out = TestSuite::new(suite);
    out.add_test_case(case);
    out
}
