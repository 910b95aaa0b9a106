//! The examples on a rule's page. They are documentation for people and tests for the rule.
//!
//! A fence whose info string holds `bad=3` must make the rule fire on line 3 and nowhere else
//! (`bad=3,7` on both; a bare `bad` anywhere), one with `good` must keep it silent. `title=` names
//! the file, `tracked` says that git tracks it. Fences that follow each other with nothing but blank lines between them, all with a
//! title, are the files of one project; at least one of them is marked.
//!
//! ````text
//! ```dockerfile bad=1 also=DL3006
//! FROM python
//! ```
//! ````

/// What the page claims of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expect {
    /// The rule fires on these lines and no others; an empty list is any line.
    Bad(Vec<u32>),
    /// The rule is silent.
    Good,
    /// The file is only there for the others.
    Nothing,
}

/// One fenced file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// `dockerfile`, `yaml`, `image`, `toml`, `ignore`, `text`, ...
    pub language: String,
    /// The file's name in the project; the language's usual one where the fence gives none.
    pub title: String,
    /// What is claimed.
    pub expect: Expect,
    /// The peers' codes that the finding carries; None claims nothing.
    pub also: Option<Vec<String>>,
    /// Whether git tracks the file.
    pub tracked: bool,
    /// The contents.
    pub text: String,
    /// The line of the page on which the fence opens, from 1.
    pub page_line: usize,
}

/// One project: the files that are checked together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    /// At least one file.
    pub files: Vec<File>,
}

/// The examples on a page, in order. Fences without a claim that stand alone are left out.
pub fn examples(page: &str) -> Vec<Example> {
    let mut examples: Vec<Example> = Vec::new();
    let mut lines = page.lines().enumerate();
    let mut adjoining = false;
    while let Some((number, line)) = lines.next() {
        let Some(info) = fence(line) else {
            adjoining &= line.trim().is_empty();
            continue;
        };
        let ticks = &line[..line.len() - line.trim_start_matches('`').len()];
        let mut text = String::new();
        for (_, line) in lines.by_ref() {
            if line.trim_end() == ticks {
                break;
            }
            text.push_str(line);
            text.push('\n');
        }
        let file = file(info, text, number + 1);
        let titled = info.contains("title=");
        match examples.last_mut() {
            Some(last) if adjoining && titled => last.files.push(file),
            _ => examples.push(Example { files: vec![file] }),
        }
        adjoining = titled;
    }
    examples.retain(|e| e.files.iter().any(|f| f.expect != Expect::Nothing));
    examples
}

fn fence(line: &str) -> Option<&str> {
    let rest = line.trim_start_matches('`');
    (line.len() - rest.len() >= 3).then_some(rest.trim())
}

fn file(info: &str, text: String, page_line: usize) -> File {
    let mut words = info.split_whitespace();
    let language = words.next().unwrap_or("").to_owned();
    let usual = match &*language {
        "dockerfile" => "Dockerfile",
        "yaml" => "compose.yaml",
        "image" => "image.tar",
        "ignore" => ".dockerignore",
        "env" => ".env",
        "toml" => "plimsoll.toml",
        _ => "",
    };
    let mut file = File {
        language,
        title: usual.to_owned(),
        expect: Expect::Nothing,
        also: None,
        tracked: false,
        text,
        page_line,
    };
    for word in words {
        let (key, value) = word.split_once('=').unwrap_or((word, ""));
        match key {
            "bad" => file.expect = Expect::Bad(value.split(',').filter_map(|n| n.parse().ok()).collect()),
            "good" => file.expect = Expect::Good,
            "tracked" => file.tracked = true,
            "title" => value.clone_into(&mut file.title),
            "also" => {
                file.also = Some(value.split(',').filter(|c| !c.is_empty()).map(str::to_owned).collect())
            }
            _ => {}
        }
    }
    file
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fences_make_projects() {
        let page = "# T\n\n```dockerfile bad=2 also=DL3006,DS-0001\nARG X\nFROM x\n```\n\nprose\n\n\
                    ```dockerfile good title=app/Dockerfile\nFROM y:1\n```\n\n```ignore title=app/.dockerignore\n.git\n```\n\n\
                    ```sh\nnot an example\n```\n";
        let examples = examples(page);
        assert_eq!(examples.len(), 2);
        assert_eq!(examples[0].files[0].expect, Expect::Bad(vec![2]));
        assert_eq!(
            examples[0].files[0].also.as_deref(),
            Some(&["DL3006".to_owned(), "DS-0001".to_owned()][..])
        );
        assert_eq!(examples[0].files[0].text, "ARG X\nFROM x\n");
        assert_eq!(examples[1].files.len(), 2);
        assert_eq!(examples[1].files[1].title, "app/.dockerignore");
        assert_eq!(examples[1].files[1].expect, Expect::Nothing);
    }
}
