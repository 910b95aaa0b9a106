//! The files in which a project lists its dependencies.

/// One required package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Requirement {
    /// Lower case, `_` and `.` as `-`.
    pub(crate) name: String,
    /// From 1.
    pub(crate) line: u32,
    /// Whether one version is named.
    pub(crate) is_pinned: bool,
}

/// What a `requirements.txt` requires; options and comments are left out.
pub(crate) fn requirements(text: &str) -> Vec<Requirement> {
    let mut found = Vec::new();
    let mut continued = false;
    for (number, line) in (1u32..).zip(text.lines()) {
        let goes_on = std::mem::replace(&mut continued, line.trim_end().ends_with('\\'));
        let line = line.split(" #").next().unwrap_or(line).trim();
        if goes_on || line.is_empty() || line.starts_with(['#', '-']) {
            continue;
        }
        let end =
            line.find(|c: char| !(c.is_ascii_alphanumeric() || "-_.".contains(c))).unwrap_or(line.len());
        let (name, rest) = line.split_at(end);
        if !name.is_empty() {
            let is_pinned = rest.contains("==") || rest.contains(" @ ") || line.contains("://");
            found.push(Requirement { name: normal(name), line: number, is_pinned });
        }
    }
    found
}

/// Whether a list of dependencies names a package: by its own format where that is known, else as a quoted word.
pub(crate) fn names(file: &str, text: &str, package: &str) -> bool {
    if file.ends_with(".json") {
        return dependencies(text).iter().any(|name| name == package);
    }
    if file.ends_with(".txt") || file.ends_with(".in") {
        let wanted = normal(package);
        return requirements(text).iter().any(|r| r.name == wanted);
    }
    // `"fastapi>=0.110"` in pyproject.toml, `fastapi = "..."` in a Pipfile.
    text.lines().any(|line| {
        let line = line.trim().trim_start_matches(['"', '\'']);
        let rest = line.get(..package.len()).filter(|l| l.eq_ignore_ascii_case(package));
        let after = line.get(package.len()..).unwrap_or_default().chars().next();
        rest.is_some() && after.is_none_or(|c| !(c.is_ascii_alphanumeric() || c == '-' || c == '_'))
    })
}

/// Whether it names a package that begins so: `flask-` for Flask-Cors. `beginning` in lower case.
pub(crate) fn names_beginning(file: &str, text: &str, beginning: &str) -> bool {
    if file.ends_with(".json") {
        return dependencies(text).iter().any(|name| name.starts_with(beginning));
    }
    if file.ends_with(".txt") || file.ends_with(".in") {
        return requirements(text).iter().any(|r| r.name.starts_with(beginning));
    }
    text.lines().any(|line| normal(line.trim().trim_start_matches(['"', '\''])).starts_with(beginning))
}

/// The packages that a `package.json` depends on, those for development too.
pub(crate) fn dependencies(text: &str) -> Vec<String> {
    let Ok(json) = serde_json::from_str::<serde_json::Value>(text) else { return Vec::new() };
    let of =
        |key: &str| json.get(key).and_then(|v| v.as_object()).into_iter().flat_map(|o| o.keys().cloned());
    of("dependencies").chain(of("devDependencies")).collect()
}

/// A script of a `package.json`.
pub(crate) fn script(text: &str, name: &str) -> Option<String> {
    let json = serde_json::from_str::<serde_json::Value>(text).ok()?;
    json.get("scripts")?.get(name)?.as_str().map(str::to_owned)
}

fn normal(name: &str) -> String {
    name.to_ascii_lowercase().replace(['_', '.'], "-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requirements_are_read_as_pip_does() {
        let text = "# all\n-r base.txt\nFastAPI==0.110 \\\n    --hash=sha256:aa\nuvicorn[standard]>=0.2 # server\npkg @ https://x/y.whl\n";
        let read: Vec<_> = requirements(text).into_iter().map(|r| (r.name, r.line, r.is_pinned)).collect();
        assert_eq!(
            read,
            [("fastapi".into(), 3, true), ("uvicorn".into(), 5, false), ("pkg".into(), 6, true)]
        );
        assert!(names("requirements.txt", text, "uvicorn"));
        assert!(!names("requirements.txt", text, "uvi"));
        assert!(names("package.json", r#"{"dependencies": {"next": "15"}}"#, "next"));
        assert!(!names("package.json", r#"{"dependencies": {"next-auth": "5"}}"#, "next"));
        assert!(names("pyproject.toml", "dependencies = [\n  \"fastapi>=0.1\",\n]", "fastapi"));
        assert!(!names("pyproject.toml", "  \"fastapi-users\",", "fastapi"));
    }
}
