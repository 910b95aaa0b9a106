//! The accounts of an image: `/etc/passwd`, `/etc/group` and `/etc/shadow`.

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
    /// Of a user, the number of the group that it logs in with; None for a group.
    pub group: Option<u32>,
    /// Of a group, its further members.
    pub members: Vec<String>,
    /// The line, from 1.
    pub line: u64,
}

/// One line of `/etc/shadow`, of which only this is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Password {
    /// The user.
    pub name: String,
    /// Whether nothing stands where the password's hash belongs; `!` and `*` lock the account.
    pub is_empty: bool,
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
    /// From `/etc/shadow`.
    pub passwords: Vec<Password>,
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
            passwords: text(b"/etc/shadow").as_deref().map(parse_shadow).unwrap_or_default(),
        }
    }

    /// The uid that a user's name or number stands for.
    pub fn uid(&self, user: &str) -> Option<u32> {
        user.parse().ok().or_else(|| self.users.iter().find(|u| u.name == user).map(|u| u.id))
    }

    /// The name of a user's number, or the number itself.
    pub fn user_name(&self, uid: u32) -> String {
        match self.users.iter().find(|u| u.id == uid) {
            Some(user) => user.name.clone(),
            None if uid == 0 => "root".to_owned(),
            None => uid.to_string(),
        }
    }

    /// The name of a group's number, or the number itself.
    pub fn group_name(&self, gid: u32) -> String {
        match self.groups.iter().find(|g| g.id == gid) {
            Some(group) => group.name.clone(),
            None if gid == 0 => "root".to_owned(),
            None => gid.to_string(),
        }
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
            // The fourth field is a user's group, and a group's members.
            let fourth = fields.next().unwrap_or("").trim();
            let members = fourth.split(',').filter(|m| !m.is_empty()).map(str::to_owned).collect();
            let (name, password) = (name.to_owned(), password.to_owned());
            Some(Account { name, id, password, group: fourth.parse().ok(), members, line: number })
        })
        .collect()
}

fn parse_shadow(text: &str) -> Vec<Password> {
    text.lines()
        .zip(1..)
        .filter_map(|(line, number)| {
            let (name, rest) = line.split_once(':')?;
            let (hash, _) = rest.split_once(':')?;
            Some(Password { name: name.to_owned(), is_empty: hash.is_empty(), line: number })
        })
        .collect()
}
