//! Whom an image's files are made for, and the numbers of its users.

use plimsoll_shell::Word;

use super::unprivileged::{new_user, number_of};
use super::{Build, Stage};

/// Users that well-known images come with, and their numbers.
const KNOWN: &[(&str, &str)] = &[("root", "0"), ("nobody", "65534"), ("nonroot", "65532")];

/// What a Dockerfile gives to its users.
#[derive(Clone, Debug, Default)]
pub(crate) struct Owners {
    /// Owners as they are written, `USER:GROUP`, and the path that each is given.
    given: Vec<(String, String)>,
    /// The users that RUN makes, each with its number where that is said.
    made: Vec<(String, Option<String>)>,
}

impl Owners {
    /// What the shipped stages of a build give and make.
    pub(crate) fn of<'s>(build: &Build<'s>, stage: &Stage<'s>) -> Self {
        let mut owners = Self::default();
        for stage in build.shipped() {
            for copy in build.copies(stage) {
                let (Some(owner), Some(path)) = (&copy.files.chown, &copy.files.destination) else {
                    continue;
                };
                let Some(owner) = build.expand_at(copy.index, owner) else { continue };
                owners.given.push((owner, absolute(build, stage, copy.index, path)));
            }
            for step in build.runs_of(stage).flat_map(|run| build.steps_of(run)) {
                if let Some(name) = new_user(&step) {
                    owners.made.push((name.to_owned(), number_of(step.command).map(str::to_owned)));
                } else if step.command.is("chown") {
                    let mut words = step.command.args_without_flags().filter_map(Word::text);
                    if let (Some(owner), Some(path)) = (words.next(), words.next()) {
                        let path = absolute(build, stage, step.run.instruction, path);
                        owners.given.push((owner.to_owned(), path));
                    }
                }
            }
        }
        if build.official_base(stage).is_some_and(|(_, name)| name == "node") {
            owners.made.push(("node".to_owned(), Some("1000".to_owned())));
        }
        owners
    }

    /// The path that is given to a user, and the group that it is given to; None where none is.
    pub(crate) fn path_of(&self, user: &str) -> Option<(&str, Option<&str>)> {
        self.given.iter().find_map(|(owner, path)| {
            let (name, group) = match owner.split_once([':', '.']) {
                Some((name, group)) => (name, Some(group).filter(|group| !group.is_empty())),
                None => (owner.as_str(), None),
            };
            (self.are_same(name, user) == Some(true)).then_some((path.as_str(), group))
        })
    }

    /// Whether two users, each given by name or number, are one. None where that cannot be told.
    pub(crate) fn are_same(&self, one: &str, other: &str) -> Option<bool> {
        let (one, other) = (name_of(one), name_of(other));
        if one == other {
            return Some(true);
        }
        match (is_number(one), is_number(other)) {
            (true, true) | (false, false) => Some(false),
            (true, false) => self.has_number(other, one),
            (false, true) => self.has_number(one, other),
        }
    }

    fn has_number(&self, name: &str, number: &str) -> Option<bool> {
        if let Some((_, known)) = KNOWN.iter().find(|(known, _)| *known == name) {
            return Some(*known == number);
        }
        match self.made.iter().find(|(made, _)| made == name) {
            Some((_, Some(known))) => Some(known == number),
            // The next that is free: of the system's below 1000, of people's from there on.
            Some((_, None)) if number.parse().is_ok_and(|n: u32| n > 1010) => Some(false),
            _ => None,
        }
    }
}

/// A path seen from the root, as far as the folder that an instruction works in is known.
fn absolute<'s>(build: &Build<'s>, stage: &Stage<'s>, instruction: usize, path: &str) -> String {
    let folder = build.workdir_at(stage, instruction).filter(|_| !path.starts_with('/'));
    let relative = path.trim_start_matches("./").trim_end_matches('/');
    match folder {
        Some(folder) if matches!(relative, "" | ".") => folder,
        Some(folder) => format!("{}/{relative}", folder.trim_end_matches('/')),
        None => path.to_owned(),
    }
}

/// A user without the group.
fn name_of(user: &str) -> &str {
    user.split(':').next().unwrap_or(user)
}

fn is_number(user: &str) -> bool {
    user.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_are_compared_by_name_or_number() {
        let made = vec![("app".to_owned(), Some("10001".to_owned())), ("web".to_owned(), None)];
        let given = vec![("app:staff".to_owned(), "/app".to_owned())];
        let owners = Owners { given, made };
        for (one, other, same) in [
            ("app", "10001", Some(true)),
            ("10001:0", "app:app", Some(true)),
            ("app", "2000", Some(false)),
            ("app", "web", Some(false)),
            ("web", "1000", None),
            ("web", "2000", Some(false)),
            ("other", "2000", None),
            ("0", "root", Some(true)),
        ] {
            assert_eq!(owners.are_same(one, other), same, "{one} {other}");
        }
        assert_eq!(owners.path_of("10001"), Some(("/app", Some("staff"))));
        assert_eq!(owners.path_of("web"), None);
    }
}
