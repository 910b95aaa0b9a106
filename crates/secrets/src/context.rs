//! Where the bytes stand, as far as it decides what may be a secret in them.

/// Where the bytes come from.
///
/// Detectors that know an issuer's form work everywhere. Those that judge by a variable's name work where
/// settings stand: in every context but `Source` and `Binary`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Context {
    /// A configuration file, or a text of which nothing is known.
    Config,
    /// An environment: `NAME=value` lines.
    Environment,
    /// An instruction of a Dockerfile.
    Dockerfile,
    /// A shell's history, a script, the `created_by` of an image's history.
    Shell,
    /// Program source and documentation.
    Source,
    /// Not text: only detectors with a distinctive form.
    Binary,
}

/// Which detectors a context needs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    Settings = 0,
    Source = 1,
    Binary = 2,
}

/// Endings of program source and of text written for people.
const SOURCE: &[&str] = &[
    "py", "pyi", "pyx", "js", "mjs", "cjs", "jsx", "ts", "tsx", "mts", "cts", "go", "rs", "c", "h", "cc",
    "cpp", "cxx", "hpp", "hh", "java", "kt", "kts", "scala", "rb", "php", "pl", "pm", "pod", "t", "lua",
    "cs", "fs", "vb", "swift", "m", "mm", "r", "jl", "ex", "exs", "erl", "hrl", "hs", "ml", "clj", "cljs",
    "dart", "vue", "svelte", "sql", "md", "mdx", "rst", "adoc", "html", "htm", "css", "scss", "less", "map",
    "svg", "tex", "texi", "info", "po", "pot", "1", "2", "3", "5", "7", "8", "tcl", "el", "vim", "awk",
    "asm", "s", "proto", "graphql", "diff", "patch", "css.map", "flow", "coffee", "d", "di", "pas", "f90",
    "xsl", "xsd", "dtd", "rng", "wsdl", "ipynb", "snap", "log",
];

/// Folders of other people's code, and of examples and tests: names there say little of a value.
const FOREIGN: &[&str] = &[
    "node_modules",
    "site-packages",
    "dist-packages",
    "gems",
    "bower_components",
    "examples",
    "example",
    "samples",
    "test",
    "tests",
    "__tests__",
    "testdata",
    "fixtures",
    "__fixtures__",
];

/// Whether a file of that name shows what a real one has, or lists what is installed.
fn is_sample(name: &str) -> bool {
    let part = |word: &str| name.split(['.', '-', '_']).any(|part| part == word);
    let listed =
        ["package.json", "package-lock.json", "composer.json", "composer.lock", "pnpm-lock.yaml", "go.sum"];
    let template = name.contains(".template") || name.contains("-template");
    template
        || ["example", "examples", "sample", "dist", "lock"].iter().any(|word| part(word))
        || listed.contains(&name)
}

impl Context {
    /// The context of a file by its path; `Config` where the name says nothing.
    pub fn of_path(path: &str) -> Self {
        let name = path.rsplit('/').next().unwrap_or(path);
        let lower = name.to_ascii_lowercase();
        let extension = lower.rsplit_once('.').map_or("", |(_, extension)| extension);
        if is_sample(&lower) {
            return Self::Source;
        }
        let foreign = path.split('/').rev().skip(1).any(|folder| FOREIGN.contains(&folder));
        let history = ["_history", ".history"].iter().any(|end| lower.ends_with(end));
        if lower == ".env" || lower.starts_with(".env.") || extension == "env" || lower == "environment" {
            Self::Environment
        } else if lower.starts_with("dockerfile")
            || lower.starts_with("containerfile")
            || extension == "dockerfile"
        {
            Self::Dockerfile
        } else if history
            || matches!(extension, "sh" | "bash" | "zsh" | "ksh" | "fish" | "ps1" | "bat" | "cmd")
        {
            Self::Shell
        } else if foreign || SOURCE.contains(&extension) {
            Self::Source
        } else {
            Self::Config
        }
    }

    pub(crate) fn class(self) -> Class {
        match self {
            Self::Config | Self::Environment | Self::Dockerfile | Self::Shell => Class::Settings,
            Self::Source => Class::Source,
            Self::Binary => Class::Binary,
        }
    }
}

/// How many bytes decide whether an input is text.
pub(crate) const SNIFFED: usize = 8 * 1024;

/// Whether the first bytes are those of a binary file: a NUL among them.
pub(crate) fn is_binary(head: &[u8]) -> bool {
    memchr::memchr(0, head.get(..head.len().min(SNIFFED)).unwrap_or_default()).is_some()
}

#[cfg(test)]
mod tests {
    use super::Context;

    #[test]
    fn a_path_says_what_stands_in_it() {
        for (path, context) in [
            ("app/.env", Context::Environment),
            ("app/prod.env", Context::Environment),
            ("Dockerfile.dev", Context::Dockerfile),
            ("root/.bash_history", Context::Shell),
            ("app/main.py", Context::Source),
            ("etc/app.conf", Context::Config),
            ("settings", Context::Config),
            ("app/.env.example", Context::Source),
            ("app/package-lock.json", Context::Source),
            ("app/node_modules/aws-sdk/apis/iam.json", Context::Source),
            ("usr/lib/python3/dist-packages/x/settings.ini", Context::Source),
            ("app/distribution.yaml", Context::Config),
            ("app/tests/.env", Context::Environment),
            ("app/template.yaml", Context::Config),
        ] {
            assert_eq!(Context::of_path(path), context, "{path}");
        }
    }
}
