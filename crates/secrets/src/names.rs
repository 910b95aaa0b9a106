//! What a variable's name says about its value.

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

/// Words that, at the end of a name, say that the value is about a credential and not one.
const ABOUT: &[&str] = &[
    "file",
    "files",
    "path",
    "paths",
    "dir",
    "url",
    "uri",
    "endpoint",
    "host",
    "name",
    "names",
    "field",
    "label",
    "id",
    "ids",
    "type",
    "types",
    "length",
    "len",
    "size",
    "min",
    "max",
    "policy",
    "reset",
    "expiry",
    "expires",
    "expire",
    "expiration",
    "ttl",
    "timeout",
    "lifetime",
    "age",
    "enabled",
    "enable",
    "disabled",
    "disable",
    "required",
    "require",
    "rotation",
    "provider",
    "issuer",
    "audience",
    "algorithm",
    "alg",
    "hint",
    "placeholder",
    "prompt",
    "confirmation",
    "confirm",
    "input",
    "form",
    "page",
    "link",
    "title",
    "text",
    "message",
    "error",
    "help",
    "regex",
    "pattern",
    "format",
    "prefix",
    "suffix",
    "header",
    "var",
    "variable",
    "env",
    "arn",
    "ref",
    "store",
    "storage",
    "manager",
    "service",
    "count",
    "limit",
    "version",
    "mode",
    "method",
    "scope",
    "scopes",
    "location",
    "class",
    "command",
    "cmd",
    "authentication",
    "change",
    "strength",
    "encoder",
    "encoding",
    "hasher",
    "hashers",
    "validators",
    "username",
    "user",
    "email",
    "public",
    "visibility",
    "toggle",
    "image",
    "budget",
    "tokens",
    "usage",
    "mount",
];

/// Words that alone say credential.
const SECRET: &[&str] = &[
    "password",
    "passwd",
    "passwort",
    "pwd",
    "passphrase",
    "secret",
    "secrets",
    "token",
    "apikey",
    "apitoken",
    "apisecret",
    "credential",
    "credentials",
    "creds",
    "pat",
    "authtoken",
    "accesstoken",
    "clientsecret",
    "secretkey",
    "accesskey",
    "privatekey",
    "pass",
    "userpass",
    "dbpass",
    "jwtsecret",
    "pgpassword",
    "rootpassword",
];

/// Words that say credential where `key` follows: `api_key`, `private key`.
const KEY_OF: &[&str] = &[
    "api",
    "access",
    "secret",
    "private",
    "auth",
    "encryption",
    "signing",
    "master",
    "account",
    "service",
    "deploy",
    "license",
    "admin",
    "app",
    "write",
    "session",
    "storage",
    "subscription",
    "shared",
];

/// Whether a variable's name says that it holds a credential.
///
/// `DB_PASSWORD`, `apiKey` and `NPM_TOKEN` do; `PASSWORD_FILE`, `TOKEN_URL`, `PUBLIC_KEY`, `SECRET_NAME` and
/// `KEYBOARD` do not.
pub fn secret_name(name: &str) -> bool {
    let words = words(name);
    let Some(last) = words.last() else { return false };
    if ABOUT.contains(&last.as_str()) || words.iter().any(|w| w == "public" || w == "publishable") {
        return false;
    }
    // A version or a number behind it changes nothing: PASSWORD_2.
    let meaningful = words.iter().rposition(|w| !w.bytes().all(|b| b.is_ascii_digit()));
    let Some(last) = meaningful else { return false };
    let word = |at: usize| words.get(at).map_or("", String::as_str);
    if SECRET.contains(&word(last)) {
        // `BREAK_PASS`, `FIRST_PASS` and the like are no passwords; `PASS` after a name is.
        return true;
    }
    if word(last).ends_with("password") || word(last).ends_with("passwd") || word(last).ends_with("secret") {
        return true;
    }
    if word(last) == "key" && last > 0 && KEY_OF.contains(&word(last - 1)) {
        return true;
    }
    // `PASSWORD_PROD`, `SECRET_KEY_BASE`, `TOKEN_GITHUB`: the credential's word first, a place behind it.
    let strong = |w: &String| {
        matches!(w.as_str(), "password" | "passwd" | "apikey" | "secretkey") || w.ends_with("password")
    };
    words.iter().take(last).any(strong)
        || words.windows(2).any(|pair| pair[1] == "key" && (pair[0] == "api" || pair[0] == "secret"))
}

#[cfg(test)]
mod tests {
    use super::secret_name;

    #[test]
    fn names_that_hold_a_credential() {
        for name in [
            "PASSWORD",
            "DB_PASSWORD",
            "dbPassword",
            "db-password",
            "MYSQL_ROOT_PASSWORD",
            "PGPASSWORD",
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
            "bypass",
            "",
            "__",
        ] {
            assert!(!secret_name(name), "{name}");
        }
    }
}
