use plimsoll_dockerfile::Body;

use super::{Build, DockerfileRule, Reporter, users};

pub(crate) struct NumericUser;

impl DockerfileRule for NumericUser {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        for (index, instruction) in build.tree.instructions.iter().enumerate() {
            let Body::User(user) = &instruction.body else { continue };
            let bare = build.unquoted(user);
            let expanded = build.expand_at(index, &bare);
            // hadolint says nothing of a variable that is declared.
            let known = bare.contains('$') && expanded.is_some();
            let value = expanded.unwrap_or_else(|| bare.clone().into_owned());
            if bare.is_empty() || users::is_numeric(&value) {
                continue;
            }
            report
                .flag(
                    user.span,
                    format!("USER `{user}` is a name: Kubernetes' runAsNonRoot and the host only understand numbers"),
                )
                .help("give the user a fixed number, `useradd --uid 10001`, and write `USER 10001`")
                .also_if(!known, "DL3066");
        }
    }
}
