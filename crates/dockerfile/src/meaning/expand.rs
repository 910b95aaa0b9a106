//! Expanding variables.

use std::ops::Range;

use super::scope::{Scope, Value};
use crate::diagnostics::{Code, Diagnostic};
use crate::heredoc::Heredoc;
use crate::shellword::{self, Lookup, Mode, Variables};
use crate::source::Span;
use crate::text::Text;

/// A text with its variables put in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expanded {
    /// The text, quotes and escapes taken off. Expressions whose variables are not known stay as written; a
    /// text that cannot be read stays as a whole.
    pub value: String,
    /// The variables that could not be put in.
    pub unresolved: Vec<Unresolved>,
    /// Why the build would stop here.
    pub errors: Vec<Diagnostic>,
}

impl Expanded {
    /// Whether every variable was known and nothing was wrong: the build sees just this.
    pub fn is_known(&self) -> bool {
        self.unresolved.is_empty() && self.errors.is_empty()
    }
}

/// A variable whose value is not known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unresolved {
    /// Its name.
    pub name: String,
    /// The expression that reads it.
    pub span: Span,
    /// Why it is not known.
    pub why: Why,
}

/// Why a variable's value is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Why {
    /// Nothing declares it: the build puts nothing in.
    Undeclared,
    /// An ARG without a default declares it: the build puts nothing in unless it is told.
    NoDefault,
    /// Nothing in the file declares it, but the base image may.
    MaybeFromBase,
    /// It is set while building: the platform, or what depends on another variable that is not known.
    NotKnown,
}

/// Expands a word the way BuildKit does: `variables` gives the value of those that are set.
///
/// Fails with a message where BuildKit refuses the word, where a `${name:?message}` is not set, and where
/// nesting or length pass what is allowed.
pub fn expand(
    word: &str,
    escape: char,
    variables: &mut dyn FnMut(&str) -> Option<String>,
) -> Result<String, String> {
    struct Given<'a>(&'a mut dyn FnMut(&str) -> Option<String>);
    impl Variables for Given<'_> {
        fn get(&mut self, name: &str, _range: Range<usize>, _modifier: Option<char>) -> Lookup {
            match (self.0)(name) {
                Some(value) => Lookup::Set(value),
                None => Lookup::Unset,
            }
        }
    }
    shellword::expand_word(word, Mode::expand(escape), &mut Given(variables)).map_err(|error| error.message)
}

impl Scope<'_, '_, '_> {
    /// A text with its variables put in.
    pub fn expand(&self, text: &Text<'_>) -> Expanded {
        if !text.contains(['$', '"', '\'', self.escape()]) {
            return Expanded { value: text.to_string(), unresolved: Vec::new(), errors: Vec::new() };
        }
        self.expand_as(text, Mode::expand(self.escape()))
    }

    /// The lines of a heredoc with their variables put in, which a COPY or ADD does where
    /// [`Heredoc::expand`] says so. Where `<<-` takes tabs off, the spans inside are the whole body's.
    pub fn expand_heredoc(&self, heredoc: &Heredoc<'_>) -> Expanded {
        let text = Text::new(heredoc.chomped(), heredoc.body);
        if !heredoc.expand {
            return Expanded { value: text.to_string(), unresolved: Vec::new(), errors: Vec::new() };
        }
        self.expand_as(&text, Mode::body())
    }

    fn expand_as(&self, text: &Text<'_>, mode: Mode) -> Expanded {
        let mut reader = Reader { scope: self, text, unresolved: Vec::new() };
        match shellword::expand_word(text, mode, &mut reader) {
            Ok(value) => Expanded { value, unresolved: reader.unresolved, errors: Vec::new() },
            Err(error) => {
                let span = text.piece(error.at..text.len()).span;
                let error = Diagnostic::error(Code::InvalidExpansion, span, error.message);
                Expanded { value: text.to_string(), unresolved: reader.unresolved, errors: vec![error] }
            }
        }
    }
}

struct Reader<'a, 'm, 'f, 's, 't> {
    scope: &'a Scope<'m, 'f, 's>,
    text: &'a Text<'t>,
    unresolved: Vec<Unresolved>,
}

impl Variables for Reader<'_, '_, '_, '_, '_> {
    fn get(&mut self, name: &str, range: Range<usize>, modifier: Option<char>) -> Lookup {
        let has_default = matches!(modifier, Some('-' | '+'));
        let why = match self.scope.get(name).map(|variable| variable.value) {
            Some(Value::Known(value)) => return Lookup::Set(value.to_owned()),
            Some(Value::Unknown) => Why::NotKnown,
            Some(Value::NoDefault) if has_default => return Lookup::Unset,
            Some(Value::NoDefault) => Why::NoDefault,
            None if self.scope.has_open_base() => Why::MaybeFromBase,
            None if has_default => return Lookup::Unset,
            None => Why::Undeclared,
        };
        let span = self.text.piece(range).span;
        self.unresolved.push(Unresolved { name: name.to_owned(), span, why });
        Lookup::Unknown
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(word: &str) -> Result<String, String> {
        let mut variables = |name: &str| match name {
            "x" => Some("a/b.c".to_owned()),
            "empty" => Some(String::new()),
            _ => None,
        };
        expand(word, '\\', &mut variables)
    }

    #[test]
    fn every_modifier() {
        for (word, value) in [
            ("$x ${x} $nope", "a/b.c a/b.c "),
            ("${nope:-d} ${empty:-d} ${empty-d} ${nope-d}", "d d  d"),
            ("${x:+s} ${empty:+s} ${empty+s} ${nope+s}", "s  s "),
            ("${x#*/} ${x##*} ${x%.*} ${x%%/*}", "b.c  a/b a"),
            ("${x/\\//-} ${x//?/z}", "a-b.c zzzzz"),
            ("'$x' \"$x\" \\$x", "$x a/b.c $x"),
            ("${nope:-${x}}", "a/b.c"),
            ("${x:?no}", "a/b.c"),
            ("$1 $$", " "),
        ] {
            assert_eq!(read(word).as_deref(), Ok(value), "{word}");
        }
        for wrong in ["${", "${}", "${x", "${x:}", "${x^}", "'a", "\"a", "${nope:?gone}", "${x:=d}"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_grows_without_end_is_refused() {
        let deep = format!("{}{}", "${a:-".repeat(100_000), "}".repeat(100_000));
        assert!(read(&deep).is_err());
        let mut long = |_: &str| Some("x".repeat(10_000));
        assert!(expand("$a$a$a$a", '\\', &mut long).is_err());
    }
}
