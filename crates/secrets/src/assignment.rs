//! Reads `name = value` around a keyword, in the many ways that files write it.
//!
//! `NAME=value`, `name: "value"`, `"name": "value"`, `:name => 'value'`, `ENV NAME value`, `--name value`,
//! `env('NAME', 'value')`, `$NAME || 'value'`, `key="name" value="value"`, `<name>value</name>`,
//! `name { default = "value" }`.

use std::ops::Range;

/// How long a name, and how far a value may be from it.
const MAX_NAME: usize = 80;
const MAX_VALUE: usize = 640;

/// What stands between a name and its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operator {
    /// `=`, `:`, `=>`, `:=`.
    Assign,
    /// `==`, `===`, `!=`.
    Compare,
    /// `,` or `||`: a default.
    Default,
    /// White space only.
    Space,
    /// `value=` of an element.
    Attribute,
    /// The text of an element.
    Element,
    /// `name: NAME`, `value: value`, as Kubernetes and task definitions write an environment.
    Pair,
}

/// A value and the name it is given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Assignment {
    pub(crate) name: Range<usize>,
    pub(crate) operator: Operator,
    pub(crate) value: Range<usize>,
    /// The quote around the value.
    pub(crate) quote: Option<u8>,
}

struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Cursor<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn eat(&mut self, token: &[u8]) -> bool {
        let found = self.bytes.get(self.at..).is_some_and(|rest| rest.starts_with(token));
        if found {
            self.at += token.len();
        }
        found
    }

    fn skip(&mut self, most: usize, class: impl Fn(u8) -> bool) -> usize {
        let n = self.bytes.iter().skip(self.at).take(most).take_while(|b| class(**b)).count();
        self.at += n;
        n
    }

    fn blanks(&mut self) -> usize {
        self.skip(24, |b| b == b' ' || b == b'\t')
    }
}

fn name_byte(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.')
}

/// The assignment whose name holds the keyword at `keyword`; none where nothing is assigned.
pub(crate) fn parse(bytes: &[u8], keyword: Range<usize>) -> Option<Assignment> {
    // The keyword may hold the operator: `pass=`.
    let named = bytes.get(keyword.clone())?.iter().rposition(|b| name_byte(*b))?;
    let keyword = keyword.start..keyword.start + named + 1;
    let before = bytes.get(..keyword.start)?;
    let start = keyword.start - before.iter().rev().take(MAX_NAME).take_while(|b| name_byte(**b)).count();
    let mut cursor = Cursor { bytes, at: keyword.end };
    cursor.skip(MAX_NAME, name_byte);
    sections_of_a_quoted_name(&mut cursor, start);
    if !takes_a_space(bytes, start) {
        further_words(&mut cursor);
    }
    let name = start..cursor.at;
    if is_asked_after(bytes, &name) {
        return None;
    }
    if is_named_in_a_pair(bytes, start)
        && let Some((value, quote)) = paired_value(&mut cursor)
    {
        return Some(Assignment { name, operator: Operator::Pair, value, quote });
    }
    // `["name"]`, `'name')`, `\"name\"`, `@Html("name")`.
    let closed = cursor.skip(4, |b| matches!(b, b'"' | b'\'' | b'`' | b']' | b')' | b'\\' | b'%' | b'}')) > 0;
    let operator = operator(&mut cursor, start, closed)?;
    default_below(&mut cursor, start);
    let (value, quote) = value(&mut cursor, operator)?;
    Some(Assignment { name, operator, value, quote })
}

/// `${NAME:?message}`, `${NAME?}`, `${NAME:+other}`: a shell or Compose asks whether there is a value, and gives none.
fn is_asked_after(bytes: &[u8], name: &Range<usize>) -> bool {
    let opened = bytes.get(..name.start).is_some_and(|before| before.ends_with(b"${"));
    let behind = bytes.get(name.end..).unwrap_or_default();
    opened && matches!(behind.strip_prefix(b":").unwrap_or(behind).first(), Some(b'?' | b'+'))
}

/// `"Section:Name"`: a name in quotes may have a colon in it, as .NET's settings do.
fn sections_of_a_quoted_name(cursor: &mut Cursor<'_>, start: usize) {
    let quoted = start > 0 && matches!(cursor.bytes.get(start - 1), Some(b'"' | b'\''));
    let here = cursor.at;
    if quoted && cursor.skip(1, |b| b == b':') == 1 {
        cursor.skip(MAX_NAME, |b| name_byte(b) || b == b':');
        let behind = cursor.bytes.get(cursor.at + 1..).unwrap_or_default().trim_ascii_start();
        // A header's value ends with the quote: `'Name:value'`.
        let assigned = matches!(behind.first(), Some(b':' | b'=')) || behind.starts_with(b"value");
        if !assigned || !matches!(cursor.peek(), Some(b'"' | b'\'')) {
            cursor.at = here;
        }
    }
}

/// Whether `name:`, `"Name":`, `key =` or the like stands before.
fn is_named_in_a_pair(bytes: &[u8], start: usize) -> bool {
    let line = line_before(bytes, start);
    let mut quotes = line.iter().rev().skip_while(|b| matches!(b, b' ' | b'"' | b'\'' | b'\\'));
    if !matches!(quotes.next(), Some(b':' | b'=')) {
        return false;
    }
    let end = line.iter().rposition(|b| matches!(b, b':' | b'=')).unwrap_or(0);
    let head = line.get(..end).unwrap_or_default().trim_ascii_end();
    let head = head.strip_suffix(b"\\").unwrap_or(head);
    let head = head.strip_suffix(b"\"").or_else(|| head.strip_suffix(b"'")).unwrap_or(head);
    let head = head.strip_suffix(b"\\").unwrap_or(head);
    [&b"name"[..], b"key"].iter().any(|word| {
        head.len() >= word.len()
            && head.get(head.len() - word.len()..).is_some_and(|end| end.eq_ignore_ascii_case(word))
    })
}

/// The value of `value:` just behind the name.
fn paired_value(cursor: &mut Cursor<'_>) -> Option<(Range<usize>, Option<u8>)> {
    let here = cursor.at;
    cursor.skip(80, |b| b.is_ascii_whitespace() || matches!(b, b'"' | b'\'' | b',' | b'\\' | b';'));
    let between = cursor.bytes.get(here..cursor.at).unwrap_or_default();
    if !between.iter().any(|b| matches!(b, b'\n' | b',' | b';')) {
        // The attributes of an element.
        cursor.at = here;
        return None;
    }
    for word in [&b"value"[..], b"Value", b"VALUE", b"ParameterValue", b"defaultValue", b"default"] {
        if cursor.eat(word) {
            cursor.skip(12, |b| matches!(b, b' ' | b'"' | b'\'' | b'\\'));
            if cursor.skip(1, |b| b == b':' || b == b'=') == 1
                && let Some(found) = value(cursor, Operator::Pair)
            {
                return Some(found);
            }
            break;
        }
    }
    cursor.at = here;
    None
}

/// How far a section is looked into.
const MAX_SECTION: usize = 700;
const MAX_MEMBERS: usize = 12;

/// The assignments in the section that the keyword is the head of: `name:` with deeper lines below it, `[name]`,
/// `name {`, `"name": {`, `provider "name" {`. None where it is no such head.
pub(crate) fn members(bytes: &[u8], keyword: Range<usize>) -> Vec<Assignment> {
    let line_start = keyword.start - line_before(bytes, keyword.start).len();
    let indent = |line: &[u8]| line.iter().take_while(|b| **b == b' ' || **b == b'\t').count();
    let Some(rest) = bytes.get(keyword.end..bytes.len().min(keyword.end + MAX_SECTION)) else {
        return Vec::new();
    };
    let head = rest.get(..rest.iter().position(|b| matches!(b, b'{' | b'\n')).unwrap_or(rest.len()));
    let Some(head) = head else { return Vec::new() };
    if head.len() > 60 {
        return Vec::new();
    }
    let block = rest.get(head.len()) == Some(&b'{');
    let line = head.trim_ascii_end();
    let brackets =
        line.ends_with(b"]") && bytes.get(line_start..keyword.start).is_some_and(|l| l.starts_with(b"["));
    let body = rest.get(head.len() + 1..).unwrap_or_default();
    let shallow = indent(bytes.get(line_start..keyword.start).unwrap_or_default());
    let length = if block {
        body.iter().position(|b| *b == b'}').unwrap_or(body.len())
    } else if brackets {
        memchr::memmem::find(body, b"\n[").unwrap_or(body.len())
    } else if line.ends_with(b":") {
        let deeper = |line: &&[u8]| line.trim_ascii().is_empty() || indent(line) > shallow;
        body.split_inclusive(|b| *b == b'\n').take_while(deeper).map(<[u8]>::len).sum()
    } else {
        0
    };
    let from = keyword.end + head.len() + 1;
    let body = body.get(..length).unwrap_or_default();
    let mut found = Vec::new();
    let mut at = 0;
    for part in body.split_inclusive(|b| matches!(b, b'\n' | b',' | b'{')) {
        let name = part.iter().position(|b| b.is_ascii_alphabetic() || *b == b'_');
        let part_start = from + at;
        at += part.len();
        let Some(name) = name.filter(|n| part.get(..*n).is_some_and(|before| !before.contains(&b'#'))) else {
            continue;
        };
        let name_end = name + part.iter().skip(name).take_while(|b| name_byte(**b)).count();
        if let Some(member) = parse(bytes, part_start + name..part_start + name_end) {
            found.push(member);
        }
        if found.len() >= MAX_MEMBERS {
            break;
        }
    }
    found
}

/// Lets `API Key:` and `Unseal Key 2:` be names of several words.
fn further_words(cursor: &mut Cursor<'_>) {
    let start = cursor.at;
    for _ in 0..3 {
        let here = cursor.at;
        if cursor.skip(1, |b| b == b' ') == 0 || cursor.skip(20, |b| b.is_ascii_alphanumeric()) == 0 {
            cursor.at = here;
            break;
        }
    }
    if cursor.at > start && !matches!(cursor.peek(), Some(b':' | b'=')) {
        cursor.at = start;
    }
}

fn operator(cursor: &mut Cursor<'_>, start: usize, closed: bool) -> Option<Operator> {
    let blanks = cursor.blanks();
    if cursor.eat(b"===")
        || cursor.eat(b"==")
        || cursor.eat(b"!==")
        || cursor.eat(b"!=")
        || cursor.eat(b"-eq ")
    {
        return Some(Operator::Compare);
    }
    if cursor.eat(b"=>") || cursor.eat(b":=") || cursor.eat(b"::") || cursor.eat(b"?=") || cursor.eat(b"=") {
        return Some(Operator::Assign);
    }
    if cursor.eat(b"||") || cursor.eat(b"??") || cursor.eat(b",") || cursor.eat(b":-") {
        return Some(Operator::Default);
    }
    if cursor.eat(b":") {
        declared_type(cursor);
        return Some(Operator::Assign);
    }
    if cursor.eat(b"&quot;:") {
        return Some(Operator::Assign);
    }
    if (!closed || in_attribute(cursor.bytes, start)) && cursor.eat(b">") {
        return Some(Operator::Element);
    }
    if cursor.eat(b"{") {
        return nested_default(cursor).then_some(Operator::Assign);
    }
    if blanks == 0 {
        return None;
    }
    if cursor.eat(b"value=") || cursor.eat(b"Value=") {
        return Some(Operator::Attribute);
    }
    if cursor.eat(b"string =") || cursor.eat(b"string=") {
        return Some(Operator::Assign);
    }
    let quoted = matches!(cursor.peek(), Some(b'"' | b'\''));
    (quoted || takes_a_space(cursor.bytes, start)).then_some(Operator::Space)
}

/// `name: string = "value"`, `name: &str = "value"`.
fn declared_type(cursor: &mut Cursor<'_>) {
    let here = cursor.at;
    cursor.blanks();
    let word = cursor
        .skip(24, |b| b.is_ascii_alphanumeric() || matches!(b, b'&' | b'\'' | b'<' | b'>' | b'[' | b']'));
    cursor.blanks();
    if word == 0 || !cursor.eat(b"=") {
        cursor.at = here;
    }
}

/// How many members before a default are passed over, and how long each may be.
const MAX_PASSED: usize = 6;
const MAX_MEMBER: usize = 160;

/// `name { default = "value" }`, `"name": { "value": "value" }`, with other members before it.
fn nested_default(cursor: &mut Cursor<'_>) -> bool {
    for _ in 0..MAX_PASSED {
        cursor.skip(40, |b| b.is_ascii_whitespace() || matches!(b, b'"' | b','));
        let here = cursor.at;
        if cursor.eat(b"default") || cursor.eat(b"value") || cursor.eat(b"Default") {
            cursor.skip(12, |b| b == b' ' || b == b'"');
            if cursor.skip(1, |b| b == b'=' || b == b':') == 1 {
                return true;
            }
        }
        cursor.at = here;
        cursor.skip(MAX_MEMBER, |b| !matches!(b, b'\n' | b',' | b'{' | b'}'));
        if !matches!(cursor.peek(), Some(b'\n' | b',')) {
            return false;
        }
    }
    false
}

/// Moves to the value of `Default:` where the name's value is a block of deeper lines, as CloudFormation declares
/// parameters.
fn default_below(cursor: &mut Cursor<'_>, start: usize) {
    let indent = |line: &[u8]| line.iter().take_while(|b| **b == b' ').count();
    let rest = cursor.bytes.get(cursor.at..).unwrap_or_default();
    let Some(rest) = rest.strip_prefix(b"\n").or_else(|| rest.strip_prefix(b"\r\n")) else { return };
    let shallow = indent(line_before(cursor.bytes, start));
    let mut at = cursor.bytes.len() - rest.len();
    for line in rest.split_inclusive(|b| *b == b'\n').take(MAX_PASSED) {
        let head = indent(line);
        let text = line.get(head..).unwrap_or_default();
        if head <= shallow {
            return;
        }
        if text.starts_with(b"Default:") || text.starts_with(b"default:") {
            cursor.at = at + head + b"Default:".len();
            return;
        }
        at += line.len();
    }
}

/// `<property name="name">value`: whether the name is an attribute's value.
fn in_attribute(bytes: &[u8], start: usize) -> bool {
    let line = line_before(bytes, start);
    [&b" name=\""[..], b" key=\"", b" name='", b" key='"].iter().any(|attribute| line.ends_with(attribute))
}

/// Whether white space alone assigns here: `ENV NAME value`, `--name value`, `machine ... password value`.
fn takes_a_space(bytes: &[u8], start: usize) -> bool {
    let line = line_before(bytes, start);
    let name = bytes.get(start..).unwrap_or_default();
    if name.starts_with(b"-") {
        return true;
    }
    let first = line.trim_ascii_start();
    let keyword = |word: &[u8]| first.get(..word.len()).is_some_and(|w| w.eq_ignore_ascii_case(word));
    // fish: `set -gx NAME value`.
    let fish =
        keyword(b"set -") && first.split(|b| *b == b' ').nth(1).is_some_and(|flags| flags.contains(&b'x'));
    fish || keyword(b"ENV ") || keyword(b"machine ") || keyword(b"login ") || keyword(b"setenv ")
}

/// The line's bytes before `at`.
pub(crate) fn line_before(bytes: &[u8], at: usize) -> &[u8] {
    let head = bytes.get(..at).unwrap_or_default();
    let from = head.len().saturating_sub(240);
    let head = head.get(from..).unwrap_or_default();
    match memchr::memrchr(b'\n', head) {
        Some(newline) => head.get(newline + 1..).unwrap_or_default(),
        None => head,
    }
}

fn value(cursor: &mut Cursor<'_>, operator: Operator) -> Option<(Range<usize>, Option<u8>)> {
    cursor.blanks();
    let here = cursor.at;
    // The value may stand on the next line if it is quoted; `name = {` may hold a default.
    if cursor.skip(40, |b| b.is_ascii_whitespace()) > 0 && !matches!(cursor.peek(), Some(b'"' | b'\'' | b'{'))
    {
        cursor.at = here;
    }
    if cursor.peek() == Some(b'{') {
        cursor.at += 1;
        if !nested_default(cursor) {
            cursor.at = here;
        }
        cursor.blanks();
    }
    if operator == Operator::Element && cursor.eat(b"\n") {
        return None;
    }
    if operator == Operator::Element {
        cursor.eat(b"<![CDATA[");
    }
    for wrapper in [&b"String("[..], b"new String(", b"b64decode(", b"["] {
        if cursor.eat(wrapper) {
            cursor.blanks();
            break;
        }
    }
    // C#'s `@"..."`, Python's `b"..."`.
    let next = cursor.bytes.get(cursor.at + 1).copied();
    cursor.skip(1, |b| matches!(b, b'@' | b'b') && matches!(next, Some(b'"' | b'\'')));
    let escaped = cursor.eat(b"\\");
    let quote = match cursor.peek() {
        Some(q @ (b'"' | b'\'' | b'`')) => {
            cursor.at += 1;
            Some(q)
        }
        _ if escaped => return None,
        _ => None,
    };
    // `'"value"'`.
    if let (Some(outer), Some(inner @ (b'"' | b'\''))) = (quote, cursor.peek()) {
        let rest = cursor.bytes.get(cursor.at + 1..).unwrap_or_default();
        if outer != inner && !rest.starts_with(b"$") {
            cursor.at += 1;
            return finish(cursor, Some(inner), escaped);
        }
    }
    finish(cursor, quote, escaped)
}

fn finish(cursor: &mut Cursor<'_>, quote: Option<u8>, escaped: bool) -> Option<(Range<usize>, Option<u8>)> {
    let start = cursor.at;
    let rest = cursor.bytes.get(start..cursor.bytes.len().min(start + MAX_VALUE))?;
    let len = match quote {
        Some(quote) => match quoted_len(rest, quote, escaped) {
            Some(len) => len,
            // A quote that is not closed in its line: the value is one word.
            None => return (bare_len(rest) > 0).then_some((start..start + bare_len(rest), None)),
        },
        None => bare_len(rest),
    };
    (len > 0).then_some((start..start + len, quote))
}

/// The bytes up to the closing quote; none if the line ends first.
fn quoted_len(rest: &[u8], quote: u8, escaped: bool) -> Option<usize> {
    let mut at = 0;
    while let Some(&byte) = rest.get(at) {
        match byte {
            b'\n' => return None,
            b'\\' if escaped && rest.get(at + 1) == Some(&quote) => return Some(at),
            b'\\' if !escaped => at += 1,
            _ if byte == quote => return Some(at),
            _ => {}
        }
        at += 1;
    }
    None
}

/// The bytes of a value without quotes.
fn bare_len(rest: &[u8]) -> usize {
    let ends = |b: &u8| b.is_ascii_whitespace() || matches!(b, b'"' | b'\'' | b'`' | b'<' | b'>' | b'\\');
    let mut len = rest.iter().position(ends).unwrap_or(rest.len());
    let bare = &rest[..len];
    // `password=value;next=...`, `token=value&next=...`.
    if let Some(at) = bare.iter().position(|b| matches!(b, b';' | b'&')) {
        let tail = &bare[at + 1..];
        let word = tail.iter().take_while(|b| name_byte(**b) || **b == b' ').count();
        if word == tail.len() || tail.get(word) == Some(&b'=') {
            len = at;
        }
    }
    while len > 0 && matches!(rest[len - 1], b',' | b';' | b')' | b'}' | b']') {
        len -= 1;
    }
    len
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, keyword: &str) -> Option<(String, String)> {
        let at = text.find(keyword).expect("the keyword stands in the text");
        let found = parse(text.as_bytes(), at..at + keyword.len())?;
        Some((text[found.name].into(), text[found.value].into()))
    }

    #[test]
    fn reads_the_ways_files_write_assignments() {
        for (text, name, value) in [
            ("export MY_KEY_ID=abc # no", "MY_KEY_ID", "abc"),
            ("\"my.key\": \"a b\",", "my.key", "a b"),
            (":key => 'abc',", "key", "abc"),
            ("ENV KEY abc", "KEY", "abc"),
            ("setenv KEY a:bc", "KEY", "a:bc"),
            ("set -gx KEY abc", "KEY", "abc"),
            ("tool --key abc -x", "--key", "abc"),
            ("env('KEY', 'abc')", "KEY", "abc"),
            ("process.env.KEY || \"abc\"", "process.env.KEY", "abc"),
            ("<add key=\"KEY\" value=\"abc\"/>", "KEY", "abc"),
            ("<key>abc</key>", "key", "abc"),
            ("variable \"key\" {\n  default = \"abc\"\n}", "key", "abc"),
            ("\"KEY\": {\n  \"value\": \"abc\"\n}", "KEY", "abc"),
            ("key: string = 'abc'", "key", "abc"),
            ("KEY:\n    'abc',", "KEY", "abc"),
            ("{\\\"key\\\": \\\"abc\\\"}", "key", "abc"),
            ("?key=abc&x=y", "key", "abc"),
            ("Key=abc;Other=x", "Key", "abc"),
            ("Key 2: abc", "Key 2", "abc"),
            ("buildConfigField 'String' , 'KEY' , '\"abc\"'", "KEY", "abc"),
            ("- name: KEY\n  value: abc\n", "KEY", "abc"),
            ("- name: KEY\n  value: \"a b\"\n", "KEY", "a b"),
            ("{\"name\":\"KEY\",\"value\":\"abc\"}", "KEY", "abc"),
            ("{\n  \"Name\": \"KEY\",\n  \"Value\": \"abc\"\n}", "KEY", "abc"),
            ("set {\n  name  = \"KEY\"\n  value = \"abc\"\n}", "KEY", "abc"),
            ("{\"ParameterKey\": \"KEY\", \"ParameterValue\": \"abc\"}", "KEY", "abc"),
            ("<add key=\"My:KEY\" value=\"abc\" />", "KEY", "abc"),
            ("\"KEY:Inner\": \"abc\"", "KEY:Inner", "abc"),
            ("variable \"key\" {\n  type    = string\n  default = \"abc\"\n}", "key", "abc"),
            ("  Key:\n    Type: String\n    Default: abc\n", "Key", "abc"),
            ("<property name=\"a.key\">abc</property>", "a.key", "abc"),
        ] {
            let keyword = if text.contains("KEY") {
                "KEY"
            } else if text.contains("Key") {
                "Key"
            } else {
                "key"
            };
            let got = read(text, keyword);
            assert_eq!(got, Some((name.into(), value.into())), "{text}");
        }
    }

    #[test]
    fn a_section_has_members() {
        for text in [
            "acme:\n  region: eu\n  api_key: \"abc\"\nother: x\n",
            "[acme]\nregion = eu\napi_key = abc\n\n[other]\nkey = x\n",
            "provider \"acme\" {\n  region = \"eu\"\n  api_key = \"abc\"\n}\nother = 1\n",
            "{\"acme\": {\"region\": \"eu\", \"api_key\": \"abc\"}, \"other\": 1}",
            "acme: { region: 'eu', api_key: 'abc' }",
        ] {
            let at = text.find("acme").expect("the keyword stands in the text");
            let found = members(text.as_bytes(), at..at + 4);
            let found: Vec<_> =
                found.iter().map(|m| (&text[m.name.clone()], &text[m.value.clone()])).collect();
            assert_eq!(found, [("region", "eu"), ("api_key", "abc")], "{text}");
        }
        for text in ["acme = 1\nkey = 2\n", "see acme\n  key: 2\n", "acme:\nkey: 2\n"] {
            let at = text.find("acme").expect("the keyword stands in the text");
            assert_eq!(members(text.as_bytes(), at..at + 4), [], "{text}");
        }
    }

    #[test]
    fn nothing_is_assigned_here() {
        for text in [
            "the key to it",
            "key\n",
            "<input name=\"key\" id=\"key\">",
            "key = \nabc",
            "key:\nDefault: abc",
            "<a id=\"key\">abc</a>",
            "postgres://app:${key:?}@db:5432/app",
            "postgres://app:${my_key?set it}@db:5432/app",
            "${key:+--with-key}",
        ] {
            assert_eq!(read(text, "key"), None, "{text}");
        }
    }
}
