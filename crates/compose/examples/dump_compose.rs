//! Prints what compose files say, one JSON line per project, with the line of each thing; testdata/compose/oracle
//! compares it with Docker Compose. Each argument is one project: files separated by commas, later ones override.

use std::path::PathBuf;

use plimsoll_compose::{Disk, KeyValue, List, Project, Service, Text};
use serde_json::{Map, Value, json};

fn main() {
    for argument in std::env::args().skip(1) {
        let paths: Vec<PathBuf> = argument.split(',').map(PathBuf::from).collect();
        let project = Project::load(&paths, &Disk, &|_| None);
        let services: Map<String, Value> = project
            .compose
            .services
            .iter()
            .map(|service| (service.name.clone(), show(&project, service)))
            .collect();
        let diagnostics: Vec<Value> = project
            .diagnostics
            .iter()
            .map(|d| json!([d.span.line, format!("{:?}", d.problem), d.message]))
            .collect();
        let names = |names: Vec<&String>| json!(names);
        println!(
            "{}",
            json!({
                "file": argument,
                "services": services,
                "networks": names(project.compose.networks.iter().map(|n| &n.name).collect()),
                "volumes": names(project.compose.volumes.iter().map(|n| &n.name).collect()),
                "secrets": names(project.compose.secrets.iter().map(|n| &n.name).collect()),
                "variables": project.variables().map(|v| json!([v.name, v.span.line])).collect::<Vec<_>>(),
                "diagnostics": diagnostics,
            })
        );
    }
}

fn texts(list: &List<Text>) -> Value {
    list.iter().map(|text| json!([text.value, text.span.line])).collect()
}

fn key_values(list: &List<KeyValue>) -> Value {
    list.iter()
        .map(|item| (item.key.clone(), json!([item.value, item.key_span.line])))
        .collect::<Map<_, _>>()
        .into()
}

fn show(project: &Project, service: &Service) -> Value {
    let range =
        |range: Option<plimsoll_compose::PortRange>| range.map(|range| json!([range.first, range.last]));
    let ports: Vec<Value> = service
        .ports
        .iter()
        .map(|p| json!([p.host_ip, range(p.published), range(p.target), p.protocol, p.span.line]))
        .collect();
    let volumes: Vec<Value> = service
        .volumes
        .iter()
        .map(|v| json!([format!("{:?}", v.kind), v.source, v.target, v.read_only, v.span.line]))
        .collect();
    let depends: Map<String, Value> = service
        .depends_on
        .iter()
        .map(|d| (d.service.clone(), json!([format!("{:?}", d.condition), d.required, d.span.line])))
        .collect();
    json!({
        "line": service.name_span.line,
        "file": project.source(&service.name_span).map(|source| source.path.display().to_string()),
        "image": service.image.as_ref().map(|f| json!([f.value, f.key.line])),
        "user": service.user.as_ref().map(|f| json!([f.value, f.key.line])),
        "restart": service.restart.as_ref().map(|f| json!([f.value, f.key.line])),
        "network_mode": service.network_mode.as_ref().map(|f| json!([f.value, f.key.line])),
        "privileged": service.privileged.as_ref().map(|f| json!([f.value, f.key.line])),
        "build": service.build.as_ref().map(|b| json!({
            "context": b.context.as_ref().map(|c| project.resolve(c.span(), &c.value).display().to_string()),
            "dockerfile": b.dockerfile.as_ref().map(|d| d.value.clone()),
            "target": b.target.as_ref().map(|d| d.value.clone()),
            "args": key_values(&b.args),
        })),
        "command": service.command.as_ref().map(|c| c.words()),
        "entrypoint": service.entrypoint.as_ref().map(|c| c.words()),
        "environment": key_values(&service.environment),
        "labels": key_values(&service.labels),
        "sysctls": key_values(&service.sysctls),
        "ports": ports,
        "volumes": volumes,
        "depends_on": depends,
        "networks": service.networks.iter().map(|n| json!([n.name, n.span.line])).collect::<Vec<_>>(),
        "secrets": service.secrets.iter().map(|s| json!([s.source.value, s.span.line])).collect::<Vec<_>>(),
        "env_file": service.env_file.iter().map(|e| json!([e.path.value, e.required, e.span.line])).collect::<Vec<_>>(),
        "devices": service.devices.iter().map(|d| json!([d.source, d.target, d.span.line])).collect::<Vec<_>>(),
        "ulimits": service.ulimits.iter().map(|u| json!([u.name, u.soft, u.hard])).collect::<Vec<_>>(),
        "healthcheck": service.healthcheck.as_ref().map(|h| json!({
            "test": h.test().map(|test| format!("{test:?}")),
            "interval": h.interval.as_ref().map(|f| f.value.as_secs_f64()),
            "timeout": h.timeout.as_ref().map(|f| f.value.as_secs_f64()),
            "retries": h.retries.as_ref().map(|f| f.value),
        })),
        "cap_add": texts(&service.cap_add),
        "cap_drop": texts(&service.cap_drop),
        "security_opt": texts(&service.security_opt),
        "profiles": texts(&service.profiles),
        "expose": texts(&service.expose),
        "tmpfs": service.tmpfs.iter().map(|t| json!([t.target, t.options])).collect::<Vec<_>>(),
        "extra_hosts": texts(&service.extra_hosts),
        "logging": service.logging.as_ref().map(|l| json!([l.driver.as_ref().map(|d| &d.value), key_values(&l.options)])),
        "memory": service.deploy.as_ref().and_then(|d| d.limits.as_ref()).and_then(|l| l.memory.as_ref()).map(|m| m.value.bytes),
        "cpus": service.deploy.as_ref().and_then(|d| d.limits.as_ref()).and_then(|l| l.cpus.as_ref()).map(|m| m.value),
    })
}
