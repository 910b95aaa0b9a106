//! A service.

use std::time::Duration;

use crate::model::build::{Build, Command};
use crate::model::deploy::{Deploy, Logging, Size, Ulimit};
use crate::model::health::{Dependency, Healthcheck};
use crate::model::mounts::{Device, Grant, Mount, Tmpfs};
use crate::model::ports::Port;
use crate::model::read::{Field, KeyValue, List, Reader, Text, extensions};
use crate::model::resources::ServiceNetwork;
use crate::node::{Entry, Map, Node};
use crate::span::Span;

/// A service with everything that the specification knows; other keys are in `node`.
#[derive(Debug, Clone)]
pub struct Service {
    /// Its name.
    pub name: String,
    /// Where the name is.
    pub name_span: Span,
    /// The whole value, after merging.
    pub node: Node,
    /// How its image is built.
    pub build: Option<Build>,
    /// What it runs.
    pub command: Option<Command>,
    /// What runs the command.
    pub entrypoint: Option<Command>,
    /// How its health is tested.
    pub healthcheck: Option<Healthcheck>,
    /// What it waits for.
    pub depends_on: List<Dependency>,
    /// Resources and replicas.
    pub deploy: Option<Deploy>,
    /// Where its output goes.
    pub logging: Option<Logging>,
    /// The networks it is on; none given is the default one.
    pub networks: List<ServiceNetwork>,
    /// Published ports.
    pub ports: List<Port>,
    /// Mounts.
    pub volumes: List<Mount>,
    /// Memory mounts.
    pub tmpfs: List<Tmpfs>,
    /// Devices of the host.
    pub devices: List<Device>,
    /// Secrets it is granted.
    pub secrets: List<Grant>,
    /// Configs it is granted.
    pub configs: List<Grant>,
    /// Files with environment variables.
    pub env_file: List<EnvFileRef>,
    /// Limits of its processes.
    pub ulimits: List<Ulimit>,
    /// The service it is made from.
    pub extends: Option<Extends>,
    /// The image.
    pub image: Option<Field<String>>,
    /// The platform, such as `linux/amd64`.
    pub platform: Option<Field<String>>,
    /// A fixed name for the container.
    pub container_name: Option<Field<String>>,
    /// The host name in the container.
    pub hostname: Option<Field<String>>,
    /// The folder it starts in.
    pub working_dir: Option<Field<String>>,
    /// The user, and after a colon the group.
    pub user: Option<Field<String>>,
    /// When the image is pulled.
    pub pull_policy: Option<Field<String>>,
    /// `no`, `always`, `on-failure[:N]`, `unless-stopped`.
    pub restart: Option<Field<String>>,
    /// Every privilege of the host.
    pub privileged: Option<Field<bool>>,
    /// A root file system that cannot be written.
    pub read_only: Option<Field<bool>>,
    /// An init process as number 1.
    pub init: Option<Field<bool>>,
    /// A terminal.
    pub tty: Option<Field<bool>>,
    /// An open standard input.
    pub stdin_open: Option<Field<bool>>,
    /// Not to be killed when memory runs out.
    pub oom_kill_disable: Option<Field<bool>>,
    /// `host`, `none`, `service:NAME`, `container:NAME`.
    pub network_mode: Option<Field<String>>,
    /// The namespace of processes.
    pub pid: Option<Field<String>>,
    /// The namespace of shared memory.
    pub ipc: Option<Field<String>>,
    /// The namespace of the host name.
    pub uts: Option<Field<String>>,
    /// The namespace of users.
    pub userns_mode: Option<Field<String>>,
    /// The namespace of control groups.
    pub cgroup: Option<Field<String>>,
    /// The control group above.
    pub cgroup_parent: Option<Field<String>>,
    /// The isolation, on Windows.
    pub isolation: Option<Field<String>>,
    /// The runtime.
    pub runtime: Option<Field<String>>,
    /// The signal that stops it.
    pub stop_signal: Option<Field<String>>,
    /// Time from that signal to the kill.
    pub stop_grace_period: Option<Field<Duration>>,
    /// Memory at most.
    pub mem_limit: Option<Field<Size>>,
    /// Memory and swap at most.
    pub memswap_limit: Option<Field<Size>>,
    /// Memory kept for it.
    pub mem_reservation: Option<Field<Size>>,
    /// Shared memory.
    pub shm_size: Option<Field<Size>>,
    /// Processors at most.
    pub cpus: Option<Field<f64>>,
    /// Processor time at most, in each period.
    pub cpu_quota: Option<Field<f64>>,
    /// Processes at most; -1 lifts the limit.
    pub pids_limit: Option<Field<f64>>,
    /// How early it is killed when memory runs out.
    pub oom_score_adj: Option<Field<f64>>,
    /// How many containers.
    pub scale: Option<Field<f64>>,
    /// Environment variables.
    pub environment: List<KeyValue>,
    /// Labels of the container.
    pub labels: List<KeyValue>,
    /// Annotations of the container.
    pub annotations: List<KeyValue>,
    /// Kernel settings.
    pub sysctls: List<KeyValue>,
    /// Ports open to other services.
    pub expose: List<Text>,
    /// Capabilities added.
    pub cap_add: List<Text>,
    /// Capabilities dropped.
    pub cap_drop: List<Text>,
    /// `no-new-privileges:true`, `seccomp:...`, `apparmor:...`.
    pub security_opt: List<Text>,
    /// More groups of the user.
    pub group_add: List<Text>,
    /// Profiles that it needs one of to be started.
    pub profiles: List<Text>,
    /// More lines of /etc/hosts, as `NAME=ADDRESS` or `NAME:ADDRESS`.
    pub extra_hosts: List<Text>,
    /// Links to services, an older way to depend on them.
    pub links: List<Text>,
    /// Services or containers whose volumes it shares.
    pub volumes_from: List<Text>,
    /// Name servers.
    pub dns: List<Text>,
    /// Rules for devices.
    pub device_cgroup_rules: List<Text>,
    /// Keys that begin with `x-`.
    pub extensions: Vec<Entry>,
}

impl Service {
    pub(crate) fn read(reader: &mut Reader<'_>, name: &str, key: &Node, value: &Node) -> Service {
        let empty = Map::default();
        if value.as_map().is_none() && !value.is_null() {
            reader.mistyped(value, name, "a mapping");
        }
        let map = value.as_map().unwrap_or(&empty);
        Service {
            name: name.to_owned(),
            name_span: key.span.clone(),
            node: value.clone(),
            build: Build::read(reader, map),
            command: Command::read(reader, map, "command"),
            entrypoint: Command::read(reader, map, "entrypoint"),
            healthcheck: Healthcheck::read(reader, map),
            depends_on: Dependency::read_all(reader, map),
            deploy: Deploy::read(reader, map),
            logging: Logging::read(reader, map),
            networks: ServiceNetwork::read_all(reader, map),
            ports: reader.list(map, "ports", "ports from 1 to 65535, such as 127.0.0.1:8080:80", Port::read),
            volumes: reader.list(map, "volumes", "a mount such as ./data:/data", Mount::read),
            tmpfs: reader.list(map, "tmpfs", "a path", |_, node| Tmpfs::read(node)),
            devices: reader.list(map, "devices", "a device such as /dev/x:/dev/x", Device::read),
            secrets: reader.list(map, "secrets", "a name or a mapping with a source", Grant::read),
            configs: reader.list(map, "configs", "a name or a mapping with a source", Grant::read),
            env_file: reader.list(map, "env_file", "a path or a mapping with a path", EnvFileRef::read),
            ulimits: Ulimit::read_all(reader, map),
            extends: Extends::read(reader, map),
            image: reader.text(map, "image"),
            platform: reader.text(map, "platform"),
            container_name: reader.text(map, "container_name"),
            hostname: reader.text(map, "hostname"),
            working_dir: reader.text(map, "working_dir"),
            user: reader.text(map, "user"),
            pull_policy: reader.text(map, "pull_policy"),
            restart: reader.text(map, "restart"),
            privileged: reader.bool(map, "privileged"),
            read_only: reader.bool(map, "read_only"),
            init: reader.bool(map, "init"),
            tty: reader.bool(map, "tty"),
            stdin_open: reader.bool(map, "stdin_open"),
            oom_kill_disable: reader.bool(map, "oom_kill_disable"),
            network_mode: reader.text(map, "network_mode"),
            pid: reader.text(map, "pid"),
            ipc: reader.text(map, "ipc"),
            uts: reader.text(map, "uts"),
            userns_mode: reader.text(map, "userns_mode"),
            cgroup: reader.text(map, "cgroup"),
            cgroup_parent: reader.text(map, "cgroup_parent"),
            isolation: reader.text(map, "isolation"),
            runtime: reader.text(map, "runtime"),
            stop_signal: reader.text(map, "stop_signal"),
            stop_grace_period: reader.duration(map, "stop_grace_period"),
            mem_limit: reader.size(map, "mem_limit"),
            memswap_limit: reader.size(map, "memswap_limit"),
            mem_reservation: reader.size(map, "mem_reservation"),
            shm_size: reader.size(map, "shm_size"),
            cpus: reader.number(map, "cpus"),
            cpu_quota: reader.number(map, "cpu_quota"),
            pids_limit: reader.number(map, "pids_limit"),
            oom_score_adj: reader.number(map, "oom_score_adj"),
            scale: reader.number(map, "scale"),
            environment: reader.key_values(map, "environment"),
            labels: reader.key_values(map, "labels"),
            annotations: reader.key_values(map, "annotations"),
            sysctls: reader.key_values(map, "sysctls"),
            expose: reader.texts(map, "expose"),
            cap_add: reader.texts(map, "cap_add"),
            cap_drop: reader.texts(map, "cap_drop"),
            security_opt: reader.texts(map, "security_opt"),
            group_add: reader.texts(map, "group_add"),
            profiles: reader.texts(map, "profiles"),
            extra_hosts: reader.hosts(map, "extra_hosts"),
            links: reader.texts(map, "links"),
            volumes_from: reader.texts(map, "volumes_from"),
            dns: reader.texts(map, "dns"),
            device_cgroup_rules: reader.texts(map, "device_cgroup_rules"),
            extensions: extensions(map),
        }
    }

    /// The entry of a key, typed above or not.
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.node.as_map()?.entry(key)
    }

    /// Whether one of the profiles, or none, starts it.
    pub fn is_enabled(&self, profiles: &[&str]) -> bool {
        let wanted = |profile: &Text| profiles.contains(&profile.value.as_str()) || profiles.contains(&"*");
        self.profiles.items.is_empty() || self.profiles.iter().any(wanted)
    }
}

impl Reader<'_> {
    /// `extra_hosts`: a list, or a mapping of names to one or more addresses.
    fn hosts(&mut self, map: &Map, key: &str) -> List<Text> {
        let Some((entry, hosts)) = map.entry(key).and_then(|entry| Some((entry, entry.value.as_map()?)))
        else {
            return self.texts(map, key);
        };
        let mut items = Vec::new();
        for host in &hosts.entries {
            let one = std::slice::from_ref(&host.value);
            for address in host.value.as_seq().unwrap_or(one) {
                if let (Some(name), Some(mut text)) = (host.key_text(), Text::of(address)) {
                    text.value = format!("{name}={}", text.value);
                    items.push(text);
                }
            }
        }
        List { key: Some(entry.key.span.clone()), items }
    }
}

/// An entry of `env_file`.
#[derive(Debug, Clone)]
pub struct EnvFileRef {
    /// The path, relative to the file that names it.
    pub path: Text,
    /// Whether Compose fails without it; true unless given.
    pub required: bool,
    /// `raw` when Compose is not to interpret it.
    pub format: Option<String>,
    /// Where the entry is.
    pub span: Span,
}

impl EnvFileRef {
    fn read(reader: &mut Reader<'_>, node: &Node) -> Option<EnvFileRef> {
        let (path, required, format) = match node.as_map() {
            Some(map) => (
                map.get("path").and_then(Text::of)?,
                reader.bool(map, "required").is_none_or(|field| field.value),
                reader.text(map, "format").map(|field| field.value),
            ),
            None => (Text::of(node)?, true, None),
        };
        Some(EnvFileRef { path, required, format, span: node.span.clone() })
    }
}

/// A service's `extends`, already followed.
#[derive(Debug, Clone)]
pub struct Extends {
    /// The service.
    pub service: Text,
    /// The file it is in, when that is another one.
    pub file: Option<Text>,
    /// Where the key is.
    pub key: Span,
}

impl Extends {
    pub(crate) fn read(reader: &mut Reader<'_>, service: &Map) -> Option<Extends> {
        let entry = reader.entry(service, "extends")?;
        let (service, file) = match entry.value.as_map() {
            Some(map) => (map.get("service").and_then(Text::of), map.get("file").and_then(Text::of)),
            None => (Text::of(&entry.value), None),
        };
        if service.is_none() {
            reader.mistyped(&entry.value, "extends", "a service or a mapping with one");
        }
        Some(Extends { service: service?, file, key: entry.key.span.clone() })
    }
}
