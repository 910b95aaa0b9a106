//! Which distribution an image is: `/etc/os-release`.

/// The fields that rules ask for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OsRelease {
    /// `debian`, `alpine`; lower case.
    pub id: String,
    /// `12`, `3.20.1`; empty for rolling releases.
    pub version_id: String,
    /// `Debian GNU/Linux 12 (bookworm)`.
    pub pretty_name: String,
}

impl OsRelease {
    /// Reads `KEY=value` lines, quotes removed; what is missing is empty.
    pub fn parse(text: &str) -> Self {
        let mut os = Self::default();
        for line in text.lines() {
            let Some((key, value)) = line.split_once('=') else { continue };
            let value = value.trim().trim_matches(['"', '\'']).to_owned();
            match key.trim() {
                "ID" => os.id = value.to_ascii_lowercase(),
                "VERSION_ID" => os.version_id = value,
                "PRETTY_NAME" => os.pretty_name = value,
                _ => {}
            }
        }
        os
    }

    /// The name that endoflife.date gives the distribution; None for one that it does not know.
    pub fn product(&self) -> Option<&'static str> {
        Some(match self.id.as_str() {
            "debian" => "debian",
            "ubuntu" => "ubuntu",
            "alpine" => "alpine-linux",
            "fedora" => "fedora",
            "centos" => "centos",
            "rhel" => "rhel",
            "rocky" => "rocky-linux",
            "almalinux" => "almalinux",
            "ol" => "oracle-linux",
            "amzn" => "amazon-linux",
            "opensuse-leap" => "opensuse",
            "sles" => "sles",
            _ => return None,
        })
    }
}
