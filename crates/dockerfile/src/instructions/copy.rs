//! COPY and ADD

use super::Input;
use super::form;
use crate::diagnostics::Code;
use crate::flags::{self, has_variable};
use crate::keyword::Kind;
use crate::text::Text;
use crate::words;

/// What COPY and ADD say. The flags that only one of them has are absent on the other.
#[derive(Clone, Debug, Default)]
pub struct CopyFiles<'s> {
    /// `--from`: a stage, a named context or an image (COPY).
    pub from: Option<Text<'s>>,
    /// `--chown`
    pub chown: Option<Text<'s>>,
    /// `--chmod`
    pub chmod: Option<Text<'s>>,
    /// `--link`
    pub link: Option<bool>,
    /// `--parents` (COPY)
    pub parents: Option<bool>,
    /// `--exclude`
    pub exclude: Vec<Text<'s>>,
    /// `--checksum` (ADD)
    pub checksum: Option<Text<'s>>,
    /// `--keep-git-dir` (ADD)
    pub keep_git_dir: Option<bool>,
    /// `--unpack` (ADD)
    pub unpack: Option<bool>,
    /// What is copied.
    pub sources: Vec<CopySource<'s>>,
    /// Where to; `None` where fewer than two arguments are given.
    pub destination: Option<Text<'s>>,
    /// Whether the arguments are written as a JSON array.
    pub json: bool,
}

/// One thing that is copied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CopySource<'s> {
    /// As written.
    pub text: Text<'s>,
    /// Which of the instruction's heredocs it is, if it is one.
    pub heredoc: Option<usize>,
}

pub(super) fn parse<'s>(input: &mut Input<'_, 's>) -> CopyFiles<'s> {
    let line = input.line;
    let mut copy = CopyFiles::default();
    if !input.flags.is_empty() {
        read_flags(input, &mut copy);
    }
    let json = form::json_array(input, input.range.clone());
    copy.json = json.is_some();
    let mut paths = match json {
        Some(paths) => paths.into_iter().map(|text| CopySource { text, heredoc: None }).collect(),
        None => {
            let mut paths = Vec::with_capacity(2);
            for range in words::plain(line, input.range.clone()) {
                paths.push(CopySource { text: line.text(range), heredoc: None });
            }
            paths
        }
    };
    if paths.len() > 1 {
        copy.destination = paths.pop().map(|path| path.text);
    } else {
        input.missing("a source and a destination");
    }
    copy.sources = paths;
    check_checksum(input, &copy);
    copy
}

fn read_flags<'s>(input: &mut Input<'_, 's>, copy: &mut CopyFiles<'s>) {
    let given = input.flags;
    copy.chown = flags::value(given, "chown").cloned();
    copy.chmod = flags::value(given, "chmod").cloned();
    copy.link = flags::switch(given, "link");
    copy.exclude = given.iter().filter(|f| f.meant() == "exclude").filter_map(|f| f.value.clone()).collect();
    if input.kind == Kind::Copy {
        copy.from = flags::value(given, "from").cloned();
        copy.parents = flags::switch(given, "parents");
    } else {
        copy.checksum = flags::value(given, "checksum").cloned();
        copy.keep_git_dir = flags::switch(given, "keep-git-dir");
        copy.unpack = flags::switch(given, "unpack");
    }
    if let Some(mode) = copy.chmod.as_ref().filter(|mode| !has_variable(mode) && !is_mode(mode)) {
        let message = format!("{:?} is no file mode", mode.as_str());
        input.error_with_help(
            Code::InvalidFlagValue,
            mode.span,
            message,
            "as in --chmod=755 or --chmod=u=rwX,go=rX",
        );
    }
}

fn check_checksum(input: &mut Input<'_, '_>, copy: &CopyFiles<'_>) {
    let Some(sum) = copy.checksum.as_ref().filter(|sum| !has_variable(sum)) else { return };
    // Of a Git repository it is the commit, or its beginning.
    let may_be_git = copy.sources.iter().any(|source| !is_plain_download(&source.text));
    let is_right = is_digest(sum) || (may_be_git && is_commit(sum));
    if !is_right {
        let message = format!("{:?} is no checksum", sum.as_str());
        let help = "as in --checksum=sha256:<64 hex digits>";
        input.error_with_help(Code::InvalidFlagValue, sum.span, message, help);
    }
}

/// Whether a source is a file on a server and no Git repository, as far as its name tells.
fn is_plain_download(source: &str) -> bool {
    let is_web = source.starts_with("http://") || source.starts_with("https://");
    is_web && !has_variable(source) && !source.contains(".git")
}

fn is_mode(mode: &str) -> bool {
    if !mode.is_empty() && mode.bytes().all(|byte| matches!(byte, b'0'..=b'7')) {
        return u32::from_str_radix(mode, 8).is_ok_and(|mode| mode <= 0o7777);
    }
    mode.split(',').all(|clause| {
        let rest = clause.trim_start_matches(['u', 'g', 'o', 'a']);
        let Some(rest) = rest.strip_prefix(['+', '-', '=']) else { return false };
        rest.bytes().all(|byte| b"rwxXstugo+-=".contains(&byte))
    })
}

fn is_hex(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn is_digest(sum: &str) -> bool {
    let Some((algorithm, digest)) = sum.split_once(':') else { return false };
    let length = match algorithm {
        "sha256" => 64,
        "sha384" => 96,
        "sha512" => 128,
        _ => return false,
    };
    digest.len() == length && is_hex(digest)
}

fn is_commit(sum: &str) -> bool {
    sum.len() <= 64 && is_hex(sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modes() {
        for right in ["755", "0644", "7777", "u=rwX,go=rX", "a+x", "+x", "u="] {
            assert!(is_mode(right), "{right}");
        }
        for wrong in ["", "999", "17777", "rwx", "u", "u=q", "755,u=x"] {
            assert!(!is_mode(wrong), "{wrong}");
        }
    }
}
