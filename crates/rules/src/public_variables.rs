//! Variables that a frontend's build puts into its bundle, where every visitor can read them.

use plimsoll_secrets::{Severity, secret_name};

/// Beginnings of the names that bundlers put into what the browser loads.
const PREFIXES: &[&str] =
    &["NEXT_PUBLIC_", "VITE_", "REACT_APP_", "VUE_APP_", "NUXT_PUBLIC_", "GATSBY_", "EXPO_PUBLIC_"];

/// Words that make a credential one that no browser may have, whatever it is for.
const SECRET_WORDS: &[&str] =
    &["SECRET", "PASSWORD", "PASSWD", "PASSPHRASE", "CREDENTIAL", "CREDENTIALS", "PRIVATE", "ROLE"];

/// Services that are asked from a server: they have no key for browsers.
const SERVER_SIDE: &[&str] = &[
    "ANTHROPIC",
    "COHERE",
    "DEEPSEEK",
    "GITHUB",
    "GITLAB",
    "GROQ",
    "HUGGINGFACE",
    "MAILGUN",
    "MISTRAL",
    "OPENAI",
    "OPENROUTER",
    "POSTMARK",
    "REPLICATE",
    "RESEND",
    "SENDGRID",
    "TWILIO",
];

/// Detectors of keys that are made to be seen by browsers.
const FOR_BROWSERS: &[&str] =
    &["google-api-key", "mapbox-public-token", "new-relic-browser-key", "jwt", "sentry-legacy-dsn"];

/// The name without what makes it public: `OPENAI_API_KEY` of `NEXT_PUBLIC_OPENAI_API_KEY`. None for a variable that
/// stays on the server.
pub(crate) fn inner_name(name: &str) -> Option<&str> {
    PREFIXES.iter().find_map(|prefix| name.strip_prefix(prefix)).filter(|rest| !rest.is_empty())
}

/// Whether the bundle gets a credential by that name, whatever its value: `NEXT_PUBLIC_OPENAI_API_KEY`. A key that is
/// made for browsers (`..._ANON_KEY`, `..._MAPS_API_KEY`, `..._PUBLISHABLE_KEY`) is none.
pub(crate) fn names_secret(name: &str) -> bool {
    let Some(inner) = inner_name(name) else { return false };
    let is_word = |list: &[&str]| inner.split('_').any(|word| list.contains(&word));
    let for_browsers = is_word(&["SITE", "CLIENT", "PUBLIC", "PUBLISHABLE", "ANON"]) && !is_word(&["SECRET"]);
    secret_name(inner) && !for_browsers && (is_word(SECRET_WORDS) || is_word(SERVER_SIDE))
        || inner.ends_with("SERVICE_ROLE_KEY")
}

/// Whether what a detector found may not be in a bundle: what is made for browsers may, and what only looks like a
/// credential may be anything.
pub(crate) fn is_secret(leak: &plimsoll_secrets::Detector) -> bool {
    leak.severity == Severity::Error && !FOR_BROWSERS.contains(&&*leak.name)
}

/// What is wrong with a credential in a public variable, in words.
pub(crate) fn secret_message(name: &str) -> String {
    format!(
        "`{name}` goes into the bundle, where every visitor reads it: a credential must stay on the server"
    )
}

/// What to do about it.
pub(crate) fn secret_help(name: &str) -> String {
    format!(
        "call it `{}`, give it to the server at run time and ask the service from there; revoke what was published",
        inner_name(name).unwrap_or(name)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_of_servers_are_told_from_keys_for_browsers() {
        for name in [
            "NEXT_PUBLIC_OPENAI_API_KEY",
            "VITE_DB_PASSWORD",
            "REACT_APP_JWT_SECRET",
            "NEXT_PUBLIC_STRIPE_SECRET_KEY",
            "NEXT_PUBLIC_SUPABASE_SERVICE_ROLE_KEY",
            "VITE_GITHUB_TOKEN",
            "NEXT_PUBLIC_PRIVATE_KEY",
            "VITE_CLIENT_SECRET",
        ] {
            assert!(names_secret(name), "{name}");
        }
        for name in [
            "OPENAI_API_KEY",
            "NEXT_PUBLIC_API_URL",
            "NEXT_PUBLIC_SUPABASE_ANON_KEY",
            "NEXT_PUBLIC_FIREBASE_API_KEY",
            "VITE_GOOGLE_MAPS_API_KEY",
            "NEXT_PUBLIC_STRIPE_PUBLISHABLE_KEY",
            "REACT_APP_RECAPTCHA_SITE_KEY",
            "VITE_MAPBOX_TOKEN",
            "NEXT_PUBLIC_SENTRY_DSN",
            "VITE_PASSWORD_RESET_URL",
            "VITE_PASSWORD_MIN_LENGTH",
            "NEXT_PUBLIC_GITHUB_CLIENT_ID",
            "REACT_APP_GITHUB_URL",
            "VITE_PUBLIC_KEY",
            "VITE_",
        ] {
            assert!(!names_secret(name), "{name}");
        }
    }
}
