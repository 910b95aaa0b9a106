use std::collections::HashSet;

use super::{Audit, ImageRule, MAX_TOLD, Reporter};

pub(crate) struct ImageEmptyPassword;

impl ImageRule for ImageEmptyPassword {
    fn check(&self, audit: &Audit<'_>, report: &mut Reporter) {
        let accounts = audit.accounts();
        let in_passwd = accounts.users.iter().filter(|u| u.password.is_empty());
        let in_passwd = in_passwd.map(|u| (&u.name, "etc/passwd", u.line));
        let in_shadow = accounts.passwords.iter().filter(|p| p.is_empty);
        let in_shadow = in_shadow.map(|p| (&p.name, "etc/shadow", p.line));
        let mut told = HashSet::new();
        // Lines of NIS begin with a sign.
        let open = in_passwd.chain(in_shadow).filter(|(name, ..)| !name.starts_with(['+', '-']));
        for (name, path, line) in open.take(MAX_TOLD) {
            if !told.insert(name) {
                continue;
            }
            let (place, made_by) = audit.account_file(path, line);
            report
                .at(place, format!("user `{name}` has no password, so whoever gets to a login or to `su` is `{name}`; {made_by} wrote the file"))
                .help(format!("lock the account, `RUN passwd -l {name}`, or leave it out: a container needs no login"))
                .also("DKL-LI-0001");
        }
    }
}
