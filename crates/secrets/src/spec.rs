//! A detector as it stands in TOML: the form of `rules/secrets/*.toml` and of a user's own detectors.
//!
//! `build.rs` includes this file too, so it knows nothing of the rest of the crate.

use serde::Deserialize;

/// One detector as data.
///
/// Exactly one of `token`, `near`, `around` or `pattern` says how it looks for its secret:
///
/// - `token`: a pattern that begins with one of the keywords (`ghp_[A-Za-z0-9]{36}`);
/// - `near` with `value`: words that stand in the name a value is assigned to (`cohere` in `COHERE_API_KEY=...`);
/// - `around` with `value`: words that stand within `distance` bytes of the value, before or after it;
/// - `pattern`: any pattern searched from `before` bytes ahead of the keyword on.
///
/// A group named `secret` marks the secret where it is not the whole match.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct DetectorSpec {
    /// Kebab-case, never changed once landed.
    pub name: String,
    /// What a person reads: `GitHub personal access token`.
    pub title: String,
    /// Who gives such secrets out. In the project's own files this comes from the issuer's table.
    #[serde(default)]
    pub issuer: String,
    /// Literals of which one must stand in the text. For `near` and `around` the words themselves by default.
    #[serde(default)]
    pub keywords: Vec<String>,
    /// Whether keywords are compared with their case; default: for `token` and `pattern`.
    #[serde(default)]
    pub case_sensitive: Option<bool>,
    /// A pattern that begins with a keyword.
    #[serde(default)]
    pub token: Option<String>,
    /// Words in the name that the value is assigned to.
    #[serde(default)]
    pub near: Vec<String>,
    /// Words close to the value.
    #[serde(default)]
    pub around: Vec<String>,
    /// How many bytes lie at most between a word of `around` and the value.
    #[serde(default)]
    pub distance: Option<u16>,
    /// The value's own form, with `near` or `around`.
    #[serde(default)]
    pub value: Option<String>,
    /// Any pattern.
    #[serde(default)]
    pub pattern: Option<String>,
    /// How many bytes before the keyword a `pattern` may begin.
    #[serde(default)]
    pub before: Option<u16>,
    /// How many bytes from the keyword on are looked at.
    #[serde(default)]
    pub reach: Option<u16>,
    /// Bits of Shannon entropy for each character that the secret has at least.
    #[serde(default)]
    pub entropy: f32,
    /// What must hold besides, by name; see `Check`.
    #[serde(default)]
    pub checks: Vec<String>,
    /// Distinctive enough to be looked for in binary files.
    #[serde(default)]
    pub distinctive: bool,
    /// Only where configuration or environment stands, never in source text.
    #[serde(default)]
    pub configuration: bool,
    /// Known, but not looked for unless a user switches it on.
    #[serde(default)]
    pub off: bool,
    /// Which detector speaks where several match the same bytes; the higher one.
    #[serde(default)]
    pub rank: Option<u8>,
    /// `error`, `warning` or `info`; `error` by default.
    #[serde(default)]
    pub severity: Option<String>,
    /// What may not touch the secret on its right: `word` (letters, digits, `_`; the default), `base64` or `none`.
    #[serde(default)]
    pub boundary: Option<String>,
    /// How to make the leaked secret worthless.
    #[serde(default)]
    pub revoke: String,
    /// What to do instead of writing it down.
    #[serde(default)]
    pub instead: String,
    /// Where the issuer documents it.
    #[serde(default)]
    pub reference: String,
    /// Texts in which it must be found; `{{base62:36}}` and the like are made up when the tests run.
    #[serde(default, rename = "match")]
    pub matches: Vec<String>,
    /// Texts in which it must not be found.
    #[serde(default)]
    pub no_match: Vec<String>,
}
