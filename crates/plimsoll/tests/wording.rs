//! What is said: names that tell one thing from another, hints that lead on, nothing that claims too much.

mod support;

use plimsoll_image::Compression;
use plimsoll_image::testing::{ImageBuilder, LayerBuilder};
use support::{Run, folder, plimsoll, run, write};

const ROOT: &str = "FROM debian:13-slim\nHEALTHCHECK NONE\nENTRYPOINT [\"/app\"]\n";

fn command(folder: &std::path::Path, args: &[&str]) -> Run {
    run(plimsoll(folder).args(args))
}

fn image(tag: &str) -> ImageBuilder {
    let layer = LayerBuilder::new().file("app", vec![b'x'; 30_000]).build();
    ImageBuilder::new(tag).layer(layer, "COPY app / # buildkit")
}

#[test]
fn an_image_with_a_tag_alone_has_the_name_of_its_file() {
    let folder = folder();
    write(folder.path(), "out/old.oci.tar", image("1").oci_archive(Compression::Gzip));
    write(folder.path(), "out/new.oci.tar", image("1").oci_archive(Compression::Zstd));
    write(folder.path(), "named.tar", image("ghcr.io/acme/api:1").oci_archive(Compression::Gzip));
    let found = command(folder.path(), &["image", "out/old.oci.tar"]);
    assert!(found.stdout.starts_with("old.oci.tar:1\n"), "{}", found.stdout);
    assert!(found.stdout.contains("--> image old.oci.tar:1"), "{}", found.stdout);
    let found = command(folder.path(), &["diff", "out/old.oci.tar", "out/new.oci.tar"]);
    assert!(found.stdout.starts_with("old.oci.tar:1 → new.oci.tar:1\n"), "{}", found.stdout);
    let found = command(folder.path(), &["image", "named.tar"]);
    assert!(found.stdout.starts_with("ghcr.io/acme/api:1\n"), "{}", found.stdout);
}

#[test]
fn a_size_is_called_compressed_only_where_it_is() {
    let folder = folder();
    write(folder.path(), "docker.tar", image("a:1").docker_save());
    write(folder.path(), "oci.tar", image("a:1").oci_archive(Compression::Gzip));
    let row = |name: &str| {
        let found = command(folder.path(), &["image", name]);
        found.stdout.lines().find(|line| line.contains("COPY app")).expect("the layer").to_owned()
    };
    assert!(row("docker.tar").contains(" 30.0 kB ┆          - ┆"), "{}", row("docker.tar"));
    assert!(row("oci.tar").contains(" B ┆"), "{}", row("oci.tar"));
    let found = command(folder.path(), &["diff", "oci.tar", "docker.tar"]);
    assert!(found.stdout.contains("\nlayers ") && !found.stdout.contains("compressed"), "{}", found.stdout);
    assert!(command(folder.path(), &["diff", "oci.tar", "oci.tar"]).stdout.contains("\ncompressed "));
    let found = command(folder.path(), &["image", "docker.tar", "-f", "markdown"]);
    assert!(found.stdout.contains("30.0 kB in 1 layer</summary>"), "{}", found.stdout);
}

#[test]
fn of_an_archive_that_is_cut_off_only_that_is_said() {
    let folder = folder();
    for (name, bytes) in
        [("docker.tar", image("a:1").docker_save()), ("oci.tar", image("a:1").oci_archive(Compression::Gzip))]
    {
        let half = bytes.len() / 2 + 1;
        write(folder.path(), name, &bytes[..half]);
        let found = command(folder.path(), &["image", name]);
        assert_eq!(found.status, 2);
        assert!(
            found.stderr.contains(&format!("{name}, byte {half}: the archive ends early")),
            "{}",
            found.stderr
        );
        assert!(!found.stderr.contains("no manifest.json"), "{}", found.stderr);
    }
}

#[test]
fn what_a_baseline_knows_is_not_called_nothing() {
    let folder = folder();
    write(folder.path(), "Dockerfile", ROOT);
    let lint = |more: &[&str]| command(folder.path(), &[&["lint", "--baseline", "b.json"], more].concat());
    let written = lint(&["--write-baseline"]);
    assert!(written.stderr.ends_with("written to b.json\n"), "{}", written.stderr);
    let count: usize =
        written.stderr.split_whitespace().nth(1).and_then(|n| n.parse().ok()).expect("a count");
    let told = format!("1 file checked, no new findings, {count} known\n");
    assert_eq!(written.stdout, told);
    assert_eq!((lint(&[]).stdout, lint(&[]).status), (told, 0));
}

#[test]
fn what_does_not_fail_the_run_fails_no_test_case() {
    let folder = folder();
    write(folder.path(), "Dockerfile", "FROM debian:13-slim\nUSER 10001\nENTRYPOINT [\"/app\"]\n");
    let junit = |more: &[&str]| command(folder.path(), &[&["lint", "-f", "junit"], more].concat());
    let found = junit(&[]);
    assert_eq!(found.status, 0);
    assert!(found.stdout.contains("failures=\"0\"") && found.stdout.contains("<skipped"), "{}", found.stdout);
    let found = junit(&["--fail-on", "info"]);
    assert_eq!(found.status, 1);
    assert!(found.stdout.contains("<failure") && !found.stdout.contains("<skipped"), "{}", found.stdout);
}

#[test]
fn a_value_that_is_flagged_is_masked_even_if_it_looks_made_up() {
    let folder = folder();
    let text = "FROM debian:13-slim\nARG GITHUB_TOKEN=ghp_0123456789abcdef0123456789abcdef0123\n\
                ENV API_TOKEN=\"s3cr3t-longer-value-9821\" OTHER=1\nARG NPM_TOKEN=$GITHUB_TOKEN\n\
                RUN echo \"ESQedUSt\" | passwd --stdin root\n";
    write(folder.path(), "Dockerfile", text);
    let found = command(folder.path(), &["lint", "--select", "ALL"]);
    for secret in ["0123456789abcdef", "longer-value", "ESQedUSt"] {
        assert!(!found.stdout.contains(secret), "{secret}: {}", found.stdout);
    }
    assert!(found.stdout.contains("API_TOKEN=\"s3cr********************\" OTHER=1"), "{}", found.stdout);
    assert!(found.stdout.contains("ARG NPM_TOKEN=$GITHUB_TOKEN"), "{}", found.stdout);
    let found = command(folder.path(), &["lint", "--select", "ALL", "--show-secrets"]);
    for secret in ["ghp_0123456789abcdef", "longer-value", "ESQedUSt"] {
        assert!(found.stdout.contains(secret), "{secret}: {}", found.stdout);
    }
}

#[test]
fn a_configuration_is_faulted_in_its_own_words() {
    let folder = folder();
    write(folder.path(), "Dockerfile", ROOT);
    for (text, error) in [
        ("\nignore = 'DL3042'\n", "plimsoll.toml:2: `ignore` takes a list, not text"),
        ("ignore-comments = 'no'\n", "plimsoll.toml:1: `ignore-comments` takes true or false, not text"),
        ("max-image-age = true\n", "plimsoll.toml:1: `max-image-age` takes a number, not true or false"),
        ("severity = 3\n", "plimsoll.toml:1: `severity` takes a table, not a number"),
        (
            "# later\n\nignore = [\n  'DL3008',\n  'pin-base-imgae',\n]\n",
            "plimsoll.toml:5: unknown rule, category or code `pin-base-imgae`: did you mean `pin-base-image`?",
        ),
    ] {
        write(folder.path(), "plimsoll.toml", text);
        let found = command(folder.path(), &["lint"]);
        assert_eq!((found.status, found.stderr), (2, format!("error: {error}\n")));
    }
    write(folder.path(), "plimsoll.toml", b"# Gr\xfc\xdfe\n");
    assert_eq!(command(folder.path(), &["lint"]).stderr, "error: plimsoll.toml: not UTF-8 text\n");
}

#[test]
fn a_slip_of_habit_leads_on() {
    let folder = folder();
    write(folder.path(), "fe/Dockerfile", ROOT);
    for (args, hint) in [
        (&["fe/Dockerfile"][..], "tip: to check it: plimsoll lint fe/Dockerfile"),
        (&["out/fe.tar"], "tip: to check it: plimsoll image out/fe.tar"),
        (&["lint", "-f", "fe/Dockerfile"], "files are named without a flag: plimsoll lint fe/Dockerfile"),
        (&["lint", "--file", "fe/Dockerfile"], "tip: files are named without a flag: plimsoll lint FILE"),
    ] {
        let found = command(folder.path(), args);
        assert_eq!(found.status, 2);
        assert!(found.stderr.contains(hint), "{args:?}: {}", found.stderr);
        assert!(!found.stderr.contains("--fail-on"), "{args:?}: {}", found.stderr);
    }
    assert!(command(folder.path(), &["lnit"]).stderr.contains("lint"));
    write(folder.path(), "empty/readme", "");
    let found = command(folder.path(), &["ast", "empty"]);
    assert_eq!((found.status, found.stderr.as_str()), (2, "error: empty: no Dockerfile in this folder\n"));
}

#[test]
fn help_names_what_is_taken() {
    let folder = folder();
    let help = command(folder.path(), &["lint", "--help"]).stdout;
    let help = help.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(help.contains("error, warning, info or style; or never [default: warning]"), "{help}");
    assert_eq!(command(folder.path(), &["rules", "-f", "sarif"]).status, 2);
    assert_eq!(command(folder.path(), &["rules", "-f", "json"]).status, 0);
    let found = command(folder.path(), &["advise", "-f", "sarif"]);
    assert!(found.stderr.contains("text") && found.stderr.contains("markdown"), "{}", found.stderr);
    let version = command(folder.path(), &["lint", "--version"]).stdout;
    assert_eq!(version, command(folder.path(), &["--version"]).stdout);
    let page = command(folder.path(), &["explain", "pin-base-image"]).stdout;
    assert!(!page.contains("---") && !page.contains("bad=") && !page.contains("```"), "{page}");
}

#[test]
fn errors_on_security_keep_the_scan_from_being_ticked() {
    let folder = folder();
    write(
        folder.path(),
        "Dockerfile",
        "FROM debian:13-slim\nENV DB_PASSWORD=tr0ub4dor-n1ne-lives\nCMD [\"/app\"]\n",
    );
    let list = command(folder.path(), &["checklist", "-f", "markdown"]).stdout;
    assert!(list.contains("- [ ] Security scan passes"), "{list}");
    assert!(list.contains("on security, under "), "{list}");
}
