use plimsoll_image::EntryKind;

use super::inventory::Seen;
use super::{Audit, ImageRule, MAX_TOLD, Reporter, path_text, place_of};

pub(crate) struct ImageWorldWritable;

/// How many are named beside the first.
const NAMED: usize = 3;

impl ImageRule for ImageWorldWritable {
    fn check(&self, audit: &Audit<'_>, report: &mut Reporter) {
        for group in groups(&audit.inventory().world_writable).iter().take(MAX_TOLD) {
            let entry = &group.first.entry;
            let (path, mode) = (path_text(entry.path()), entry.mode());
            let made_by = audit.made_by(group.first.layer);
            let mut message = match group.is_folder() {
                true => format!(
                    "every user may create, change and delete files in /{path} (mode {mode:o}, no sticky bit), made so by {made_by}"
                ),
                false => {
                    format!("every user may change /{path} (mode {mode:o}), put there by {made_by}")
                }
            };
            if !group.rest.is_empty() {
                let named: Vec<String> =
                    group.rest.iter().map(|s| format!("/{}", path_text(s.entry.path()))).collect();
                let more = match group.count.saturating_sub(group.rest.len()) {
                    0 => String::new(),
                    more => format!(" and {more} more"),
                };
                message.push_str(&format!("; the same holds for {}{more}", named.join(", ")));
            }
            report.at(place_of(&group.first), message).help(match group.is_folder() {
                true => "give the folder to the user that writes to it, `COPY --chown=10001` or `install -d -o app`, with mode 755",
                false => "write the file with mode 644, or 755 for a program",
            });
        }
    }
}

/// A folder with all below it, or files that lie side by side.
struct Group<'i> {
    first: Seen<'i>,
    /// Those that are named beside the first.
    rest: Vec<Seen<'i>>,
    /// How many there are beside the first.
    count: usize,
}

impl Group<'_> {
    fn is_folder(&self) -> bool {
        self.first.entry.kind() == EntryKind::Directory
    }

    /// Whether an entry is told of with this one: below the folder, or in the same folder by the same layer.
    fn holds(&self, other: &Seen<'_>) -> bool {
        let (own, path) = (self.first.entry.path(), other.entry.path());
        if self.is_folder() {
            return own.is_empty() || path.strip_prefix(own).is_some_and(|rest| rest.first() == Some(&b'/'));
        }
        let is_file = other.entry.kind() != EntryKind::Directory;
        is_file && other.layer == self.first.layer && folder(path) == folder(own)
    }
}

fn folder(path: &[u8]) -> &[u8] {
    plimsoll_image::split_path(path).0
}

fn groups<'i>(all: &[Seen<'i>]) -> Vec<Group<'i>> {
    let mut sorted: Vec<Seen<'i>> = all.to_vec();
    // Folders come before what is in them, and files of one folder stand together.
    sorted.sort_by(|a, b| {
        let key = |s: &Seen<'i>| {
            let path = s.entry.path();
            if s.entry.kind() == EntryKind::Directory { path } else { folder(path) }
        };
        let is_file = |s: &Seen<'i>| s.entry.kind() != EntryKind::Directory;
        let components = |path: &'i [u8]| path.split(|b| *b == b'/');
        components(key(a))
            .cmp(components(key(b)))
            .then(is_file(a).cmp(&is_file(b)))
            .then(a.layer.cmp(&b.layer))
            .then_with(|| a.entry.path().cmp(b.entry.path()))
    });
    let mut groups: Vec<Group<'i>> = Vec::new();
    for seen in sorted {
        match groups.last_mut() {
            Some(group) if group.holds(&seen) => {
                group.count += 1;
                if group.rest.len() < NAMED {
                    group.rest.push(seen);
                }
            }
            _ => groups.push(Group { first: seen, rest: Vec::new(), count: 0 }),
        }
    }
    groups
}
