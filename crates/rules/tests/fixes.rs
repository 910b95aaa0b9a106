//! What the fixes of the Dockerfile rules write: every one on the pages mends its finding and brings no other, and the
//! layouts that people write are kept.

use std::collections::BTreeMap;
use std::path::Path;

use insta::assert_snapshot;
use plimsoll_rules::config::{Config, Settings};
use plimsoll_rules::dockerfile::Around;
use plimsoll_rules::page::examples;
use plimsoll_rules::{Finding, Fix, Kind, all_rules, lint_dockerfile};

fn settings(select: Option<&str>) -> Settings {
    let mut settings = Settings::default();
    if let Some(select) = select {
        settings.selection.select(&[select]).unwrap();
    }
    settings.today = "2026-11-01".parse().unwrap();
    settings
}

fn lint(text: &str, settings: &Settings) -> Vec<Finding> {
    lint_dockerfile("Dockerfile", text.as_bytes().to_vec(), settings, &Around::nowhere()).findings
}

fn applied(text: &str, fix: &Fix) -> String {
    let mut out = String::new();
    let mut done = 0;
    for edit in &fix.edits {
        assert!(
            done <= edit.start && edit.start <= edit.end,
            "edits are in order and do not overlap: {fix:?}"
        );
        out += &text[done..edit.start];
        out += &edit.text;
        done = edit.end;
    }
    out + &text[done..]
}

/// The file after the rule's first fix, or `-` where it has none.
fn fixed(rule: &str, text: &str) -> String {
    let findings = lint(text, &settings(Some(rule)));
    assert!(findings.iter().any(|f| f.rule == rule), "{rule} fires on {text}");
    findings.iter().find_map(|f| f.fix.as_ref()).map_or("-".to_owned(), |fix| applied(text, fix))
}

fn counts(text: &str, settings: &Settings) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for finding in lint(text, settings) {
        *counts.entry(finding.rule.into_owned()).or_default() += 1;
    }
    counts
}

#[test]
fn every_fix_on_a_page_mends_its_finding_and_brings_no_other() {
    let mut tried = 0;
    for rule in all_rules().filter(|rule| rule.kind == Kind::Dockerfile) {
        for example in examples(rule.page) {
            let config = example.files.iter().find(|f| f.title.ends_with("plimsoll.toml"));
            let name = Path::new("plimsoll.toml");
            let read = |text: &str| Settings::new(&Config::parse(text, name).unwrap(), name).unwrap();
            let with = |select: &str| {
                let mut settings = config.map_or_else(Settings::default, |c| read(&c.text));
                settings.selection.select(&[select]).unwrap();
                settings.today = "2026-11-01".parse().unwrap();
                settings
            };
            for file in example.files.iter().filter(|f| f.language == "dockerfile") {
                let own = with(rule.name);
                for finding in lint(&file.text, &own) {
                    let Some(fix) = &finding.fix else { continue };
                    let after = applied(&file.text, fix);
                    tried += 1;
                    let place = format!("{}.md:{}\n{}", rule.name, file.page_line, after);
                    assert!(
                        lint(&after, &own).len() < lint(&file.text, &own).len(),
                        "leaves its finding: {place}"
                    );
                    let all = settings(None);
                    let before = counts(&file.text, &all);
                    for (other, count) in counts(&after, &all) {
                        assert!(count <= before.get(&other).copied().unwrap_or(0), "brings {other}: {place}");
                    }
                }
            }
        }
    }
    assert!(tried > 150, "{tried} fixes on the pages");
}

#[test]
fn a_user_comes_before_the_command_and_its_comment() {
    assert_snapshot!(fixed("run-as-non-root", "from python:3.14-slim\nworkdir /app\ncopy app.py ./\nexpose 8000\n\n# The server\ncmd [\"python\", \"app.py\"]\n"), @r#"
    from python:3.14-slim
    workdir /app
    copy app.py ./
    expose 8000

    run useradd --uid 10001 --create-home app
    user 10001
    # The server
    cmd ["python", "app.py"]
    "#);
    // What makes files behind the CMD still needs root; the file ends without a line break.
    assert_snapshot!(fixed("run-as-non-root", "FROM node:24-alpine\nCMD [\"node\", \"app.js\"]\nCOPY . /app"), @r#"
    FROM node:24-alpine
    CMD ["node", "app.js"]
    COPY . /app
    USER node
    "#);
    assert_eq!(
        fixed("run-as-non-root", "FROM scratch\r\nCOPY app /app\r\nENTRYPOINT [\"/app\"]\r\n"),
        "FROM scratch\r\nCOPY app /app\r\nUSER 10001\r\nENTRYPOINT [\"/app\"]\r\n"
    );
}

#[test]
fn a_user_that_the_file_makes_is_the_one() {
    assert_snapshot!(fixed("run-as-non-root", "FROM debian:13-slim\nRUN useradd -u 1500 web\nCOPY app /app\nCMD [\"/app\"]\n"), @r#"
    FROM debian:13-slim
    RUN useradd -u 1500 web
    COPY app /app
    USER 1500
    CMD ["/app"]
    "#);
}

#[test]
fn the_help_makes_a_user_as_the_base_can() {
    let help = |base: &str| {
        let text = format!("FROM {base}\nRUN ./setup\nCMD [\"./serve.sh\"]\n");
        let findings = lint(&text, &settings(Some("run-as-non-root")));
        findings.iter().find_map(|f| f.help.clone()).unwrap_or_default()
    };
    assert!(help("python:3.14-slim").contains("`RUN useradd --uid 10001"));
    assert!(help("fedora:44").contains("`RUN useradd --uid 10001"));
    for alpine in ["alpine:3.23", "python:3.14-alpine AS base\nFROM base", "eclipse-temurin:25-jre-alpine"] {
        assert!(help(alpine).contains("`RUN adduser -D -u 10001 app`"), "{alpine}");
    }
    for bare in ["scratch", "rockylinux:9-minimal", "registry.access.redhat.com/ubi9/ubi-minimal:9.6"] {
        assert!(help(bare).starts_with("write `USER 10001`"), "{bare}");
    }
    assert!(help("gcr.io/distroless/base-debian13").contains("`nonroot`"));
    assert!(help("nginx:1.29").contains("nginxinc/nginx-unprivileged"));
    assert!(help("node:24-slim").contains("`USER node`"));
    assert!(help("mcr.microsoft.com/dotnet/aspnet:10.0").contains("`USER $APP_UID`"));
    assert!(help("acme/app:1").contains("docker image inspect"));
}

#[test]
fn a_removal_goes_that_finds_nothing_any_more() {
    let fixed = |run: &str| fixed("apk-no-cache", &format!("FROM alpine:3.23\nRUN {run}\n"));
    assert_eq!(
        fixed("apk add --update curl=1 && rm /var/cache/apk/*"),
        "FROM alpine:3.23\nRUN apk add --no-cache --update curl=1\n"
    );
    assert_eq!(
        fixed("apk add curl && rm -rf /var/cache/apk/* && echo done"),
        "FROM alpine:3.23\nRUN apk add --no-cache curl && rm -rf /var/cache/apk/* && echo done\n"
    );
    // The index of `apk update` is still there to be removed, and other files too.
    for run in
        ["apk update && apk add curl && rm /var/cache/apk/*", "apk add curl && rm /var/cache/apk/* /tmp/x"]
    {
        let findings = lint(&format!("FROM alpine:3.23\nRUN {run}\n"), &settings(Some("apk-no-cache")));
        assert!(findings.iter().filter_map(|f| f.fix.as_ref()).all(|fix| !fix.safe), "{run}");
    }
}

#[test]
fn root_is_not_taken_from_what_may_need_it() {
    for end in [
        "COPY app /app\nENTRYPOINT [\"/entrypoint.sh\"]\nCMD [\"app\"]\n",
        "COPY app /app\nCMD [\"supervisord\", \"-n\"]\n",
        "COPY app /app\nCMD [\"su\", \"app\", \"-c\", \"/app\"]\n",
        "COPY app /app\nVOLUME /data\nCMD [\"/app\"]\n",
        "COPY app /app\nEXPOSE 53/udp\nCMD [\"/app\"]\n",
        "RUN apt-get update && apt-get install -y tool\nENTRYPOINT [\"tool\"]\n",
        "CMD [\"bash\"]\n",
    ] {
        assert_eq!(fixed("run-as-non-root", &format!("FROM debian:13-slim\n{end}")), "-", "{end}");
    }
    assert_eq!(fixed("run-as-non-root", "FROM acme/base:1\nCOPY app /app\nCMD [\"/app\"]\n"), "-");
}

/// The line that a health check's fix adds.
fn healthcheck(text: &str) -> String {
    let after = fixed("add-healthcheck", text);
    let line = after.lines().find_map(|line| {
        line.strip_prefix("HEALTHCHECK --interval=30s --timeout=5s --start-period=30s CMD ")
    });
    line.unwrap_or("-").to_owned()
}

#[test]
fn a_health_check_asks_with_what_the_image_has() {
    assert_snapshot!(healthcheck("FROM python:3.14-slim\nCMD [\"uvicorn\", \"app:app\", \"--host\", \"0.0.0.0\", \"--port\", \"9000\"]\n"), @r#"["python", "-c", "import http.client; c = http.client.HTTPConnection('127.0.0.1', 9000, timeout=3); c.request('GET', '/'); c.getresponse()"]"#);
    assert_snapshot!(healthcheck("FROM node:24-slim\nEXPOSE 3000\nCMD [\"node\", \"app.js\"]\n"), @r#"["node", "-e", "fetch('http://127.0.0.1:3000/').then(() => process.exit(), () => process.exit(1))"]"#);
    assert_snapshot!(healthcheck("FROM nginx:1.31-alpine\nCOPY site /usr/share/nginx/html\n"), @r#"["wget", "-q", "--spider", "http://127.0.0.1/"]"#);
    assert_snapshot!(healthcheck("FROM debian:13-slim\nRUN apt-get install -y curl\nCOPY app /app\nEXPOSE 8080\nCMD [\"/app\"]\n"), @r#"["curl", "-sS", "-o", "/dev/null", "http://127.0.0.1:8080/"]"#);
    assert_snapshot!(healthcheck("FROM alpine:3.24\nCOPY app /app\nEXPOSE 8080\nCMD [\"/app\"]\n"), @r#"["nc", "-z", "127.0.0.1", "8080"]"#);
    assert_snapshot!(healthcheck("FROM postgres:18\nCOPY init.sql /docker-entrypoint-initdb.d/\n"), @r#"["pg_isready", "-U", "postgres"]"#);
    // No port, several, one that says nothing of HTTP, nothing to ask with, curl that the RUN takes away again.
    for unknown in [
        "FROM python:3.14-slim\nCMD [\"python\", \"worker.py\"]\n",
        "FROM python:3.14-slim\nEXPOSE 8000 8001\nCMD [\"python\", \"app.py\"]\n",
        "FROM python:3.14-slim\nEXPOSE 5432\nCMD [\"python\", \"app.py\"]\n",
        "FROM debian:13-slim\nEXPOSE 8080\nCOPY app /app\nCMD [\"/app\"]\n",
        "FROM debian:13-slim\nRUN apt-get install -y curl && apt-get purge -y curl\nEXPOSE 8080\nCOPY app /app\nCMD [\"/app\"]\n",
        "FROM node:16-slim\nEXPOSE 3000\nCMD [\"node\", \"app.js\"]\n",
    ] {
        assert_eq!(healthcheck(unknown), "-", "{unknown}");
    }
}

#[test]
fn a_command_is_joined_as_the_others_are() {
    let cleaned = |run: &str| fixed("clean-apt-lists", &format!("FROM debian:13\n{run}\n"));
    assert_snapshot!(cleaned("RUN apt-get update && apt-get install -y curl"), @r"
    FROM debian:13
    RUN apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*
    ");
    assert_snapshot!(cleaned("RUN apt-get update \\\n\t&& apt-get install -y \\\n\t\tcurl"), @r"
    FROM debian:13
    RUN apt-get update \
    	&& apt-get install -y \
    		curl \
    	&& rm -rf /var/lib/apt/lists/*
    ");
    assert_snapshot!(cleaned("RUN apt-get update && \\\n  apt-get install -y curl"), @r"
    FROM debian:13
    RUN apt-get update && \
      apt-get install -y curl && \
      rm -rf /var/lib/apt/lists/*
    ");
    assert_snapshot!(cleaned("RUN set -eux; \\\n    apt-get update; \\\n    apt-get install -y curl"), @r"
    FROM debian:13
    RUN set -eux; \
        apt-get update; \
        apt-get install -y curl; \
        rm -rf /var/lib/apt/lists/*
    ");
    assert_snapshot!(cleaned("RUN <<EOF\napt-get update\napt-get install -y curl\nEOF"), @r"
    FROM debian:13
    RUN <<EOF
    apt-get update
    apt-get install -y curl
    rm -rf /var/lib/apt/lists/*
    EOF
    ");
    // Behind a comment, an `exec`, a background job or in an array there is no place for it; a later RUN reads the lists.
    for none in [
        "RUN apt-get update && apt-get install -y curl # all",
        "RUN apt-get update && apt-get install -y curl && exec true",
        "RUN apt-get update && apt-get install -y curl & wait",
        "RUN [\"sh\", \"-c\", \"apt-get update && apt-get install -y curl\"]",
        "RUN apt-get update && apt-get install -y curl\nRUN apt-get install -y git",
    ] {
        assert_eq!(cleaned(none), "-", "{none}");
    }
    assert_eq!(
        fixed(
            "clean-apt-lists",
            "# escape=`\nFROM debian:13\nRUN apt-get update `\n && apt-get install -y curl\n"
        ),
        "# escape=`\nFROM debian:13\nRUN apt-get update `\n && apt-get install -y curl `\n && rm -rf /var/lib/apt/lists/*\n"
    );
}

#[test]
fn words_go_with_the_line_that_they_had() {
    assert_snapshot!(fixed("unneeded-packages", "FROM debian:13-slim\nRUN apt-get update && apt-get install -y \\\n    curl \\\n    # to look around\n    vim \\\n    git\nCOPY app /app\nCMD [\"/app\"]\n"), @r#"
    FROM debian:13-slim
    RUN apt-get update && apt-get install -y \
        curl \
        git
    COPY app /app
    CMD ["/app"]
    "#);
    assert_snapshot!(fixed("tls-verification-off", "FROM alpine:3.24\nRUN [\"curl\", \"-k\", \"-o\", \"x\", \"https://example.com/x\"]\n"), @r#"
    FROM alpine:3.24
    RUN ["curl", "-o", "x", "https://example.com/x"]
    "#);
    assert_snapshot!(fixed("tls-verification-off", "FROM alpine:3.24\nRUN pip install --trusted-host a --trusted-host b x==1 && curl -fsSLk https://example.com/x -o x\n"), @"
    FROM alpine:3.24
    RUN pip install x==1 && curl -fsSLk https://example.com/x -o x
    ");
    assert_snapshot!(fixed("no-ssh-port", "FROM debian:13\nEXPOSE 80 \\\n    22 \\\n    443\n"), @r"
    FROM debian:13
    EXPOSE 80 \
        443
    ");
    assert_snapshot!(fixed("no-ssh-port", "FROM debian:13\n\n# For the admins\nEXPOSE 22\n\nCMD [\"/app\"]\n"), @r#"
    FROM debian:13

    CMD ["/app"]
    "#);
}

#[test]
fn sudo_goes_where_root_runs_it() {
    assert_snapshot!(fixed("no-sudo", "FROM debian:13\nRUN echo x | sudo tee /etc/x && \\\n    sudo -E apt-get update\n"), @r"
    FROM debian:13
    RUN echo x | tee /etc/x && \
        apt-get update
    ");
    for kept in [
        "FROM debian:13\nUSER app\nRUN sudo apt-get update\n",
        "FROM acme/base:1\nRUN sudo apt-get update\n",
        "FROM debian:13\nRUN sudo -u app make\n",
    ] {
        assert_eq!(fixed("no-sudo", kept), "-", "{kept}");
    }
}

#[test]
fn an_update_moves_to_the_install_that_needs_it() {
    assert_snapshot!(fixed("update-alone", "FROM debian:13\nRUN apt-get update\nENV X=1\nRUN DEBIAN_FRONTEND=noninteractive apt-get install -y \\\n    curl\n"), @r"
    FROM debian:13
    ENV X=1
    RUN apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y \
        curl
    ");
    assert_snapshot!(fixed("update-alone", "FROM alpine:3.24\nRUN apk update\nRUN apk add curl\n"), @"
    FROM alpine:3.24
    RUN apk add --no-cache curl
    ");
    assert_eq!(
        fixed(
            "update-alone",
            "FROM debian:13\nRUN apt-get update\nRUN if true; then apt-get install -y curl; fi\n"
        ),
        "-"
    );
}

#[test]
fn one_shell_serves_every_pipe_of_a_stage() {
    let text = "FROM debian:13\nRUN true\nRUN curl -f https://example.com/a | tar x\nRUN curl -f https://example.com/b | tar x\n";
    let findings = lint(text, &settings(Some("pipefail")));
    let fixes: Vec<&Fix> = findings.iter().filter_map(|f| f.fix.as_ref()).collect();
    assert!(fixes.len() == 2 && fixes[0] == fixes[1]);
    assert_snapshot!(applied(text, fixes[0]), @r#"
    FROM debian:13
    RUN true
    SHELL ["/bin/bash", "-o", "pipefail", "-c"]
    RUN curl -f https://example.com/a | tar x
    RUN curl -f https://example.com/b | tar x
    "#);
    assert_snapshot!(fixed("pipefail", "FROM acme/base:1\nSHELL [\"/bin/bash\", \"-c\"]\nRUN set -eux; curl -f https://example.com/a | tar x\n"), @r#"
    FROM acme/base:1
    SHELL ["/bin/bash", "-c"]
    RUN set -euxo pipefail; curl -f https://example.com/a | tar x
    "#);
    assert_snapshot!(fixed("pipefail", "FROM acme/base:1\nRUN <<EOF\n#!/bin/bash\ncurl -f https://example.com/a | tar x\nEOF\n"), @r"
    FROM acme/base:1
    RUN <<EOF
    #!/bin/bash
    set -o pipefail
    curl -f https://example.com/a | tar x
    EOF
    ");
    // Where the base has no known shell; where another pipe would fail though all is well; where `echo` would change.
    for none in [
        "FROM acme/base:1\nRUN curl -f https://example.com/a | tar x\n",
        "FROM debian:13\nRUN curl -f https://example.com/a | tar x\nRUN yes | sdkmanager --licenses\n",
        "FROM debian:13\nRUN curl -f https://example.com/a | head -n 1 > a\n",
        "FROM debian:13\nRUN curl -f https://example.com/a | tar x\nRUN echo 'a\\tb' > c\n",
    ] {
        assert_eq!(fixed("pipefail", none), "-", "{none}");
    }
}

#[test]
fn the_shell_linters_edits_are_kept_where_they_keep_the_meaning() {
    let edited = |run: &str| {
        fixed("shellcheck", &format!("FROM debian:13\n{run}\n"))
            .lines()
            .skip(1)
            .collect::<Vec<_>>()
            .join("\n")
    };
    assert_snapshot!(edited("RUN tar xf app-$NAME.tar"), @r#"RUN tar xf app-"$NAME".tar"#);
    assert_snapshot!(edited("RUN export X=\"$(date)\"; echo \"$X\""), @r#"RUN X="$(date)"; export X; echo "$X""#);
    assert_snapshot!(edited("RUN cd /tmp; ls"), @"RUN cd /tmp || exit; ls");
    assert_snapshot!(edited("RUN make -j`nproc`"), @"RUN make -j$(nproc)");
    // A list of packages, flags that may be none, and what is written for later are not to be quoted.
    for none in [
        "RUN deps='curl git'; apt-get purge -y $deps",
        "RUN ./configure $(test -e /x && echo --with-x)",
        "RUN echo 'export PATH=$PATH:/opt' >> ~/.bashrc",
    ] {
        assert_eq!(edited(none), "", "{none}");
    }
}

#[test]
fn a_base_moves_to_a_tag_that_there_is() {
    let moved = |from: &str| {
        fixed("end-of-life-base", &format!("FROM {from}\nRUN true\n"))
            .lines()
            .next()
            .unwrap_or_default()
            .to_owned()
    };
    assert_snapshot!(moved("debian:buster-20200607-slim"), @"FROM debian:trixie-slim");
    assert_snapshot!(moved("--platform=linux/arm64 python:3.6.9-slim-stretch AS build"), @"FROM --platform=linux/arm64 python:3.14-slim-trixie AS build");
    assert_snapshot!(moved("node:14-alpine3.12"), @"FROM node:26-alpine3.24");
    assert_snapshot!(moved("php:5-apache"), @"FROM php:8.5-apache");
    assert_snapshot!(moved("python:3.14-slim-bookworm"), @"FROM python:3.14-slim-trixie");
    assert_snapshot!(moved("openjdk:17-jdk-alpine"), @"FROM eclipse-temurin:17-jdk-alpine");
    assert_snapshot!(moved("nvidia/cuda:11.0-base-ubuntu18.04"), @"-");
}

#[test]
fn a_credential_is_never_shown_nor_moved() {
    // The value stands on the line: the edit would name it.
    assert_eq!(fixed("secret-in-variable", "FROM debian:13\nENV DB_PASSWORD=korrekt7Pferd\n"), "-");
    assert_snapshot!(fixed("secret-in-variable", "FROM debian:13\nARG DB_PASSWORD\nENV DB_PASSWORD=$DB_PASSWORD\nCMD [\"/app\"]\n"), @r#"
    FROM debian:13
    CMD ["/app"]
    "#);
    assert_snapshot!(fixed("secret-arg-in-run", "FROM debian:13\nARG NPM_TOKEN\nRUN curl -H \"Authorization: $NPM_TOKEN\" https://example.com/a\n"), @r#"
    FROM debian:13
    RUN --mount=type=secret,id=npm_token,env=NPM_TOKEN curl -H "Authorization: $NPM_TOKEN" https://example.com/a
    "#);
    assert_eq!(
        fixed(
            "secret-arg-in-run",
            "# syntax=docker/dockerfile:1.4\nFROM debian:13\nARG NPM_TOKEN\nRUN curl -H \"Authorization: $NPM_TOKEN\" https://example.com/a\n"
        ),
        "-"
    );
}

#[test]
fn what_was_meant_takes_the_place_of_what_is_written() {
    assert_snapshot!(fixed("exec-form-command", "FROM debian:13\nCMD [\"a\", \"b\"] # why\n"), @r#"
    FROM debian:13
    # why
    CMD ["a", "b"]
    "#);
    assert_snapshot!(fixed("exec-form-command", "FROM debian:13\nENTRYPOINT ['a', 'b']\n"), @r#"
    FROM debian:13
    ENTRYPOINT ["a", "b"]
    "#);
    assert_snapshot!(fixed("exec-form-command", "FROM debian:13\nCMD exec /app --port 80\n"), @r#"
    FROM debian:13
    CMD ["/app", "--port", "80"]
    "#);
    assert_eq!(fixed("exec-form-command", "FROM debian:13\nCMD exec /app --port $PORT\n"), "-");
    assert_snapshot!(fixed("undefined-variable", "ARG V=1\nFROM debian:13\nARG W=2 V=${V}\n"), @r#"
    ARG V=1
    FROM debian:13
    ARG W=2 V
    "#);
    assert_snapshot!(fixed("export-without-effect", "FROM debian:13\nRUN export APP=a.py\n"), @r#"
    FROM debian:13
    ENV APP=a.py
    "#);
    assert_snapshot!(fixed("export-without-effect", "FROM debian:13\nRUN export DEBIAN_FRONTEND=noninteractive\n"), @r#"
    FROM debian:13
    ARG DEBIAN_FRONTEND=noninteractive
    "#);
    assert_eq!(
        fixed("export-without-effect", "FROM debian:13\nRUN export PIP_TRUSTED_HOST=example.com\n"),
        "-"
    );
    assert_eq!(fixed("export-without-effect", "FROM debian:13\nRUN export API_TOKEN=abc\n"), "-");
}

#[test]
fn help_fits_the_base_and_the_tool() {
    let help = |rule: &str, text: &str| {
        let findings = lint(text, &settings(Some(rule)));
        let helps: Vec<String> = findings.into_iter().filter_map(|f| f.help).collect();
        helps.join("\n")
    };
    let tls = |text: &str| help("tls-verification-off", text);
    assert_snapshot!(tls("FROM registry.access.redhat.com/ubi9:9.6\nRUN curl -k https://example.com/a\n"), @r#"install the missing authority instead (`COPY company-ca.crt /etc/pki/ca-trust/source/anchors/` and `RUN update-ca-trust`), or name it: `curl --cacert company-ca.crt`"#);
    assert_snapshot!(tls("FROM alpine:3.22\nRUN git config --global http.sslVerify false\n"), @r#"install the missing authority instead (the package `ca-certificates`; for a company's own `COPY company-ca.crt /usr/local/share/ca-certificates/` and `RUN update-ca-certificates`), or name it: `COPY company-ca.crt /etc/ssl/` and `git config --global http.sslCAInfo /etc/ssl/company-ca.crt`"#);
    assert_snapshot!(tls("FROM node:24\nENV NODE_TLS_REJECT_UNAUTHORIZED=0\nRUN npm config set strict-ssl false\n"), @r#"
    leave it out; where a company's authority is missing, name it: `COPY company-ca.crt /etc/ssl/` and `ENV NODE_EXTRA_CA_CERTS=/etc/ssl/company-ca.crt`
    leave it out; where a company's authority is missing, name it: `COPY company-ca.crt /etc/ssl/` and `ENV NODE_EXTRA_CA_CERTS=/etc/ssl/company-ca.crt`, or `npm config set cafile /etc/ssl/company-ca.crt`
    "#);
    assert_snapshot!(tls("FROM python:3.14\nRUN pip install --trusted-host pypi.org x\n"), @r#"leave it out; where a company's authority is missing, name it: `COPY company-ca.crt /etc/ssl/` and `ENV PIP_CERT=/etc/ssl/company-ca.crt`, or `pip config set global.cert /etc/ssl/company-ca.crt`"#);
    assert_snapshot!(tls("FROM acme/base:1\nRUN ssh -o StrictHostKeyChecking=no git@example.com\n"), @r#"take the host's key along instead: `COPY known_hosts /root/.ssh/known_hosts`, with keys whose fingerprints were compared"#);
    let pip = |text: &str| help("pip-no-cache", text);
    assert_snapshot!(pip("FROM python:3.14\nRUN useradd -u 10001 app\nUSER app\nRUN pip install x\n"), @r#"add `--no-cache-dir`, or mount a cache of that user's: `RUN --mount=type=cache,target=/home/app/.cache/pip,uid=10001`"#);
    assert_snapshot!(pip("FROM python:3.14\nUSER nobody\nRUN pip install x\n"), @r#"add `--no-cache-dir`, or set `ENV PIP_NO_CACHE_DIR=1`"#);
    let shell = |text: &str| help("change-shell-with-shell", text);
    assert_snapshot!(shell("FROM alpine:3.22\nRUN ln -sf /bin/bash /bin/sh\n"), @r#"write `SHELL ["/bin/bash", "-c"]` below `RUN apk add --no-cache bash`: the base has no bash"#);
    assert_snapshot!(shell("FROM alpine:3.22\nRUN apk add --no-cache zsh\nRUN ln -sf /bin/zsh /bin/sh\n"), @r#"write `SHELL ["/bin/zsh", "-c"]`"#);
    assert_snapshot!(help("pin-base-image", "FROM centos\n"), @r#"use almalinux or rockylinux, with its release line for a tag"#);
    let secret = |text: &str| help("secret-written-to-layer", text);
    assert_snapshot!(secret("FROM debian:13\nRUN --mount=type=secret,id=k gcloud auth activate-service-account --key-file=/run/secrets/k\n"), @r#"the key is mounted already: use it within this RUN, with the login on a mount that no layer keeps: `RUN --mount=type=tmpfs,target=/root/.config/gcloud ...`"#);
    assert_snapshot!(secret("FROM debian:13\nRUN aws configure set aws_secret_access_key $KEY\n"), @r#"mount the file instead of writing it: `RUN --mount=type=secret,id=credentials,target=/root/.aws/credentials ...`; or remove it at the end of this same RUN"#);
    let dev = |text: &str| help("omit-dev-dependencies", text);
    assert_snapshot!(dev("FROM node:24\nCOPY package.json yarn.lock ./\nRUN yarn install\nCMD [\"node\", \"a.js\"]\n"), @r#"write `yarn install --production --frozen-lockfile`, or `yarn workspaces focus --production`"#);
    assert_snapshot!(dev("FROM node:24\nCOPY package.json ./\nRUN yarn install\nCMD [\"node\", \"a.js\"]\n"), @r#"write `yarn install --production`, or `yarn workspaces focus --production`"#);
    assert_snapshot!(help("apt-get-not-apt", "FROM debian:13\nRUN apt list --installed\n"), @r#"write `dpkg --list` for what is installed, or `apt-cache pkgnames` for what there is"#);
}

#[test]
fn triggers_and_windows_are_left_alone() {
    for (rule, text) in [
        ("run-as-non-root", "FROM debian:13\nONBUILD COPY . /app\nCOPY app /app\nCMD [\"/app\"]\n"),
        ("pipefail", "FROM debian:13\nONBUILD RUN curl -f https://example.com/a | tar x\n"),
        ("run-as-non-root", "FROM mcr.microsoft.com/windows/servercore:ltsc2022\nCMD [\"app.exe\"]\n"),
        (
            "add-healthcheck",
            "FROM mcr.microsoft.com/windows/servercore:ltsc2022\nEXPOSE 8080\nCMD [\"app.exe\"]\n",
        ),
    ] {
        assert_eq!(fixed(rule, text), "-", "{text}");
    }
}
