//! Files that hold credentials by their name.

/// How sure a name makes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Certainty {
    /// Files of this name often hold a credential.
    Likely,
    /// A file of this name is a credential, or exists to hold one.
    Certain,
}

/// A file that holds credentials by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CredentialFile {
    /// What it is: `SSH private key`.
    pub what: &'static str,
    /// How sure the name makes it.
    pub certainty: Certainty,
}

use Certainty::{Certain, Likely};

/// Names of files.
const NAMES: &[(&str, &str, Certainty)] = &[
    (".env", "environment file", Likely),
    (".npmrc", "npm configuration with registry tokens", Likely),
    (".yarnrc.yml", "Yarn configuration with registry tokens", Likely),
    (".pypirc", "Python package index credentials", Certain),
    (".netrc", "netrc credentials", Certain),
    ("_netrc", "netrc credentials", Certain),
    (".git-credentials", "Git credentials", Certain),
    (".pgpass", "PostgreSQL passwords", Certain),
    ("pgpass.conf", "PostgreSQL passwords", Certain),
    (".my.cnf", "MySQL client credentials", Certain),
    (".mylogin.cnf", "MySQL login paths", Certain),
    (".mysql_history", "MySQL history", Likely),
    (".psql_history", "PostgreSQL history", Likely),
    (".rediscli_history", "Redis history", Likely),
    (".dbshell", "MongoDB shell history", Likely),
    (".bash_history", "shell history", Likely),
    (".zsh_history", "shell history", Likely),
    (".python_history", "Python history", Likely),
    (".node_repl_history", "Node.js history", Likely),
    (".irb_history", "Ruby history", Likely),
    (".htpasswd", "password hashes of a web server", Certain),
    ("htpasswd", "password hashes of a web server", Certain),
    (".dockercfg", "Docker registry credentials", Certain),
    (".boto", "cloud storage credentials", Certain),
    (".s3cfg", "S3 client credentials", Certain),
    (".passwd-s3fs", "S3 credentials", Certain),
    (".terraformrc", "Terraform credentials", Likely),
    ("credentials.tfrc.json", "Terraform Cloud credentials", Certain),
    ("terraform.tfstate", "Terraform state, which holds secrets in clear text", Certain),
    ("terraform.tfstate.backup", "Terraform state, which holds secrets in clear text", Certain),
    ("terraform.tfvars", "Terraform variables", Likely),
    ("kubeconfig", "Kubernetes configuration with credentials", Certain),
    ("kube.config", "Kubernetes configuration with credentials", Certain),
    (".vault-token", "Vault token", Certain),
    (".vault_pass", "Ansible Vault password", Certain),
    (".vault_pass.txt", "Ansible Vault password", Certain),
    ("vault-password", "Ansible Vault password", Likely),
    ("id_rsa", "SSH private key", Certain),
    ("id_dsa", "SSH private key", Certain),
    ("id_ecdsa", "SSH private key", Certain),
    ("id_ecdsa_sk", "SSH private key", Certain),
    ("id_ed25519", "SSH private key", Certain),
    ("id_ed25519_sk", "SSH private key", Certain),
    ("identity", "SSH private key", Likely),
    ("ssh_host_rsa_key", "SSH host key", Certain),
    ("ssh_host_dsa_key", "SSH host key", Certain),
    ("ssh_host_ecdsa_key", "SSH host key", Certain),
    ("ssh_host_ed25519_key", "SSH host key", Certain),
    ("secring.gpg", "OpenPGP private keys", Certain),
    ("application_default_credentials.json", "Google Cloud credentials", Certain),
    ("service-account.json", "Google Cloud service account key", Certain),
    ("service_account.json", "Google Cloud service account key", Certain),
    ("serviceaccount.json", "Google Cloud service account key", Certain),
    ("client_secret.json", "OAuth client secret", Certain),
    ("client_secrets.json", "OAuth client secret", Certain),
    ("gcloud.json", "Google Cloud credentials", Likely),
    ("firebase-adminsdk.json", "Firebase service account key", Certain),
    ("accessTokens.json", "Azure access tokens", Likely),
    ("azureProfile.json", "Azure profile", Likely),
    ("msal_token_cache.json", "Azure access tokens", Certain),
    ("secrets.yml", "secrets by name", Likely),
    ("secrets.yaml", "secrets by name", Likely),
    ("secrets.json", "secrets by name", Likely),
    ("secrets.toml", "secrets by name", Likely),
    ("credentials.json", "credentials by name", Likely),
    ("credentials.yml", "credentials by name", Likely),
    ("credentials.yaml", "credentials by name", Likely),
    ("credentials.xml", "Jenkins credentials", Likely),
    ("master.key", "Rails master key", Certain),
    ("production.key", "Rails credentials key", Certain),
    ("auth.json", "Composer credentials", Likely),
    ("wp-config.php", "WordPress configuration with database password", Likely),
    (".ftpconfig", "FTP credentials", Certain),
    ("sftp-config.json", "SFTP credentials", Certain),
    ("filezilla.xml", "FTP credentials", Likely),
    ("sitemanager.xml", "FTP credentials", Certain),
    ("recentservers.xml", "FTP credentials", Certain),
    (".remote-sync.json", "SFTP credentials", Certain),
    ("krb5.keytab", "Kerberos keytab", Certain),
    ("shadow", "password hashes", Likely),
    ("wallet.dat", "cryptocurrency wallet", Certain),
    ("proxyrc", "proxy credentials", Likely),
    (".pulumi-credentials.json", "Pulumi credentials", Certain),
];

/// Ends of paths: a folder and a file.
const PATHS: &[(&str, &str, Certainty)] = &[
    (".docker/config.json", "Docker registry credentials", Certain),
    (".aws/credentials", "AWS credentials", Certain),
    (".aws/config", "AWS configuration", Likely),
    (".kube/config", "Kubernetes configuration with credentials", Certain),
    ("kubernetes/admin.conf", "Kubernetes administrator's credentials", Certain),
    (".oci/config", "Oracle Cloud configuration", Likely),
    (".aliyun/config.json", "Alibaba Cloud credentials", Certain),
    (".bluemix/config.json", "IBM Cloud credentials", Certain),
    (".config/gh/hosts.yml", "GitHub CLI token", Certain),
    (".config/glab-cli/config.yml", "GitLab CLI token", Certain),
    (".config/hub", "GitHub CLI token", Certain),
    (".config/doctl/config.yaml", "DigitalOcean token", Certain),
    (".config/hcloud/cli.toml", "Hetzner Cloud token", Certain),
    (".config/scw/config.yaml", "Scaleway keys", Certain),
    (".config/linode-cli", "Linode token", Certain),
    (".config/gcloud/credentials.db", "Google Cloud credentials", Certain),
    (".config/gcloud/access_tokens.db", "Google Cloud credentials", Certain),
    (".config/rclone/rclone.conf", "rclone credentials", Certain),
    (".config/configstore/firebase-tools.json", "Firebase token", Certain),
    (".config/composer/auth.json", "Composer credentials", Certain),
    (".composer/auth.json", "Composer credentials", Certain),
    (".cargo/credentials", "crates registry token", Certain),
    (".cargo/credentials.toml", "crates registry token", Certain),
    (".gem/credentials", "RubyGems key", Certain),
    (".m2/settings.xml", "Maven settings with server passwords", Likely),
    (".m2/settings-security.xml", "Maven master password", Certain),
    (".gradle/gradle.properties", "Gradle properties", Likely),
    (".nuget/nuget.config", "NuGet credentials", Likely),
    (".jenkins/credentials.xml", "Jenkins credentials", Certain),
    (".ssh/config", "SSH configuration", Likely),
    (".fly/config.yml", "Fly token", Certain),
    (".netlify/config.json", "Netlify token", Certain),
    (".sentryclirc", "Sentry token", Certain),
    (".terraform.d/credentials.tfrc.json", "Terraform Cloud credentials", Certain),
    (".pulumi/credentials.json", "Pulumi credentials", Certain),
    (".ngrok2/ngrok.yml", "ngrok token", Certain),
    (".config/ngrok/ngrok.yml", "ngrok token", Certain),
    (".snowsql/config", "Snowflake credentials", Certain),
    (".databrickscfg", "Databricks credentials", Certain),
    (".huggingface/token", "Hugging Face token", Certain),
    (".cache/huggingface/token", "Hugging Face token", Certain),
    (".kaggle/kaggle.json", "Kaggle key", Certain),
    (".config/containers/auth.json", "registry credentials", Certain),
    ("containers/auth.json", "registry credentials", Certain),
    (".config/sops/age/keys.txt", "age private key", Certain),
    (".wireguard/privatekey", "WireGuard private key", Certain),
];

/// Endings of names.
const ENDINGS: &[(&str, &str, Certainty)] = &[
    (".p12", "PKCS #12 key store", Certain),
    (".pfx", "PKCS #12 key store", Certain),
    (".jks", "Java key store", Certain),
    (".keystore", "Java key store", Certain),
    (".bks", "Bouncy Castle key store", Certain),
    (".kdbx", "KeePass database", Certain),
    (".kdb", "KeePass database", Certain),
    (".agilekeychain", "1Password vault", Certain),
    (".opvault", "1Password vault", Certain),
    (".ppk", "PuTTY private key", Certain),
    (".keytab", "Kerberos keytab", Certain),
    (".ovpn", "OpenVPN configuration with keys", Likely),
    (".tfstate", "Terraform state, which holds secrets in clear text", Certain),
    (".tfvars", "Terraform variables", Likely),
    (".pem", "PEM file", Likely),
    (".key", "private key", Likely),
    (".asc", "OpenPGP armour", Likely),
    (".gpg", "OpenPGP data", Likely),
    (".env", "environment file", Likely),
    (".mobileprovision", "provisioning profile", Likely),
];

/// What in a name says that the file is the public half, or a sample.
const HARMLESS: &[&str] = &[
    "public",
    "pubkey",
    "example",
    "sample",
    "template",
    ".dist",
    "cacert",
    "ca-bundle",
    "ca-certificates",
    "fullchain",
    "chain.pem",
    "cert.pem",
    "dhparam",
    "trusted",
    "keyring",
    "bundle",
    "roots.pem",
    "ca.pem",
    "isrg",
];

/// Whether a file holds credentials by its name alone, and which. Paths are written with `/`.
///
/// Public halves (`id_rsa.pub`, CA certificates) and samples (`.env.example`) do not.
pub fn credential_file(path: &str) -> Option<CredentialFile> {
    let name = path.rsplit('/').next().unwrap_or(path);
    let lower_path = path.to_ascii_lowercase();
    let lower = name.to_ascii_lowercase();
    let found = known_name(&lower_path, &lower)?;
    // Looked at last: nearly every file is none of those that are known.
    let is_harmless = lower.ends_with(".pub") || HARMLESS.iter().any(|part| lower.contains(part));
    (!is_harmless).then_some(found)
}

fn known_name(lower_path: &str, lower: &str) -> Option<CredentialFile> {
    let of = |(_, what, certainty): &(&str, &'static str, Certainty)| CredentialFile {
        what,
        certainty: *certainty,
    };
    let ends = |end: &str| {
        lower_path
            .strip_suffix(end)
            .is_some_and(|before| before.is_empty() || before.ends_with('/') || before.ends_with("home"))
    };
    if let Some(found) = PATHS.iter().find(|(end, _, _)| ends(end)) {
        return Some(of(found));
    }
    if let Some(found) = NAMES.iter().find(|(known, _, _)| lower.eq_ignore_ascii_case(known)) {
        let system = found.0 == "shadow" && !lower_path.ends_with("etc/shadow");
        return (!system).then(|| of(found));
    }
    // Where certificates of authorities are kept, a PEM file is one of them.
    let authorities = ["/certs/", "ca-certificates/", "/pki/", "etc/ssl/", "certifi/"];
    if lower.ends_with(".pem") && authorities.iter().any(|folder| lower_path.contains(folder)) {
        return None;
    }
    if lower.starts_with(".env.") {
        return Some(CredentialFile { what: "environment file", certainty: Likely });
    }
    if lower.ends_with(".json")
        && ["serviceaccount", "service-account", "service_account", "adminsdk"]
            .iter()
            .any(|p| lower.contains(p))
    {
        return Some(CredentialFile { what: "Google Cloud service account key", certainty: Likely });
    }
    // Keyrings of package managers are public, and an executable may be called anything.
    if lower.ends_with(".gpg") && (lower_path.contains("apt/") || lower_path.contains("keyrings/")) {
        return None;
    }
    ENDINGS.iter().find(|(end, _, _)| lower.len() > end.len() && lower.ends_with(end)).map(of)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credential_files_are_known_by_name() {
        for (path, certainty) in [
            ("root/.ssh/id_ed25519", Certain),
            ("app/.env", Likely),
            (".env.production", Likely),
            ("home/x/.aws/credentials", Certain),
            (".docker/config.json", Certain),
            ("root/.docker/config.json", Certain),
            ("a/terraform.tfstate", Certain),
            ("certs/server.key", Likely),
            ("keys/prod.p12", Certain),
            (".npmrc", Likely),
            ("root/.kube/config", Certain),
            ("x/my-service-account.json", Likely),
            ("etc/shadow", Likely),
        ] {
            assert_eq!(credential_file(path).map(|f| f.certainty), Some(certainty), "{path}");
        }
    }

    #[test]
    fn other_files_are_not() {
        for path in [
            "root/.ssh/id_rsa.pub",
            "etc/ssl/certs/ISRG_Root_X1.pem",
            ".env.example",
            "env",
            "config.json",
            "usr/lib/python3/certifi/cacert.pem",
            "etc/apt/trusted.gpg.d/debian.gpg",
            "keyboard",
            "app/config",
            "src/public.pem",
            "usr/share/doc/shadow",
            "main.rs",
            "",
            "/",
            "ca.pem",
        ] {
            assert_eq!(credential_file(path), None, "{path}");
        }
    }
}
