//! The labels that a stage sets, and the forms that their values can have.

use plimsoll_dockerfile::{Body, Span};

use super::{Build, Stage};
use crate::config::LabelForm;

/// One label, its variables put in.
#[derive(Clone, Debug)]
pub(crate) struct Label {
    /// Without quotes.
    pub(crate) key: String,
    /// The key's place.
    pub(crate) key_span: Span,
    /// None where a variable without a value leaves it open.
    pub(crate) value: Option<String>,
    /// The value's place.
    pub(crate) value_span: Span,
}

/// The labels that the stage's own LABELs set, in order.
pub(crate) fn labels_of(build: &Build<'_>, stage: &Stage<'_>) -> Vec<Label> {
    let mut labels = Vec::new();
    for (index, instruction) in build.instructions(stage) {
        let Body::Label(pairs) = &instruction.body else { continue };
        for pair in pairs {
            let span = if pair.value.is_empty() { pair.span } else { pair.value.span };
            labels.push(Label {
                key: pair.unquoted_key(build.tree.escape).into_owned(),
                key_span: pair.key.span,
                value: build.expand_at(index, &pair.unquoted(build.tree.escape)),
                value_span: span,
            });
        }
    }
    labels
}

/// Whether a value has the form; an empty one has none.
pub(crate) fn has_form(value: &str, form: LabelForm) -> bool {
    match form {
        LabelForm::Text => !value.is_empty(),
        LabelForm::Url => is_url(value),
        LabelForm::Time => is_rfc3339(value),
        LabelForm::Spdx => is_spdx(value),
        LabelForm::GitHash => is_git_hash(value),
        LabelForm::Semver => is_semver(value),
        LabelForm::Email => is_email(value),
    }
}

fn is_url(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else { return false };
    let scheme_ok = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b"+.-".contains(&b));
    scheme_ok && !rest.trim_start_matches('/').is_empty() && !text.contains(char::is_whitespace)
}

fn is_rfc3339(text: &str) -> bool {
    let Some((date, time)) = text.split_once(['T', 't']) else { return false };
    let number = |part: &str, length: usize| {
        (part.len() == length && part.bytes().all(|b| b.is_ascii_digit()))
            .then(|| part.parse::<u32>().ok())
            .flatten()
    };
    let in_range =
        |part: &str, low: u32, high: u32| number(part, 2).is_some_and(|n| (low..=high).contains(&n));
    let date: Vec<&str> = date.split('-').collect();
    let [year, month, day] = date[..] else { return false };
    let zone_at = time.find(['Z', 'z', '+', '-']).unwrap_or(time.len());
    let (clock, zone) = time.split_at(zone_at);
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, "0"));
    let clock: Vec<&str> = clock.split(':').collect();
    let [hour, minute, second] = clock[..] else { return false };
    let zone_ok = matches!(zone, "Z" | "z")
        || zone
            .get(1..)
            .and_then(|z| z.split_once(':'))
            .is_some_and(|(h, m)| in_range(h, 0, 23) && in_range(m, 0, 59));
    number(year, 4).is_some()
        && in_range(month, 1, 12)
        && in_range(day, 1, 31)
        && in_range(hour, 0, 23)
        && in_range(minute, 0, 59)
        && in_range(second, 0, 60)
        && !fraction.is_empty()
        && fraction.bytes().all(|b| b.is_ascii_digit())
        && zone_ok
}

fn is_git_hash(text: &str) -> bool {
    let hex = text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    hex && ((7..=40).contains(&text.len()) || text.len() == 64)
}

fn is_semver(text: &str) -> bool {
    let (text, build) = text.split_once('+').map_or((text, None), |(t, b)| (t, Some(b)));
    let (core, pre) = text.split_once('-').map_or((text, None), |(t, p)| (t, Some(p)));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let number = |part: &str| digits(part) && (part == "0" || !part.starts_with('0'));
    let identifier =
        |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    core.split('.').count() == 3
        && core.split('.').all(number)
        && pre.is_none_or(|p| p.split('.').all(|part| identifier(part) && (!digits(part) || number(part))))
        && build.is_none_or(|b| b.split('.').all(identifier))
}

fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else { return false };
    let atom = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || !b.is_ascii() || b"!#$%&'*+-/=?^_`{|}~".contains(&b))
    };
    let quoted = local.len() > 2 && local.starts_with('"') && local.ends_with('"');
    let label = |part: &str| {
        !part.is_empty()
            && !part.starts_with('-')
            && !part.ends_with('-')
            && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || !b.is_ascii())
    };
    (quoted || local.split('.').all(atom)) && domain.split('.').all(label)
}

/// An SPDX licence expression: identifiers joined by AND, OR and WITH, in parentheses or not.
fn is_spdx(text: &str) -> bool {
    let spaced = text.replace('(', " ( ").replace(')', " ) ");
    let (mut depth, mut wants_licence, mut after_with) = (0usize, true, false);
    for word in spaced.split_whitespace() {
        match word {
            "(" if wants_licence && !after_with => depth += 1,
            ")" if !wants_licence && depth > 0 => depth -= 1,
            "AND" | "OR" | "WITH" if !wants_licence => (wants_licence, after_with) = (true, word == "WITH"),
            _ if wants_licence && (after_with || is_licence(word)) => {
                (wants_licence, after_with) = (false, false)
            }
            _ => return false,
        }
    }
    depth == 0 && !wants_licence
}

/// Licences without a number in their identifier. Those with one are taken as they come: the list has hundreds.
const UNNUMBERED: &[&str] = &[
    "AML",
    "Abstyles",
    "Afmparse",
    "Aladdin",
    "Bahyph",
    "Barr",
    "Beerware",
    "Borceux",
    "Caldera",
    "ClArtistic",
    "Crossword",
    "CrystalStacker",
    "Cube",
    "DOC",
    "DSDP",
    "Dotseqn",
    "Entessa",
    "Eurosym",
    "FSFAP",
    "FSFUL",
    "FSFULLR",
    "FTL",
    "Fair",
    "Giftware",
    "Glulxe",
    "HPND",
    "HPND-sell-variant",
    "HaskellReport",
    "IBM-pibs",
    "ICU",
    "IJG",
    "IPA",
    "ISC",
    "ImageMagick",
    "Info-ZIP",
    "Intel",
    "Intel-ACPI",
    "JSON",
    "Latex2e",
    "Leptonica",
    "Libpng",
    "MIT",
    "MIT-CMU",
    "MIT-Modern-Variant",
    "MIT-advertising",
    "MIT-enna",
    "MIT-feh",
    "MIT-open-group",
    "MITNFA",
    "MTLL",
    "MakeIndex",
    "MirOS",
    "Motosoto",
    "Multics",
    "Mup",
    "NBPL",
    "NCSA",
    "NGPL",
    "NIST-PD",
    "NIST-PD-fallback",
    "NLPL",
    "NRL",
    "NTP",
    "Naumen",
    "Net-SNMP",
    "NetCDF",
    "Newsletr",
    "Nokia",
    "Noweb",
    "OCCT-PL",
    "OFFIS",
    "OGTSL",
    "OML",
    "OpenSSL",
    "Plexus",
    "PostgreSQL",
    "Qhull",
    "RHeCos",
    "RSA-MD",
    "Rdisc",
    "Ruby",
    "SAX-PD",
    "SCEA",
    "SMLNJ",
    "SNIA",
    "SSH-OpenSSH",
    "SSH-short",
    "SWL",
    "Saxpath",
    "Sendmail",
    "Sleepycat",
    "TCL",
    "TCP-wrappers",
    "TMate",
    "TOSL",
    "Unicode-TOU",
    "Unlicense",
    "VOSTROM",
    "Vim",
    "WTFPL",
    "Wsuipa",
    "XSkat",
    "Xerox",
    "Xnet",
    "Zed",
    "Zlib",
    "curl",
    "diffmark",
    "dvipdfm",
    "eGenix",
    "iMatix",
    "libtiff",
    "psfrag",
    "psutils",
    "xinetd",
    "xpp",
    "zlib-acknowledgement",
    "NONE",
    "NOASSERTION",
];

fn is_licence(word: &str) -> bool {
    let word = word.strip_suffix('+').unwrap_or(word);
    let own = word.rsplit(':').next().is_some_and(|w| w.starts_with("LicenseRef-"));
    let well_formed = word.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-'));
    own || UNNUMBERED.contains(&word)
        || (well_formed && word.contains('-') && word.bytes().any(|b| b.is_ascii_digit()))
        || matches!(word, "0BSD" | "X11" | "W3C" | "mpich2")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms() {
        let cases: &[(LabelForm, &[&str], &[&str])] = &[
            (LabelForm::Text, &["x"], &[""]),
            (
                LabelForm::Url,
                &["https://x.y/", "mailto:a@b", "ftp://x"],
                &["", "foo", "/foo", "foo.com", "http://", "a b:c"],
            ),
            (
                LabelForm::Time,
                &["2026-01-31T23:59:60Z", "2026-01-31t00:00:00.5+02:00"],
                &[
                    "",
                    "2026",
                    "2026-01-31",
                    "2026-01-31 00:00:00Z",
                    "2026-13-01T00:00:00Z",
                    "2026-01-01T00:00:00",
                ],
            ),
            (
                LabelForm::Spdx,
                &[
                    "MIT",
                    "Apache-2.0",
                    "GPL-2.0-or-later WITH Classpath-exception-2.0",
                    "(MIT OR Apache-2.0) AND ISC",
                    "LicenseRef-x",
                ],
                &["", "nope", "mit", "MIT OR", "(MIT", "MIT Apache-2.0", "proprietary"],
            ),
            (
                LabelForm::GitHash,
                &["abcdef0", "0123456789012345678901234567890123456789"],
                &["", "abc", "ABCDEF0", "abcdefg"],
            ),
            (
                LabelForm::Semver,
                &["1.2.3", "1.2.3-rc.1+b.7", "0.0.0"],
                &["", "1.2", "v1.2.3", "01.2.3", "1.2.3-", "1.2.3-01"],
            ),
            (LabelForm::Email, &["a@b.c", "a.b+c@d-e.f"], &["", "foo", "a@", "@b", "X <a@b.c>", "a..b@c"]),
        ];
        for (form, right, wrong) in cases {
            for value in *right {
                assert!(has_form(value, *form), "{form:?} {value}");
            }
            for value in *wrong {
                assert!(!has_form(value, *form), "{form:?} {value}");
            }
        }
    }
}
