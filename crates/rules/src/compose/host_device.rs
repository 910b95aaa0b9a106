use plimsoll_compose::Service;

use super::host_paths::host_paths;
use super::needs::without_host_access;
use super::{ComposeRule, Reporter, Stack};

pub(crate) struct HostDevice;

/// Beginnings of devices that reach the host's disks or its kernel.
const DEVICES: &[(&str, &str)] = &[
    ("/dev/sd", "a disk"),
    ("/dev/nvme", "a disk"),
    ("/dev/vd", "a disk"),
    ("/dev/xvd", "a disk"),
    ("/dev/hd", "a disk"),
    ("/dev/mmcblk", "a disk"),
    ("/dev/mtdblock", "flash memory"),
    ("/dev/md", "a RAID array"),
    ("/dev/disk/", "a disk"),
    ("/dev/block/", "a disk"),
    ("/dev/loop", "loop devices"),
    ("/dev/dm-", "a logical volume"),
    ("/dev/mapper/", "a logical volume"),
    ("/dev/rbd", "a Ceph block device"),
    ("/dev/zd", "a ZFS volume"),
    ("/dev/zvol/", "a ZFS volume"),
    ("/dev/nbd", "a network block device"),
];
const EXACT: &[(&str, &str)] = &[
    ("/dev", "every device"),
    ("/dev/zfs", "the control of every ZFS pool"),
    ("/dev/kmsg", "the kernel's log"),
    ("/dev/char/1:11", "the kernel's log"),
    ("/dev/char/10:237", "loop devices"),
];
/// Folders that hold links only, which Docker does not follow, and devices that are none of a disk's.
const HARMLESS: &[&str] = &["/dev/md", "/dev/mdev"];

impl ComposeRule for HostDevice {
    fn check(&self, stack: &Stack<'_>, report: &mut Reporter) {
        for service in stack.services() {
            for device in &service.devices {
                let path = tidy(&device.source);
                let exact = EXACT.iter().find(|(name, _)| *name == path);
                let begun =
                    DEVICES.iter().find(|(begin, _)| path.starts_with(begin) && path.len() > begin.len());
                let Some((_, what)) = exact.or(begun).filter(|_| !HARMLESS.contains(&path.as_str())) else {
                    continue;
                };
                flag(stack, report, service, &device.span, &device.source, what);
            }
            let can_make =
                can_make_devices(service) || host_paths(stack, service).iter().any(|p| p.is_in("/dev"));
            for rule in service.device_cgroup_rules.iter().filter(|_| can_make) {
                if let Some(what) = opened(&rule.value) {
                    flag(stack, report, service, &rule.span, &rule.value, what);
                }
            }
        }
    }
}

fn flag(
    stack: &Stack<'_>,
    report: &mut Reporter,
    service: &Service,
    span: &plimsoll_compose::Span,
    written: &str,
    what: &str,
) {
    report
        .flag_compose(
            span,
            format!(
                "`{}` gets {what} of the host (`{written}`) and reads and writes it past every permission",
                service.name
            ),
        )
        .help("take it out; mount the folder with the data instead")
        .also("CL-0016")
        .mend_project(stack, without_host_access(stack, service, span), false);
}

fn tidy(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    format!("/{}", parts.join("/"))
}

/// Whether the container keeps the capability to make a device for what a rule opens.
fn can_make_devices(service: &Service) -> bool {
    let named = |list: &plimsoll_compose::List<plimsoll_compose::Text>, names: &[&str]| {
        list.iter().any(|text| {
            let upper = text.value.trim().to_ascii_uppercase();
            names.contains(&upper.strip_prefix("CAP_").unwrap_or(&upper))
        })
    };
    named(&service.cap_add, &["ALL", "MKNOD"]) || !named(&service.cap_drop, &["ALL", "MKNOD"])
}

/// What a device rule (`b 8:* rwm`) opens to reading or writing, if it is dangerous.
fn opened(rule: &str) -> Option<&'static str> {
    let mut words = rule.split_whitespace();
    let (kind, numbers, access) =
        (words.next()?, words.next().unwrap_or("*:*"), words.next().unwrap_or("rwm"));
    if !access.contains(['r', 'w']) {
        return None;
    }
    let (major, minor) = numbers.split_once(':')?;
    let covers = |a: &str, b: &str| (major == "*" || major == a) && (minor == "*" || minor == b);
    match kind {
        "a" => Some("every device"),
        "b" => Some("disks"),
        "c" if covers("1", "11") => Some("the kernel's log"),
        "c" if covers("10", "237") => Some("loop devices"),
        _ => None,
    }
}
