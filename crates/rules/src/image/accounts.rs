//! The accounts of an image: `/etc/passwd` and `/etc/group`.

use plimsoll_image::MergedFs;

/// One line of `/etc/passwd` or `/etc/group`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// The name.
    pub name: String,
    /// The user's or the group's number.
    pub id: u32,
    /// The second field: `x` where the password stands in the shadow file, empty where there is none.
    pub password: String,
    /// The line, from 1.
    pub line: u64,
}

/// Users and groups.
#[derive(Clone, Debug, Default)]
pub struct Accounts {
    /// Whether there is a passwd file at all.
    pub has_passwd: bool,
    /// From `/etc/passwd`.
    pub users: Vec<Account>,
    /// From `/etc/group`.
    pub groups: Vec<Account>,
}

impl Accounts {
    /// Reads them from the merged file system; what is missing is empty.
    pub fn read<N>(fs: &MergedFs<N>) -> Self {
        let text = |path: &[u8]| fs.read(path).map(|b| String::from_utf8_lossy(b).into_owned());
        let passwd = text(b"/etc/passwd");
        Self {
            has_passwd: passwd.is_some(),
            users: passwd.as_deref().map(parse).unwrap_or_default(),
            groups: text(b"/etc/group").as_deref().map(parse).unwrap_or_default(),
        }
    }

    /// The uid that a user's name or number stands for.
    pub fn uid(&self, user: &str) -> Option<u32> {
        user.parse().ok().or_else(|| self.users.iter().find(|u| u.name == user).map(|u| u.id))
    }

    /// The gid that a group's name or number stands for.
    pub fn gid(&self, group: &str) -> Option<u32> {
        group.parse().ok().or_else(|| self.groups.iter().find(|g| g.name == group).map(|g| g.id))
    }
}

fn parse(text: &str) -> Vec<Account> {
    text.lines()
        .zip(1..)
        .filter_map(|(line, number)| {
            let mut fields = line.split(':');
            let (name, password, id) = (fields.next()?, fields.next()?, fields.next()?);
            let id = id.trim().parse().ok()?;
            Some(Account { name: name.to_owned(), id, password: password.to_owned(), line: number })
        })
        .collect()
}
