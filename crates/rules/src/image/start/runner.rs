//! The user that the container starts as, and what the modes of files let it do.

use plimsoll_image::FsNode;
use plimsoll_secrets::Leak;

use crate::image::Audit;

/// A user by its numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Runner {
    /// What the image calls it.
    pub(crate) name: String,
    uid: u32,
    gid: u32,
    groups: Vec<u32>,
}

/// What a mode's three bits allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Right {
    Read = 4,
    Write = 2,
    Execute = 1,
}

impl Runner {
    /// The image's user, as Docker makes it out; None where the image does not know the name.
    pub(crate) fn of(audit: &Audit<'_>) -> Option<Self> {
        let Some(user) = audit.image.config.user() else { return Some(Self::root()) };
        let accounts = audit.accounts();
        let (name, group) = match user.split_once(':') {
            Some((name, group)) => (name, Some(group)),
            None => (user, None),
        };
        let uid = if name == "root" { 0 } else { accounts.uid(name)? };
        let account = accounts
            .users
            .iter()
            .find(|u| u.name == name)
            .or_else(|| accounts.users.iter().find(|u| u.id == uid));
        // A number that no line of passwd has gets group 0; a group that is named takes the place of all others.
        let (gid, groups) = match group {
            Some(group) => (accounts.gid(group)?, Vec::new()),
            None => {
                let member = |g: &&crate::image::accounts::Account| {
                    account.is_some_and(|a| g.members.contains(&a.name))
                };
                let groups = accounts.groups.iter().filter(member).map(|g| g.id).collect();
                (account.and_then(|a| a.group).unwrap_or(0), groups)
            }
        };
        Some(Self { name: user.to_owned(), uid, gid, groups })
    }

    fn root() -> Self {
        Self { name: "root".to_owned(), uid: 0, gid: 0, groups: Vec::new() }
    }

    /// Whether it is root.
    pub(crate) fn is_root(&self) -> bool {
        self.uid == 0
    }

    /// Whether the modes let it do this to a file or folder, the folders above left aside.
    pub(crate) fn may(&self, right: Right, node: FsNode<'_, Leak>) -> bool {
        let mode = node.mode();
        if self.uid == 0 {
            // Root passes every bit but one: a file that nobody may execute root may not either.
            let is_file = node.kind() != plimsoll_image::EntryKind::Directory;
            return right != Right::Execute || !is_file || mode & 0o111 != 0;
        }
        // An access list may say more than the mode.
        let has_list = node
            .entry()
            .is_some_and(|e| e.xattrs().iter().any(|(key, _)| key.ends_with(b"system.posix_acl_access")));
        let shift = match () {
            () if node.uid() == self.uid => 6,
            () if node.gid() == self.gid || self.groups.contains(&node.gid()) => 3,
            () => 0,
        };
        has_list || (mode >> shift) & right as u16 != 0
    }

    /// The folder on the way to a place that it may not pass through, if there is one.
    pub(crate) fn stopped_at<'n>(&self, node: FsNode<'n, Leak>) -> Option<FsNode<'n, Leak>> {
        let mut at = node;
        let mut stop = None;
        loop {
            let parent = at.parent();
            if parent == at {
                return stop;
            }
            if !self.may(Right::Execute, parent) {
                stop = Some(parent);
            }
            at = parent;
        }
    }
}
