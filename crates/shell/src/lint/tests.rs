use super::*;
use crate::Dialect;

fn found(text: &str, dialect: Dialect, declared: &[&str]) -> Vec<(&'static str, String)> {
    let script = Script::parse(text, dialect);
    let options = LintOptions { declared_variables: declared, ..LintOptions::default() };
    let findings = lint(&script, &options);
    findings.iter().map(|finding| (finding.code, script.raw(finding.span).to_string())).collect()
}

fn codes_of(text: &str) -> Vec<&'static str> {
    let mut codes: Vec<_> = found(text, Dialect::Sh, &[]).into_iter().map(|(code, _)| code).collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}

#[test]
fn findings_stand_where_the_fault_is() {
    let text = "cd /x; tar xzf $HOME/a.tgz && export V=\"$(cat v)\"";
    let expected = [("SC2164", "cd /x"), ("SC2086", "$HOME"), ("SC2155", "V")];
    assert_eq!(found(text, Dialect::Sh, &["A", "B"]), expected.map(|(code, at)| (code, at.to_string())));
}

#[test]
fn declared_variables_are_given() {
    assert_eq!(found("echo \"$version\"", Dialect::Sh, &[]), [("SC2154", "$version".to_string())]);
    assert_eq!(found("echo \"$version\"", Dialect::Sh, &["version"]), []);
    assert_eq!(found("echo \"$version\"", Dialect::Sh, &["ver sion", "version=1", "version"]), []);
}

#[test]
fn misspellings_are_near_what_is_set() {
    let of = |set: &str, read: &str| found(&format!("x \"${read}\""), Dialect::Sh, &[set]);
    assert_eq!(of("USER_", "USER_ID"), []);
    assert_eq!(of("GROUP_ID", "GROUPID"), [("SC2153", "$GROUPID".to_string())]);
    assert_eq!(of("BUILD_DIR", "BUILD_DIRXY"), [("SC2153", "$BUILD_DIRXY".to_string())]);
}

#[test]
fn the_dialect_decides() {
    assert_eq!(codes_of("set -o pipefail; [[ -f x ]]"), ["SC3010", "SC3040"]);
    assert_eq!(found("set -o pipefail; [[ -f x ]]", Dialect::Bash, &[]), []);
    assert_eq!(found("Get-Item $x", Dialect::PowerShell, &[]), []);
}

#[test]
fn own_checks_say_what_shellcheck_says() {
    for (text, expected) in [
        ("set -e; ! foo; bar", &["SC2251"][..]),
        ("set -e; for x in a b; do ! grep \"$x\" f; done; bar", &["SC2251"]),
        ("set -e; ! foo", &[]),
        ("set -e; ! foo || bar; baz", &[]),
        ("set -e; if ! foo; then bar; fi", &[]),
        ("! foo; bar", &[]),
        ("%%CMD%% x", &["SC2288"]),
        ("foo/ x", &["SC2287"]),
        ("find -name x", &["SC2185"]),
        ("find -L /x -name y", &[]),
        ("mkdir -p -m 755 a/b", &["SC2174"]),
        ("mkdir -p -m 755 a", &[]),
        ("mkdir -pm755 /a/b", &["SC2174"]),
        ("printf '%s %s\\n' a", &["SC2183"]),
        ("printf '%s %s\\n' a b c d", &[]),
        ("printf 'foo\\n' bar", &["SC2182"]),
        ("printf '%5d%%|%*s\\n' 1 2 3", &[]),
        ("tr hello world", &["SC2020"]),
        ("> foo", &["SC2188"]),
        ("a | rm x", &["SC2216"]),
        ("a | { rm x; }", &[]),
        ("a | xargs rm", &[]),
        ("exit 256", &["SC2242"]),
        ("trap 'x' KILL", &["SC2173"]),
        ("echo \"$HOSTNAME\"", &["SC3028"]),
        ("HOSTNAME=x; echo \"$HOSTNAME\"", &[]),
        ("exec -a foo bar", &["SC3038"]),
        ("foo = bar", &["SC2283"]),
        ("$HOME=bar", &["SC2281"]),
        ("[ -a x ]", &["SC2331", "SC3017"]),
        ("[ true ]", &["SC2160"]),
        ("let x=1; echo \"$x\"", &["SC3039"]),
        ("LDFLAGS=${LDFLAGS:-} -Wl,-s", &["SC2037"]),
        ("[ \"$HOME\"=1 ]", &["SC2077"]),
        ("[ \"$HOME\" \\> a ]", &["SC3012"]),
        ("rm -rf \"/$HOME\"", &["SC2115"]),
        ("rm -rf /usr/local /tmp/x", &["SC2114"]),
        ("rm -r /", &["SC2114"]),
        ("rm -rf /usr/lib /opt /root; rm -f /etc", &[]),
        ("[ \"$HOME\" -ge 3.5 ]", &["SC2072"]),
        ("[ \"$HOME\" = 3.5 ] || [ \"$HOME\" != 1.0 ]", &[]),
        ("exec a \"$HOME\"; b", &["SC2093"]),
        ("exec a; echo gone", &[]),
        ("exec a && b; exec > /tmp/log; if b; then exec a; fi; c", &[]),
        ("find . -name a -o -name b -delete", &["SC2146"]),
        ("find . -type f -o -name b -delete", &[]),
        ("PATH=\"$PATH:~/x\" ls", &["SC2147"]),
        ("PATH=\"$PATH:~/x\"", &["SC2147"]),
    ] {
        assert_eq!(codes_of(text), expected, "{text}");
    }
}

#[test]
fn plain_scripts_are_skipped_only_when_they_are_clean() {
    for text in [
        "apt-get update && apt-get install -y curl=7.1",
        "npm ci && npm run build",
        "mkdir -p /a && chown 1:1 /a",
    ] {
        let script = Script::parse(text, Dialect::Sh);
        assert!(quick::is_clean(&script), "{text}");
        let found = shuck::findings(text, Dialect::Sh, false, false, |code| adjust::code(code).is_some());
        assert!(found.is_ok_and(|found| found.is_empty()) && checks::run(&script, &[]).is_empty(), "{text}");
    }
    for text in
        ["cd /x && make", "rm -rf *", "echo $X", "find -name x", "a & b", "mkdir -p -m 755 a/b", "echo a b"]
    {
        assert!(!quick::is_clean(&Script::parse(text, Dialect::Sh)), "{text}");
    }
}

#[test]
fn hadolint_prints_the_last_of_a_run() {
    let script = Script::parse("cd /x; echo $(foo) $HOME; export A=`b`", Dialect::Sh);
    let findings = lint(&script, &LintOptions::default());
    assert_eq!(hadolints_choice(&findings).map(|finding| finding.code), Some("SC2006"));
}

#[test]
fn codes_are_a_table_in_order() {
    assert!(codes().windows(2).all(|pair| pair[0].code < pair[1].code));
    assert!(codes().len() > 250);
    for code in ["SC2086", "SC2046", "SC2155", "SC2164", "SC2251", "SC3028"] {
        assert!(codes().iter().any(|info| info.code == code && !info.title.is_empty()), "{code}");
    }
    for code in ["SC1091", "SC2148", "SC2187", "SC2250", "SC2399"] {
        assert!(codes().iter().all(|info| info.code != code), "{code}");
    }
}

#[test]
fn a_fix_mends_the_finding() {
    let script = Script::parse("rm $HOME/x", Dialect::Sh);
    let findings = lint(&script, &LintOptions { declared_variables: &["A"], ..LintOptions::default() });
    let fix = findings[0].fix.as_ref().expect("a fix");
    let mut text = script.text().to_string();
    for edit in fix.edits.iter().rev() {
        text.replace_range(edit.span.range(), &edit.text);
    }
    assert_eq!(text, "rm \"$HOME\"/x");
}

#[test]
fn what_is_remembered_is_what_is_found_afresh() {
    let script = Script::parse("echo $A $B", Dialect::Sh);
    let of = |declared: &[&str], pipefail| {
        lint(&script, &LintOptions { declared_variables: declared, pipefail, errexit: false })
    };
    let first = of(&["A"], false);
    assert!(Arc::ptr_eq(&first, &of(&["A"], false)));
    assert!(!Arc::ptr_eq(&first, &of(&["A", "B"], false)));
    assert!(!Arc::ptr_eq(&first, &of(&["A"], true)));
    let bash = Script::parse("echo $A $B", Dialect::Bash);
    assert!(!Arc::ptr_eq(
        &first,
        &lint(&bash, &LintOptions { declared_variables: &["A"], ..LintOptions::default() })
    ));
}
