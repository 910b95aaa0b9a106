//! A small outcome, made by hand, with one finding of every sort that a reporter meets.

use plimsoll_rules::{
    Budget, Category, Edit, FileEdit, Finding, Fix, ImageSummary, InputError, Kind, LayerSummary, LineMatch,
    Outcome, RuleMeta, Severity,
};

const DOCKERFILE: &str = "\
# syntax=docker/dockerfile:1
FROM python:latest AS build
ENV API_TOKEN=ghp_****************************cdef
RUN apt-get update && \\
\tapt-get install -y curl
COPY . /app
";

const CONTAINERFILE: &str = "FROM scratch\nUSER 10001\n";

fn finding(rule: &'static str, severity: Severity, category: Category, message: &str) -> Finding {
    Finding::named(rule, category, severity, message)
}

/// `f` at the first place where `words` stand in `DOCKERFILE`.
fn at(mut f: Finding, words: &str) -> Finding {
    let start = DOCKERFILE.find(words).expect("words of the sample");
    let end = start + words.len();
    let place = |byte: usize| {
        let before = &DOCKERFILE[..byte];
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
        (u32::try_from(line).ok(), u32::try_from(column).ok())
    };
    f.file = Some("app/Dockerfile".to_owned());
    (f.line, f.column) = place(start);
    (f.end_line, f.end_column) = place(end);
    f.instruction_line = f.line;
    f.span = Some(start..end);
    f
}

pub(crate) fn outcome() -> Outcome {
    let latest = DOCKERFILE.find("latest").expect("a tag");
    let base = at(
        Finding {
            help: Some("Name a version and its digest: `python:3.11-slim@sha256:...`".to_owned()),
            also: vec!["DL3007".into(), "DS-0001".into()],
            stage: Some("build".to_owned()),
            fix: Some(Fix {
                safe: false,
                edits: vec![Edit { start: latest, end: latest + 6, text: "3.11-slim".to_owned() }],
                files: vec![FileEdit {
                    file: "app/.env.example".to_owned(),
                    new: false,
                    edits: vec![Edit { start: 7, end: 7, text: "TAG=\n".to_owned() }],
                }],
            }),
            ..finding(
                "pin-base-image",
                Severity::Warning,
                Category::BaseImage,
                "`python:latest` is whatever was pushed last: the same Dockerfile builds another image tomorrow",
            )
        },
        "python:latest",
    );
    let secret = at(
        Finding {
            help: Some(
                "Hand it over with `RUN --mount=type=secret,id=api_token` and rotate this one".to_owned(),
            ),
            also: vec!["DKL-DI-0005".into(), "SecretsUsedInArgOrEnv".into()],
            detector: Some("github-pat".to_owned()),
            ..finding(
                "secret-in-env",
                Severity::Error,
                Category::Secrets,
                "`API_TOKEN` holds a GitHub personal access token (ghp_****cdef), and everyone who pulls the image can read it",
            )
        },
        "ghp_****************************cdef",
    );
    let multi_line = at(
        Finding {
            help: Some(
                "Add `--no-install-recommends`, and remove /var/lib/apt/lists in the same RUN".to_owned(),
            ),
            also: vec!["DL3015".into()],
            ..finding(
                "apt-no-recommends",
                Severity::Info,
                Category::Size,
                "apt-get installs what is only recommended",
            )
        },
        "apt-get update && \\\n\tapt-get install -y curl",
    );
    let whole_file = Finding {
        file: Some("app/Dockerfile".to_owned()),
        help: Some("Add a HEALTHCHECK".to_owned()),
        ..finding(
            "healthcheck-missing",
            Severity::Style,
            Category::Reliability,
            "nothing tells whether the container works",
        )
    };
    let line_only = Finding {
        file: Some("Containerfile".to_owned()),
        line: Some(2),
        ..finding("user-never-created", Severity::Info, Category::User, "user 10001 has no name")
    };
    let in_layer = Finding {
        help: Some("Delete it in the step that makes it, or leave it out with .dockerignore".to_owned()),
        also: vec!["CIS-DI-0010".into()],
        image: Some("app:1".to_owned()),
        layer: Some(1),
        layer_digest: Some(format!("sha256:{}", "b".repeat(64))),
        path: Some("app/.env".to_owned()),
        path_line: Some(3),
        detector: Some("aws-access-key-id".to_owned()),
        ..finding(
            "secret-in-layer",
            Severity::Error,
            Category::Secrets,
            "an AWS access key (AKIA****WXYZ) is in this layer, though a later one deletes the file",
        )
    };
    let from_source = Finding {
        file: Some("app/Dockerfile".to_owned()),
        line: Some(6),
        column: Some(1),
        end_line: Some(6),
        end_column: Some(12),
        image: Some("app:1".to_owned()),
        layer: Some(1),
        ..finding("image-too-big", Severity::Error, Category::Size, "the image weighs 204.1 MB of 200 MB")
    };
    let layer = |index: usize, digit: &str, size, files, created_by: &str, line| LayerSummary {
        index,
        digest: format!("sha256:{}", digit.repeat(64)),
        diff_id: format!("sha256:{}", "f".repeat(64)),
        size,
        compressed_size: size / 3,
        compressed: true,
        files,
        created_by: created_by.to_owned(),
        dockerfile_line: line,
        line_match: line.map(|_| LineMatch::Exact),
        ..LayerSummary::default()
    };
    let image = ImageSummary {
        name: "app:1".to_owned(),
        user: String::new(),
        size: 204_081_000,
        compressed_size: 68_027_000,
        wasted_bytes: 1_200,
        efficiency: 0.981,
        budget: Some(Budget { profile: "backend".to_owned(), bytes: 200_000_000, guessed: false }),
        layers: vec![
            layer(
                0,
                "a",
                203_080_999,
                8_123,
                "RUN apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/* && useradd app",
                Some(4),
            ),
            layer(1, "b", 1_000_001, 12, "COPY . /app", Some(6)),
        ],
        ..ImageSummary::default()
    };
    Outcome {
        findings: vec![line_only, whole_file, base, secret, multi_line, from_source, in_layer],
        errors: vec![
            InputError {
                file: Some("gone/Dockerfile".to_owned()),
                image: None,
                layer: None,
                offset: None,
                message: "no such file".to_owned(),
            },
            InputError {
                file: None,
                image: Some("half.tar".to_owned()),
                layer: Some(2),
                offset: Some(512),
                message: "the archive ends in the middle of an entry".to_owned(),
            },
        ],
        images: vec![image],
        contexts: Vec::new(),
        sources: [("app/Dockerfile", DOCKERFILE), ("Containerfile", CONTAINERFILE)]
            .map(|(name, text)| (name.to_owned(), text.to_owned()))
            .into(),
        checked: 4,
        ..Outcome::default()
    }
}

/// Pages of their own, so that these tests do not change with the real ones.
pub(crate) static RULES: [RuleMeta; 2] = [
    RuleMeta {
        name: "pin-base-image",
        kind: Kind::Dockerfile,
        severity: Severity::Warning,
        category: Category::BaseImage,
        default: true,
        also: &["DL3006", "DL3007", "DS-0001", "CKV_DOCKER_7"],
        references: &[
            "CIS Docker Benchmark 4.2",
            "CWE-1357",
            "https://docs.docker.com/build/building/best-practices/",
        ],
        title: "Base image without a version",
        page: "---\nname: pin-base-image\n---\n\
            # Base image without a version\n\n\
            `latest` is a name for **whatever was pushed last**. Two builds of one commit differ, and the one that \
            breaks is never the one that somebody looks at.\n\n\
            ## How to fix it\n\n\
            - Name a version, as narrow as you can keep up with; [the tags](https://hub.docker.com/_/python) say which there are\n\
            - Add a digest where builds must repeat\n\n\
            ## Examples\n\n\
            ```dockerfile bad=1 also=DL3007\nFROM python:latest\n```\n\n\
            ```dockerfile good title=app/Dockerfile\nFROM python:3.13-slim\n\nUSER app\n```\n",
    },
    RuleMeta {
        name: "secret-in-env",
        kind: Kind::Dockerfile,
        severity: Severity::Error,
        category: Category::Secrets,
        default: false,
        also: &["SecretsUsedInArgOrEnv"],
        references: &["CWE-522"],
        title: "Secret in the environment",
        page: "---\nname: secret-in-env\n---\n# Secret in the environment\n\nIt stays in the image.\n",
    },
];

pub(crate) fn rule(name: &str) -> Option<&'static RuleMeta> {
    RULES.iter().find(|rule| rule.name == name)
}
