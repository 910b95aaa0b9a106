use std::collections::HashMap;
use std::hash::Hash;

use super::accounts::Account;
use super::{Audit, ImageRule, MAX_TOLD, Reporter};
use crate::Severity;

pub(crate) struct ImageUniqueAccounts;

impl ImageRule for ImageUniqueAccounts {
    fn check(&self, audit: &Audit<'_>, report: &mut Reporter) {
        let accounts = audit.accounts();
        for (users, path, kind, number) in
            [(&accounts.users, "etc/passwd", "user", "uid"), (&accounts.groups, "etc/group", "group", "gid")]
        {
            let real: Vec<&Account> = users.iter().filter(|a| !a.name.starts_with(['+', '-'])).collect();
            for (first, second) in repeated(&real, |a| a.name.as_str()).into_iter().take(MAX_TOLD) {
                let (place, made_by) = audit.account_file(path, second.line);
                report
                    .at(
                        place,
                        format!(
                            "{kind} `{}` stands twice in /{path}, on line {} too, and only the first counts; {made_by} wrote the file",
                            second.name, first.line
                        ),
                    )
                    .help("keep one of the two lines")
                    .also("DKL-LI-0002");
            }
            for (first, second) in repeated(&real, |a| a.id).into_iter().take(MAX_TOLD) {
                if first.name == second.name {
                    continue;
                }
                let is_root = second.id == 0 && kind == "user";
                let message = match is_root {
                    true => format!("user `{}` has uid 0: it is a second root", second.name),
                    false => format!(
                        "{kind}s `{}` and `{}` have the same {number} {}: what one may do, the other may",
                        first.name, second.name, second.id
                    ),
                };
                let (place, made_by) = audit.account_file(path, second.line);
                report
                    .at(place, format!("{message}; {made_by} wrote the file"))
                    .severity(if is_root { Severity::Error } else { Severity::Warning })
                    .help(match is_root {
                        true => "delete the line, or give the user a number of its own".to_owned(),
                        false => format!("give each {kind} a number of its own"),
                    })
                    .also("DKL-LI-0002");
            }
        }
    }
}

/// Each account whose key an earlier one has, with the first that has it.
fn repeated<'a, K: Eq + Hash>(
    accounts: &[&'a Account],
    key: impl Fn(&'a Account) -> K,
) -> Vec<(&'a Account, &'a Account)> {
    let mut first = HashMap::new();
    let mut repeated = Vec::new();
    for &account in accounts {
        match first.get(&key(account)) {
            Some(&earlier) => repeated.push((earlier, account)),
            None => {
                first.insert(key(account), account);
            }
        }
    }
    repeated
}
