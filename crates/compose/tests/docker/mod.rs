//! The typed model in the form that `docker compose config --format json` prints, for comparing the two.

use plimsoll_compose::{
    Command, Condition, HealthTest, KeyValue, List, MountKind, Port, PortRange, Project, Service, Text,
};
use serde_json::{Map, Value, json};

/// Every difference between the model and what Docker Compose printed, as `service.key: ours, theirs`. A value that
/// holds a variable which is not set is not compared.
pub(crate) fn differences(project: &Project, theirs: &Value) -> Vec<String> {
    let mut found = Vec::new();
    let empty = Map::new();
    let their_services = theirs["services"].as_object().unwrap_or(&empty);
    let names = |object: &Map<String, Value>| {
        let mut names: Vec<String> = object.keys().cloned().collect();
        names.sort();
        names
    };
    let mut our_names: Vec<String> =
        project.compose.services.iter().map(|service| service.name.clone()).collect();
    our_names.sort();
    if our_names != names(their_services) {
        found.push(format!("services: {our_names:?}, {:?}", names(their_services)));
    }
    for service in &project.compose.services {
        let Some(theirs) = their_services.get(&service.name) else { continue };
        let ours = view(service);
        for key in COMPARED {
            // Docker also notes here what is implied by links.
            if *key == "depends_on" && service.links.is_given() {
                continue;
            }
            let (one, other) = (normal(key, &ours[*key]), normal(key, &theirs[*key]));
            if one != other && !one.to_string().contains('$') {
                found.push(format!("{}.{key}: {one}, {other}", service.name));
            }
        }
    }
    for (key, ours) in [
        ("networks", project.compose.networks.iter().map(|n| n.name.clone()).collect::<Vec<_>>()),
        ("volumes", project.compose.volumes.iter().map(|n| n.name.clone()).collect()),
        ("secrets", project.compose.secrets.iter().map(|n| n.name.clone()).collect()),
    ] {
        // Docker leaves out what nothing uses, and adds the default network.
        for name in names(theirs[key].as_object().unwrap_or(&empty)) {
            if !ours.contains(&name) && (key, name.as_str()) != ("networks", "default") {
                found.push(format!("{key}: no {name}"));
            }
        }
    }
    found
}

const COMPARED: &[&str] = &[
    "image",
    "user",
    "restart",
    "container_name",
    "hostname",
    "working_dir",
    "network_mode",
    "pid",
    "ipc",
    "platform",
    "stop_signal",
    "privileged",
    "read_only",
    "init",
    "tty",
    "stdin_open",
    "command",
    "entrypoint",
    "environment",
    "labels",
    "sysctls",
    "ports",
    "volumes",
    "depends_on",
    "networks",
    "cap_add",
    "cap_drop",
    "security_opt",
    "dns",
    "profiles",
    "tmpfs",
    "extra_hosts",
    "group_add",
    "expose",
    "secrets",
    "configs",
    "devices",
    "ulimits",
    "healthcheck",
    "logging",
    "build",
    "cpus",
    "mem_limit",
    "pids_limit",
    "deploy",
];

/// Nothing, false and empty are the same; Docker leaves them out in some places.
fn normal(key: &str, value: &Value) -> Value {
    match value {
        Value::Object(object) => {
            let kept: Map<String, Value> = object
                .iter()
                .filter(|(name, _)| key != "build" || BUILD.contains(&name.as_str()))
                .map(|(name, value)| {
                    (name.clone(), if key == "networks" { Value::Null } else { normal("", value) })
                })
                .filter(|(_, value)| key == "environment" || key == "networks" || !value.is_null())
                .collect();
            if kept.is_empty() { Value::Null } else { Value::Object(kept) }
        }
        Value::Array(items) if items.is_empty() => Value::Null,
        Value::Array(items) => items.iter().map(|item| normal("", item)).collect(),
        Value::Bool(false) => Value::Null,
        Value::String(text) if text.is_empty() && !key.is_empty() => Value::Null,
        Value::Number(number) => number.as_f64().map_or(Value::Null, |number| json!(number)),
        other => other.clone(),
    }
}

const BUILD: &[&str] = &["context", "dockerfile", "args", "target", "dockerfile_inline"];

fn texts(list: &List<Text>) -> Value {
    list.iter().map(|text| json!(text.value)).collect()
}

fn key_values(list: &List<KeyValue>) -> Value {
    list.iter().map(|item| (item.key.clone(), json!(item.value))).collect::<Map<_, _>>().into()
}

/// Names without a value have the empty one.
fn labels(list: &List<KeyValue>) -> Value {
    list.iter()
        .map(|item| (item.key.clone(), json!(item.value.clone().unwrap_or_default())))
        .collect::<Map<_, _>>()
        .into()
}

fn command(command: &Option<Command>) -> Value {
    command.as_ref().map_or(Value::Null, |command| json!(command.words()))
}

fn ports(ports: &List<Port>) -> Value {
    let one = |port: &Port, published: Option<String>, target: u16| {
        json!({
            "mode": "ingress", "host_ip": port.host_ip, "published": published, "target": target,
            "protocol": port.protocol,
        })
    };
    let mut all = Vec::new();
    for port in ports {
        let Some(target) = port.target else {
            all.push(json!("$"));
            continue;
        };
        let count = |range: PortRange| range.last - range.first;
        match port.published {
            Some(published) if count(published) != count(target) => {
                all.push(one(port, Some(format!("{}-{}", published.first, published.last)), target.first));
            }
            published => all.extend((0..=count(target)).map(|offset| {
                let published = published.map(|published| (published.first + offset).to_string());
                one(port, published, target.first + offset)
            })),
        }
    }
    all.into()
}

fn view(service: &Service) -> Value {
    let text =
        |field: &Option<plimsoll_compose::Field<String>>| field.as_ref().map(|field| field.value.clone());
    let flag = |field: &Option<plimsoll_compose::Field<bool>>| field.as_ref().map(|field| field.value);
    let seconds = |field: &Option<plimsoll_compose::Field<std::time::Duration>>| {
        field.as_ref().map(|field| duration(field.value.as_secs_f64()))
    };
    let volumes: Vec<Value> = service
        .volumes
        .iter()
        .map(|mount| {
            let kind = match &mount.kind {
                MountKind::Bind => "bind",
                MountKind::Volume => "volume",
                MountKind::Tmpfs => "tmpfs",
                MountKind::Other(kind) => kind,
            };
            let source = mount.source.clone().filter(|source| !source.is_empty());
            json!({"type": kind, "source": source, "target": mount.target.trim_end_matches('/'), "read_only": mount.read_only})
        })
        .collect();
    let depends_on: Map<String, Value> = service
        .depends_on
        .iter()
        .map(|dependency| {
            let condition = match &dependency.condition {
                Condition::Started => "service_started",
                Condition::Healthy => "service_healthy",
                Condition::Completed => "service_completed_successfully",
                Condition::Other(other) => other,
            };
            let value =
                json!({"condition": condition, "required": dependency.required, "restart": dependency.restart});
            (dependency.service.clone(), value)
        })
        .collect();
    let mut networks: Map<String, Value> =
        service.networks.iter().map(|network| (network.name.clone(), Value::Null)).collect();
    if networks.is_empty() && service.network_mode.is_none() {
        networks.insert("default".to_owned(), Value::Null);
    }
    let healthcheck = service.healthcheck.as_ref().map(|check| {
        let test = check.test().map(|test| match test {
            HealthTest::Shell(line) => json!(["CMD-SHELL", line]),
            HealthTest::Exec(words) => json!([vec!["CMD".to_owned()], words].concat()),
            HealthTest::None => json!(["NONE"]),
            HealthTest::Invalid => Value::Null,
        });
        json!({
            "test": test, "disable": flag(&check.disable), "interval": seconds(&check.interval),
            "timeout": seconds(&check.timeout), "start_period": seconds(&check.start_period),
            "start_interval": seconds(&check.start_interval), "retries": check.retries.as_ref().map(|field| field.value),
        })
    });
    let ulimits: Map<String, Value> = service
        .ulimits
        .iter()
        .map(|limit| {
            let node = service.node.get("ulimits").and_then(|node| node.get(&limit.name));
            let pair = node.is_some_and(|node| node.as_map().is_some());
            (
                limit.name.clone(),
                if pair { json!({"soft": limit.soft, "hard": limit.hard}) } else { json!(limit.soft) },
            )
        })
        .collect();
    let build = service.build.as_ref().map(|build| {
        json!({
            "context": text(&build.context).unwrap_or_else(|| ".".to_owned()).trim_end_matches('/').trim_start_matches("./"),
            "dockerfile": text(&build.dockerfile).or(build.dockerfile_inline.is_none().then(|| "Dockerfile".to_owned())),
            "args": key_values(&build.args), "target": text(&build.target),
            "dockerfile_inline": text(&build.dockerfile_inline),
        })
    });
    let limits = service.deploy.as_ref().and_then(|deploy| deploy.limits.as_ref()).map(|limits| {
        json!({
            "cpus": limits.cpus.as_ref().map(|field| field.value),
            "memory": limits.memory.as_ref().and_then(|field| field.value.bytes).map(|bytes| bytes.to_string()),
            "pids": limits.pids.as_ref().map(|field| field.value),
        })
    });
    let grants = |list: &List<plimsoll_compose::Grant>, folder: &str| -> Value {
        list.iter()
            .map(|grant| {
                let target =
                    grant.target.clone().unwrap_or_else(|| format!("{folder}{}", grant.source.value));
                json!({"source": grant.source.value, "target": target})
            })
            .collect()
    };
    let hosts: Vec<String> = service
        .extra_hosts
        .iter()
        .map(
            |host| {
                if host.value.contains('=') { host.value.clone() } else { host.value.replacen(':', "=", 1) }
            },
        )
        .collect();
    json!({
        "image": text(&service.image), "user": text(&service.user), "restart": text(&service.restart),
        "container_name": text(&service.container_name), "hostname": text(&service.hostname),
        "working_dir": text(&service.working_dir), "network_mode": text(&service.network_mode),
        "pid": text(&service.pid), "ipc": text(&service.ipc), "platform": text(&service.platform),
        "stop_signal": text(&service.stop_signal), "privileged": flag(&service.privileged),
        "read_only": flag(&service.read_only), "init": flag(&service.init), "tty": flag(&service.tty),
        "stdin_open": flag(&service.stdin_open), "command": command(&service.command),
        "entrypoint": command(&service.entrypoint), "environment": key_values(&service.environment),
        "labels": labels(&service.labels), "sysctls": key_values(&service.sysctls), "ports": ports(&service.ports),
        "volumes": volumes, "depends_on": depends_on, "networks": networks, "cap_add": texts(&service.cap_add),
        "cap_drop": texts(&service.cap_drop), "security_opt": texts(&service.security_opt), "dns": texts(&service.dns),
        "profiles": texts(&service.profiles),
        "tmpfs": service.tmpfs.iter().map(|t| [vec![t.target.clone()], Vec::from_iter(
            (!t.options.is_empty()).then(|| t.options.join(",")))].concat().join(":")).collect::<Vec<_>>(),
        "extra_hosts": hosts, "group_add": texts(&service.group_add), "expose": texts(&service.expose),
        "secrets": grants(&service.secrets, "/run/secrets/"), "configs": grants(&service.configs, "/"),
        "devices": service.devices.iter().map(|d| json!({
            "source": d.source, "target": d.target, "permissions": d.permissions})).collect::<Vec<_>>(),
        "ulimits": ulimits, "healthcheck": healthcheck,
        "logging": service.logging.as_ref().map(|logging| json!({
            "driver": text(&logging.driver), "options": key_values(&logging.options)})),
        "build": build, "cpus": service.cpus.as_ref().map(|field| field.value),
        "mem_limit": service.mem_limit.as_ref().and_then(|field| field.value.bytes).map(|bytes| bytes.to_string()),
        "pids_limit": service.pids_limit.as_ref().map(|field| field.value),
        "deploy": limits,
    })
}

/// A duration as Go prints it.
fn duration(seconds: f64) -> String {
    let millis = (seconds * 1000.0).round() as u64;
    let (hours, minutes) = (millis / 3_600_000, millis / 60_000 % 60);
    let rest = (millis % 60_000) as f64 / 1000.0;
    match (hours, minutes) {
        (0, 0) if millis < 1000 && millis > 0 => format!("{millis}ms"),
        (0, 0) => format!("{rest}s"),
        (0, _) => format!("{minutes}m{rest}s"),
        _ => format!("{hours}h{minutes}m{rest}s"),
    }
}

/// What Docker printed, with the parts that are not compared taken off.
pub(crate) fn theirs(printed: &str) -> serde_json::Result<Value> {
    let mut value: Value = serde_json::from_str(printed)?;
    if let Some(services) = value["services"].as_object_mut() {
        for service in services.values_mut() {
            let limits = service["deploy"]["resources"]["limits"].clone();
            service["deploy"] = limits;
            for (key, kept) in [
                ("volumes", &["type", "source", "target", "read_only"][..]),
                ("secrets", &["source", "target"]),
                ("configs", &["source", "target"]),
                ("ports", &["mode", "host_ip", "published", "target", "protocol"]),
            ] {
                for item in service[key].as_array_mut().into_iter().flatten() {
                    if let Some(item) = item.as_object_mut() {
                        item.retain(|name, _| kept.contains(&name.as_str()));
                    }
                }
            }
            if let Some(context) = service["build"]["context"].as_str() {
                let context = context.trim_end_matches('/').trim_start_matches("./").to_owned();
                service["build"]["context"] = json!(context);
            }
        }
    }
    Ok(value)
}
