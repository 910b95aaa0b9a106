use super::*;
use crate::model::service::Service;
use proptest::prelude::*;
use std::io;

/// Files in memory.
struct Files<'a>(&'a [(&'a str, &'a str)]);

impl Loader for Files<'_> {
    fn read(&self, path: &Path) -> io::Result<String> {
        let found = self.0.iter().find(|(name, _)| Path::new(name) == path);
        found
            .map(|(_, text)| (*text).to_owned())
            .ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, "not there"))
    }
}

fn load(named: &[&str], files: &[(&str, &str)]) -> Project {
    let paths: Vec<PathBuf> = named.iter().map(PathBuf::from).collect();
    Project::load(&paths, &Files(files), &|_| None)
}

fn parse(text: &str) -> Project {
    Project::parse(Path::new("compose.yaml"), text)
}

fn service<'a>(project: &'a Project, name: &str) -> &'a Service {
    project.compose.service(name).unwrap()
}

/// `file:line:column "text"` of a span.
fn place(project: &Project, span: &Span) -> String {
    let source = project.source(span).unwrap();
    format!("{}:{}:{} {:?}", source.path.display(), span.line, span.column, project.text(span).unwrap())
}

fn messages(project: &Project) -> Vec<String> {
    project
        .diagnostics
        .iter()
        .map(|d| {
            format!("{}:{}: {}", project.sources[d.span.source.0].path.display(), d.span.line, d.message)
        })
        .collect()
}

#[test]
fn each_value_keeps_the_file_and_place_it_is_written_at() {
    let project = load(
        &["compose.yaml", "over.yaml"],
        &[
            (
                "compose.yaml",
                "services:\n  web:\n    extends: {file: lib/base.yaml, service: base}\n    image: a:1\n    environment:\n      - A=1\n      - \"B=${X:-2}\"\n    ports: ['80:80']\n",
            ),
            (
                "over.yaml",
                "services:\n  web:\n    image: b:2\n    environment: {A: two}\n    ports:\n      - 81:81\n",
            ),
            (
                "lib/base.yaml",
                "services:\n  base:\n    user: app\n    build: ./src\n    environment:\n      C: 3\n",
            ),
        ],
    );
    assert_eq!(messages(&project), Vec::<String>::new());
    let web = service(&project, "web");
    let mut seen = vec![place(&project, &web.name_span)];
    seen.push(place(&project, web.image.as_ref().unwrap().span()));
    seen.push(place(&project, &web.user.as_ref().unwrap().key));
    for item in &web.environment {
        seen.push(format!(
            "{}={} {} {}",
            item.key,
            item.value.as_deref().unwrap(),
            place(&project, &item.key_span),
            place(&project, &item.value_span)
        ));
    }
    for port in &web.ports {
        seen.push(place(&project, &port.span));
    }
    let context = web.build.as_ref().unwrap().context.as_ref().unwrap();
    seen.push(format!("{}", project.resolve(context.span(), &context.value).display()));
    insta::assert_snapshot!(seen.join("\n"), @r#"
    compose.yaml:2:3 "web"
    over.yaml:3:12 "b:2"
    lib/base.yaml:3:5 "user"
    C=3 lib/base.yaml:6:7 "C" lib/base.yaml:6:10 "3"
    A=two compose.yaml:6:9 "A" over.yaml:4:22 "two"
    B=2 compose.yaml:7:10 "B" compose.yaml:7:12 "${X:-2}"
    compose.yaml:8:13 "'80:80'"
    over.yaml:6:9 "81:81"
    lib/src
    "#);
    assert_eq!(web.environment.items[2].written(), Some("${X:-2}"));
    assert_eq!(
        project.sources.iter().map(|s| s.role).collect::<Vec<_>>(),
        [Role::Named, Role::Extended, Role::Named]
    );
}

#[test]
fn circles_are_errors_and_the_rest_is_read() {
    let project = parse(
        "services:\n  a: {extends: b, image: a}\n  b: {extends: {service: a}, image: b}\n  c: {extends: c}\n  d: {image: d}\n",
    );
    assert_eq!(
        messages(&project),
        [
            "compose.yaml:2: services extend each other in a circle: b -> a -> b",
            "compose.yaml:3: services extend each other in a circle: a -> b -> a",
            "compose.yaml:4: services extend each other in a circle: c -> c",
        ]
    );
    assert_eq!(project.compose.services.items.len(), 4);
    assert_eq!(service(&project, "a").image.as_ref().unwrap().value, "a");

    let project = load(
        &["a.yaml"],
        &[
            ("a.yaml", "services: {x: {extends: {file: b.yaml, service: x}}}"),
            ("b.yaml", "services: {x: {extends: {file: a.yaml, service: x}}}"),
        ],
    );
    assert_eq!(messages(&project), ["b.yaml:1: services extend each other in a circle: x -> x -> x"]);

    let project = load(
        &["a.yaml"],
        &[
            ("a.yaml", "include: b.yaml\nservices: {a: {image: a}}"),
            ("b.yaml", "include: [a.yaml]\nservices: {b: {image: b}}"),
        ],
    );
    assert_eq!(messages(&project), ["b.yaml:1: a.yaml includes itself"]);
    assert_eq!(project.compose.services.items.len(), 2);
}

#[test]
fn what_is_not_there_is_reported_where_it_is_named() {
    let project = load(
        &["a.yaml"],
        &[
            (
                "a.yaml",
                "include:\n  - none.yaml\nservices:\n  x:\n    extends: nobody\n  y:\n    extends: {service: z, file: b.yaml}\n",
            ),
            ("b.yaml", "services: {}\n"),
        ],
    );
    assert_eq!(
        messages(&project),
        [
            "a.yaml:2: `none.yaml`, which is included here, is not there",
            "a.yaml:5: the service `nobody`, which is extended here, is not there",
            "a.yaml:7: the service `z` is not in `b.yaml`",
        ]
    );
    assert!(load(&["none.yaml"], &[]).diagnostics[0].message.contains("not there"));
}

#[test]
fn a_text_alone_does_not_look_elsewhere() {
    let project = parse("services: {x: {image: a, extends: {service: z, file: b.yaml}}}");
    assert_eq!(messages(&project), ["compose.yaml:1: b.yaml: other files are not read here"]);
    assert!(service(&project, "x").extends.is_some());
}

#[test]
fn values_of_the_wrong_kind_are_reported_and_left_out() {
    let project = parse(
        "services:\n  a:\n    image: [x]\n    ports: ['x', 80]\n    privileged: maybe\n    mem_limit: lots\n    environment: 5\n    healthcheck: {interval: 10}\n    read_only: ${RO}\n    volumes: [':/x']\n  b: text\n",
    );
    assert_eq!(
        messages(&project),
        [
            "compose.yaml:3: `image` takes text, not a list",
            "compose.yaml:4: `ports` takes ports from 1 to 65535, such as 127.0.0.1:8080:80",
            "compose.yaml:5: `privileged` takes true or false, not text",
            "compose.yaml:6: `mem_limit` takes a size such as 512m",
            "compose.yaml:7: `environment` takes a mapping of names to values or a list of NAME=value, not a number",
            "compose.yaml:8: `interval` takes a duration such as 30s or 1m30s",
            "compose.yaml:10: `volumes` takes a mount such as ./data:/data",
            "compose.yaml:11: `b` takes a mapping, not text",
        ]
    );
    assert_eq!(service(&project, "a").ports.items.len(), 1);
}

#[test]
fn variables_are_found_with_their_places() {
    let project = parse(
        "services:\n  a:\n    image: \"é:${TAG:?set it}\"\n    command: |\n      run $ONE\n      ${TWO:-x}\n    environment: [A=$$no, 'B=${B}']\n",
    );
    let seen: Vec<_> = project
        .variables()
        .map(|v| format!("{} {:?} {}", v.name, v.fallback, place(&project, &v.span)))
        .collect();
    insta::assert_snapshot!(seen.join("\n"), @r#"
    TAG Required { message: "set it", when_empty: true } compose.yaml:3:15 "${TAG:?set it}"
    ONE None compose.yaml:5:11 "$ONE"
    TWO Default { text: "x", when_empty: true } compose.yaml:6:7 "${TWO:-x}"
    B None compose.yaml:7:30 "${B}"
    "#);
    assert_eq!(
        messages(&parse("a: 'x$ y'")),
        ["compose.yaml:1: `$` begins no variable; write `$$` for a dollar sign"]
    );
}

#[test]
fn the_environment_fills_variables() {
    let files = [("a.yaml", "services: {x: {image: 'app:${TAG:-1}', user: $USER_ID}}")];
    let get = |name: &str| (name == "TAG").then(|| "2".to_owned());
    let project = Project::load(&[PathBuf::from("a.yaml")], &Files(&files), &get);
    let x = service(&project, "x");
    assert_eq!(x.image.as_ref().unwrap().value, "app:2");
    assert_eq!(x.image.as_ref().unwrap().written(), Some("app:${TAG:-1}"));
    assert_eq!(x.user.as_ref().unwrap().value, "$USER_ID");
}

#[test]
fn a_broken_service_leaves_the_others() {
    let project = parse("services:\n  a:\n    image: a\n  b:\n    image: 'b\n  c:\n    image: c\n");
    assert!(!project.diagnostics.is_empty());
    assert!(project.compose.service("a").is_some());
    assert!(project.compose.service("c").is_some(), "{:?}", messages(&project));
}

#[test]
fn extending_cannot_grow_without_bound() {
    let keys: String = (0..20_000).map(|i| format!("      k{i}: 1\n")).collect();
    let services: String = (0..10_000).map(|i| format!("  s{i}: {{extends: base}}\n")).collect();
    let project = parse(&format!("services:\n  base:\n{}{services}", keys.replace("      ", "    ")));
    assert!(project.diagnostics.iter().any(|d| d.message.starts_with("services extend too much")));
}

/// Lines as compose files have them, put together at random.
fn lines() -> impl Strategy<Value = String> {
    let line = prop::sample::select(vec![
        "services:",
        "  a:",
        "  b: &b",
        "    image: x:${T:-1}",
        "    extends: a",
        "    extends: {service: b}",
        "    <<: *b",
        "    environment:",
        "      - A=1",
        "      B: '2'",
        "    ports:",
        "      - \"80:80\"",
        "      - {target: 80}",
        "    volumes: [a:/b, ./c:/d:ro, {type: tmpfs, target: /x}]",
        "    build: .",
        "    build:",
        "      context: é",
        "    depends_on: [a]",
        "    networks: {n: }",
        "    command: a 'b",
        "    healthcheck: {test: [CMD, x]}",
        "    ulimits: {nofile: 1}",
        "    deploy: {resources: {limits: {memory: 1g}}}",
        "networks:",
        "  n: !reset null",
        "---",
        "volumes: {v: {external: {name: x}}}",
        "# comment",
        "\tx: 1",
        "    secrets: [{source: s}]",
        "include: compose.yaml",
    ]);
    prop::collection::vec(line, 0..25).prop_map(|lines| lines.join("\n"))
}

proptest! {
    #[test]
    fn never_panics_and_spans_hold(text in lines()) {
        let project = parse(&text);
        let spans = project.diagnostics.iter().map(|d| &d.span);
        let services = &project.compose.services;
        let named = services.iter().map(|s| &s.name_span);
        let values = services.iter().flat_map(|s| &s.environment).flat_map(|e| [&e.key_span, &e.value_span]);
        let entries = services.iter().flat_map(|s| s.ports.iter().map(|p| &p.span).chain(s.volumes.iter().map(|v| &v.span)));
        for span in spans.chain(named).chain(values).chain(entries).chain(project.variables().map(|v| &v.span)) {
            prop_assert!(project.text(span).is_some(), "{:?}", span);
            let before = &text[..span.bytes.start];
            prop_assert_eq!(span.line, before.matches('\n').count() + 1);
            prop_assert_eq!(span.column, before.rsplit('\n').next().unwrap_or_default().chars().count() + 1);
        }
    }
}
