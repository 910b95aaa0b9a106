//! Which settings of a service hold a credential: by the variable's name, by a URL's user part, in arguments.

use std::sync::OnceLock;

use plimsoll_compose::{Command, CommandForm, InterpolationError, KeyValue, interpolate};
use regex::Regex;

/// What a value ships with the file: defaults put in, what only the environment knows left out, and dollar signs
/// that are meant as such kept apart from variables.
pub(crate) fn shipped(written: &str) -> String {
    const DOLLAR: char = '\u{1}';
    const UNKNOWN: &str = "\u{2}";
    let escaped = written.replace("$$", "\u{1}");
    let mut required: Vec<String> = Vec::new();
    let result = loop {
        let known = |name: &str| required.iter().any(|r| r == name).then(|| UNKNOWN.to_owned());
        match interpolate(&escaped, &known) {
            Ok(text) => break text,
            Err(InterpolationError::Required { name, .. }) if required.len() < 16 => required.push(name),
            Err(_) => break escaped.clone(),
        }
    };
    result.replace(UNKNOWN, "").replace(DOLLAR, "$")
}

/// The literal text that a variable ships; None when it ships nothing.
pub(crate) fn literal(variable: &KeyValue) -> Option<String> {
    let value = shipped(variable.written()?);
    // In a list, quotes belong to the value: what is in them counts.
    let bare = value.trim_matches(['"', '\'']);
    (!bare.is_empty()).then_some(value)
}

/// Whether a value says yes, no, or how much: nothing that anybody could log in with.
fn is_switch(value: &str) -> bool {
    let value = value.trim().to_ascii_lowercase();
    matches!(value.as_str(), "yes" | "no" | "true" | "false" | "on" | "off" | "0" | "1")
}

/// A number, with a unit of time perhaps.
fn is_quantity(value: &str) -> bool {
    let value = value.trim();
    let number = value.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = &value[number.len()..];
    matches!(unit, "" | "ms" | "s" | "m" | "h" | "d" | "w")
        && number.parse::<f64>().is_ok()
        && !number.starts_with(['-', '+'])
}

/// Parts of a name that compose-lint takes for a credential's.
const PARTS: &[&str] = &[
    "PASSWORD",
    "PASSPHRASE",
    "TOKEN",
    "SECRET",
    "API_KEY",
    "APIKEY",
    "PRIVATE_KEY",
    "ACCESS_KEY",
    "SECRET_KEY",
    "ENCRYPTION_KEY",
    "CREDENTIAL",
];
/// Ends of such a name.
const ENDS: &[&str] = &["_PASS", "_PWD", "PASSWD", "_SALT", "_DSN"];
/// Parts of a name that say that a number is about a credential.
const ABOUT: &[&str] = &[
    "TTL",
    "TIMEOUT",
    "EXPIRE",
    "EXPIRY",
    "EXPIRATION",
    "VALIDITY",
    "LIFETIME",
    "MAX_AGE",
    "MAXAGE",
    "ROTATION",
    "INTERVAL",
    "RETENTION",
    "DURATION",
    "_SECONDS",
    "_SECS",
    "_MINUTES",
    "_MINS",
    "_HOURS",
    "_DAYS",
    "_MS",
    "MIN_LENGTH",
    "MINLENGTH",
    "MAX_LENGTH",
    "MAXLENGTH",
    "MIN_CHAR",
    "MINCHAR",
    "_LENGTH",
    "_SIZE",
    "_LIMIT",
    "POLICY",
    "REQUIREMENTS",
    "_BONUS",
    "_STRENGTH",
    "_HISTORY",
    "_ATTEMPTS",
    "_RETRIES",
    "TOKENS",
    "ROUNDS",
    "ITERATIONS",
    "_COST",
    "_PORT",
];

/// Whether the value says how long, how large or how often something about a credential is. The name in upper case.
fn is_quantity_of(name: &str, value: &str) -> bool {
    ABOUT.iter().any(|part| name.contains(part)) && is_quantity(value)
}

/// Whether compose-lint's CL-0020 holds for a variable of this name that ships this literal.
pub(crate) fn is_cl_0020(name: &str, value: &str) -> bool {
    let name = name.to_ascii_uppercase();
    let named = PARTS.iter().any(|part| name.contains(part)) || ENDS.iter().any(|end| name.ends_with(end));
    let excepted = name.ends_with("_FILE") || name.contains("ALLOW_EMPTY_") || name.contains("RANDOM_");
    named && !excepted && !is_switch(value) && !is_quantity_of(&name, value)
}

/// Whether a variable of this name that ships this literal holds a credential: what a person would say, who knows
/// that `SECRET_NAME` and `TOKEN_URL` are none and that a path leads to one.
pub(crate) fn is_credential(name: &str, value: &str) -> bool {
    let upper = name.to_ascii_uppercase();
    plimsoll_secrets::secret_name(name)
        && !is_switch(value)
        && !is_path(value)
        && !matches!(value.trim().to_ascii_lowercase().as_str(), "none" | "null" | "disabled" | "enabled")
        && !upper.contains("ALLOW_EMPTY_")
        && !upper.contains("RANDOM_")
        && !is_quantity_of(&upper, value)
}

fn is_path(value: &str) -> bool {
    ["/", "./", "../", "~/"].iter().any(|start| value.starts_with(start))
}

/// The password in a URL's user part (`scheme://user:password@host`) as the value ships it; None where there is
/// none or only a variable.
pub(crate) fn url_password(written: &str) -> Option<String> {
    static URL: OnceLock<Option<Regex>> = OnceLock::new();
    let url = URL.get_or_init(|| Regex::new(r"[A-Za-z][A-Za-z0-9+.\-]*://[^\s:/@?#]*:([^\s/@?#]+)@").ok());
    // What the environment fills in must not close the gap between the colon and the @.
    let value = shipped(written);
    let found = url.as_ref()?.captures(&value)?.get(1)?;
    Some(found.as_str().to_owned())
}

/// A credential in the arguments of a program.
pub(crate) struct Argument {
    /// The flag or the variable.
    pub(crate) name: String,
    /// What it ships.
    pub(crate) value: String,
    /// Which of the command's words it stands in; None for a command that is one text.
    pub(crate) word: Option<usize>,
}

/// Programs to which `-p` glued to a word is a password.
const MYSQL: &[&str] = &[
    "mysql",
    "mysqladmin",
    "mysqlcheck",
    "mysqldump",
    "mysqlsh",
    "mysqlshow",
    "mariadb",
    "mariadb-admin",
    "mariadb-check",
    "mariadb-dump",
];

/// What stands behind flags and in assignments of a command, one for each name.
pub(crate) fn arguments(command: &Command) -> Vec<Argument> {
    let words = tokens(command);
    let mysql = words.iter().any(|(_, word)| MYSQL.contains(&word.rsplit('/').next().unwrap_or(word)));
    let mut found: Vec<Argument> = Vec::new();
    let mut add = |name: &str, value: &str, word: Option<usize>| {
        let (name, value) = (name.to_owned(), value.trim_matches(['"', '\'', ';']).to_owned());
        // `$VAR` is what the container's shell puts in; a path is where the credential lies.
        let elsewhere =
            value.is_empty() || value.starts_with('$') || value.starts_with('`') || is_path(&value);
        if !elsewhere && !found.iter().any(|f| f.name == name) {
            found.push(Argument { name, value, word });
        }
    };
    for (at, (place, word)) in words.iter().enumerate() {
        let next = words.get(at + 1).map_or("", |(_, next)| next.as_str());
        let flag = word.starts_with('-');
        match word.split_once('=') {
            Some((name, value)) if (flag && name.len() > 2) || is_name(name) => add(name, value, *place),
            Some(_) => {}
            None if mysql && word.len() > 2 && word.starts_with("-p") && !word.starts_with("-pass") => {
                add("-p", &word[2..], *place)
            }
            // One letter means another thing to every program.
            None if flag && word.len() > 2 && !next.starts_with('-') => add(word, next, *place),
            None => {}
        }
    }
    found
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

/// A flag's name in the form of a variable's.
pub(crate) fn as_variable(flag: &str) -> String {
    let name = flag.trim_start_matches('-').replace('-', "_");
    match name.to_ascii_uppercase().as_str() {
        "REQUIREPASS" | "MASTERAUTH" => "PASSWORD".to_owned(),
        _ if flag == "-p" => "PASSWORD".to_owned(),
        _ => name,
    }
}

/// The words of a command, those of a shell's script among them.
fn tokens(command: &Command) -> Vec<(Option<usize>, String)> {
    let words = command.words();
    let listed = matches!(command.form, CommandForm::Words(_));
    let place = |at: usize| listed.then_some(at);
    let mut tokens = Vec::new();
    let mut script = false;
    for (at, word) in words.iter().enumerate() {
        if script || (at > 0 && words[at - 1] == "CMD-SHELL") {
            let split = word.split_whitespace().map(|w| (place(at), w.trim_matches(['"', '\'']).to_owned()));
            tokens.extend(split);
        } else {
            tokens.push((place(at), word.clone()));
        }
        let shell =
            at > 0 && matches!(words[at - 1].rsplit('/').next(), Some("sh" | "bash" | "ash" | "dash"));
        script = shell && word.starts_with('-') && word.ends_with('c');
    }
    tokens
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shipped() {
        for (written, expected) in [
            ("hunter2", "hunter2"),
            ("${X}", ""),
            ("${X:?must}", ""),
            ("a${X}", "a"),
            ("${X:-d}", "d"),
            ("$$x", "$x"),
            ("${X:?m}-${Y:-z}", "-z"),
        ] {
            assert_eq!(shipped(written), expected, "{written}");
        }
    }

    #[test]
    fn passwords_in_urls() {
        for (written, expected) in [
            ("postgres://a:b@c/d", Some("b")),
            ("redis://:pw@h", Some("pw")),
            ("postgres://${U:?e}:${P:?e}@h", None),
            ("postgres://u:${P:-d}@h", Some("d")),
            ("postgres://u:x${P}@h", Some("x")),
            ("postgres://u:p:q@h", Some("p:q")),
            ("postgres://u:@h", None),
            ("http://localhost:8080/a@b", None),
            ("http://a,http://u:p@h", Some("p")),
            ("mailto:foo:bar@x", None),
        ] {
            assert_eq!(url_password(written).as_deref(), expected, "{written}");
        }
    }

    #[test]
    fn quantities_are_no_credentials() {
        assert!(!is_cl_0020("TOKEN_TTL", "30m"));
        assert!(is_cl_0020("TOKEN_LIMIT", "10k"));
        assert!(is_cl_0020("DB_PASSWORD", "12345678"));
        assert!(!is_credential("TOKEN_URL", "http://x"));
        assert!(!is_credential("API_TOKEN", "/run/secrets/x"));
    }
}
