//! Docker's behaviour case by case. The example compare_ignore puts random patterns and paths to the official matcher
//! besides; see testdata/context/oracle.

use super::*;
use proptest::prelude::*;

fn excluded(text: &str, path: &str) -> bool {
    Ignore::parse(text).matches(path).excluded
}

#[track_caller]
fn check(text: &str, out: &[&str], sent: &[&str]) {
    let ignore = Ignore::parse(text);
    assert_eq!(ignore.diagnostics(), [], "{text:?}");
    for path in out {
        assert!(ignore.matches(path).excluded, "{text:?} should exclude {path:?}");
    }
    for path in sent {
        assert!(!ignore.matches(path).excluded, "{text:?} should send {path:?}");
    }
}

#[test]
fn a_name_matches_at_the_root_only() {
    check("node_modules", &["node_modules", "node_modules/a/b.js"], &["web/node_modules", "node_modules2"]);
}

#[test]
fn slashes_at_either_end_mean_nothing() {
    for text in ["dist", "/dist", "dist/", "/dist/", "./dist", "//dist", "x/../dist"] {
        check(text, &["dist", "dist/a"], &["src/dist"]);
    }
}

#[test]
fn single_star_stays_in_a_component() {
    check("*.log", &["a.log", ".log"], &["a/b.log", "a.logs"]);
    check("*/temp*", &["a/temp", "a/temporary.txt", "a/temp/x"], &["temp", "a/b/temp"]);
    check("*/*/temp*", &["a/b/temporary"], &["a/temp"]);
    check("*", &["a", "a/b", ".env"], &["."]);
}

#[test]
fn question_mark_is_one_character() {
    check("temp?", &["tempa", "temp1/x", "tempé"], &["temp", "tempab", "temp/"]);
}

#[test]
fn double_star_spans_folders() {
    check("**/*.pyc", &["a.pyc", "a/b/c.pyc"], &["a.py"]);
    check("**/node_modules", &["node_modules", "web/node_modules/x", "a/b/node_modules"], &["xnode_modules"]);
    check("src/**", &["src/a", "src/a/b"], &["src", "srcs/a"]);
    check("src/**/test", &["src/test", "src/a/b/test", "src/a/test/x"], &["src/a/tests", "test"]);
    check("**", &["a", "a/b"], &[]);
    check("**/", &["a", "a/b"], &[]);
    check("a**", &["a", "ab", "ab/c"], &["b"]);
    check("**a", &["a", "ba", "x/ba"], &["b"]);
    check("**/.git/**", &[".git/HEAD", "sub/.git/HEAD"], &[".git", "sub/.git"]);
}

#[test]
fn classes() {
    check("[a-c].txt", &["a.txt", "c.txt"], &["d.txt", "ab.txt"]);
    check("[^a].txt", &["b.txt"], &["a.txt"]);
    // Docker knows only `^`; a `!` is one more character of the class.
    check("[!a].txt", &["a.txt", "!.txt"], &["b.txt"]);
    check("[[:digit:]]x", &["1x"], &["ax"]);
    check("[a\\]]", &["]", "a"], &["\\"]);
    // Within a class Docker still replaces the star, so the class ends early.
    check("[*]", &["]", "^]", "//]"], &["*", "x"]);
}

#[test]
fn a_backslash_takes_the_next_character_as_it_is() {
    check("a\\*", &["a*"], &["ab"]);
    check("\\!important", &["!important"], &["important"]);
    check("\\#notes", &["#notes"], &["notes"]);
    check("a\\ b", &["a b"], &["ab"]);
    // But a letter or digit after it is Go's regular expression speaking.
    check("v\\d", &["v1"], &["vd"]);
}

#[test]
fn text_that_is_special_only_in_regular_expressions() {
    check("a.b", &["a.b"], &["axb"]);
    check("a+(b|c){2}$*", &["a+(b|c){2}$", "a+(b|c){2}$x"], &["aab"]);
    check("^a", &["^a"], &["a"]);
    check("^a*", &["a", "ab"], &["^a"]);
}

#[test]
fn comments_are_lines_that_begin_with_a_hash() {
    check(
        "# all\n\n  \nfoo # not a comment\n #neither",
        &["foo # not a comment", "#neither"],
        &["foo", "all"],
    );
}

#[test]
fn exceptions_take_back_in_order() {
    check("*.md\n!README.md", &["a.md"], &["README.md"]);
    check("*.md\n!README*.md\nREADME-secret.md", &["a.md", "README-secret.md"], &["README.md"]);
    check("!README.md\n*.md", &["README.md"], &[]);
    check("*\n!src", &["a", "a/b"], &["src", "src/a/b"]);
    check("*\n! src/\n", &["a"], &["src/a"]);
    check("**\n!src/**\nsrc/*.log", &["src", "src/a.log"], &["src/a.rs", "src/b/a.log"]);
    check("a\n!a/b\na/b/c", &["a", "a/x", "a/b/c"], &["a/b", "a/b/d"]);
}

#[test]
fn a_pattern_on_a_folder_covers_what_is_in_it() {
    check("a/b", &["a/b", "a/b/c/d"], &["a", "a/bc"]);
    check("*\n!*.json", &["src/x.json", "src"], &["package.json"]);
}

#[test]
fn a_pattern_that_a_folder_did_not_need_does_not_reach_below_it() {
    // BuildKit remembers of a folder only the patterns it tried.
    check("a\n!a/b\na", &["a", "a/x"], &["a/b"]);
}

#[test]
fn lines_end_in_any_way_after_a_byte_order_mark() {
    let ignore = Ignore::parse("\u{feff}# bom\r\n  foo  \r\n!bar\r\n");
    let seen: Vec<_> =
        ignore.patterns().iter().map(|p| (p.text.as_str(), p.exception, p.span.clone())).collect();
    assert_eq!(
        seen,
        [
            ("foo", false, Span { bytes: 12..15, line: 2, column: 3 }),
            ("!bar", true, Span { bytes: 19..23, line: 3, column: 1 }),
        ]
    );
}

#[test]
fn what_docker_refuses_is_reported_with_its_line() {
    let ignore = Ignore::parse("ok\n[\n!\n!/\na\\\n[z-a]\n\\y\n[]a]\n");
    let seen: Vec<_> = ignore.diagnostics().iter().map(|d| (d.span.line, d.message.as_str())).collect();
    assert_eq!(
        seen,
        [
            (2, "syntax error in pattern \"[\""),
            (3, "illegal exclusion pattern \"!\": nothing follows the \"!\""),
            (4, "illegal exclusion pattern \"!/\": nothing follows the \"!\""),
            (5, "syntax error in pattern \"a\\\""),
            (6, "syntax error in pattern \"[z-a]\""),
            (7, "syntax error in pattern \"\\y\""),
            (8, "syntax error in pattern \"[]a]\""),
        ]
    );
    assert!(ignore.matches("ok").excluded);
}

#[test]
fn the_deciding_pattern_is_named() {
    let ignore = Ignore::parse("*.md\n!README.md\nsecret");
    assert_eq!(ignore.matches("a.md"), Match { excluded: true, pattern: Some(0) });
    assert_eq!(ignore.matches("README.md"), Match { excluded: false, pattern: Some(1) });
    assert_eq!(ignore.matches("secret/key"), Match { excluded: true, pattern: Some(2) });
    assert_eq!(ignore.matches("src"), Match { excluded: false, pattern: None });
}

#[test]
fn a_path_may_be_written_as_in_copy() {
    assert!(excluded("a/b", "./a/b/"));
    assert!(excluded("a/b", "/a/b"));
    assert!(excluded("a/b", "../a/b"));
}

#[test]
fn stars_do_not_blow_up() {
    let pattern = "**/*a".repeat(200) + "x";
    assert!(!excluded(&pattern, &("a/".repeat(1000) + "b")));
}

proptest! {
    #[test]
    fn never_panics_and_spans_hold(text in "([ -~]|[*?/!#\\[\\]\\\\^\\n\\r\u{feff}é]){0,40}", path in "[a-c/.*é]{0,12}") {
        let ignore = Ignore::parse(&text);
        ignore.matches(&path);
        for pattern in ignore.patterns() {
            prop_assert_eq!(text.get(pattern.span.bytes.clone()), Some(pattern.text.as_str()));
        }
        for diagnostic in ignore.diagnostics() {
            prop_assert!(text.get(diagnostic.span.bytes.clone()).is_some());
        }
    }

    #[test]
    fn the_way_down_is_the_same_as_each_folder(pattern in "[ab*?/^\\[\\]]{1,8}", path in "[ab]{1,2}(/[ab]{1,2}){0,3}") {
        if let Some(pattern) = Ignore::parse(&pattern).patterns().first() {
            let ends = path.match_indices('/').map(|(slash, _)| slash).chain([path.len()]);
            let each: Vec<_> = ends.map(|end| pattern.matches(&path[..end])).collect();
            prop_assert_eq!(pattern.glob.matches_on_the_way(&path), each);
        }
    }

    #[test]
    fn could_match_below_never_denies_a_match(pattern in "[ab*?/\\[\\]]{1,8}", path in "[ab]{1,2}(/[ab]{1,2}){1,3}") {
        if let Some(pattern) = Ignore::parse(&pattern).patterns().first() && pattern.matches(&path) {
            for (slash, _) in path.match_indices('/') {
                prop_assert!(pattern.could_match_below(&path[..slash]));
            }
        }
    }
}
