//! Names of variables that the peers take for a credential's. Ours is [`plimsoll_secrets::secret_name`]; these only
//! say which codes a finding carries.

/// Words that BuildKit and Trivy look for between underscores.
const WORDS: &[&str] =
    &["apikey", "auth", "credential", "credentials", "key", "password", "pword", "passwd", "secret", "token"];

/// Parts that hadolint looks for anywhere in the name.
const PARTS: &[&str] =
    &["password", "api_key", "token", "secret", "private", "client_key", "aws_access_key_id", "username"];

/// Where Google's libraries look for the file with a service account's key: a path, and no credential.
pub(crate) const GOOGLE_KEY_FILE: &str = "GOOGLE_APPLICATION_CREDENTIALS";

/// Whether a variable is made for a credential: by its name, unless it is given a yes or no.
pub(crate) fn is_credential(name: &str, value: Option<&str>) -> bool {
    let is_switch = |value: &str| {
        ["true", "false", "yes", "no", "on", "off"].iter().any(|v| value.eq_ignore_ascii_case(v))
    };
    plimsoll_secrets::secret_name(name) && !value.is_some_and(is_switch)
}

/// Whether BuildKit's SecretsUsedInArgOrEnv holds.
pub(crate) fn buildkit(name: &str) -> bool {
    has_word(name, WORDS) && !has_word(name, &["public", "file", "version"])
}

/// Whether hadolint's DL3064 holds.
pub(crate) fn hadolint(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    PARTS.iter().any(|part| lower.contains(part))
}

/// Whether Trivy's DS-0031 holds.
pub(crate) fn trivy(name: &str) -> bool {
    has_word(name, WORDS) && !has_word(name, &["public"]) && name != GOOGLE_KEY_FILE
}

fn has_word(name: &str, words: &[&str]) -> bool {
    name.split('_').any(|part| words.iter().any(|w| part.eq_ignore_ascii_case(w)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_peer_has_its_own_idea() {
        for (name, expected) in [
            ("GPG_KEY", [true, false, true]),
            ("DB_PASSWORD", [true, true, true]),
            ("DB_PASSWORD_FILE", [false, true, true]),
            ("PUBLIC_KEY", [false, false, false]),
            ("AUTHTOKEN", [false, true, false]),
            ("AUTH_VERSION", [false, false, true]),
            ("GOOGLE_APPLICATION_CREDENTIALS", [true, false, false]),
            ("GPG_KEYS", [false, false, false]),
            ("DB_USERNAME", [false, true, false]),
            ("USER_NAME", [false, false, false]),
        ] {
            assert_eq!([buildkit(name), hadolint(name), trivy(name)], expected, "{name}");
        }
    }
}
