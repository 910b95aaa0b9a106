//! How an image, or one of its tools, is told of an authority for certificates.

use plimsoll_shell::packages::{self, Manager};

use super::bases::Family;
use super::{Build, Stage};

/// What to do in place of switching certificate checks off: by the tool, and by the distribution where the tool goes by its
/// list.
pub(super) fn how_to_trust<'s>(build: &Build<'s>, stage: Option<&Stage<'s>>, tool: &str) -> String {
    if matches!(tool, "ssh" | "scp" | "sftp" | "rsync") {
        return "take the host's key along instead: `COPY known_hosts /root/.ssh/known_hosts`, with keys whose fingerprints were compared".to_owned();
    }
    let distribution = stage.map_or(UNKNOWN, |stage| by_distribution(build, stage));
    let with_file = |own: &str| match own.contains("/etc/ssl/") {
        true => format!("`COPY company-ca.crt /etc/ssl/` and {own}"),
        false => own.to_owned(),
    };
    match by_tool(tool) {
        Some((own, true)) => {
            format!("leave it out; where a company's authority is missing, name it: {}", with_file(own))
        }
        Some((own, false)) => {
            format!("install the missing authority instead ({distribution}), or name it: {}", with_file(own))
        }
        None => format!("install the missing authority instead ({distribution})"),
    }
}

/// How a tool is given an authority, and whether it has a list of its own, so that the distribution's does not help.
fn by_tool(tool: &str) -> Option<(&'static str, bool)> {
    Some(match tool {
        "node" => ("`ENV NODE_EXTRA_CA_CERTS=/etc/ssl/company-ca.crt`", true),
        "npm" | "npx" | "pnpm" => (
            "`ENV NODE_EXTRA_CA_CERTS=/etc/ssl/company-ca.crt`, or `npm config set cafile /etc/ssl/company-ca.crt`",
            true,
        ),
        "yarn" => (
            "`ENV NODE_EXTRA_CA_CERTS=/etc/ssl/company-ca.crt`, or `yarn config set cafile /etc/ssl/company-ca.crt`",
            true,
        ),
        "pip" => (
            "`ENV PIP_CERT=/etc/ssl/company-ca.crt`, or `pip config set global.cert /etc/ssl/company-ca.crt`",
            true,
        ),
        "uv" | "python" => ("`ENV SSL_CERT_FILE=/etc/ssl/company-ca.crt`", false),
        "conda" => ("`conda config --set ssl_verify /etc/ssl/company-ca.crt`", true),
        "git" => ("`git config --global http.sslCAInfo /etc/ssl/company-ca.crt`", false),
        "curl" => ("`curl --cacert company-ca.crt`", false),
        "wget" => ("`wget --ca-certificate=company-ca.crt`", false),
        "aws" => ("`ENV AWS_CA_BUNDLE=/etc/ssl/company-ca.crt`", true),
        "helm" => ("`--ca-file company-ca.crt`", false),
        "kubectl" | "oc" => ("`--certificate-authority company-ca.crt`", false),
        "composer" => ("`composer config --global cafile /etc/ssl/company-ca.crt`", false),
        "poetry" => ("`poetry config certificates.NAME.cert /etc/ssl/company-ca.crt`", true),
        "bundle" => ("`bundle config set ssl_ca_cert /etc/ssl/company-ca.crt`", false),
        "apt" => ("`-o Acquire::https::CAInfo=/etc/ssl/company-ca.crt`", false),
        "dnf" => ("`--setopt=sslcacert=/etc/ssl/company-ca.crt`", false),
        "mvn" => (
            "`RUN keytool -importcert -noprompt -cacerts -alias company -file /etc/ssl/company-ca.crt`",
            true,
        ),
        _ => return None,
    })
}

/// The tool that a program or a variable stands for.
pub(super) fn tool_of(name: &str) -> &str {
    let variables = [
        ("NODE_", "node"),
        ("NPM_", "npm"),
        ("YARN_", "yarn"),
        ("PIP_", "pip"),
        ("PYTHON", "python"),
        ("UV_", "uv"),
        ("GIT_", "git"),
        ("BUNDLE_", "bundle"),
        ("CONDA_", "conda"),
    ];
    let upper = name.to_ascii_uppercase();
    if let Some((_, tool)) = variables.iter().find(|(prefix, _)| name == upper && name.starts_with(prefix)) {
        return tool;
    }
    match name {
        "mamba" | "micromamba" => "conda",
        "bundler" => "bundle",
        "apt-get" => "apt",
        "yum" | "dnf5" | "tdnf" | "microdnf" | "yum-config-manager" => "dnf",
        "mvnw" => "mvn",
        "wget2" => "wget",
        _ if name.starts_with("pip") || name.starts_with("python") => "pip",
        _ => name,
    }
}

const DEBIAN: &str = "the package `ca-certificates`; for a company's own `COPY company-ca.crt /usr/local/share/ca-certificates/` and `RUN update-ca-certificates`";
const RPM: &str = "`COPY company-ca.crt /etc/pki/ca-trust/source/anchors/` and `RUN update-ca-trust`";
const SUSE: &str = "`COPY company-ca.crt /etc/pki/trust/anchors/` and `RUN update-ca-certificates`";
const UNKNOWN: &str = "as the base's distribution does it";

fn by_distribution<'s>(build: &Build<'s>, stage: &Stage<'s>) -> &'static str {
    const RPMS: &[&str] = &[
        "almalinux",
        "amazonlinux",
        "centos",
        "fedora",
        "mariner",
        "oraclelinux",
        "photon",
        "redhat",
        "rhel",
        "rocky",
        "ubi",
    ];
    match build.family(stage) {
        Some(Family::Debian | Family::Alpine) => return DEBIAN,
        Some(Family::Rpm) => return RPM,
        Some(Family::Busybox | Family::Scratch | Family::Distroless) => return UNKNOWN,
        None => {}
    }
    if let Some(image) = build.base_image(stage) {
        let name = image.familiar_name();
        let tag = image.tag().unwrap_or("");
        let has = |word: &str| name.contains(word) || tag.contains(word);
        if has("suse") {
            return SUSE;
        }
        if has("debian") || has("ubuntu") || has("alpine") || has("bookworm") {
            return DEBIAN;
        }
        if RPMS.iter().any(|word| has(word)) {
            return RPM;
        }
    }
    // By the manager that the file's own RUNs use.
    let used = build
        .is_short()
        .then(|| build.steps().find_map(|step| packages::manager(step.command).filter(|m| m.is_system())));
    match used.flatten() {
        Some(Manager::Apt | Manager::Apk) => DEBIAN,
        Some(Manager::Zypper) => SUSE,
        Some(manager) if manager.is_rpm() => RPM,
        _ => UNKNOWN,
    }
}
