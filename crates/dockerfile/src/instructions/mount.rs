//! RUN --mount

use std::borrow::Cow;
use std::ops::Range;

use super::Input;
use crate::diagnostics::{Code, Diagnostic};
use crate::flags::{has_variable, parse_go_bool};
use crate::source::Span;
use crate::suggest;
use crate::text::Text;

/// What is mounted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum MountKind {
    /// Files of the build context, a stage or an image; the default.
    Bind,
    /// A folder kept between builds.
    Cache,
    /// A folder in memory.
    Tmpfs,
    /// A secret file or variable.
    Secret,
    /// An SSH agent.
    Ssh,
    /// A type that does not exist, or one that variables leave open.
    Unknown,
}

const KINDS: &[(&str, MountKind)] = &[
    ("bind", MountKind::Bind),
    ("cache", MountKind::Cache),
    ("tmpfs", MountKind::Tmpfs),
    ("secret", MountKind::Secret),
    ("ssh", MountKind::Ssh),
];

impl MountKind {
    /// Its name; empty for [`MountKind::Unknown`].
    pub fn as_str(self) -> &'static str {
        KINDS.iter().find(|(_, kind)| *kind == self).map_or("", |(name, _)| name)
    }
}

/// One `--mount`.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Mount<'s> {
    /// The whole flag.
    pub span: Span,
    /// What is mounted.
    pub kind: MountKind,
    /// Everything that is said of it, `type` included, in order.
    pub options: Vec<MountOption<'s>>,
}

/// One `key=value` of a mount.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct MountOption<'s> {
    /// The option.
    pub span: Span,
    /// Its key as written.
    pub key: Text<'s>,
    /// Its value; `None` where there is no `=`.
    pub value: Option<Text<'s>>,
    /// The key that was meant, where this one is misspelt and near one that mounts have.
    pub corrected: Option<&'static str>,
}

impl<'s> Mount<'s> {
    /// The last option with one of these keys, in any case: later ones win.
    pub fn option(&self, keys: &[&str]) -> Option<&MountOption<'s>> {
        self.options
            .iter()
            .rev()
            .find(|option| keys.iter().any(|key| option.meant().eq_ignore_ascii_case(key)))
    }

    fn value(&self, keys: &[&str]) -> Option<&Text<'s>> {
        self.option(keys)?.value.as_ref()
    }

    /// `target`, `dst` or `destination`: where it is mounted.
    pub fn target(&self) -> Option<&Text<'s>> {
        self.value(&["target", "dst", "destination"])
    }

    /// `source` or `src`
    pub fn source(&self) -> Option<&Text<'s>> {
        self.value(&["source", "src"])
    }

    /// `from`: a stage, a named context or an image.
    pub fn from(&self) -> Option<&Text<'s>> {
        self.value(&["from"])
    }

    /// `id`
    pub fn id(&self) -> Option<&Text<'s>> {
        self.value(&["id"])
    }

    /// `sharing` of a cache: `shared`, `private` or `locked`.
    pub fn sharing(&self) -> Option<&Text<'s>> {
        self.value(&["sharing"])
    }

    /// `mode`
    pub fn mode(&self) -> Option<&Text<'s>> {
        self.value(&["mode"])
    }

    /// `uid`
    pub fn uid(&self) -> Option<&Text<'s>> {
        self.value(&["uid"])
    }

    /// `gid`
    pub fn gid(&self) -> Option<&Text<'s>> {
        self.value(&["gid"])
    }

    /// `size` of a tmpfs
    pub fn size(&self) -> Option<&Text<'s>> {
        self.value(&["size"])
    }

    /// `env`: the variable that holds a secret.
    pub fn env(&self) -> Option<&Text<'s>> {
        self.value(&["env"])
    }

    /// Whether the build fails without it (`required`).
    pub fn is_required(&self) -> bool {
        self.option(&["required"]).is_some_and(MountOption::is_on)
    }

    /// Whether it can only be read: said so, or by default (bind mounts).
    pub fn is_read_only(&self) -> bool {
        let said = self.options.iter().rev().find_map(|option| {
            let key = option.meant().to_ascii_lowercase();
            match key.as_str() {
                "ro" | "readonly" => Some(option.is_on()),
                "rw" | "readwrite" => Some(!option.is_on()),
                _ => None,
            }
        });
        said.unwrap_or(self.kind == MountKind::Bind)
    }
}

impl MountOption<'_> {
    /// Its key, or the one that was meant.
    pub fn meant(&self) -> &str {
        self.corrected.unwrap_or(&self.key)
    }

    /// Whether it stands alone or says true.
    fn is_on(&self) -> bool {
        self.value.as_ref().is_none_or(|value| parse_go_bool(value) == Some(true))
    }
}

pub(super) fn parse<'s>(input: &mut Input<'_, 's>, span: Span, value: &Text<'s>) -> Mount<'s> {
    let mut mount = Mount { span, kind: MountKind::Bind, options: Vec::new() };
    for field in fields(value) {
        let text = match &field.unquoted {
            None => value.piece(field.range.clone()),
            Some(unquoted) => Text::new(unquoted.clone().into_owned(), value.piece(field.range.clone()).span),
        };
        let (key, option_value) = match text.find('=') {
            Some(at) => (text.piece(0..at), Some(text.piece(at + 1..text.len()))),
            None => (text.clone(), None),
        };
        let is_known = OPTIONS.iter().any(|(name, _)| key.eq_ignore_ascii_case(name));
        let names = OPTIONS.iter().map(|&(name, _)| name);
        let corrected = if is_known { None } else { suggest::nearest(&key, names) };
        mount.options.push(MountOption { span: text.span, key, value: option_value, corrected });
    }
    if let Some(kind) = mount.value(&["type"]).cloned() {
        mount.kind = read_kind(input, &kind);
    }
    check_options(input.diagnostics, &mount);
    check_whole(input.diagnostics, &mount);
    mount
}

fn read_kind(input: &mut Input<'_, '_>, text: &Text<'_>) -> MountKind {
    if let Some((_, kind)) = KINDS.iter().find(|(name, _)| text.eq_ignore_ascii_case(name)) {
        return *kind;
    }
    if !has_variable(text) {
        let message = format!("{:?} is no type of mount", text.as_str());
        let nearest = suggest::nearest(text, KINDS.iter().map(|&(name, _)| name));
        let diagnostic = Diagnostic::error(Code::InvalidFlagValue, text.span, message);
        input.diagnostics.push(match nearest {
            Some(_) => diagnostic.nearest(nearest),
            None => diagnostic.help("bind, cache, tmpfs, secret or ssh"),
        });
        let meant = KINDS.iter().find(|(name, _)| nearest == Some(name));
        return meant.map_or(MountKind::Unknown, |(_, kind)| *kind);
    }
    MountKind::Unknown
}

/// BuildKit refuses it of a secret only.
const FROM: &[MountKind] = &[MountKind::Bind, MountKind::Cache, MountKind::Tmpfs, MountKind::Ssh];
const FILE_INFO: &[MountKind] = &[MountKind::Cache, MountKind::Secret, MountKind::Ssh];
const CREDENTIAL: &[MountKind] = &[MountKind::Secret, MountKind::Ssh];
const ANY: &[MountKind] = &[];

/// Every option, and the types of mount it is for.
const OPTIONS: &[(&str, &[MountKind])] = &[
    ("type", ANY),
    ("target", ANY),
    ("dst", ANY),
    ("destination", ANY),
    ("source", ANY),
    ("src", ANY),
    ("id", ANY),
    ("from", FROM),
    ("readonly", ANY),
    ("ro", ANY),
    ("readwrite", ANY),
    ("rw", ANY),
    ("sharing", &[MountKind::Cache]),
    ("mode", FILE_INFO),
    ("uid", FILE_INFO),
    ("gid", FILE_INFO),
    ("required", CREDENTIAL),
    ("size", &[MountKind::Tmpfs]),
    ("env", &[MountKind::Secret]),
];

const SHARING: &[&str] = &["shared", "private", "locked"];

fn check_options(diagnostics: &mut Vec<Diagnostic>, mount: &Mount<'_>) {
    for option in &mount.options {
        let known = OPTIONS.iter().find(|(name, _)| option.meant().eq_ignore_ascii_case(name));
        if (known.is_none() || option.corrected.is_some()) && !has_variable(&option.key) {
            let message = format!("--mount has no option {:?}", option.key.as_str());
            let diagnostic = Diagnostic::error(Code::InvalidFlagValue, option.key.span, message);
            diagnostics.push(diagnostic.nearest(option.corrected));
        }
        let Some((name, kinds)) = known else { continue };
        if !kinds.is_empty() && mount.kind != MountKind::Unknown && !kinds.contains(&mount.kind) {
            let message = format!("{name} is not for a mount of type {}", mount.kind.as_str());
            diagnostics.push(Diagnostic::error(Code::InvalidFlagValue, option.span, message));
            continue;
        }
        check_value(diagnostics, name, option);
    }
}

fn check_value(diagnostics: &mut Vec<Diagnostic>, name: &str, option: &MountOption<'_>) {
    let stands_alone = matches!(name, "readonly" | "ro" | "readwrite" | "rw" | "required");
    let Some(value) = &option.value else {
        if !stands_alone {
            let message = format!("{name} needs a value");
            diagnostics.push(Diagnostic::error(Code::MissingFlagValue, option.span, message));
        }
        return;
    };
    if has_variable(value) {
        return;
    }
    // Go takes no sign here.
    let is_number =
        |text: &str, radix: u32| !text.starts_with('+') && u32::from_str_radix(text, radix).is_ok();
    let expected = match name {
        _ if stands_alone => parse_go_bool(value).is_none().then_some("true or false"),
        "mode" => (!is_number(value, 8)).then_some("an octal number such as 0400"),
        "uid" | "gid" => (!is_number(value, 10)).then_some("a number up to 4294967295"),
        "size" => (!is_size(value)).then_some("a size such as 64m"),
        "sharing" => {
            let known = SHARING.iter().any(|known| value.eq_ignore_ascii_case(known));
            (!known).then_some("shared, private or locked")
        }
        _ => None,
    };
    if let Some(expected) = expected {
        let message = format!("{name} takes {expected}, not {:?}", value.as_str());
        let diagnostic = Diagnostic::error(Code::InvalidFlagValue, value.span, message);
        let nearest = if name == "sharing" { suggest::nearest(value, SHARING.iter().copied()) } else { None };
        diagnostics.push(diagnostic.nearest(nearest));
    }
}

/// What BuildKit asks of the options together.
fn check_whole(diagnostics: &mut Vec<Diagnostic>, mount: &Mount<'_>) {
    let mut report = |message: String| {
        diagnostics.push(Diagnostic::error(Code::InvalidFlagValue, mount.span, message));
    };
    let given = |text: Option<&Text<'_>>| text.is_some_and(|text| !text.is_empty());
    match mount.kind {
        MountKind::Bind | MountKind::Cache | MountKind::Tmpfs if !given(mount.target()) => {
            report(format!("a mount of type {} needs a target", mount.kind.as_str()));
        }
        MountKind::Secret if !given(mount.source()) && !given(mount.target()) && !given(mount.id()) => {
            report("a mount of type secret needs an id, a source or a target".to_owned());
        }
        MountKind::Secret if given(mount.source()) && given(mount.id()) => {
            report("a mount of type secret takes an id or a source, not both".to_owned());
        }
        _ => {}
    }
}

fn is_size(size: &str) -> bool {
    let digits = size.bytes().take_while(|byte| byte.is_ascii_digit() || *byte == b'.').count();
    let unit = size[digits..].trim_start().to_ascii_lowercase();
    let number = size[..digits].parse::<f64>().is_ok();
    number && matches!(unit.trim_end_matches('b').trim_end_matches('i'), "" | "k" | "m" | "g" | "t" | "p")
}

struct Field<'v> {
    range: Range<usize>,
    unquoted: Option<Cow<'v, str>>,
}

/// The comma-separated fields of a value; one that begins with a double quote runs to the next, and two
/// double quotes in it are one.
fn fields(value: &str) -> Vec<Field<'_>> {
    let mut fields = Vec::new();
    let mut at = 0;
    loop {
        let rest = &value[at..];
        let mut end = at + rest.find(',').unwrap_or(rest.len());
        let mut unquoted = None;
        if rest.starts_with('"') {
            let (length, text) = quoted_field(rest);
            let after = &rest[length..];
            end = at + length + after.find(',').unwrap_or(after.len());
            unquoted = Some(Cow::Owned(text));
        }
        fields.push(Field { range: at..end, unquoted });
        if end >= value.len() {
            return fields;
        }
        at = end + 1;
    }
}

/// How long a field in quotes is, and what it says.
fn quoted_field(text: &str) -> (usize, String) {
    let mut said = String::new();
    let mut chars = text.char_indices().skip(1).peekable();
    while let Some((at, c)) = chars.next() {
        if c != '"' {
            said.push(c);
        } else if chars.next_if(|&(_, next)| next == '"').is_some() {
            said.push('"');
        } else {
            return (at + 1, said);
        }
    }
    (text.len(), said)
}
