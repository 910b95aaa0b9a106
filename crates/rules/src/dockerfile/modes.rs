//! File modes that RUN, COPY and ADD set.

use plimsoll_dockerfile::{Body, Span};

use super::Build;

/// A mode that an instruction sets on something.
pub(super) struct SetMode {
    /// As it is written: `0777`, `u+s`.
    pub(super) mode: String,
    /// The mode's place.
    pub(super) span: Span,
    /// What gets it, as far as it is said.
    pub(super) paths: Vec<String>,
}

impl SetMode {
    /// The bits that it sets, setuid and sticky included; none for a mode that is not a number.
    fn bits(&self) -> Option<u32> {
        let octal = !self.mode.is_empty()
            && self.mode.len() <= 5
            && self.mode.bytes().all(|b| matches!(b, b'0'..=b'7'));
        octal.then(|| u32::from_str_radix(&self.mode, 8).ok()).flatten()
    }

    /// Whether everybody may write afterwards, and nothing (the sticky bit) keeps them from each other's files.
    pub(super) fn is_world_writable(&self) -> bool {
        match self.bits() {
            Some(bits) => bits & 0o002 != 0 && bits & 0o1000 == 0,
            None => {
                let sticky = self.clauses().any(|(_, op, what)| op != '-' && what.contains('t'));
                !sticky
                    && self
                        .clauses()
                        .any(|(who, op, what)| who.contains(['o', 'a']) && op != '-' && what.contains('w'))
            }
        }
    }

    /// The mode that does the same without letting everybody change what others wrote: the sticky bit for folders, no
    /// writing by others for files. None for a mode that is not a number, or where neither is certain.
    pub(super) fn closed(&self) -> Option<String> {
        let bits = self.bits().filter(|bits| bits & 0o7000 == 0)?;
        let is_file = |path: &String| {
            let name = path.rsplit('/').next().unwrap_or("");
            name.trim_start_matches('.').contains('.') && !name.contains(['$', '*'])
        };
        if !self.paths.is_empty() && self.paths.iter().all(is_file) {
            let width = self.mode.len();
            return Some(format!("{:0width$o}", bits & !0o022));
        }
        // Only a folder is of use to everybody who may read, write and search it.
        (bits == 0o777 && !self.paths.iter().any(is_file)).then(|| "1777".to_owned())
    }

    /// The mode without the bits that lend an owner's or a group's rights; none for a mode that is not a number.
    pub(super) fn without_setuid(&self) -> Option<String> {
        self.bits().map(|bits| format!("{:o}", bits & 0o777))
    }

    /// Whether it runs as its owner afterwards.
    pub(super) fn is_setuid(&self) -> bool {
        self.sets_special('u', 0o4000)
    }

    /// Whether it runs as its group afterwards.
    pub(super) fn is_setgid(&self) -> bool {
        self.sets_special('g', 0o2000)
    }

    fn sets_special(&self, class: char, bit: u32) -> bool {
        match self.bits() {
            Some(bits) => bits & bit != 0,
            None => self.clauses().any(|(who, op, what)| {
                op != '-' && what.contains('s') && (who.is_empty() || who.contains([class, 'a']))
            }),
        }
    }

    /// `u+rwx,o-w` as (who, operator, what).
    fn clauses(&self) -> impl Iterator<Item = (&str, char, &str)> {
        self.mode.split(',').filter_map(|clause| {
            let at = clause.find(['+', '-', '='])?;
            let who = &clause[..at];
            let op = clause[at..].chars().next()?;
            who.chars().all(|c| "ugoa".contains(c)).then_some((who, op, &clause[at + 1..]))
        })
    }
}

impl Build<'_> {
    /// Every mode that the file sets: by chmod, install and mkdir in RUN, by `--chmod` of COPY and ADD.
    pub(super) fn set_modes(&self) -> Vec<SetMode> {
        let mut modes = Vec::new();
        for step in self.steps() {
            let command = step.command;
            let word_of = |value: &plimsoll_shell::Word, mode: &str, paths| SetMode {
                mode: mode.to_owned(),
                span: step.run.span(value.span),
                paths,
            };
            if command.is("chmod") {
                // `chmod -w x` looks like a flag; it takes away, so nothing is lost.
                let mut words = command.args_without_flags();
                if let Some(mode) = words.next() {
                    let paths = words.map(|w| w.text_lossy().to_owned()).collect();
                    modes.push(word_of(mode, mode.text_lossy(), paths));
                }
            } else if command.is_any(&["install", "mkdir"]) {
                let flags = ["-m", "--mode"];
                let given = flags.into_iter().flat_map(|flag| command.flag_value_words(flag)).next();
                if let Some((mode, word)) = given {
                    let paths = command.args_without_flags().map(|w| w.text_lossy().to_owned()).collect();
                    modes.push(word_of(word, mode, paths));
                }
            }
        }
        for instruction in &self.tree.instructions {
            if let Body::Copy(copy) | Body::Add(copy) = &instruction.innermost().body
                && let Some(mode) = &copy.chmod
            {
                let paths = copy.destination.iter().map(|d| d.as_str().to_owned()).collect();
                modes.push(SetMode { mode: mode.as_str().to_owned(), span: mode.span, paths });
            }
        }
        modes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(mode: &str) -> SetMode {
        SetMode { mode: mode.to_owned(), span: Span::new(0, 0), paths: Vec::new() }
    }

    #[test]
    fn modes_are_read_as_chmod_reads_them() {
        for open in ["777", "0777", "a+w", "o+w", "ugo+rwx", "o=rwx", "a=rwX", "u+x,o+w", "666", "6777"] {
            assert!(mode(open).is_world_writable(), "{open}");
        }
        for closed in ["755", "1777", "+w", "o-w", "u+w", "a+rx", "a+rwxt", "$MODE", "775", "99", ""] {
            assert!(!mode(closed).is_world_writable(), "{closed}");
        }
        for setuid in ["4755", "u+s", "+s", "06755", "a+s", "u=rwxs"] {
            assert!(mode(setuid).is_setuid(), "{setuid}");
        }
        for not in ["u-s", "g+s", "2755", "755", "a-s"] {
            assert!(!mode(not).is_setuid(), "{not}");
        }
        assert!(mode("g+s").is_setgid() && mode("2775").is_setgid() && !mode("u+s").is_setgid());
    }
}
