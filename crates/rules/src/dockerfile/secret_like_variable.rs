use plimsoll_dockerfile::{Body, Text};

use super::secret_in_variable::Peers;
use super::{Build, DockerfileRule, Reporter};
use crate::public_variables::names_secret;

pub(crate) struct SecretLikeVariable;

impl DockerfileRule for SecretLikeVariable {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        for (index, outer) in build.tree.instructions.iter().enumerate() {
            let instruction = outer.innermost();
            let names: Vec<&Text<'_>> = match &instruction.body {
                Body::Env(pairs) => pairs.iter().map(|p| &p.key).collect(),
                Body::Arg(args) => args.iter().map(|a| &a.name).collect(),
                _ => continue,
            };
            for name in names {
                let peers = Peers::of(build, index, name);
                if plimsoll_secrets::secret_name(name) || names_secret(name) || !peers.any() {
                    continue;
                }
                let draft = report
                    .flag(name.span, format!("{} `{name}` is named like a credential", instruction.kind));
                draft.help("if it is one, mount it as a build secret; if not, another name spares the reader the question");
                peers.mark(draft);
            }
        }
    }
}
