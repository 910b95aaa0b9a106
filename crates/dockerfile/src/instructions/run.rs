//! RUN

use super::mount::{self, Mount};
use super::{Input, form};
use crate::diagnostics::{Code, Diagnostic};
use crate::flags::{self, Flag, has_variable, not_expanded};
use crate::instruction::Form;
use crate::suggest;
use crate::text::Text;

/// A command run while building.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Run<'s> {
    /// The command.
    pub form: Form<'s>,
    /// Its `--mount` flags.
    pub mounts: Vec<Mount<'s>>,
    /// What else its flags say, where there is any.
    pub options: Option<Box<RunOptions<'s>>>,
}

/// What few commands need.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct RunOptions<'s> {
    /// `--network`: `default`, `none` or `host`.
    pub network: Option<Text<'s>>,
    /// `--security`: `sandbox` or `insecure`.
    pub security: Option<Text<'s>>,
    /// Its `--device` flags.
    pub devices: Vec<Device<'s>>,
}

/// A device made available to a RUN.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Device<'s> {
    /// The flag's value.
    pub text: Text<'s>,
    /// The device's name, as in `vendor.com/class=name`.
    pub name: Text<'s>,
    /// Whether the build fails without it.
    pub required: bool,
}

/// What `--network` takes.
pub(crate) const NETWORKS: &[&str] = &["default", "none", "host"];

/// What `--security` takes.
pub(crate) const SECURITIES: &[&str] = &["sandbox", "insecure"];

impl<'s> Run<'s> {
    /// A command without flags.
    pub(crate) fn plain(form: Form<'s>) -> Run<'s> {
        Run { form, mounts: Vec::new(), options: None }
    }

    fn options(&mut self) -> &mut RunOptions<'s> {
        self.options.get_or_insert_default()
    }
}

pub(super) fn parse<'s>(input: &mut Input<'_, 's>) -> Run<'s> {
    let mut run = Run::plain(form::parse(input));
    if input.is_empty() {
        // BuildKit takes it, and runs a shell that has nothing to do.
        let diagnostic =
            Diagnostic::warning(Code::MissingArguments, input.place(), "RUN without a command runs nothing");
        input.diagnostics.push(diagnostic);
    }
    for flag in input.flags {
        let Some(value) = &flag.value else { continue };
        match flag.meant() {
            "mount" => run.mounts.push(mount::parse(input, flag.span, value)),
            "network" => {
                one_of(input, flag, value, NETWORKS);
                run.options().network.get_or_insert_with(|| value.clone());
            }
            "security" => {
                one_of(input, flag, value, SECURITIES);
                run.options().security.get_or_insert_with(|| value.clone());
            }
            "device" => {
                let device = device(input, value);
                run.options().devices.push(device);
            }
            _ => {}
        }
    }
    run
}

fn one_of<'s>(input: &mut Input<'_, 's>, flag: &Flag<'s>, value: &Text<'s>, allowed: &[&'static str]) {
    if allowed.contains(&value.as_str()) {
        return;
    }
    let message = format!("--{} takes {}, not {:?}", flag.name, allowed.join(", "), value.as_str());
    let nearest = suggest::nearest(value, allowed.iter().copied());
    let diagnostic = Diagnostic::error(Code::InvalidFlagValue, value.span, message);
    input.diagnostics.push(match not_expanded(value) {
        Some(help) => diagnostic.help(help),
        None => diagnostic.nearest(nearest),
    });
}

fn device<'s>(input: &mut Input<'_, 's>, value: &Text<'s>) -> Device<'s> {
    let mut name = value.piece(0..0);
    let mut required = false;
    for range in flags_fields(value) {
        let field = value.piece(range);
        let (key, given) = match field.find('=') {
            Some(at) => (field.piece(0..at), Some(field.piece(at + 1..field.len()))),
            None => (field.clone(), None),
        };
        match (key.to_ascii_lowercase().as_str(), given) {
            ("required", None) => required = true,
            ("required", Some(given)) => {
                let read = flags::parse_go_bool(&given);
                required = read == Some(true);
                if read.is_none() && !has_variable(&given) {
                    let message = format!("required takes true or false, not {:?}", given.as_str());
                    input.error(Code::InvalidFlagValue, given.span, message);
                }
            }
            ("name", Some(given)) => name = given,
            _ if name.is_empty() && !value.starts_with(',') && field.contains('/') => name = field,
            _ if has_variable(&field) => {}
            (_, given) if name.is_empty() && given.is_none() => name = field,
            _ => {
                let message = format!("--device has no option {:?}", key.as_str());
                let nearest = suggest::nearest(&key, ["name", "required"]);
                let diagnostic = Diagnostic::error(Code::InvalidFlagValue, key.span, message);
                input.diagnostics.push(diagnostic.nearest(nearest));
            }
        }
    }
    Device { text: value.clone(), name, required }
}

fn flags_fields(value: &str) -> impl Iterator<Item = std::ops::Range<usize>> {
    let mut at = 0;
    value.split(',').map(move |field| {
        let range = at..at + field.len();
        at = range.end + 1;
        range
    })
}
