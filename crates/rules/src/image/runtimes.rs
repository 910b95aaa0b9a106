//! Which language runtimes an image carries beside those of the distribution, and in which version.

use std::collections::BTreeMap;

use plimsoll_image::EntryHead;

use super::{Audit, path_text};
use crate::data::{Cycle, cycle_of, cycles};
use crate::draft::Place;

/// A runtime in the image.
#[derive(Clone, Debug)]
pub struct Runtime {
    /// What people call it: `Python`.
    pub name: &'static str,
    /// Its version, as far as it is known.
    pub version: String,
    /// Its release line.
    pub cycle: &'static Cycle,
    /// Every release line, newest first.
    pub cycles: &'static [Cycle],
    /// What tells the version.
    pub(crate) place: Place,
    /// The same in words.
    pub evidence: String,
}

/// A variable that an official image sets, the program that it is true of, the product, what people call it.
const VARIABLES: [(&str, &str, &str, &str); 8] = [
    ("PYTHON_VERSION", "usr/local/bin/python3", "python", "Python"),
    ("NODE_VERSION", "usr/local/bin/node", "nodejs", "Node.js"),
    ("RUBY_VERSION", "usr/local/bin/ruby", "ruby", "Ruby"),
    ("PHP_VERSION", "usr/local/bin/php", "php", "PHP"),
    ("GOLANG_VERSION", "usr/local/go/bin/go", "go", "Go"),
    ("DOTNET_VERSION", "usr/share/dotnet/dotnet", "dotnet", ".NET"),
    ("DOTNET_VERSION", "usr/bin/dotnet", "dotnet", ".NET"),
    ("ASPNET_VERSION", "usr/share/dotnet/dotnet", "dotnet", ".NET"),
];

/// Whether a file tells a runtime's version, by its path or by what is kept of it.
pub(crate) fn is_evidence(path: &[u8]) -> bool {
    // The distribution's own runtimes are mended by the distribution for as long as it lives.
    match path.last() {
        Some(b'y') => path.ends_with(b"/os.py") && python(path).is_some(),
        Some(b'e') if path.ends_with(b"/bin/node") => nvm_node(path).is_some(),
        Some(b'e') => is_java_release(path),
        Some(b'h') => path.ends_with(b"include/node/node_version.h"),
        Some(b'N') => path == b"usr/local/go/VERSION",
        Some(b'n') => path.ends_with(b"/Microsoft.NETCore.App.deps.json"),
        _ => false,
    }
}

/// Up to which size a file's contents are kept because they tell a runtime's version; 0 for not at all.
pub(crate) fn keep(head: &EntryHead<'_>) -> u64 {
    let path = head.path;
    let told_by_contents = match path.last() {
        Some(b'e') => is_java_release(path),
        Some(b'h') => path.ends_with(b"include/node/node_version.h"),
        Some(b'N') => path == b"usr/local/go/VERSION",
        _ => false,
    };
    if told_by_contents { 32 << 10 } else { 0 }
}

fn is_java_release(path: &[u8]) -> bool {
    let Some(folder) = path.strip_suffix(b"/release") else { return false };
    let folder = String::from_utf8_lossy(folder).to_ascii_lowercase();
    ["java", "jdk", "jre", "jvm"].iter().any(|word| folder.contains(word))
}

/// `3.9` of `usr/local/lib/python3.9/os.py`.
fn python(path: &[u8]) -> Option<&str> {
    let folder = path.strip_suffix(b"/os.py")?;
    let at = memchr::memmem::rfind(folder, b"lib/python")?;
    let version = std::str::from_utf8(&folder[at + b"lib/python".len()..]).ok()?;
    let own = !path.starts_with(b"usr/lib/") && !path.starts_with(b"lib/");
    (own && version.starts_with('3') && !version.contains('/')).then_some(version)
}

/// `16.20.0` of `root/.nvm/versions/node/v16.20.0/bin/node`.
fn nvm_node(path: &[u8]) -> Option<&str> {
    let folder = std::str::from_utf8(path.strip_suffix(b"/bin/node")?).ok()?;
    let (_, version) = folder.rsplit_once("versions/node/v")?;
    (!version.contains('/')).then_some(version)
}

/// The runtimes of the image, each release line once.
pub(crate) fn find(audit: &Audit<'_>) -> Vec<Runtime> {
    let mut found = Found::default();
    for variable in audit.image.config.env() {
        let Some((name, value)) = variable.split_once('=') else { continue };
        for (variable, program, product, title) in VARIABLES {
            if name == variable && audit.fs.resolve(program.as_bytes()).is_ok() {
                let evidence = format!("{variable}={}", super::model::shortened(value, 40));
                found.add(product, title, value, Place::Image, evidence);
            }
        }
    }
    for seen in &audit.inventory().runtimes {
        let path = seen.entry.path();
        let text = path_text(path).into_owned();
        let place = Place::Path { layer: seen.layer, path: text.clone(), line: None };
        let content = seen.entry.content().map(String::from_utf8_lossy);
        let content = content.as_deref().unwrap_or("");
        if let Some(version) = python(path) {
            found.add("python", "Python", version, place, format!("/{text}"));
        } else if let Some(version) = nvm_node(path) {
            found.add("nodejs", "Node.js", version, place, format!("/{text}"));
        } else if path.ends_with(b"node_version.h") {
            let number = |name: &str| {
                let rest = content.split(name).nth(1)?.split_whitespace().next()?;
                rest.parse::<u32>().ok()
            };
            if let (Some(major), Some(minor)) = (number("NODE_MAJOR_VERSION"), number("NODE_MINOR_VERSION"))
                && !path.starts_with(b"usr/include/")
            {
                found.add("nodejs", "Node.js", &format!("{major}.{minor}"), place, format!("/{text}"));
            }
        } else if path.ends_with(b"go/VERSION") {
            if let Some(version) = content.lines().next().and_then(|l| l.strip_prefix("go")) {
                found.add("go", "Go", version, place, format!("/{text}"));
            }
        } else if path.ends_with(b"/release") {
            if let Some((product, title, version)) = java(content) {
                found.add(product, title, &version, place, format!("/{text}"));
            }
        } else if let Some(version) = dotnet(&text) {
            found.add("dotnet", ".NET", version, place, format!("/{text}"));
        }
    }
    found.0.into_values().collect()
}

/// Who built this Java, and its version; None for a distribution's own build and for one that is paid for.
fn java(release: &str) -> Option<(&'static str, &'static str, String)> {
    let field = |key: &str| {
        let value = release.lines().find_map(|l| l.strip_prefix(key)?.strip_prefix('='))?;
        Some(value.trim().trim_matches('"'))
    };
    let version = field("JAVA_VERSION")?;
    // Java 8 calls itself 1.8.
    let version = version.strip_prefix("1.").unwrap_or(version).replace('_', ".");
    let (product, title) = match field("IMPLEMENTOR")? {
        "Eclipse Adoptium" | "Temurin" => ("eclipse-temurin", "Temurin"),
        "Amazon.com Inc." => ("amazon-corretto", "Amazon Corretto"),
        "Oracle Corporation" if field("BUILD_TYPE") != Some("commercial") => {
            ("openjdk-builds-from-oracle", "Oracle's OpenJDK")
        }
        _ => return None,
    };
    Some((product, title, version))
}

/// `6.0.36` of `usr/share/dotnet/shared/Microsoft.NETCore.App/6.0.36/Microsoft.NETCore.App.deps.json`.
fn dotnet(path: &str) -> Option<&str> {
    let folder = path.strip_suffix("/Microsoft.NETCore.App.deps.json")?;
    let own = !path.starts_with("usr/lib/") && !path.starts_with("usr/lib64/");
    folder.rsplit_once("shared/Microsoft.NETCore.App/").map(|(_, version)| version).filter(|_| own)
}

/// By product and release line; what is told first stays.
#[derive(Default)]
struct Found(BTreeMap<(&'static str, &'static str), Runtime>);

impl Found {
    fn add(
        &mut self,
        product: &'static str,
        name: &'static str,
        version: &str,
        place: Place,
        evidence: String,
    ) {
        let cycles = cycles(product);
        let Some(cycle) = cycle_of(cycles, version.trim_start_matches('v')) else { return };
        let version = version.trim_start_matches('v').to_owned();
        let runtime = Runtime { name, version, cycle, cycles, place, evidence };
        self.0.entry((product, cycle.name)).or_insert(runtime);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_tell_versions() {
        assert_eq!(python(b"usr/local/lib/python3.9/os.py"), Some("3.9"));
        assert_eq!(python(b"opt/conda/lib/python3.8/os.py"), Some("3.8"));
        assert_eq!(python(b"usr/lib/python3.9/os.py"), None);
        assert_eq!(python(b"opt/lib/python3.9/site-packages/x/os.py"), None);
        assert_eq!(nvm_node(b"root/.nvm/versions/node/v16.20.0/bin/node"), Some("16.20.0"));
        assert_eq!(
            dotnet("usr/share/dotnet/shared/Microsoft.NETCore.App/6.0.36/Microsoft.NETCore.App.deps.json"),
            Some("6.0.36")
        );
    }

    #[test]
    fn release_files_tell_who_built_java() {
        let temurin = "IMPLEMENTOR=\"Eclipse Adoptium\"\nJAVA_VERSION=\"17.0.9\"\n";
        assert_eq!(java(temurin), Some(("eclipse-temurin", "Temurin", "17.0.9".to_owned())));
        assert_eq!(java("IMPLEMENTOR=\"Debian\"\nJAVA_VERSION=\"17.0.9\"\n"), None);
        let eight = "JAVA_VERSION=\"1.8.0_392\"\nIMPLEMENTOR=\"Temurin\"\n";
        assert_eq!(java(eight).map(|j| j.2), Some("8.0.392".to_owned()));
    }
}
