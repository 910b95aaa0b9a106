use plimsoll_compose::{Entry, Node};

use super::{ComposeRule, Reporter, Stack};
use crate::rule::nearest;

pub(crate) struct UnknownKey;

/// The keys of a service.
const SERVICE: &[&str] = &[
    "annotations",
    "attach",
    "blkio_config",
    "build",
    "cap_add",
    "cap_drop",
    "cgroup",
    "cgroup_parent",
    "command",
    "configs",
    "container_name",
    "cpu_count",
    "cpu_percent",
    "cpu_period",
    "cpu_quota",
    "cpu_rt_period",
    "cpu_rt_runtime",
    "cpu_shares",
    "cpus",
    "cpuset",
    "credential_spec",
    "depends_on",
    "deploy",
    "develop",
    "device_cgroup_rules",
    "devices",
    "dns",
    "dns_opt",
    "dns_search",
    "dockerfile",
    "domainname",
    "entrypoint",
    "env_file",
    "environment",
    "expose",
    "extends",
    "external_links",
    "extra_hosts",
    "gpus",
    "group_add",
    "healthcheck",
    "hostname",
    "image",
    "init",
    "ipc",
    "isolation",
    "label_file",
    "labels",
    "links",
    "log_driver",
    "log_opt",
    "logging",
    "mac_address",
    "mem_limit",
    "mem_reservation",
    "mem_swappiness",
    "memswap_limit",
    "models",
    "net",
    "network_mode",
    "networks",
    "oom_kill_disable",
    "oom_score_adj",
    "pid",
    "pids_limit",
    "platform",
    "ports",
    "post_start",
    "pre_stop",
    "privileged",
    "profiles",
    "provider",
    "pull_policy",
    "pull_refresh_after",
    "read_only",
    "restart",
    "runtime",
    "scale",
    "secrets",
    "security_opt",
    "shm_size",
    "stdin_open",
    "stop_grace_period",
    "stop_signal",
    "storage_opt",
    "sysctls",
    "tmpfs",
    "tty",
    "ulimits",
    "use_api_socket",
    "user",
    "userns_mode",
    "uts",
    "volume_driver",
    "volumes",
    "volumes_from",
    "working_dir",
];
/// The keys of what stands in one.
const PARTS: &[(&str, &[&str])] = &[
    (
        "build",
        &[
            "additional_contexts",
            "args",
            "cache_from",
            "cache_to",
            "context",
            "dockerfile",
            "dockerfile_inline",
            "entitlements",
            "extra_hosts",
            "isolation",
            "labels",
            "network",
            "no_cache",
            "no_cache_filter",
            "platforms",
            "privileged",
            "provenance",
            "pull",
            "sbom",
            "secrets",
            "shm_size",
            "ssh",
            "tags",
            "target",
            "ulimits",
        ],
    ),
    ("healthcheck", &["disable", "interval", "retries", "start_interval", "start_period", "test", "timeout"]),
    (
        "deploy",
        &[
            "endpoint_mode",
            "labels",
            "mode",
            "placement",
            "replicas",
            "resources",
            "restart_policy",
            "rollback_config",
            "update_config",
        ],
    ),
    ("logging", &["driver", "options"]),
];
/// The keys of the whole file.
const TOP: &[&str] =
    &["configs", "include", "models", "name", "networks", "secrets", "services", "version", "volumes"];

impl ComposeRule for UnknownKey {
    fn check(&self, stack: &Stack<'_>, report: &mut Reporter) {
        let mut check = |node: Option<&Node>, known: &[&str], of: &str| {
            for entry in entries(node) {
                let Some(key) = entry.key_text().filter(|key| !key.starts_with("x-") && !known.contains(key))
                else {
                    continue;
                };
                // A key that is like none may be of a Compose to come.
                let near = nearest(key, known.iter().copied());
                let Some(meant) = near.filter(|near| key.starts_with(&near[..1])) else { continue };
                report
                    .flag_compose(
                        &entry.key.span,
                        format!("{of} has no key `{key}`, so Compose refuses the project"),
                    )
                    .help(format!("did you mean `{meant}`?"))
                    .mend_project(stack, stack.requoted(&entry.key.span, meant), false);
            }
        };
        // Where services stand at the left edge the file is of the first version, and its keys are their names.
        let is_first_version = |root: &&Node| {
            root.get("services").is_none()
                && entries(Some(root))
                    .any(|e| e.value.get("image").or_else(|| e.value.get("build")).is_some())
        };
        check(stack.project.root.as_ref().filter(|root| !is_first_version(root)), TOP, "a compose file");
        for service in stack.services() {
            check(Some(&service.node), SERVICE, "a service");
            for (part, known) in PARTS {
                check(service.node.get(part), known, &format!("`{part}`"));
            }
        }
    }
}

fn entries(node: Option<&Node>) -> impl Iterator<Item = &Entry> {
    node.and_then(Node::as_map).into_iter().flat_map(|map| &map.entries)
}
