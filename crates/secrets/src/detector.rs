//! A detector in the form the engine works with.
//!
//! `build.rs` includes this file too and writes the built-in ones out as a constant table.

use std::borrow::Cow;

use crate::spec::DetectorSpec;

/// How grave a leak is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing: a weak or a public-by-default credential.
    Info,
    /// A credential by where it stands, not by its form.
    Warning,
    /// A credential by its form.
    Error,
}

/// How a detector looks for its secret once a keyword was hit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// The keyword begins the match.
    Token,
    /// The keyword stands in the name that the value is assigned to.
    Near,
    /// The keyword stands within so many bytes of the value.
    Around(u16),
    /// The match begins at most so many bytes before the keyword.
    Pattern(u16),
}

/// What may not touch the secret on its right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Boundary {
    /// No letter, digit or `_`.
    Word,
    /// No letter, digit, `_`, `+`, `/` or `=`.
    Base64,
    /// Anything may.
    None,
}

macro_rules! checks {
    ($($(#[$doc:meta])* $variant:ident = $name:literal,)*) => {
        /// What must hold besides the pattern.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Check { $($(#[$doc])* $variant,)* }

        impl Check {
            /// The check of that name in a detector's `checks`.
            pub(crate) fn named(name: &str) -> Option<Self> {
                match name { $($name => Some(Self::$variant),)* _ => None }
            }
        }
    };
}

checks! {
    /// The last six characters are the CRC-32 of the rest, in base 62: GitHub, npm.
    /// Proof where it holds; where it does not, the token passes in text only.
    Crc32 = "crc32",
    /// An AWS access key id that decodes to an account.
    AwsAccount = "aws-account",
    /// A header and a payload that decode to JSON objects.
    Jwt = "jwt",
    /// A private key that parses.
    PrivateKey = "private-key",
    /// `user:password` in base64.
    BasicAuth = "basic-auth",
    /// A base64 text that decodes to a PEM private key.
    EncodedPem = "encoded-pem",
    /// Letters and digits both.
    Mixed = "mixed",
    /// A checksum in bech32, as age writes its keys; proof in binary files only.
    Bech32 = "bech32",
    /// Dot-separated parts that decode as TeamCity writes them.
    TeamCity = "teamcity",
    /// Base64 of so many random bytes, or none: decodes.
    Base64 = "base64",
    /// A password somebody would use: not a placeholder, not an expression.
    Password = "password",
    /// A machine-made secret: long, mixed, no words.
    Strong = "strong",
    /// The name that the value is assigned to says that it holds a credential.
    SecretName = "secret-name",
    /// The value passes whatever placeholder it resembles; a checksum or the form proves it.
    Certain = "certain",
    /// A Supabase key by the role in its payload.
    SupabaseRole = "supabase-role",
    /// No user configuration of a widget that ships its credential to every browser.
    NotPublicWidget = "not-public-widget",
    /// The operator before the value compares.
    Comparison = "comparison",
    /// The name says credential: `GITHUB_TOKEN`, not `GITHUB_SHA`.
    NamedSecret = "named-secret",
    /// No web token: those have a detector of their own.
    NotJwt = "not-jwt",
    /// `id:key` in base64, as Elasticsearch gives its keys out.
    Elastic = "elastic",
    /// A web token whose subject is a Kubernetes service account.
    KubernetesSubject = "kubernetes-subject",
    /// A password in a form that leaves no doubt: an address, a netrc. In settings a weak one counts, too.
    LiteralPassword = "literal-password",
    /// Any literal at all in a form that only credentials have.
    AnyLiteral = "any-literal",
    /// No account of the issuer's documentation.
    NotSampleAccount = "not-sample-account",
    /// A server, a database or a user is named before it in the same line, as connection strings do.
    ConnectionString = "connection-string",
    /// A tenant's address beside it has its region, as all have since 2020; older ones stand in samples.
    CurrentTenant = "current-tenant",
    /// As `named-secret`, and any key but one that is for all: where an issuer has no other keys than secret ones.
    NamedKey = "named-key",
    /// No key that only searches, which every page's visitor has.
    NotForSearch = "not-for-search",
    /// Base64 of a text that may be a password.
    Base64Text = "base64-text",
    /// Several kinds of characters that words do not have together.
    NotWords = "not-words",
}

/// One kind of secret: how it is found, and what to say about it.
#[derive(Clone, Debug)]
pub struct Detector {
    /// Kebab-case name.
    pub name: Cow<'static, str>,
    /// What a person reads.
    pub title: Cow<'static, str>,
    /// Who gives such secrets out.
    pub issuer: Cow<'static, str>,
    /// How grave a leak is.
    pub severity: Severity,
    /// How to make a leaked one worthless.
    pub revoke: Cow<'static, str>,
    /// What to do instead of writing it down.
    pub instead: Cow<'static, str>,
    /// Where the issuer documents it; empty where there is no such page.
    pub reference: Cow<'static, str>,
    /// Found in binary files as well.
    pub distinctive: bool,
    /// Found in configuration and environment only.
    pub configuration: bool,
    /// Not looked for unless switched on.
    pub off: bool,
    /// Which detector speaks where several match the same bytes.
    pub rank: u8,
    pub(crate) keywords: Cow<'static, [Cow<'static, str>]>,
    pub(crate) case_sensitive: bool,
    pub(crate) form: Form,
    pub(crate) pattern: Cow<'static, str>,
    pub(crate) reach: u16,
    pub(crate) entropy: f32,
    pub(crate) checks: Cow<'static, [Check]>,
    pub(crate) boundary: Boundary,
}

/// What is wrong with a detector's data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpecError {
    /// The detector's name.
    pub detector: String,
    /// What is wrong with it.
    pub problem: String,
}

impl std::fmt::Display for SpecError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "detector `{}`: {}", self.detector, self.problem)
    }
}

impl std::error::Error for SpecError {}

/// What is looked at from the keyword on when a detector does not say.
const DEFAULT_REACH: u16 = 320;

/// What may lie before a keyword or beyond it at most.
pub(crate) const MAX_BEFORE: u16 = 512;
pub(crate) const MAX_REACH: u16 = 16 * 1024;

/// What every detector without a better idea recommends.
const DEFAULT_INSTEAD: &str = "Give it to the build with `RUN --mount=type=secret`, and to the container \
    when it starts, from the platform's secret store.";

/// The keywords; with `names`, also as other files spell them: `dd_api` is `dd-api`, `dd.api` and `ddApi`.
fn spellings(keywords: &[String], names: bool) -> Cow<'static, [Cow<'static, str>]> {
    let mut all: Vec<Cow<'static, str>> = Vec::new();
    for keyword in keywords {
        let inner = keyword.trim_matches('_').contains('_') && !keyword.contains(['=', ':', ' ']);
        let others = ["-", ".", ""].iter().filter(|_| names && inner).map(|by| keyword.replace('_', by));
        for spelling in std::iter::once(keyword.clone()).chain(others) {
            if spelling.len() >= 4.min(keyword.len()) && !all.iter().any(|known| *known == spelling) {
                all.push(Cow::Owned(spelling));
            }
        }
    }
    Cow::Owned(all)
}

impl Detector {
    /// Digests a detector's data. Fails when it is incomplete, contradictory or out of bounds; whether the
    /// pattern compiles is the scanner's to find out.
    pub fn from_spec(spec: &DetectorSpec) -> Result<Self, SpecError> {
        let fail = |problem: String| SpecError { detector: spec.name.clone(), problem };
        let kebab = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if spec.name.is_empty() || !spec.name.chars().all(kebab) {
            return Err(fail("its name is not kebab-case".into()));
        }
        let value = spec.value.as_deref();
        let (form, pattern, words) = match (&spec.token, &*spec.near, &*spec.around, &spec.pattern) {
            (Some(token), [], [], None) if value.is_none() => {
                (Form::Token, format!("(?-u)\\A(?:{token})"), &spec.keywords)
            }
            (None, [_, ..], [], None) => {
                (Form::Near, format!("(?-u)\\A(?:{})", value.unwrap_or("(?s-u:.)*")), &spec.near)
            }
            (None, [], [_, ..], None) => {
                let value = value.ok_or_else(|| fail("`around` needs a `value`".into()))?;
                (Form::Around(spec.distance.unwrap_or(120)), format!("(?-u){value}"), &spec.around)
            }
            (None, [], [], Some(pattern)) if value.is_none() => {
                (Form::Pattern(spec.before.unwrap_or(0)), format!("(?-u){pattern}"), &spec.keywords)
            }
            _ => return Err(fail("it needs exactly one of `token`, `near`, `around`, `pattern`".into())),
        };
        let keywords = if spec.keywords.is_empty() { words } else { &spec.keywords };
        if keywords.is_empty() {
            return Err(fail("it has no keyword".into()));
        }
        if let Some(bad) = keywords.iter().find(|k| !(3..=64).contains(&k.len()) || !k.is_ascii()) {
            return Err(fail(format!("the keyword `{bad}` is not 3 to 64 ASCII characters")));
        }
        let reach = spec.reach.unwrap_or(DEFAULT_REACH);
        let before = match form {
            Form::Around(n) | Form::Pattern(n) => n,
            Form::Token | Form::Near => 0,
        };
        if before > MAX_BEFORE || reach > MAX_REACH {
            return Err(fail(format!("it looks further than {MAX_BEFORE} before or {MAX_REACH} after")));
        }
        let severity = match spec.severity.as_deref() {
            None | Some("error") => Severity::Error,
            Some("warning") => Severity::Warning,
            Some("info") => Severity::Info,
            Some(other) => return Err(fail(format!("unknown severity `{other}`"))),
        };
        let boundary = match spec.boundary.as_deref() {
            None | Some("word") => Boundary::Word,
            Some("base64") => Boundary::Base64,
            Some("none") => Boundary::None,
            Some(other) => return Err(fail(format!("unknown boundary `{other}`"))),
        };
        let checks = spec
            .checks
            .iter()
            .map(|name| Check::named(name).ok_or_else(|| fail(format!("unknown check `{name}`"))))
            .collect::<Result<Vec<_>, _>>()?;
        let default_rank = match form {
            Form::Token | Form::Pattern(_) => 3,
            Form::Near | Form::Around(_) => 2,
        };
        let instead = if spec.instead.is_empty() { DEFAULT_INSTEAD } else { &spec.instead };
        Ok(Self {
            name: Cow::Owned(spec.name.clone()),
            title: Cow::Owned(spec.title.clone()),
            issuer: Cow::Owned(spec.issuer.clone()),
            severity,
            revoke: Cow::Owned(spec.revoke.clone()),
            instead: Cow::Owned(instead.into()),
            reference: Cow::Owned(spec.reference.clone()),
            distinctive: spec.distinctive,
            configuration: spec.configuration,
            off: spec.off,
            rank: spec.rank.unwrap_or(default_rank),
            keywords: spellings(keywords, form == Form::Near),
            case_sensitive: spec.case_sensitive.unwrap_or(matches!(form, Form::Token | Form::Pattern(_))),
            form,
            pattern: Cow::Owned(pattern),
            reach,
            entropy: spec.entropy,
            checks: Cow::Owned(checks),
            boundary,
        })
    }

    pub(crate) fn has(&self, check: Check) -> bool {
        self.checks.contains(&check)
    }
}
