use super::*;

/// A token that the engine takes for one, made up here so that none stands in the repository.
fn token() -> String {
    let letters = (0..36u32).map(|n| char::from(b'A' + u8::try_from((n * 7 + n / 3) % 26).unwrap()));
    format!("ghp_{}", letters.collect::<String>())
}

fn write(folder: &Path, name: &str, contents: impl AsRef<[u8]>) {
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, contents).unwrap();
}

fn audit(folder: &Path, options: &ContextOptions<'_>) -> Outcome {
    let outcome = audit_context(folder, "shop", &Settings::default(), options);
    assert!(!format!("{outcome:?}").contains(&token()), "a secret is on its way out");
    outcome
}

fn found(outcome: &Outcome) -> Vec<(&str, Option<u32>, &str)> {
    let place = |f: &'_ Finding| f.line;
    outcome.findings.iter().map(|f| (f.file.as_deref().unwrap_or_default(), place(f), &*f.rule)).collect()
}

const LEAK: &str = "context-leaked-secret";

#[test]
fn equal_files_are_one_finding() {
    let folder = tempfile::tempdir().unwrap();
    let text = format!("# settings\nTOKEN={}\n", token());
    for name in ["b/copy.env", "a/settings.env", "c/third.env"] {
        write(folder.path(), name, &text);
    }
    let outcome = audit(folder.path(), &ContextOptions::default());
    assert_eq!(found(&outcome), [("shop/a/settings.env", Some(2), LEAK)]);
    let finding = &outcome.findings[0];
    assert!(
        finding.message.ends_with("; the same file is at `b/copy.env` and `c/third.env`"),
        "{}",
        finding.message
    );
    assert_eq!((finding.column, finding.end_column), (Some(7), Some(47)));
    assert!(outcome.sources["shop/a/settings.env"].contains("TOKEN=ghp_***"));
    assert_eq!((outcome.checked, outcome.contexts[0].files), (3, 3));
}

#[test]
fn large_files_stream_and_equal_ones_are_searched_once() {
    let folder = tempfile::tempdir().unwrap();
    // The token lies over the end of the first piece that is read.
    let mut large = "x=1\n".repeat((1 << 20) / 4 - 5).into_bytes();
    large.extend(format!("\nTOKEN={}\n", token()).bytes());
    large.extend("y=2\n".repeat(10_000).bytes());
    write(folder.path(), "one.conf", &large);
    let alone = audit(folder.path(), &ContextOptions::default());
    assert_eq!(found(&alone), [("shop/one.conf", Some((1 << 20) / 4 - 3), LEAK)]);
    write(folder.path(), "two.conf", &large);
    let twins = audit(folder.path(), &ContextOptions::default());
    assert_eq!(found(&twins), found(&alone));
    assert!(twins.findings[0].message.ends_with("; the same file is at `two.conf`"));
    // The same size is not the same content.
    *large.last_mut().unwrap() = b' ';
    write(folder.path(), "two.conf", &large);
    assert_eq!(audit(folder.path(), &ContextOptions::default()).findings.len(), 2);
}

#[test]
fn the_ignore_file_that_docker_would_take_holds() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "a.env", format!("TOKEN={}\n", token()));
    write(folder.path(), "certs/x.p12", "store");
    write(folder.path(), ".dockerignore", "a.env\n");
    write(folder.path(), "docker/Dockerfile", "FROM scratch\n");
    write(folder.path(), "docker/Dockerfile.dockerignore", "certs\n");
    let credential = ("shop/certs/x.p12", None, "context-credential-file");
    let leak = ("shop/a.env", Some(1), LEAK);
    assert_eq!(found(&audit(folder.path(), &ContextOptions::default())), [credential]);
    let dockerfile = folder.path().join("docker/Dockerfile");
    let other = ContextOptions { dockerfile: Some(&dockerfile), no_ignore: false };
    assert_eq!(found(&audit(folder.path(), &other)), [leak]);
    let whole = ContextOptions { no_ignore: true, ..other };
    assert_eq!(found(&audit(folder.path(), &whole)), [leak, credential]);
}

#[cfg(target_os = "linux")]
#[test]
fn links_and_odd_files_do_no_harm() {
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::symlink;
    let outside = tempfile::tempdir().unwrap();
    write(outside.path(), "secret.env", format!("TOKEN={}\n", token()));
    let folder = tempfile::tempdir().unwrap();
    symlink(outside.path().join("secret.env"), folder.path().join("link.env")).unwrap();
    symlink(outside.path(), folder.path().join("folder")).unwrap();
    symlink("loop", folder.path().join("loop")).unwrap();
    let _socket = std::os::unix::net::UnixListener::bind(folder.path().join("socket")).unwrap();
    let odd = std::ffi::OsStr::from_bytes(b"odd\xff.env");
    std::fs::write(folder.path().join(odd), format!("TOKEN={}\n", token())).unwrap();
    let outcome = audit(folder.path(), &ContextOptions::default());
    assert_eq!(found(&outcome), [("shop/odd\u{fffd}.env", Some(1), LEAK)]);
    assert!(outcome.errors.is_empty(), "{:?}", outcome.errors);
}

#[test]
fn what_is_no_folder_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "file", "x");
    for (name, message) in [("file", "is no folder: a build context is one"), ("gone", "no such folder")] {
        let outcome = audit(&folder.path().join(name), &ContextOptions::default());
        assert_eq!(outcome.errors[0].message, message);
        assert!(outcome.contexts.is_empty());
    }
}

#[test]
fn what_packages_shipped_unchanged_is_no_leak() {
    use md5::{Digest, Md5};
    let folder = tempfile::tempdir().unwrap();
    let text = format!("TOKEN={}\n", token());
    let sum: String = Md5::digest(&text).iter().map(|byte| format!("{byte:02x}")).collect();
    write(folder.path(), "usr/share/doc/demo/sample.conf", &text);
    write(folder.path(), "usr/share/doc/demo/other.conf", format!("# changed\n{text}"));
    write(folder.path(), "usr/share/doc/demo/server.ppk", "PuTTY");
    let ppk: String = Md5::digest("PuTTY").iter().map(|byte| format!("{byte:02x}")).collect();
    let database = format!(
        "{sum}  usr/share/doc/demo/sample.conf\n{sum}  usr/share/doc/demo/other.conf\n{ppk}  usr/share/doc/demo/server.ppk\n"
    );
    let without = audit(folder.path(), &ContextOptions { no_ignore: true, ..Default::default() });
    assert_eq!(without.findings.len(), 3);
    // A database elsewhere is somebody else's.
    write(folder.path(), "app/var/lib/dpkg/info/demo.md5sums", &database);
    assert_eq!(
        audit(folder.path(), &ContextOptions { no_ignore: true, ..Default::default() }).findings.len(),
        3
    );
    write(folder.path(), "var/lib/dpkg/info/demo.md5sums", &database);
    let with = audit(folder.path(), &ContextOptions { no_ignore: true, ..Default::default() });
    assert_eq!(found(&with), [("shop/usr/share/doc/demo/other.conf", Some(2), LEAK)]);
}
