//! How a container is asked something: with a program that it has.

use super::commands::Target;
use super::start_facts::probe_text;

/// A program that asks a URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asker {
    Curl,
    Wget,
    Python,
    Node,
}

impl Asker {
    /// What the health check asks with, or else what comes with the runtime.
    pub(super) fn of(target: &Target<'_>) -> Self {
        let tests = [target.tested_by_compose(), target.view.and_then(|view| probe_text(view))];
        let by_test = tests.iter().flatten().find_map(|test| Self::in_test(test));
        by_test.or_else(|| Self::of_runtime(target)).unwrap_or(Self::Curl)
    }

    fn in_test(test: &str) -> Option<Self> {
        test.split(|c: char| !c.is_ascii_alphanumeric()).find_map(|word| match word {
            "curl" => Some(Self::Curl),
            "wget" => Some(Self::Wget),
            "node" => Some(Self::Node),
            _ => word.starts_with("python").then_some(Self::Python),
        })
    }

    fn of_runtime(target: &Target<'_>) -> Option<Self> {
        let view = target.view?;
        let (image, name) = view.build.official_base(view.stage()?)?;
        match name.as_str() {
            "python" => Some(Self::Python),
            "node" => Some(Self::Node),
            "alpine" | "busybox" => Some(Self::Wget),
            _ => image.tag().is_some_and(|tag| tag.contains("alpine")).then_some(Self::Wget),
        }
    }

    /// Asks a URL.
    pub(super) fn ask(self, url: &str) -> String {
        match self {
            Self::Curl => format!("curl --fail {url}"),
            Self::Wget => format!("wget -q -O - {url}"),
            Self::Python => {
                format!("python -c \"import urllib.request as r; print(r.urlopen('{url}').status)\"")
            }
            Self::Node => format!("node -e \"fetch('{url}').then(r => process.exit(r.ok ? 0 : 1))\""),
        }
    }

    /// Asks a path of the URL that a variable of the container holds.
    pub(super) fn ask_by(self, variable: &str, path: &str) -> String {
        match self {
            Self::Curl => format!("sh -c 'curl --fail \"${variable}{path}\"'"),
            Self::Wget => format!("sh -c 'wget -q -O - \"${variable}{path}\"'"),
            Self::Python => format!(
                "python -c \"import os, urllib.request as r; print(r.urlopen(os.environ['{variable}'] + '{path}').status)\""
            ),
            Self::Node => format!(
                "node -e \"fetch(process.env.{variable} + '{path}').then(r => process.exit(r.ok ? 0 : 1))\""
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_program_of_a_test_is_known() {
        for (test, asker) in [
            ("CMD curl -f http://localhost:8000/health || exit 1", Some(Asker::Curl)),
            ("CMD /usr/bin/wget -qO- http://x/", Some(Asker::Wget)),
            ("CMD [\"python3\", \"-c\", \"import urllib.request\"]", Some(Asker::Python)),
            ("CMD [\"node\", \"-e\", \"fetch('http://x')\"]", Some(Asker::Node)),
            ("CMD pg_isready", None),
        ] {
            assert_eq!(Asker::in_test(test), asker, "{test}");
        }
    }
}
