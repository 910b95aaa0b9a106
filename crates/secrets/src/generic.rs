//! Judges values that no issuer's form proves: by the name they are given, where they stand, and how they look.

use crate::assignment::{Assignment, Operator, line_before};
use crate::lexicon::{FIELD_PREFIX, LEFT_IN_PLACE, TEMPLATE, TRANSLATION, TYPE};
use crate::names::secret_name;
use crate::placeholder::{expression, filler, is_placeholder, location, uuid};
use crate::proof::{Evidence, entropy};

/// Names whose secrets have a form of their own, so that their detectors alone judge: everything else there is
/// an identifier or a sample. Next.js makes its preview keys anew in every build.
const OWN_FORM: &[&str] = &["aws", "okta", "vault", "auth0", "previewmode"];

/// Beginnings that tell something else than a secret: other detectors' tokens, hashes in lock files, images.
const OTHER: &[&[u8]] = &[
    b"eyJ",
    b"sha1-",
    b"sha256-",
    b"sha384-",
    b"sha512-",
    b"sha256:",
    b"sha1:",
    b"md5:",
    b"data:",
    b"base64:",
    b"ssh-",
    b"-----",
    b"s3://",
    b"gs://",
    b"\\u",
    b"AAAAB3Nza",
    b"ENC[",
    b"ENC(",
    b"$2",
    b"{SSHA",
    b"{SHA",
    b"vault:v1",
    b"pk_",
    b"MIIB",
    b"MIIC",
    b"MIID",
    b"v1.",
    b"key/",
    b"secret/",
    b"projects/",
    b"kms:",
    b"encrypted:",
];

/// Whether the name says that the value is a credential.
pub(crate) fn named(e: &Evidence<'_>) -> bool {
    let Some(assignment) = e.assignment else { return false };
    let name = e.text.get(assignment.name.clone()).unwrap_or_default();
    let Ok(name) = std::str::from_utf8(name) else { return false };
    let lower = name.to_ascii_lowercase();
    // `checksum/secret: ...`: the name of a path's end.
    let tail = e.text.get(..assignment.name.start).is_some_and(|head| head.ends_with(b"/"));
    secret_name(name)
        && !tail
        && !OWN_FORM.iter().any(|own| lower.contains(own))
        && !made_by_the_build(e, assignment, &lower)
}

/// Whether Next.js made the value: the key of its server actions, anew in every build, in a manifest of the build
/// that begins `{"node":{...},"edge":{...},"encryptionKey":`.
fn made_by_the_build(e: &Evidence<'_>, assignment: &Assignment, lower: &str) -> bool {
    let before = e.text.get(..assignment.name.start).unwrap_or_default();
    lower == "encryptionkey" && memchr::memmem::find(before, b"\"edge\":").is_some()
}

/// Whether the value is a password that somebody would use.
pub(crate) fn password(e: &Evidence<'_>) -> bool {
    let value = e.secret;
    if value.len() < 4 || value.len() > 128 || !literal(value) {
        return false;
    }
    if value.first().is_some_and(u8::is_ascii_whitespace) || value.ends_with(b" ") {
        // What stands between two quoted words.
        return false;
    }
    if value.starts_with(b"-") || OTHER.iter().any(|prefix| value.starts_with(prefix)) {
        return false;
    }
    if !value.is_ascii() && !value.iter().any(u8::is_ascii_digit) {
        // A translation.
        return false;
    }
    let Some(assignment) = e.assignment else { return true };
    let paired = user_beside(e.text, assignment);
    if value.len() < 5 && !paired {
        return false;
    }
    if in_map_of_hashes(e.text, assignment, value) {
        return false;
    }
    let looks_made = value.len() >= 8
        && value.iter().any(u8::is_ascii_alphabetic)
        && (value.iter().any(u8::is_ascii_digit) || of_changing_case(value));
    match (assignment.quote, assignment.operator) {
        // Only lines that are settings have values without quotes; elsewhere it is a variable's name.
        (None, Operator::Assign) => {
            bare_setting(e.text, assignment, value) && ends_line(e.text, assignment)
                || looks_made && is_option(e.text, assignment)
        }
        (None, Operator::Space | Operator::Element) => looks_made,
        // An unquoted word may be a reference to a value.
        (None, Operator::Pair) => {
            looks_made || !wordy(value) && value.iter().any(|b| b.is_ascii_punctuation())
        }
        (None, _) => false,
        (Some(_), _) if identifier(value) => false,
        (Some(_), Operator::Default) => looks_made && !in_list(e.text, assignment),
        (Some(_), Operator::Compare) => true,
        (Some(_), Operator::Attribute) => looks_made && !value.ends_with(b"$"),
        // Scripts quote singly what people read, too; a weak word there needs its user beside it.
        (Some(b'"'), _) => !member(e.text, assignment),
        (Some(_), _) => paired || looks_made,
    }
}

/// `--name=value`.
fn is_option(text: &[u8], assignment: &Assignment) -> bool {
    text.get(assignment.name.clone()).is_some_and(|name| name.starts_with(b"--"))
}

/// Whether letters go from small to capital more often than words joined together do.
fn of_changing_case(value: &[u8]) -> bool {
    let rises = value.windows(2).filter(|w| w[0].is_ascii_lowercase() && w[1].is_ascii_uppercase()).count();
    rises >= 3 && !wordy(value)
}

/// Whether the value is a password in a form that only passwords have. In settings even a weak word is one;
/// source text and documentation are full of samples.
pub(crate) fn literal_password(e: &Evidence<'_>) -> bool {
    let value = e.secret;
    if names_the_next(value) {
        return false;
    }
    if !e.settings {
        return password(e) && !wordy(value) && !sample_in_source(e);
    }
    let lower = value.to_ascii_lowercase();
    !TEMPLATE.has(&lower) && any_literal(value)
}

/// Whether an address in source text or documentation shows what one looks like.
fn sample_in_source(e: &Evidence<'_>) -> bool {
    const USERS: &[&[u8]] =
        &[b"user", b"username", b"scott", b"foo", b"joe", b"john", b"jane", b"myuser", b"test", b"usr"];
    let value = e.secret;
    let host = e.text.get(e.start + value.len()..).unwrap_or_default();
    let host = host.get(..host.len().min(80)).unwrap_or_default();
    let host = host.split(|b| matches!(b, b'/' | b'"' | b'\'' | b'\n' | b' ')).next().unwrap_or_default();
    let user = e.text.get(..e.start).unwrap_or_default();
    let user = user.get(user.len().saturating_sub(64)..).unwrap_or_default();
    let user =
        user.strip_suffix(b":").and_then(|user| user.rsplit(|b| *b == b'/').next()).unwrap_or_default();
    let plain: Vec<u8> = percent_decoded(value).iter().map(|b| if *b == b'@' { b'a' } else { *b }).collect();
    value.iter().all(u8::is_ascii_lowercase)
        || is_placeholder(&plain)
        || USERS.contains(&user.to_ascii_lowercase().as_slice())
        || [&b"@localhost"[..], b"@127.0.0.1", b"@host"].iter().any(|local| host.starts_with(local))
        || memchr::memmem::find(host, b"example").is_some()
}

/// `password= next=...`: there is no value, and the next name stands in its place.
fn names_the_next(value: &[u8]) -> bool {
    value.strip_suffix(b"=").is_some_and(|name| name.iter().all(|b| b.is_ascii_alphabetic() || *b == b'_'))
}

fn percent_decoded(value: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(value.len());
    let mut rest = value;
    while let Some((&byte, tail)) = rest.split_first() {
        let digits = tail.get(..2).and_then(|two| std::str::from_utf8(two).ok());
        match digits.and_then(|two| u8::from_str_radix(two, 16).ok()) {
            Some(decoded) if byte == b'%' => {
                out.push(decoded);
                rest = tail.get(2..).unwrap_or_default();
            }
            _ => {
                out.push(byte);
                rest = tail;
            }
        }
    }
    out
}

/// Whether the value is text that may be a password, be it a word or a sequence.
pub(crate) fn any_literal(value: &[u8]) -> bool {
    let lower = value.to_ascii_lowercase();
    let word = value.iter().all(u8::is_ascii_alphanumeric) && !lower.starts_with(b"your");
    let typed = word && value.iter().any(u8::is_ascii_digit) && value.iter().any(u8::is_ascii_alphabetic);
    value.len() >= 3 && !expression(value) && (typed || LEFT_IN_PLACE.has(&lower) || !is_placeholder(value))
}

/// Whether the value is machine-made: long, mixed, no words.
pub(crate) fn strong(e: &Evidence<'_>) -> bool {
    let value = e.secret;
    let class = |test: fn(&u8) -> bool| value.iter().filter(|b| test(b)).count();
    let (digits, letters) = (class(u8::is_ascii_digit), class(u8::is_ascii_alphabetic));
    if value.len() < 16 || value.len() > 512 || digits == 0 || letters == 0 || uuid(value) || !literal(value)
    {
        return false;
    }
    if value.iter().any(|b| b.is_ascii_whitespace() || !b.is_ascii()) {
        return false;
    }
    // A pattern, a list, a call.
    if [b"[]", b"{}", b"()"].iter().any(|pair| pair.iter().all(|bracket| value.contains(bracket))) {
        return false;
    }
    if OTHER.iter().any(|prefix| value.starts_with(prefix))
        || wordy(value)
        || dotted_name(value)
        || for_all(value)
    {
        return false;
    }
    // Sealed Secrets encrypt for the cluster.
    if value.len() > 200 && value.starts_with(b"Ag") {
        return false;
    }
    if e.assignment.is_some_and(|a| in_map_of_hashes(e.text, a, value)) {
        return false;
    }
    if e.assignment.is_some_and(|a| a.operator == Operator::Default && in_list(e.text, a)) {
        return false;
    }
    let read_elsewhere = e.assignment.is_some_and(|a| {
        a.quote.is_none() && (matches!(a.operator, Operator::Default | Operator::Compare) || call(value))
    });
    if read_elsewhere {
        return false;
    }
    let hex = value.iter().all(u8::is_ascii_hexdigit);
    let floor = if hex {
        2.9
    } else if value.len() < 24 {
        3.1
    } else {
        3.5
    };
    entropy(value) >= floor
}

/// What is given to everybody: Datadog's client token, PostHog's project key, the address of a contract on a chain.
fn for_all(value: &[u8]) -> bool {
    let hex_behind = |prefix: &[u8], n: usize| {
        value
            .strip_prefix(prefix)
            .is_some_and(|rest| rest.len() == n && rest.iter().all(u8::is_ascii_hexdigit))
    };
    hex_behind(b"pub", 32)
        || hex_behind(b"0x", 40)
        || value.starts_with(b"phc_")
        || value.starts_with(b"sb_publishable_")
}

/// `"md5", "password", "scram-sha-256"`: one string of many, and no default in a call.
fn in_list(text: &[u8], assignment: &Assignment) -> bool {
    let around = |b: &&u8| !matches!(b, b'"' | b'\'' | b'`' | b' ');
    let between = text.get(assignment.name.end..assignment.value.start).unwrap_or_default();
    let before = text.get(..assignment.name.start).unwrap_or_default().iter().rev().find(around);
    let behind = text.get(assignment.value.end..).unwrap_or_default().iter().find(around);
    between.contains(&b',') && matches!(before, Some(b',' | b'[')) && matches!(behind, Some(b',' | b']'))
}

/// Whether a short hexadecimal value follows one of its own length: `{"main":"3f...","token":"9c..."}`, as bundlers
/// map names to hashes.
fn in_map_of_hashes(text: &[u8], assignment: &Assignment, value: &[u8]) -> bool {
    let hash = |run: &[u8]| run.len() == value.len() && run.iter().all(u8::is_ascii_hexdigit);
    if value.len() > 20 || !hash(value) || assignment.quote.is_none() {
        return false;
    }
    let near = text.get(..assignment.name.start).unwrap_or_default();
    let near = near.get(near.len().saturating_sub(120)..).unwrap_or_default();
    let mut quoted = near.split(|b| *b == b'"').rev();
    let behind = text.get(assignment.value.end..).unwrap_or_default();
    let behind = behind.get(..behind.len().min(120)).unwrap_or_default();
    quoted.any(hash) || behind.split(|b| *b == b'"').any(hash)
}

/// Whether the value is text that stands for itself and not for something else.
fn literal(value: &[u8]) -> bool {
    !is_placeholder(value)
        && !expression(value)
        && !location(value)
        && !filler(value)
        && !version(value)
        && value.iter().all(|b| *b >= 0x20)
}

/// `^1.2.3`, `>=2.0`, `1.15.2-rc1`: a package called after passwords has a version.
fn version(value: &[u8]) -> bool {
    let number = value.iter().position(u8::is_ascii_digit).unwrap_or(value.len());
    let (head, number) = value.split_at(number);
    let dots = number.iter().take_while(|b| b.is_ascii_digit() || **b == b'.');
    matches!(head, b"" | b"v" | b"^" | b"~" | b">=" | b"<=" | b"==" | b">= " | b"~> ")
        && dots.filter(|b| **b == b'.').count() >= 1
        && number
            .iter()
            .all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'+') || b.is_ascii_lowercase())
        && number.len() < 16
}

/// Whether a bare value's line is a setting: `NAME=value`, `name: value`, `export NAME=value`, `-e NAME=value`.
fn bare_setting(text: &[u8], assignment: &Assignment, value: &[u8]) -> bool {
    let line = line_before(text, assignment.name.start);
    // `- "NAME=value"`, `["NAME=value", ...]`: a variable in quotes.
    let quoted = line.strip_suffix(b"\"").or_else(|| line.strip_suffix(b"'"));
    let closed = || text.get(assignment.value.end) == line.last();
    let head = quoted.filter(|_| closed()).unwrap_or(line).trim_ascii();
    let setting = [
        &b"["[..],
        b"",
        b"export",
        b"set",
        b"ENV",
        b"ARG",
        b"-",
        b"#",
        b"//",
        b"-e",
        b"--env",
        b"--build-arg",
        b"setx",
    ];
    // `RUN |1 NAME=value /bin/sh -c ...` and `/bin/sh -c #(nop) ENV NAME=value` stand in an image's history.
    let behind = [&b"ENV"[..], b"ARG", b" -e", b"--build-arg", b"--env", b" export"];
    let build_arguments = head.starts_with(b"RUN |") || head.starts_with(b"|");
    let starts = setting.iter().any(|s| s.eq_ignore_ascii_case(head))
        || behind.iter().any(|word| head.ends_with(word))
        || head.starts_with(b"ENV ")
        || head.starts_with(b"docker ")
        || build_arguments
        || in_pairs(head);
    starts
        && !value.contains(&b'$')
        && !value.starts_with(b"#")
        && !call(value)
        && !dotted_name(value)
        && !type_name(value)
        && !mentions_password(value)
        && !variable(value)
}

/// `mavenPassword`: a variable that holds one.
fn variable(value: &[u8]) -> bool {
    value.ends_with(b"Password") && value.iter().all(u8::is_ascii_alphabetic)
}

/// Whether the value is all that stands on its line but for a comment, a continuation or another setting; prose
/// goes on: `passwd: files systemd`.
fn ends_line(text: &[u8], assignment: &Assignment) -> bool {
    let name = text.get(assignment.name.clone()).unwrap_or_default();
    let variable = !name.iter().any(u8::is_ascii_lowercase) && text.get(assignment.name.end) == Some(&b'=');
    if variable {
        // `NAME=value command`.
        return true;
    }
    let rest = text.get(assignment.value.end..).unwrap_or_default();
    let line = rest
        .get(..memchr::memchr(b'\n', rest).unwrap_or(rest.len().min(200)))
        .unwrap_or_default()
        .trim_ascii();
    let next = line.split(|b| *b == b' ').next().unwrap_or_default();
    let first = line.first().copied().unwrap_or(b'#');
    matches!(
        first,
        b'#' | b';' | b',' | b'}' | b'\\' | b'&' | b')' | b'"' | b'\'' | b'/' | b'<' | b'|' | b'>'
    ) || next.contains(&b'=')
        || next.starts_with(b"-")
}

/// `A=1 B=2`, `Server=host;Port=1;`: what stands before is pairs as well.
fn in_pairs(head: &[u8]) -> bool {
    (head.ends_with(b";") || head.ends_with(b",")) && head.contains(&b'=')
        || head
            .rsplit(|b| *b == b' ')
            .next()
            .is_some_and(|last| last.contains(&b'=') && !last.starts_with(b"="))
}

fn call(value: &[u8]) -> bool {
    value.contains(&b'(') || value.ends_with(b"[]") || memchr::memmem::find(value, b"::").is_some()
}

/// `request.form`, `self.password`, `config.db.password`.
fn dotted_name(value: &[u8]) -> bool {
    value.contains(&b'.')
        && value.split(|b| *b == b'.').all(|part| {
            part.first().is_some_and(|b| b.is_ascii_alphabetic() || *b == b'_')
                && part.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'_')
                && part.iter().filter(|b| b.is_ascii_digit()).count() * 4 <= part.len()
        })
}

fn type_name(value: &[u8]) -> bool {
    let head = value.split(|b| !b.is_ascii_alphanumeric()).next().unwrap_or_default();
    TYPE.has(head)
}

fn mentions_password(value: &[u8]) -> bool {
    let lower = value.to_ascii_lowercase();
    let holds = |part: &[u8]| memchr::memmem::find(&lower, part).is_some();
    holds(b"_pass")
        || holds(b"pass_")
        || holds(b"-pass")
        || holds(b"_secret")
        || holds(b"_token")
        || holds(b"password-")
        || holds(b"_pwd")
}

/// `user_password`, `open_sesame`, `confirmPassword`: a key or a name, not what it names.
fn identifier(value: &[u8]) -> bool {
    let lower = value.iter().all(|b| b.is_ascii_lowercase() || *b == b'_');
    lower && value.contains(&b'_')
        || value.starts_with(b"#")
        || value.starts_with(b".")
        || value.starts_with(b"--")
        || value.ends_with(b":")
        || names_a_field(value)
        || names_a_property(value)
        || rules_of_a_form(value)
        || sentence(value)
        || memchr::memmem::find(value, b"assword ").is_some()
        || value.ends_with(b".")
        || memchr::memmem::find(value, b": ").is_some()
}

/// `user.password`: the name of a setting.
fn names_a_property(value: &[u8]) -> bool {
    dotted_name(value)
        && value
            .rsplit(|b| *b == b'.')
            .next()
            .is_some_and(|last| last.is_ascii() && secret_name(&String::from_utf8_lossy(last)))
}

/// `required|min:8|confirmed`: what a form asks of a field.
fn rules_of_a_form(value: &[u8]) -> bool {
    let word = |part: &[u8]| {
        let name = part.split(|b| *b == b':').next().unwrap_or_default();
        !name.is_empty() && name.iter().all(|b| b.is_ascii_lowercase() || *b == b'_')
    };
    value.contains(&b'|') && value.split(|b| *b == b'|').all(word)
}

/// `Passwort vergessen?`, `Mot de passe oublié`: what a person reads.
fn sentence(value: &[u8]) -> bool {
    let lower = value.to_ascii_lowercase();
    let words: Vec<&[u8]> = lower.split(|b| *b == b' ').filter(|word| !word.is_empty()).collect();
    words.len() > 1
        && (value.ends_with(b"?")
            || words.iter().any(|w| TRANSLATION.has(w))
            || memchr::memmem::find(&lower, b"mot de passe").is_some()
            || begins_as_prose(value)
            || words.iter().any(|w| matches!(*w, b"password" | b"passwords" | b"token")))
}

/// `Enter it again`: words of letters, of which the first alone begins with a capital.
fn begins_as_prose(value: &[u8]) -> bool {
    let end = value.iter().rposition(|b| !matches!(b, b'.' | b'!' | b':')).map_or(0, |last| last + 1);
    let mut words = value.get(..end).unwrap_or_default().split(|b| *b == b' ');
    let first = words.next().unwrap_or_default();
    first.first().is_some_and(u8::is_ascii_uppercase)
        && first.iter().skip(1).all(u8::is_ascii_lowercase)
        && words.all(|word| {
            !word.is_empty() && word.iter().all(|b| b.is_ascii_lowercase() || matches!(b, b',' | b'\''))
        })
}

/// `confirmPassword`, `oldpassword`, `passwordField`: the name of a form's field or of a key.
fn names_a_field(value: &[u8]) -> bool {
    if !value.iter().all(u8::is_ascii_alphabetic) {
        return false;
    }
    let lower = value.to_ascii_lowercase();
    [&b"password"[..], b"secret", b"token"].iter().any(|word| {
        lower.starts_with(word)
            || lower.strip_suffix(*word).is_some_and(|head| head.is_empty() || FIELD_PREFIX.has(head))
    })
}

/// `$x->password = ...`, `this.password = ...`: an object's member in source text.
fn member(text: &[u8], assignment: &Assignment) -> bool {
    text.get(..assignment.name.start).is_some_and(|head| head.ends_with(b"->") || head.ends_with(b">"))
        || text
            .get(assignment.name.clone())
            .is_some_and(|name| name.starts_with(b"this.") || name.starts_with(b"self."))
}

/// Whether a user is named just before or just behind: `user = ...` within a few lines.
fn user_beside(text: &[u8], assignment: &Assignment) -> bool {
    let from = assignment.name.start.saturating_sub(200);
    let to = text.len().min(assignment.value.end.saturating_add(120));
    let beside = |range: std::ops::Range<usize>| {
        let lower = text.get(range).unwrap_or_default().to_ascii_lowercase();
        [&b"user"[..], b"login", b"uid", b"email"]
            .iter()
            .any(|word| memchr::memmem::find(&lower, word).is_some())
    };
    beside(from..assignment.name.start) || beside(assignment.value.end..to)
}

/// Pairs of letters that make up most of running text in the languages that programs are written in.
const COMMON_PAIRS: &[u8] = b"therinonanerreentiatedorstesndalicitasaraomecoseneleroiladmacarilihideomusiousigaiselecplpepopronc\
ketotrtuurutuncuctcldodiicifimiomamimopaperapastsusotainidfofigelilallolsslyshchchgetycrypuablnaniarviveorirolivoluetbeblboaceadavessoaccaccopeprserv";

/// Whether the letters are words rather than chance: most pairs of neighbours are pairs that words have.
pub(crate) fn wordy(value: &[u8]) -> bool {
    let mut pairs = 0usize;
    let mut common = 0usize;
    for pair in value.windows(2) {
        let (a, b) = (pair[0], pair[1]);
        if !a.is_ascii_alphabetic() || !b.is_ascii_alphabetic() {
            continue;
        }
        // camelCase begins a word; lowercase after an uppercase goes on with one.
        if a.is_ascii_lowercase() && b.is_ascii_uppercase() {
            continue;
        }
        pairs += 1;
        let (a, b) = (a.to_ascii_lowercase(), b.to_ascii_lowercase());
        common += usize::from(COMMON_PAIRS.windows(2).any(|c| c[0] == a && c[1] == b));
    }
    pairs >= 5 && pairs * 3 >= value.len() && common * 100 >= pairs * 62
}

#[cfg(test)]
mod tests {
    use super::wordy;

    #[test]
    fn words_are_told_from_chance() {
        for words in [
            "ws-plugin--s2member-amazon-s3-comp-files-access-key",
            "AuthenticationTokenProvider2",
            "com.example.service.TokenProvider1",
            "production-database-credentials-2",
            "thisIsTheNameOfMySecret1",
            "user-registration-token-v2",
        ] {
            assert!(wordy(words.as_bytes()), "{words}");
        }
        for chance in [
            "qX7wLzR2vK9pTf4M",
            "wkq3zvx8hq0fjr5bnd2g",
            "7c1e90ab34f85d62e1a07b9c3f4d8e25",
            "KdW4vBq9ZtPz2XfHg7Lm",
            "Vn5kJx0qRw8ZbTd3YcPf6LhGm2Qs9XzA",
        ] {
            assert!(!wordy(chance.as_bytes()), "{chance}");
        }
    }
}
