//! The instructions there are.

use std::fmt;

use crate::suggest;

macro_rules! kinds {
    ($($(#[$doc:meta])* $variant:ident = $name:literal,)*) => {
        /// Which instruction it is.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Kind {
            $($(#[$doc])* $variant,)*
            /// No instruction that exists.
            Unknown,
        }

        impl Kind {
            /// Every instruction there is.
            pub const ALL: &'static [Kind] = &[$(Kind::$variant,)*];

            /// Its keyword in upper case; empty for [`Kind::Unknown`].
            pub const fn as_str(self) -> &'static str {
                match self { $(Kind::$variant => $name,)* Kind::Unknown => "" }
            }
        }
    };
}

kinds! {
    /// FROM
    From = "FROM",
    /// RUN
    Run = "RUN",
    /// CMD
    Cmd = "CMD",
    /// LABEL
    Label = "LABEL",
    /// MAINTAINER
    Maintainer = "MAINTAINER",
    /// EXPOSE
    Expose = "EXPOSE",
    /// ENV
    Env = "ENV",
    /// ADD
    Add = "ADD",
    /// COPY
    Copy = "COPY",
    /// ENTRYPOINT
    Entrypoint = "ENTRYPOINT",
    /// VOLUME
    Volume = "VOLUME",
    /// USER
    User = "USER",
    /// WORKDIR
    Workdir = "WORKDIR",
    /// ARG
    Arg = "ARG",
    /// ONBUILD
    Onbuild = "ONBUILD",
    /// STOPSIGNAL
    Stopsignal = "STOPSIGNAL",
    /// HEALTHCHECK
    Healthcheck = "HEALTHCHECK",
    /// SHELL
    Shell = "SHELL",
}

/// One of the usual keywords in upper case at the beginning of a text, with its length and where the word after it
/// begins. `None` says nothing: also the other keywords, lower case, and one that something unusual follows give it.
#[inline(always)]
pub(crate) fn leading(text: &str) -> Option<(Kind, usize, usize)> {
    let bytes = text.as_bytes();
    let (kind, length) = match bytes.first_chunk::<8>()? {
        [b'R', b'U', b'N', b' ', ..] => (Kind::Run, 3),
        [b'E', b'N', b'V', b' ', ..] => (Kind::Env, 3),
        [b'A', b'R', b'G', b' ', ..] => (Kind::Arg, 3),
        [b'A', b'D', b'D', b' ', ..] => (Kind::Add, 3),
        [b'C', b'M', b'D', b' ', ..] => (Kind::Cmd, 3),
        [b'F', b'R', b'O', b'M', b' ', ..] => (Kind::From, 4),
        [b'C', b'O', b'P', b'Y', b' ', ..] => (Kind::Copy, 4),
        [b'U', b'S', b'E', b'R', b' ', ..] => (Kind::User, 4),
        [b'L', b'A', b'B', b'E', b'L', b' ', ..] => (Kind::Label, 5),
        [b'E', b'X', b'P', b'O', b'S', b'E', b' ', ..] => (Kind::Expose, 6),
        [b'V', b'O', b'L', b'U', b'M', b'E', b' ', ..] => (Kind::Volume, 6),
        b"WORKDIR " => (Kind::Workdir, 7),
        b"ENTRYPOI" if bytes.starts_with(b"ENTRYPOINT ") => (Kind::Entrypoint, 10),
        _ => return None,
    };
    let mut rest = length + 1;
    while bytes.get(rest) == Some(&b' ') {
        rest += 1;
    }
    bytes.get(rest)?.is_ascii_graphic().then_some((kind, length, rest))
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Kind {
    /// The instruction with this keyword, in any case.
    pub fn from_keyword(word: &str) -> Option<Kind> {
        let found = Kind::ALL.iter().copied().find(|kind| kind.as_str().eq_ignore_ascii_case(word));
        if found.is_none() && !word.is_ascii() { Kind::from_folded(word) } else { found }
    }

    /// BuildKit lowers keywords by Unicode, so the Kelvin sign and the dotted capital I pass for letters.
    fn from_folded(word: &str) -> Option<Kind> {
        let folded: String = word
            .chars()
            .map(|c| match c {
                '\u{212a}' => 'K',
                '\u{130}' => 'I',
                _ => c,
            })
            .collect();
        if folded.is_ascii() { Kind::from_keyword(&folded) } else { None }
    }

    /// The instruction that a misspelt keyword was probably meant to be.
    ///
    /// A stray line of shell is more often lower case than a keyword is, so those must be nearer.
    pub fn nearest(word: &str) -> Option<Kind> {
        let word = word.trim_end_matches([':', ',', ';', '.']);
        if let Some(kind) = Kind::from_keyword(word) {
            return Some(kind);
        }
        let upper = word.bytes().all(|byte| byte.is_ascii_uppercase());
        if word.eq_ignore_ascii_case("export") {
            return upper.then_some(Kind::Env);
        }
        // Of two letters one is missing: `RN`. Which it is can be told where only one keyword has room for it.
        if upper && word.len() == 2 {
            let mut short = Kind::ALL.iter().copied().filter(|kind| {
                let name = kind.as_str();
                name.len() == 3 && suggest::distance(word.as_bytes(), name.as_bytes()) == 1
            });
            return short.next().filter(|_| short.next().is_none());
        }
        // Programs of their own, and words too short to tell.
        if !upper && (word.len() < 4 || ["users", "runc"].contains(&word)) {
            return None;
        }
        let name = suggest::nearest(word, Kind::ALL.iter().map(|kind| kind.as_str()))?;
        if !upper && suggest::distance(word.as_bytes(), name.as_bytes()) > 1 {
            return None;
        }
        Kind::from_keyword(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_keyword_is_found_in_any_case() {
        for kind in Kind::ALL {
            assert_eq!(Kind::from_keyword(kind.as_str()), Some(*kind));
            assert_eq!(Kind::from_keyword(&kind.as_str().to_lowercase()), Some(*kind));
        }
        assert_eq!(Kind::from_keyword("WOR\u{212a}DIR"), Some(Kind::Workdir));
        assert_eq!(Kind::from_keyword(""), None);
    }

    #[test]
    fn misspelt_keywords_are_understood_while_shell_is_not() {
        assert_eq!(Kind::nearest("COPPY"), Some(Kind::Copy));
        assert_eq!(Kind::nearest("RUNN"), Some(Kind::Run));
        assert_eq!(Kind::nearest("workdr"), Some(Kind::Workdir));
        assert_eq!(Kind::nearest("form"), Some(Kind::From));
        assert_eq!(Kind::nearest("Runn"), Some(Kind::Run));
        assert_eq!(Kind::nearest("run:"), Some(Kind::Run));
        assert_eq!(Kind::nearest("and"), None);
        assert_eq!(Kind::nearest("fi;"), None);
        assert_eq!(Kind::nearest("cd"), None);
        assert_eq!(Kind::nearest("RN"), Some(Kind::Run));
        assert_eq!(Kind::nearest("AD"), Some(Kind::Add));
        assert_eq!(Kind::nearest("AA"), None);
        assert_eq!(Kind::nearest("EXPORT"), Some(Kind::Env));
        assert_eq!(Kind::nearest("export"), None);
        assert_eq!(Kind::nearest("users"), None);
        assert_eq!(Kind::nearest("done"), None);
    }
}
