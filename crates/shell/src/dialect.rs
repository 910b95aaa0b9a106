//! Which shell reads a script.

/// The language of a script.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Dialect {
    /// POSIX sh, and dash, which is what `/bin/sh` is in most images.
    #[default]
    Sh,
    /// bash
    Bash,
    /// ksh and mksh
    Ksh,
    /// zsh
    Zsh,
    /// The ash of busybox, `/bin/sh` in Alpine.
    Ash,
    /// PowerShell: never parsed.
    PowerShell,
    /// cmd.exe: never parsed.
    Cmd,
    /// Another interpreter, such as python: never parsed.
    Other,
}

/// A shell as a SHELL instruction or a shebang names it: the dialect, and what its flags switch on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Shell {
    /// The dialect.
    pub dialect: Dialect,
    /// Whether `-o pipefail` is among the flags.
    pub pipefail: bool,
    /// Whether `-e` or `-o errexit` is among the flags.
    pub errexit: bool,
}

impl Dialect {
    /// The dialect of an interpreter by its name or path: `bash`, `/bin/ash`, `C:\\...\\powershell.exe`, `pwsh`.
    pub fn from_name(name: &str) -> Self {
        let base = name.rsplit(['/', '\\']).next().unwrap_or(name).trim().to_ascii_lowercase();
        let base = base.strip_suffix(".exe").unwrap_or(&base);
        match base {
            "sh" | "dash" | "posix" => Self::Sh,
            "bash" | "rbash" => Self::Bash,
            "ash" | "busybox" => Self::Ash,
            "ksh" | "ksh88" | "ksh93" | "mksh" | "oksh" | "pdksh" | "loksh" => Self::Ksh,
            "zsh" => Self::Zsh,
            "powershell" | "pwsh" | "pwsh-preview" => Self::PowerShell,
            "cmd" => Self::Cmd,
            _ => Self::Other,
        }
    }

    /// The dialect that a script's first line asks for, if it is a shebang: `#!/usr/bin/env bash`, `#!/bin/sh -e`.
    pub fn from_shebang(line: &str) -> Option<Self> {
        Shell::from_shebang(line).map(|shell| shell.dialect)
    }

    /// Whether this crate reads scripts in it.
    pub fn is_posix_like(self) -> bool {
        !matches!(self, Self::PowerShell | Self::Cmd | Self::Other)
    }
}

impl Shell {
    /// The shell that a SHELL instruction (or the head of an exec form) names: `["/bin/bash", "-o", "pipefail", "-c"]`.
    pub fn from_argv<S: AsRef<str>>(argv: &[S]) -> Self {
        // A Windows path may hold blanks; elsewhere one element may hold a whole command line.
        if let Some(path) = argv.first().map(AsRef::as_ref).filter(|word| word.contains('\\')) {
            return Dialect::from_name(path).into();
        }
        let mut words = argv.iter().flat_map(|word| word.as_ref().split_ascii_whitespace()).peekable();
        let mut name = words.next().unwrap_or("sh");
        if name.rsplit('/').next() == Some("env") {
            name = words.find(|w| !w.starts_with('-') && !w.contains('=')).unwrap_or("sh");
        } else if name.rsplit('/').next() == Some("busybox")
            && let Some(applet) = words.next_if(|w| !w.starts_with('-'))
            && Dialect::from_name(applet) == Dialect::Other
        {
            return Self { dialect: Dialect::Other, ..Self::default() };
        }
        let busybox = name.rsplit('/').next() == Some("busybox");
        let dialect = if busybox { Dialect::Ash } else { Dialect::from_name(name) };
        let mut shell = Self { dialect, ..Self::default() };
        while let Some(word) = words.next() {
            let Some(flags) = word.strip_prefix('-').filter(|f| !f.starts_with('-')) else { continue };
            shell.errexit |= flags.contains('e') && dialect.is_posix_like();
            if flags.ends_with('o') {
                match words.next() {
                    Some("pipefail") => shell.pipefail = true,
                    Some("errexit") => shell.errexit = true,
                    _ => {}
                }
            }
        }
        shell
    }

    /// The shell that a shebang line names, with its flags; none when the line is no shebang.
    pub fn from_shebang(line: &str) -> Option<Self> {
        let rest = line.trim_start_matches('\u{feff}').strip_prefix("#!")?;
        let words: Vec<&str> = rest.lines().next().unwrap_or("").split_ascii_whitespace().collect();
        (!words.is_empty()).then(|| Self::from_argv(&words))
    }
}

impl From<Dialect> for Shell {
    fn from(dialect: Dialect) -> Self {
        Self { dialect, ..Self::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shebang_names_the_dialect() {
        assert_eq!(Dialect::from_shebang("#!/bin/sh -e"), Some(Dialect::Sh));
        assert_eq!(Dialect::from_shebang("#!/usr/bin/env bash"), Some(Dialect::Bash));
        assert_eq!(Dialect::from_shebang("#!/usr/bin/env -S bash -e\nset -x"), Some(Dialect::Bash));
        assert_eq!(Dialect::from_shebang("#! /bin/busybox ash"), Some(Dialect::Ash));
        assert_eq!(Dialect::from_shebang("#!/usr/bin/env python3"), Some(Dialect::Other));
        assert_eq!(Dialect::from_shebang("echo hi"), None);
        assert!(Shell::from_shebang("#!/bin/bash -euo pipefail").is_some_and(|s| s.pipefail && s.errexit));
    }

    #[test]
    fn a_shell_instruction_sets_options() {
        let shell = Shell::from_argv(&["/bin/bash", "-o", "pipefail", "-c"]);
        assert_eq!(shell, Shell { dialect: Dialect::Bash, pipefail: true, errexit: false });
        let shell = Shell::from_argv(&["bash", "-euxo", "pipefail", "-c"]);
        assert_eq!(shell, Shell { dialect: Dialect::Bash, pipefail: true, errexit: true });
        assert_eq!(Shell::from_argv(&["/bin/ash", "-eo", "pipefail", "-c"]).dialect, Dialect::Ash);
        assert!(!Shell::from_argv(&["/bin/sh", "-c"]).pipefail);
    }

    #[test]
    fn windows_shells_are_not_parsed() {
        for argv in [
            &["powershell", "-Command", "$ErrorActionPreference = 'Stop';"][..],
            &["C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe"],
            &["pwsh", "-c"],
        ] {
            assert_eq!(Shell::from_argv(argv).dialect, Dialect::PowerShell);
        }
        assert_eq!(Shell::from_argv(&["cmd", "/S", "/C"]).dialect, Dialect::Cmd);
        assert!(!Dialect::Cmd.is_posix_like());
    }
}
