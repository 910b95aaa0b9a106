use plimsoll_dockerfile::Body;

use super::{Build, DockerfileRule, Reporter, users};

pub(crate) struct NumericUser;

impl DockerfileRule for NumericUser {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        for (index, instruction) in build.tree.instructions.iter().enumerate() {
            let Body::User(user) = &instruction.body else { continue };
            let bare = build.unquoted(user);
            let value = build.expand_at(index, &bare).unwrap_or_else(|| bare.clone().into_owned());
            if bare.is_empty() || users::is_numeric(&value) {
                continue;
            }
            report
                .flag(
                    user.span,
                    format!("USER `{user}` is a name: Kubernetes' runAsNonRoot and the host only understand numbers"),
                )
                .help("give the user a fixed number, `useradd --uid 10001`, and write `USER 10001`")
                .also("DL3066");
        }
    }
}
