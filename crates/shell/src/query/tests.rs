use crate::{Connector, Dialect, ParsedBy, RedirectKind, Script};

fn script(text: &str) -> Script {
    let script = Script::parse(text, Dialect::Bash);
    assert_eq!(script.parsed_by(), ParsedBy::Parser, "{text}: {:?}", script.problems);
    script
}

/// Name and arguments of each command as it runs in the end.
fn lines(text: &str) -> Vec<String> {
    let words = |c: &crate::Command| c.words.iter().map(|w| w.text_lossy()).collect::<Vec<_>>().join(" ");
    script(text).effective_commands().map(words).collect()
}

#[test]
fn every_simple_command_is_listed_in_order() {
    let text = "set -e; if [ -f x ]; then a; else b; fi; for i in 1 2; do c $i; done; case $x in y) d;; esac; \
                f() { e; }; ( g && h ) | i; j \"$(k | l)\" `m`; while n; do o; done; { p; q; }; FOO=1 r; exit 1";
    assert_eq!(
        lines(text),
        [
            "set -e",
            "[ -f x ]",
            "a",
            "b",
            "c ${i}",
            "d",
            "e",
            "g",
            "h",
            "i",
            "j $(k | l) `m`",
            "k",
            "l",
            "m",
            "n",
            "o",
            "p",
            "q",
            "r",
            "exit 1"
        ]
    );
}

#[test]
fn a_command_knows_its_place() {
    let script = script(
        "a && b || c; d & if e; then f; fi; (g); $(h); i() { j; }; while k; do l; done; ! m; case x in x) n;; esac",
    );
    let find = |name: &str| script.commands.iter().find(|c| c.is(name)).unwrap_or_else(|| panic!("{name}"));
    assert_eq!(
        ["a", "b", "c", "d", "e", "f"].map(|name| find(name).connector),
        [
            Connector::Start,
            Connector::And,
            Connector::Or,
            Connector::Seq,
            Connector::Background,
            Connector::Start
        ]
    );
    assert!(find("d").context.background);
    assert!(find("e").context.condition && !find("e").context.branch);
    assert!(find("f").context.branch && !find("f").context.is_unconditional());
    assert!(find("g").context.subshell);
    assert!(find("h").context.substitution);
    assert!(find("j").context.function);
    assert!(find("l").context.loop_body && find("k").context.condition);
    assert!(find("m").negated);
    assert!(find("n").context.case_arm);
    assert_eq!(script.functions, ["i".into()]);
}

#[test]
fn pipelines_know_their_elements() {
    let script = script("echo x; set -o pipefail; curl -fsSL u | tar xz -C /opt && { a; b; } | (c; d) | e");
    assert_eq!(script.pipelines.len(), 2);
    assert!(script.pipelines.iter().all(|pipeline| pipeline.pipefail));
    let elements = &script.pipelines[1].elements;
    let names: Vec<Vec<_>> = elements
        .iter()
        .map(|range| script.commands[range.clone()].iter().map(|c| c.name()).collect())
        .collect();
    assert_eq!(names, [vec!["a", "b"], vec!["c", "d"], vec!["e"]]);
    let curl = script.commands_named("curl").next().expect("curl");
    assert!(curl.pipes_into() && !curl.is_piped_from());
    assert!(script.commands_named("tar").next().expect("tar").is_piped_from());
}

#[test]
fn pipefail_is_recognised_where_it_is_switched() {
    for (text, expected) in [
        ("set -o pipefail && a | b", true),
        ("set -euxo pipefail; a | b", true),
        ("set -eo pipefail; a | b", true),
        ("set -e -o pipefail; a | b", true),
        ("a | b; set -o pipefail", false),
        ("set -o pipefail; set +o pipefail; a | b", false),
        ("set -eux; a | b", false),
        ("set -o errexit; a | b", false),
        ("set -- -o pipefail; a | b", false),
    ] {
        assert_eq!(script(text).pipelines[0].pipefail, expected, "{text}");
    }
    assert!(script("set -ex; a").sets_errexit());
    assert!(!script("set -x; a").sets_errexit());
}

#[test]
fn wrappers_are_looked_into_with_exact_places() {
    let text = "sudo -u root -E A=1 apt-get install curl && env -i X=1 make && xargs -0 -n 1 rm -f && time nice -n 5 cc x \
                && sh -ec 'cd /x && pip install y' && bash -c \"echo $HOME; id\" && timeout -k 5 30 wget u \
                && command -v git && find / -name '*.pyc' -exec rm -rf {} + && su app -c 'npm ci' && exec gosu app node s.js";
    assert_eq!(
        lines(text),
        [
            "apt-get install curl",
            "make",
            "rm -f",
            "cc x",
            "cd /x",
            "pip install y",
            "echo ${HOME}",
            "id",
            "wget u",
            "command -v git",
            "find / -name *.pyc -exec rm -rf {} +",
            "rm -rf {}",
            "npm ci",
            "node s.js"
        ]
    );
    let script = script(text);
    assert!(script.commands.iter().any(|c| c.is("sudo")));
    for command in script.effective_commands() {
        assert_eq!(script.raw(command.words[0].span), command.words[0].text_lossy());
    }
}

#[test]
fn commands_end_before_what_joins_them_to_the_next() {
    for joint in ["; ", " ;", " && ", "\n", " & ", " | ", " || "] {
        let commands =
            ["export A=1 B", "x=(1 2)", "local c=\"$(d)\"", "e >f 2>&1", "exit 1", "A=b c", "g < h"];
        let text = format!("{}{joint}true", commands.join(joint));
        let script = script(&text);
        let outer = script.commands.iter().filter(|command| command.context.depth == 0);
        let read: Vec<_> = outer.map(|command| script.raw(command.span)).collect();
        for command in &commands {
            assert!(read.contains(command), "{command} in {text:?}: {read:?}");
        }
    }
}

#[test]
fn words_keep_expansions_as_text() {
    let script =
        script("apt-get install foo=$V \"bar=${W:-1}\" 'a b' c\\ d $(cat l) *.deb {x,y} \"$@\" \"q\\\"r\"");
    let words = &script.commands[0].words[2..];
    let texts: Vec<_> = words.iter().map(|w| w.text_lossy()).collect();
    assert_eq!(
        texts,
        ["foo=${V}", "bar=${W:-1}", "a b", "c d", "$(cat l)", "*.deb", "{x,y}", "${@}", "q\"r"]
    );
    assert_eq!(
        words.iter().map(|w| w.text().is_some()).collect::<Vec<_>>(),
        [false, false, true, true, false, true, true, false, true]
    );
    assert_eq!((&*words[0].variables[0].name, script.raw(words[0].variables[0].span)), ("V", "$V"));
    assert!(words[1].variables[0].has_default && words[1].variables[0].quoted && words[1].quoted);
    assert!(words[4].has_substitution && words[4].is_only_expansion() && !words[0].is_only_expansion());
    assert!(words[5].has_glob && words[6].has_braces && words[2].quoted);
}

#[test]
fn flags_read_like_sentences() {
    let script = script(
        "curl -fsSLo out -H 'A: b' --retry=3 --proto =https u; chmod -R 777 /x; tar -xzf a.tgz -C /opt; apt-get -t sid -qqy install x; wget --yes=false -- -file",
    );
    let [curl, chmod, tar, apt, wget] = &script.commands[..] else { panic!("five commands") };
    assert!(curl.has_flag("f", "fail") && curl.has_flag("L", "location") && curl.has_flag("o", "output"));
    assert!(!curl.has_flag("k", "insecure"));
    assert_eq!(curl.flag_value("-o"), Some("out"));
    assert_eq!(curl.flag_value("--retry"), Some("3"));
    assert_eq!(curl.flag_value("--proto"), Some("=https"));
    assert_eq!(curl.args_without_flags().map(|w| w.text_lossy()).collect::<Vec<_>>(), ["u"]);
    assert!(chmod.has_flag("R", "recursive"));
    assert_eq!(chmod.args_without_flags().map(|w| w.text_lossy()).collect::<Vec<_>>(), ["777", "/x"]);
    assert_eq!(tar.flag_value("-f"), Some("a.tgz"));
    assert_eq!(tar.flag_value("-C"), Some("/opt"));
    assert_eq!(apt.subcommand(), Some("install"));
    assert!(apt.has_any_flag(&["-y", "--yes"]) && apt.runs("apt-get", "install"));
    assert_eq!(apt.flag_value("-t"), Some("sid"));
    assert!(!wget.has_flag("", "yes"));
    assert_eq!(wget.subcommand(), Some("-file"));
}

#[test]
fn later_commands_clean_up() {
    let script = script("rm -rf /a && apt-get install x && sh -c 'apt-get clean; true' && rm -rf /b");
    let install = script.commands_named("apt-get").next().expect("apt-get");
    assert!(script.any_later(install, |c| c.is("rm") && c.has_arg("/b")));
    assert!(script.any_later(install, |c| c.runs("apt-get", "clean")));
    assert!(!script.any_later(install, |c| c.has_arg("/a")));
    let clean = script.commands_named("apt-get").nth(1).expect("clean");
    assert!(script.any_later(clean, |c| c.is("true")) && !script.any_later(clean, |c| c.is("apt-get")));
}

#[test]
fn redirects_heredocs_comments_and_variables() {
    let text = "cat <<'EOF' >/etc/x 2>>log # note\nhi $A\nEOF\ncat <<-E\n\t$B $(c)\n\tE\n{ a; } > both\nexport C=1 D\nread F";
    let script = script(text);
    let cat = &script.commands[0];
    assert_eq!(
        cat.redirects.iter().map(|r| r.kind).collect::<Vec<_>>(),
        [RedirectKind::Heredoc, RedirectKind::Output, RedirectKind::Append]
    );
    assert_eq!(script.heredoc_body(&cat.redirects[0]), Some("hi $A\n"));
    assert_eq!(cat.redirects[1].written_path(), Some("/etc/x"));
    assert_eq!(cat.redirects[2].fd, Some(2));
    assert!(!script.heredocs[0].expands && script.heredocs[1].expands && script.heredocs[1].strips_tabs);
    assert_eq!(script.variables.iter().map(|v| &*v.name).collect::<Vec<_>>(), ["B"]);
    assert_eq!(script.comments.iter().map(|c| script.raw(*c)).collect::<Vec<_>>(), ["# note"]);
    assert_eq!(script.compound_redirects.len(), 1);
    assert_eq!(script.exported_names().collect::<Vec<_>>(), ["C", "D"]);
    assert!(script.assigns("C") && script.assigns("F") && !script.assigns("A"));
    assert!(script.commands.iter().any(|c| c.is("c")));
}

#[test]
fn other_languages_are_opaque() {
    let script = Script::parse("Invoke-WebRequest -Uri $url; if ($x) { y }", Dialect::PowerShell);
    assert!(script.is_opaque() && script.commands.is_empty());
}
