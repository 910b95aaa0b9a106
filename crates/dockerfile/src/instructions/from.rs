//! FROM

use super::Input;
use crate::diagnostics::Code;
use crate::flags;
use crate::text::Text;
use crate::words;

/// The stage's beginning: its base, and its name.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct From<'s> {
    /// `--platform`
    pub platform: Option<Text<'s>>,
    /// The image or stage, as written; empty where it is missing.
    pub image: Text<'s>,
    /// The word before the name, `AS` in any case.
    pub as_keyword: Option<Text<'s>>,
    /// The stage's name as written. Stages are found by name whatever its case.
    pub alias: Option<Text<'s>>,
}

pub(super) fn parse<'s>(input: &mut Input<'_, 's>) -> From<'s> {
    let line = input.line;
    let platform = flags::value(input.flags, "platform").cloned();
    if let Some(platform) = platform.as_ref().filter(|text| !flags::has_variable(text) && !is_platform(text))
    {
        let message = format!("{:?} is no platform", platform.as_str());
        let help = "os/arch or os/arch/variant, as in linux/arm64";
        input.error_with_help(Code::InvalidFlagValue, platform.span, message, help);
    }
    let mut words = words::plain(line, input.range.clone()).map(|range| line.text(range));
    let image = words.next();
    let as_keyword = words.next();
    let alias = words.next();
    let more = words.next();
    let Some(image) = image else {
        input.missing("an image");
        return From { platform, image: Text::empty(input.keyword.end), as_keyword: None, alias: None };
    };
    if let Some(word) = as_keyword {
        let is_as = word.eq_ignore_ascii_case("as");
        if !is_as && image.eq_ignore_ascii_case("from") {
            let help = "write it once: FROM image [AS name]";
            input.error_with_help(Code::InvalidArgument, image.span, "FROM is written twice", help);
            return From { platform, image, as_keyword: None, alias: None };
        }
        if !is_as {
            let message = format!("expected AS, not {:?}", word.as_str());
            input.error_with_help(Code::InvalidArgument, word.span, message, "FROM image [AS name]");
            // With a name after it, whatever stands here was meant to be AS.
            let alias = alias.filter(|_| more.is_none());
            return From { platform, image, as_keyword: None, alias };
        }
        if alias.is_none() {
            input.error(Code::MissingArguments, word.span, "AS needs a name after it");
        }
        if let Some(more) = &more {
            let message = "FROM takes nothing after the stage's name";
            let span = more.span.to(line.span(input.range.end - 1..input.range.end));
            input.error(Code::TooManyArguments, span, message);
        }
        if let Some(alias) = &alias
            && !is_stage_name(alias)
        {
            let message = format!("{:?} is no name for a stage", alias.as_str());
            input.error_with_help(
                Code::InvalidArgument,
                alias.span,
                message,
                "a name begins with a letter and holds letters, digits, dots, dashes and underscores",
            );
        }
        return From { platform, image, as_keyword: Some(word), alias };
    }
    From { platform, image, as_keyword: None, alias: None }
}

/// Whether it is `os/arch`, `os/arch/variant`, or one of the systems and architectures that may stand alone.
fn is_platform(text: &str) -> bool {
    const ALONE: &[&str] = &[
        "aix",
        "android",
        "darwin",
        "dragonfly",
        "freebsd",
        "hurd",
        "illumos",
        "ios",
        "js",
        "linux",
        "macos",
        "nacl",
        "netbsd",
        "openbsd",
        "plan9",
        "solaris",
        "windows",
        "zos",
        "386",
        "amd64",
        "amd64p32",
        "arm",
        "armbe",
        "arm64",
        "arm64be",
        "ppc64",
        "ppc64le",
        "loong64",
        "mips",
        "mipsle",
        "mips64",
        "mips64le",
        "mips64p32",
        "mips64p32le",
        "ppc",
        "riscv",
        "riscv64",
        "s390",
        "s390x",
        "sparc",
        "sparc64",
        "wasm",
        "i386",
        "x86_64",
        "x86-64",
        "aarch64",
        "armhf",
        "armel",
        "local",
    ];
    let text = text.trim_matches(['"', '\'']);
    // A system may have a version behind it, in brackets.
    let is_part = |part: &str| {
        let name = part.split_once('(').map_or(part, |(name, _)| name);
        let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-');
        !name.is_empty() && name.bytes().all(is_letter)
    };
    let parts = text.split('/').count();
    parts <= 3
        && text.split('/').all(is_part)
        && (parts > 1 || ALONE.iter().any(|known| text.eq_ignore_ascii_case(known)))
}

fn is_stage_name(name: &str) -> bool {
    name.as_bytes().first().is_some_and(u8::is_ascii_alphabetic)
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn platforms() {
        for right in ["linux/amd64", "linux/arm/v7", "windows(10.0.17763)/amd64", "linux", "ARM64", "local"] {
            assert!(is_platform(right), "{right}");
        }
        for wrong in ["", "lnux", "linux//x", "linux/", "a/b/c/d", "linux/a b"] {
            assert!(!is_platform(wrong), "{wrong}");
        }
    }
}
