use super::*;
use crate::{Dialect, Script};

fn script(text: &str) -> Script {
    Script::parse(text, Dialect::Bash)
}

fn names(install: &Install<'_>) -> Vec<String> {
    let version = |p: &Package| p.version.as_ref().map_or(String::new(), |version| format!(" @ {version}"));
    install.packages.iter().map(|p| format!("{}{}", p.name, version(p))).collect()
}

/// What the first install of a script installs, and its script's text for the failure message.
fn installed(text: &str) -> Vec<String> {
    let script = script(text);
    let install = script.effective_commands().find_map(installs);
    install.map_or_else(|| panic!("no install in {text}"), |install| names(&install))
}

#[test]
fn packages_are_named_by_each_managers_syntax() {
    for (text, expected) in [
        (
            "apt-get install -y curl=7.* git/bookworm ./x.deb",
            &["curl @ 7.*", "git @ bookworm", "./x.deb"][..],
        ),
        ("apt-get -t sid -o Dpkg::Use-Pty=0 install foo=${V} \"$PKGS\"", &["foo @ ${V}", "${PKGS}"]),
        ("sudo -E DEBIAN_FRONTEND=noninteractive apt-get install curl", &["curl"]),
        (
            "apk add --no-cache --virtual .deps gcc~=12 'curl>7' jq@edge yq@edge=4",
            &["gcc @ 12", "curl @ 7", "jq", "yq @ 4"],
        ),
        (
            "yum install -y httpd-2.4.6 gcc-c++ https://x/y.rpm",
            &["httpd @ 2.4.6", "gcc-c++", "https://x/y.rpm"],
        ),
        ("dnf -y install --setopt=tsflags=nodocs foo-${V} module:1", &["foo @ ${V}", "module @ 1"]),
        ("zypper --non-interactive install 'vim>=8' git", &["vim @ 8", "git"]),
        (
            "pip3 install 'flask[async]==3.0' requests -r r.txt -c c.txt git+https://x/y",
            &["flask @ 3.0", "requests", "git+https://x/y"],
        ),
        ("python3 -m pip install --upgrade pip 'x>=1,<2; python_version<\"3\"'", &["pip", "x @ 1,<2"]),
        ("uv pip install --system ruff==0.5", &["ruff @ 0.5"]),
        (
            "npm install -g @angular/cli@17 typescript user/repo",
            &["@angular/cli @ 17", "typescript", "user/repo"],
        ),
        ("yarn global add serve@14", &["serve @ 14"]),
        ("gem install rails -v 7.1 --no-document", &["rails @ 7.1"]),
        ("gem install rake:13.0 bundler", &["rake @ 13.0", "bundler"]),
        ("go install golang.org/x/tools/gopls@latest", &["golang.org/x/tools/gopls @ latest"]),
        ("cargo install --locked ripgrep --version 14.1.0", &["ripgrep @ 14.1.0"]),
        ("conda install -y -c conda-forge numpy=1.26 conda-forge::scipy", &["numpy @ 1.26", "scipy"]),
    ] {
        assert_eq!(installed(text), expected, "{text}");
    }
}

#[test]
fn flags_of_an_install_are_understood() {
    let yes =
        |text: &str| script(text).effective_commands().find_map(installs).map(|install| install.assume_yes);
    assert_eq!(yes("apt-get install curl"), Some(false));
    for text in [
        "apt-get install -qqy curl",
        "apt-get -yq install curl",
        "apt-get install --yes curl",
        "apt-get install -qq curl",
        "apt-get -q -q install curl",
        "apt-get install -q=2 curl",
        "apt-get install --assume-yes curl",
        "dnf -y install x",
        "zypper -n in x",
        "apk add x",
    ] {
        assert_eq!(yes(text), Some(true), "{text}");
    }
    let text = script(
        "apt-get install -y -o APT::Install-Recommends=false curl; pip install --no-cache-dir=off x; npm ci",
    );
    let found: Vec<_> = text.effective_commands().filter_map(installs).collect();
    assert!(found[0].no_recommends);
    assert!(found[1].no_cache);
    assert!(found[2].is_locked && found[2].from_manifest);
}

#[test]
fn a_manifest_install_names_no_package() {
    for text in
        ["npm install", "yarn", "yarn --frozen-lockfile", "pnpm i", "bun install", "npm install --omit=dev"]
    {
        let script = script(text);
        let install = installs(&script.commands[0]).unwrap_or_else(|| panic!("{text}"));
        assert!(install.from_manifest, "{text}");
    }
    assert!(installs(&script("npm run install").commands[0]).is_none());
    assert!(installs(&script("yarn build").commands[0]).is_none());
    assert!(installs(&script("apt-get update").commands[0]).is_none());
}

#[test]
fn updates_upgrades_removes() {
    let first = |text: &str, ask: fn(&Command) -> Option<Manager>| ask(&script(text).commands[0]);
    assert_eq!(first("apt-get -qq update", updates), Some(Manager::Apt));
    assert_eq!(first("apk update", updates), Some(Manager::Apk));
    assert_eq!(first("yum -y update", upgrades), Some(Manager::Yum));
    assert_eq!(first("apt-get -y dist-upgrade", upgrades), Some(Manager::Apt));
    assert_eq!(first("zypper dup", upgrades), Some(Manager::Zypper));
    assert_eq!(first("apk del .deps", removes), Some(Manager::Apk));
    assert_eq!(first("apt-get install update", updates), None);
}

#[test]
fn cleaning_is_recognised() {
    let cleaned = |text: &str| cleans(&script(text).commands[0]);
    assert_eq!(cleaned("rm -rf /var/lib/apt/lists/*"), [Cleaned::AptLists]);
    assert_eq!(cleaned("rm -r /var/lib/apt/lists"), [Cleaned::AptLists]);
    assert_eq!(cleaned("rm -rf /var/lib/{apt,dpkg}/ /tmp/*"), [Cleaned::AptLists, Cleaned::Tmp]);
    assert_eq!(cleaned("find /var/lib/apt/lists -type f -delete"), [Cleaned::AptLists]);
    assert_eq!(cleaned("apt-get clean"), [Cleaned::AptArchives]);
    assert_eq!(cleaned("yum clean all"), [Cleaned::Yum]);
    assert_eq!(cleaned("rm -rf /var/cache/yum*"), [Cleaned::Yum]);
    assert_eq!(cleaned("microdnf clean all"), [Cleaned::Dnf]);
    assert_eq!(cleaned("rm -rf /var/cache/apk/*"), [Cleaned::Apk]);
    assert_eq!(cleaned("npm cache clean --force"), [Cleaned::Npm]);
    assert_eq!(
        cleaned("rm -rf ~/.npm /root/.cache"),
        [Cleaned::Pip, Cleaned::Npm, Cleaned::Yarn, Cleaned::Go, Cleaned::Composer]
    );
    assert_eq!(cleaned("rm -rf /var/lib/apt/lists/foo"), []);
    assert_eq!(cleaned("rm -rf /root"), []);
    assert_eq!(cleaned("conda clean -afy"), [Cleaned::Conda]);
    assert_eq!(cleaned("go clean -modcache"), [Cleaned::Go]);
}
