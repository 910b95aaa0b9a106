use super::*;
use proptest::prelude::*;

fn parse(text: &str) -> Yaml {
    Yaml::parse(text, SourceId(0))
}

fn root(text: &str) -> Node {
    let yaml = parse(text);
    assert_eq!(yaml.diagnostics, [], "{text}");
    yaml.documents.into_iter().next().unwrap()
}

fn messages(yaml: &Yaml) -> Vec<(usize, &str)> {
    yaml.diagnostics.iter().map(|d| (d.span.line, d.message.as_str())).collect()
}

/// Every node as `line:column kind source`.
fn outline(node: &Node, text: &str, out: &mut Vec<String>) {
    let written = &text[node.span.bytes.clone()];
    out.push(format!(
        "{}:{}-{}:{} {written:?}",
        node.span.line, node.span.column, node.span.end_line, node.span.end_column
    ));
    match node.value() {
        Value::Scalar(_) => {}
        Value::Seq(items) => items.iter().for_each(|item| outline(item, text, out)),
        Value::Map(map) => map.entries.iter().for_each(|entry| {
            outline(&entry.key, text, out);
            outline(&entry.value, text, out);
        }),
    }
}

#[test]
fn every_node_has_its_place() {
    let text = "a: b # c\nlist:\n  - 'x y'\n  - k: |\n      block # no comment\n      two\n    z:\nflow: {é: [1, \"2\"]}\n\nend: ~\n";
    let mut seen = Vec::new();
    outline(&root(text), text, &mut seen);
    insta::assert_snapshot!(seen.join("\n"), @r#"
    1:1-10:7 "a: b # c\nlist:\n  - 'x y'\n  - k: |\n      block # no comment\n      two\n    z:\nflow: {é: [1, \"2\"]}\n\nend: ~"
    1:1-1:2 "a"
    1:4-1:5 "b"
    2:1-2:5 "list"
    3:5-7:6 "'x y'\n  - k: |\n      block # no comment\n      two\n    z"
    3:5-3:10 "'x y'"
    4:5-7:6 "k: |\n      block # no comment\n      two\n    z"
    4:5-4:6 "k"
    5:7-6:10 "block # no comment\n      two"
    7:5-7:6 "z"
    7:6-7:6 ""
    8:1-8:5 "flow"
    8:7-8:20 "{é: [1, \"2\"]}"
    8:8-8:9 "é"
    8:11-8:19 "[1, \"2\"]"
    8:12-8:13 "1"
    8:15-8:18 "\"2\""
    10:1-10:4 "end"
    10:6-10:7 "~"
    "#);
}

#[test]
fn comments_are_found_outside_of_scalars() {
    let text = "# top\na: b # one\nc: 'x # no'\nd: |  # two\n  # no\n  x\n  # three\ne: f#no\ng: # four\n  # five\n  - h\n";
    let seen: Vec<_> = parse(text).comments.into_iter().map(|c| (c.span.line, c.text, c.own_line)).collect();
    let expected =
        [(1, "top", true), (2, "one", false), (4, "two", false), (9, "four", false), (10, "five", true)];
    assert_eq!(seen, expected.map(|(line, text, own)| (line, text.to_owned(), own)));
}

#[test]
fn aliases_keep_both_places() {
    let text = "x: &x\n  k: v\ny: *x\n";
    let root = root(text);
    let y = root.get("y").unwrap();
    assert_eq!(&text[y.span.bytes.clone()], "*x");
    assert_eq!(y.alias_of.as_ref().map(|span| (span.line, span.end_line)), Some((1, 2)));
    assert_eq!(y.get("k").map(|node| node.span.line), Some(2));
}

#[test]
fn merge_keys_bring_what_is_not_there() {
    let text = "a: &a {k: 1, l: 2}\nb: &b {l: 3, m: 4}\none:\n  <<: *a\n  k: 0\nmany:\n  <<: [*a, *b]\nnested:\n  <<: {n: 5}\n";
    let root = root(text);
    let list = |key: &str| -> Vec<String> {
        let map = root.get(key).and_then(Node::as_map).unwrap();
        map.entries
            .iter()
            .map(|e| {
                let by = e.merged_by.as_ref().map_or(0, |span| span.line);
                format!(
                    "{}={}@{} by {by}",
                    e.key_text().unwrap(),
                    e.value.as_text().unwrap(),
                    e.value.span.line
                )
            })
            .collect()
    };
    assert_eq!(list("one"), ["k=0@5 by 0", "l=2@1 by 4"]);
    assert_eq!(list("many"), ["k=1@1 by 7", "l=2@1 by 7", "m=4@2 by 7"]);
    assert_eq!(list("nested"), ["n=5@9 by 9"]);
    assert_eq!(messages(&parse("a:\n  <<: 1\n")), [(2, "`<<` takes a mapping or a list of mappings")]);
}

#[test]
fn duplicate_keys_are_reported_where_they_repeat() {
    let yaml = parse("a: 1\nb: 2\na: 3\n");
    assert_eq!(messages(&yaml), [(3, "key `a` is given twice")]);
    assert_eq!(yaml.documents[0].get("a").and_then(Node::as_text), Some("3"));
}

#[test]
fn types_are_those_of_the_core_schema() {
    for (text, kind) in [
        ("1", Kind::Int(1)),
        ("-12", Kind::Int(-12)),
        ("0x1F", Kind::Int(31)),
        ("0o17", Kind::Int(15)),
        ("0755", Kind::Int(493)),
        ("1_000", Kind::Int(1000)),
        ("1.5", Kind::Float(1.5)),
        ("1e3", Kind::Float(1000.0)),
        (".5", Kind::Float(0.5)),
        ("true", Kind::Bool(true)),
        ("yes", Kind::Text),
        ("~", Kind::Null),
        ("null", Kind::Null),
        ("'1'", Kind::Text),
        ("!!str 1", Kind::Text),
        ("22:22", Kind::Text),
        ("1.2.3", Kind::Text),
        ("512m", Kind::Text),
        (".", Kind::Text),
        ("-", Kind::Text),
        ("0x", Kind::Text),
        ("9223372036854775808", Kind::Float(9223372036854775808.0)),
    ] {
        if text == "-" {
            continue;
        }
        assert_eq!(root(&format!("a: {text}")).get("a").unwrap().as_scalar().unwrap().kind, kind, "{text}");
    }
    assert_eq!(resolve("-"), Kind::Text);
    assert!(root("a: yes").get("a").unwrap().as_bool().unwrap());
}

#[test]
fn what_cannot_be_read_is_passed_over() {
    let yaml = parse(
        "services:\n  a:\n    image: x\n   bad\n  b:\n    image: y\n  c:\n\timage: z\n  d:\n    image: w\n",
    );
    let lines: Vec<_> = yaml.diagnostics.iter().map(|d| d.span.line).collect();
    assert_eq!(yaml.documents.len(), 1);
    let services = yaml.documents[0].get("services").unwrap();
    let names: Vec<_> = services.as_map().unwrap().entries.iter().filter_map(Entry::key_text).collect();
    assert_eq!(names, ["a", "b", "c", "d"]);
    assert!(!lines.is_empty());
}

#[test]
fn line_ends_and_marks_move_nothing() {
    let text = "\u{feff}a: b\r\nc:\r\n  - d # e\r\n";
    let yaml = parse(text);
    assert_eq!(yaml.diagnostics, []);
    let root = &yaml.documents[0];
    assert_eq!(root.get("a").map(|n| (&text[n.span.bytes.clone()], n.span.column)), Some(("b", 4)));
    assert_eq!(root.get("c").map(|n| n.as_seq().unwrap()[0].span.line), Some(3));
    assert_eq!(yaml.comments[0].text, "e");
    assert_eq!(&text[yaml.comments[0].span.bytes.clone()], "# e");
}

#[test]
fn documents_are_kept_apart() {
    let yaml = parse("---\na: 1\n---\n---\nb: 2\n...\n");
    assert_eq!(yaml.documents.len(), 2);
    assert_eq!(yaml.diagnostics, []);
}

#[test]
fn tags_of_compose_are_kept() {
    let root = root("a: !reset null\nb: !override [1]\nc: !!str 5\n");
    assert_eq!(root.get("a").unwrap().tag.as_deref(), Some("reset"));
    assert_eq!(root.get("b").unwrap().tag.as_deref(), Some("override"));
    assert_eq!(root.get("c").unwrap().tag, None);
}

#[test]
fn aliases_cannot_grow_without_bound() {
    let mut text = "a0: &a0 [x, x]\n".to_owned();
    for i in 1..64 {
        text += &format!("a{i}: &a{i} [{}]\n", vec![format!("*a{}", i - 1); 10].join(", "));
    }
    let yaml = parse(&text);
    assert!(yaml.diagnostics.iter().any(|d| d.message.contains("repeat more than 250,000")));

    let mut text = "a0: &a0 [x]\n".to_owned();
    for i in 1..2000 {
        text += &format!("a{i}: &a{i} [*a{}]\n", i - 1);
    }
    assert!(parse(&text).diagnostics.iter().any(|d| d.message.contains("nested more than 100")));
    assert_eq!(messages(&parse("a: &a [*a]\n")), [(1, "an alias within its own anchor")]);
    assert!(!parse(&"[".repeat(100_000)).diagnostics.is_empty());
    assert!(parse(&"- ".repeat(100_000)).diagnostics.iter().any(|d| d.message.contains("levels deep")));
    assert_eq!(messages(&parse("a: *nowhere\nb: 1\n")).first().map(|m| m.0), Some(1));
}

proptest! {
    #[test]
    fn never_panics_and_spans_hold(text in "([a-c:\\-#&*!|>\\[\\]{},?'\"%@\t\r\n \u{e9}\u{feff}]|\n  |: |- |<<: |&a |\\*a |---\n){0,40}") {
        let yaml = parse(&text);
        for span in yaml.scalars.iter().chain(yaml.diagnostics.iter().map(|d| &d.span)).chain(yaml.comments.iter().map(|c| &c.span)) {
            prop_assert!(text.get(span.bytes.clone()).is_some(), "{:?}", span);
        }
        for document in &yaml.documents {
            outline(document, &text, &mut Vec::new());
        }
    }
}
