use plimsoll_compose::{Node, Service};

use super::databases::database;
use super::edits::{Edits, New};
use super::{ComposeRule, Reporter, Stack};

pub(crate) struct LimitResources;

impl ComposeRule for LimitResources {
    fn check(&self, stack: &Stack<'_>, report: &mut Reporter) {
        for service in stack.services() {
            let (memory, cpu) = (limits_memory(service), limits_cpu(service));
            let (missing, what) = match (memory, cpu) {
                (true, true) => continue,
                (false, true) => ("no memory limit", "`mem_limit: 512m`"),
                (true, false) => ("no CPU limit", "`cpus: 1.0`"),
                (false, false) => ("neither a memory nor a CPU limit", "`mem_limit: 512m` and `cpus: 1.0`"),
            };
            report
                .flag_compose(
                    &service.name_span,
                    format!(
                        "`{}` has {missing}, so a leak or a loop in it starves everything on the host",
                        service.name
                    ),
                )
                .help(format!("add {what}, sized by what it uses under load"))
                .also("CL-0026")
                .mend_project(stack, limited(stack, service, memory, cpu), false);
        }
    }
}

/// The limits that are missing, where the service has its others.
fn limited(stack: &Stack<'_>, service: &Service, memory: bool, cpu: bool) -> Option<Edits> {
    // Those that take a share of the memory of the machine when they start need more than the rest.
    let size = match database(service).map(|d| d.name) {
        Some("Elasticsearch" | "OpenSearch" | "SQL Server" | "Cassandra") => "4g",
        Some("Redis" | "Valkey" | "Memcached") | None => "512m",
        Some(_) => "1g",
    };
    let deployed = service.deploy.as_ref().and_then(|d| d.limits.as_ref()).is_some();
    let (path, memory_key, size) = match deployed {
        true => (&["deploy", "resources", "limits"][..], "memory", size.to_uppercase()),
        false => (&[][..], "mem_limit", size.to_owned()),
    };
    let put = |key: &str, value: New| stack.put_in_service(service, &[path, &[key]].concat(), &value);
    let processors = if deployed { "\"1.0\"" } else { "1.0" };
    match (memory, cpu) {
        (true, _) => put("cpus", New::text(processors)),
        (false, true) => put(memory_key, New::text(size)),
        (false, false) => put(memory_key, New::text(size))?.with(put("cpus", New::text(processors))),
    }
}

/// What a variable without a default holds is not known; somebody thought of it.
fn is_open(node: Option<&Node>) -> bool {
    node.and_then(Node::as_text).is_some_and(|text| text.contains('$'))
}

fn limits_memory(service: &Service) -> bool {
    let own = service.mem_limit.as_ref().and_then(|f| f.value.bytes);
    let deploy = service.deploy.as_ref().and_then(|d| d.limits.as_ref());
    let deployed = deploy.and_then(|l| l.memory.as_ref()).and_then(|f| f.value.bytes);
    own.is_some_and(|b| b > 0)
        || deployed.is_some_and(|b| b > 0)
        || is_open(service.node.get("mem_limit"))
        || is_open(deploy.and_then(|l| l.node.get("memory")))
}

fn limits_cpu(service: &Service) -> bool {
    let deploy = service.deploy.as_ref().and_then(|d| d.limits.as_ref());
    let given = [&service.cpus, &service.cpu_quota].into_iter().flatten().map(|f| f.value);
    let deployed = deploy.and_then(|l| l.cpus.as_ref()).map(|f| f.value);
    given.chain(deployed).any(|n| n > 0.0)
        || is_open(service.node.get("cpus"))
        || is_open(service.node.get("cpu_quota"))
        || is_open(deploy.and_then(|l| l.node.get("cpus")))
}
