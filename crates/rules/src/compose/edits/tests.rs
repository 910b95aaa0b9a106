use std::path::Path;

use plimsoll_compose::Project;

use super::*;
use crate::compose::Beside;
use crate::config::Settings;

/// A project's only text after an edit; the edit's absence as `none`.
fn after(text: &str, edit: impl Fn(&Stack<'_>) -> Option<Edits>) -> String {
    let project = Project::parse(Path::new("compose.yaml"), text);
    let settings = Settings::default();
    let stack = Stack::new(&project, &settings, Beside::nothing());
    let Some(Edits(mut edits)) = edit(&stack) else { return "none".to_owned() };
    edits.sort_by_key(|(_, edit)| edit.start);
    let mut changed = text.to_owned();
    for (_, edit) in edits.iter().rev() {
        changed.replace_range(edit.start..edit.end, &edit.text);
    }
    let again = Project::parse(Path::new("compose.yaml"), &changed);
    assert_eq!(again.diagnostics, [], "{changed}");
    changed
}

fn app<'s>(stack: &'s Stack<'_>) -> &'s Service {
    stack.project.compose.service("app").unwrap()
}

#[test]
fn an_item_goes_with_its_line_and_the_last_with_its_key() {
    let without = |text: &str| after(text, |stack| stack.without(&app(stack).cap_add.items[0].span));
    insta::assert_snapshot!(without("services:\n  app:\n    cap_add:\n      - SYS_ADMIN # why\n      - CHOWN\n    image: x\n"), @r"
    services:
      app:
        cap_add:
          - CHOWN
        image: x
    ");
    insta::assert_snapshot!(without("services:\n  app:\n    image: x\n    cap_add:\n    - SYS_ADMIN\n      # - CHOWN\n\n  b: {image: y}"), @r"
    services:
      app:
        image: x

      b: {image: y}
    ");
    insta::assert_snapshot!(without("services:\n  app: {image: x, cap_add: [SYS_ADMIN, CHOWN]}"), @"
    services:
      app: {image: x, cap_add: [CHOWN]}
    ");
    insta::assert_snapshot!(without("services:\n  app: {cap_add: [SYS_ADMIN], image: x}\n"), @"
    services:
      app: {image: x}
    ");
    insta::assert_snapshot!(without("services:\r\n  app:\r\n    image: x\r\n    cap_add: [SYS_ADMIN]\r\n").replace('\r', "~"), @"
    services:~
      app:~
        image: x~
    ");
    // All that the service says.
    assert_eq!(without("services:\n  app:\n    cap_add: [SYS_ADMIN]\n"), "none");
}

#[test]
fn what_others_have_too_stays() {
    let without =
        |text: &str| after(text, |stack| stack.without(&app(stack).privileged.as_ref().unwrap().key));
    let shared =
        "x-all: &all\n  privileged: true\n  init: true\nservices:\n  app:\n    <<: *all\n    image: x\n";
    insta::assert_snapshot!(without(shared), @r"
    x-all: &all
      init: true
    services:
      app:
        <<: *all
        image: x
    ");
    assert_eq!(without(&format!("{shared}  b:\n    <<: *all\n    image: y\n")), "none");
    assert_eq!(
        without("services:\n  app:\n    privileged: &yes true\n    image: x\n    read_only: *yes\n"),
        "none"
    );
    assert_eq!(
        without("services:\n  app:\n    image: x\n    privileged: true\n  b:\n    extends: app\n"),
        "none"
    );
}

#[test]
fn keys_come_behind_the_last_one() {
    let put = |text: &str| {
        after(text, |stack| stack.put_in_service(app(stack), &["restart"], &New::text("always")))
    };
    insta::assert_snapshot!(put("services:\n    app:\n        image: x # one\n        ports:\n        - 80\n        # - 443\n\n    # two\n    b:\n        image: y\n"), @r"
    services:
        app:
            image: x # one
            ports:
            - 80
            # - 443
            restart: always

        # two
        b:
            image: y
    ");
    assert_eq!(
        put("services:\r\n  app:\r\n    image: x"),
        "services:\r\n  app:\r\n    image: x\r\n    restart: always"
    );
    assert_eq!(put("services: {app: {image: x}}\n"), "services: {app: {image: x, restart: always}}\n");
    assert_eq!(
        put("services: {app: {image: x, tty}}\n"),
        "services: {app: {image: x, tty, restart: always}}\n"
    );
    assert_eq!(put("x: &b {image: x}\nservices:\n  app: *b\n"), "none");
    assert_eq!(put("x: &b {restart: \"no\"}\nservices:\n  app:\n    <<: *b\n    image: x\n"), "none");
    insta::assert_snapshot!(put("x: &b {init: true}\nservices:\n  app:\n    <<: *b\n"), @r"
    x: &b {init: true}
    services:
      app:
        <<: *b
        restart: always
    ");
    assert_eq!(
        put("services:\n  app:\n    image: x\n    restart: \"no\"\n"),
        "services:\n  app:\n    image: x\n    restart: always\n"
    );
    assert_eq!(
        put("services:\n  app:\n    image: x\n    command: |\n      a\n      b\n\n  b:\n    image: y\n"),
        "services:\n  app:\n    image: x\n    command: |\n      a\n      b\n    restart: always\n\n  b:\n    image: y\n"
    );
}

#[test]
fn lists_and_mappings_grow() {
    let volume = |stack: &Stack<'_>| {
        let edits = stack.put_in_service(app(stack), &["volumes"], &New::list(["data:/data"]))?;
        edits.with(stack.put_at_top(app(stack), &["volumes", "data"], &New::text("")))
    };
    insta::assert_snapshot!(after("services:\n  app:\n    image: x\n", volume), @r"
    services:
      app:
        image: x
        volumes:
          - data:/data

    volumes:
      data:
    ");
    insta::assert_snapshot!(after("services:\n  app:\n    volumes:\n    - a:/a\n    image: x\nvolumes:\n  a: {}\n", volume), @r"
    services:
      app:
        volumes:
        - a:/a
        - data:/data
        image: x
    volumes:
      a: {}
      data:
    ");
    insta::assert_snapshot!(after("services:\n  app:\n    volumes: [a:/a]\n    image: x\nvolumes: # none\n", volume), @r"
    services:
      app:
        volumes: [a:/a, data:/data]
        image: x
    volumes: # none
      data:
    ");
    let limits = |stack: &Stack<'_>| {
        let value = New::map([("memory", New::text("512M")), ("cpus", New::text("\"1.0\""))]);
        stack.put_in_service(app(stack), &["deploy", "resources", "limits"], &value)
    };
    insta::assert_snapshot!(after("services:\n  app:\n    image: x\n    deploy:\n      replicas: 2\n", limits), @r#"
    services:
      app:
        image: x
        deploy:
          replicas: 2
          resources:
            limits:
              memory: 512M
              cpus: "1.0"
    "#);
}

#[test]
fn a_bare_scalar_in_brackets_takes_none() {
    let image = |text: &str, to: &str| {
        after(text, |stack| stack.rewritten(app(stack).image.as_ref().unwrap().span(), to))
    };
    assert_eq!(image("services:\n  app: {image: x}\n", "${X:?}"), "none");
    assert_eq!(image("services:\n  app: {image: x}\n", "y:1"), "services:\n  app: {image: y:1}\n");
    assert_eq!(
        image("services:\n  app:\n    image: x\n", "${X:?}"),
        "services:\n  app:\n    image: ${X:?}\n"
    );
}
