//! What a container will run, as whom and where.

use crate::instruction::Body;

/// The instructions in force, by index; `None` is what the base image says. One that a base triggers is its
/// ONBUILD: see [`Instruction::innermost`](crate::Instruction::innermost).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Effective {
    /// The last USER.
    pub user: Option<usize>,
    /// The last WORKDIR. A relative one stands on those before it: see
    /// [`Meaning::workdir`](super::Meaning::workdir).
    pub workdir: Option<usize>,
    /// The last SHELL.
    pub shell: Option<usize>,
    /// The last ENTRYPOINT.
    pub entrypoint: Option<usize>,
    /// The last CMD, unless an ENTRYPOINT of a later stage took it away.
    pub cmd: Option<usize>,
    /// The last HEALTHCHECK.
    pub healthcheck: Option<usize>,
    /// The last STOPSIGNAL.
    pub stopsignal: Option<usize>,
    /// Whether an ENTRYPOINT took away the CMD that the base has.
    pub cmd_reset: bool,
}

impl Effective {
    /// Takes an instruction in, where `own_cmd` says whether the CMD in force is of the same stage. Says whether
    /// anything changed.
    pub(super) fn apply(&mut self, index: usize, body: &Body<'_>, own_cmd: bool) -> bool {
        match body {
            Body::User(_) => self.user = Some(index),
            Body::Workdir(_) => self.workdir = Some(index),
            Body::Shell(_) => self.shell = Some(index),
            Body::Entrypoint(_) => {
                self.entrypoint = Some(index);
                if !own_cmd {
                    self.cmd = None;
                    self.cmd_reset = true;
                }
            }
            Body::Cmd(_) => self.cmd = Some(index),
            Body::Healthcheck(_) => self.healthcheck = Some(index),
            Body::Stopsignal(_) => self.stopsignal = Some(index),
            _ => return false,
        }
        true
    }
}

/// Whether a path begins at the root: of Linux, or of a Windows drive.
pub(super) fn is_absolute(path: &str, windows: bool) -> bool {
    let drive = matches!(path.as_bytes(), [letter, b':', ..] if letter.is_ascii_alphabetic());
    path.starts_with('/') || windows && (drive || path.starts_with('\\'))
}
