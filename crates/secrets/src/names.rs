//! What a variable's name says about its value.

use crate::lexicon::{ABOUT, CREDENTIAL, KEY_OF, KEY_OF_ALL, SWITCH, VERB};

/// The words of a name, in lower case: `dbPassword`, `DB_PASSWORD` and `db-password` are `db` and `password`.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut previous = ' ';
    let mut chars = name.chars().take(160).peekable();
    while let Some(c) = chars.next() {
        let camel = c.is_ascii_uppercase()
            && (previous.is_ascii_lowercase()
                || previous.is_ascii_uppercase() && chars.peek().is_some_and(char::is_ascii_lowercase));
        if !c.is_ascii_alphanumeric() {
            words.push(String::new());
        } else {
            if camel || words.is_empty() {
                words.push(String::new());
            }
            if let Some(word) = words.last_mut() {
                word.push(c.to_ascii_lowercase());
            }
        }
        previous = c;
    }
    for word in &mut words {
        // `password2`: a number behind a word changes nothing.
        let letters = word.trim_end_matches(|c: char| c.is_ascii_digit()).len();
        if letters > 0 {
            word.truncate(letters);
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Whether a variable's name says that it holds a credential.
///
/// `DB_PASSWORD`, `apiKey` and `NPM_TOKEN` do; `PASSWORD_FILE`, `TOKEN_URL`, `PUBLIC_KEY`, `SECRET_NAME` and
/// `KEYBOARD` do not.
pub fn secret_name(name: &str) -> bool {
    // The shell's own working folders.
    if matches!(name, "PWD" | "OLDPWD") {
        return false;
    }
    let words = words(name);
    let word = |at: usize| words.get(at).map_or(&b""[..], |word| word.as_bytes());
    // A number behind it changes nothing: PASSWORD_2.
    let Some(last) = words.iter().rposition(|w| !w.bytes().all(|b| b.is_ascii_digit())) else { return false };
    let public = |w: &String| matches!(w.as_str(), "public" | "publishable");
    if ABOUT.has(word(last)) || words.iter().any(public) || last > 0 && VERB.has(word(0)) {
        return false;
    }
    if words.iter().take(last).any(|w| SWITCH.has(w.as_bytes())) {
        return false;
    }
    let named = |w: &[u8]| [&b"password"[..], b"passwd", b"secret"].iter().any(|end| w.ends_with(end));
    if CREDENTIAL.has(word(last)) || named(word(last)) {
        return true;
    }
    if word(last) == b"key" && last > 0 && KEY_OF.has(word(last - 1)) {
        return true;
    }
    // `PASSWORD_PROD`, `SECRET_KEY_BASE`, `TOKEN_GITHUB`: the credential's word first, a place behind it.
    let strong =
        |w: &String| matches!(w.as_str(), "passwd" | "apikey" | "secretkey") || w.ends_with("password");
    words.iter().take(last).any(strong)
        || words.windows(2).any(|pair| pair[1] == "key" && (pair[0] == "api" || pair[0] == "secret"))
}

/// Whether a name that tells an issuer says that it holds a credential: there any key is one that is not for all,
/// as in `PAGERDUTY_ROUTING_KEY`.
pub(crate) fn issued_secret_name(name: &str) -> bool {
    let words = words(name);
    let key = words.last().is_some_and(|last| last == "key");
    secret_name(name) || key && words.len() > 1 && !words.iter().any(|word| KEY_OF_ALL.has(word.as_bytes()))
}

/// Whether the name says that its value tells something from something else and opens nothing: an id, a hash,
/// an address.
pub(crate) fn identifies(name: &str) -> bool {
    let words = words(name);
    words.last().is_some_and(|last| {
        matches!(
            last.as_str(),
            "id" | "ids"
                | "uuid"
                | "guid"
                | "sha"
                | "md"
                | "hash"
                | "checksum"
                | "digest"
                | "commit"
                | "revision"
                | "rev"
                | "etag"
                | "fingerprint"
                | "url"
                | "uri"
                | "host"
                | "org"
                | "project"
                | "zone"
                | "version"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::{issued_secret_name, secret_name};

    #[test]
    fn names_that_hold_a_credential() {
        for name in [
            "PASSWORD",
            "DB_PASSWORD",
            "dbPassword",
            "db-password",
            "MYSQL_ROOT_PASSWORD",
            "PGPASSWORD",
            "DB_PWD",
            "apiKey",
            "API_KEY",
            "OPENAI_API_KEY",
            "NPM_TOKEN",
            "clientSecret",
            "SECRET_KEY_BASE",
            "DJANGO_SECRET_KEY",
            "AWS_SECRET_ACCESS_KEY",
            "SESSION_SECRET",
            "passwd",
            "PRIVATE_KEY",
            "SSH_PASSPHRASE",
            "DB_PASS",
            "userPassword2",
            "GITHUB_PAT",
            "jwt.secret",
            "redis.password",
            "APIKEY",
        ] {
            assert!(secret_name(name), "{name}");
        }
    }

    #[test]
    fn any_key_of_an_issuer_but_a_public_one_is_a_credential() {
        for name in ["PAGERDUTY_ROUTING_KEY", "mailchimpTransactionalKey", "DD_APP_KEY", "TWILIO_AUTH_TOKEN"]
        {
            assert!(issued_secret_name(name), "{name}");
        }
        for name in
            ["RECAPTCHA_SITE_KEY", "ALGOLIA_SEARCH_KEY", "STRIPE_PUBLISHABLE_KEY", "SONAR_PROJECT_KEY", "key"]
        {
            assert!(!issued_secret_name(name), "{name}");
        }
    }

    #[test]
    fn names_that_only_talk_of_one() {
        for name in [
            "PASSWORD_FILE",
            "TOKEN_URL",
            "PUBLIC_KEY",
            "SECRET_NAME",
            "KEYBOARD",
            "MONKEY",
            "PASSWORD_MIN_LENGTH",
            "AUTHOR",
            "TOKENIZER",
            "token_type",
            "secretName",
            "PASSENGER",
            "COMPASS",
            "KEY",
            "key",
            "API_URL",
            "passwordLabel",
            "PUBLISHABLE_KEY",
            "MAX_TOKENS",
            "TOKEN_EXPIRY",
            "AUTH_METHOD",
            "GPG_KEY",
            "CACHE_KEY",
            "STRIPE_PUBLIC_TOKEN",
            "PASSWORD_HASH",
            "passwordHash",
            "TOKEN_SHA256",
            "secret_checksum",
            "bypass",
            "getToken",
            "PWD",
            "OLDPWD",
            "MYSQL_ALLOW_EMPTY_PASSWORD",
            "DISABLE_PASSWORD_LOGIN",
            "requirePassword",
            "--password-stdin",
            "",
            "__",
        ] {
            assert!(!secret_name(name), "{name}");
        }
    }
}
