use std::borrow::Cow;

use plimsoll_dockerfile::instructions::ArgDeclaration;
use plimsoll_dockerfile::{Body, Text};

use super::secret_in_variable::Peers;
use super::secret_names::is_credential;
use super::{Build, DockerfileRule, Reporter};
use crate::public_variables::names_secret;

pub(crate) struct SecretLikeVariable;

impl DockerfileRule for SecretLikeVariable {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        for (index, outer) in build.tree.instructions.iter().enumerate() {
            let instruction = outer.innermost();
            let declared: Vec<(&Text<'_>, Option<Cow<'_, str>>)> = match &instruction.body {
                Body::Env(pairs) => {
                    pairs.iter().map(|p| (&p.key, Some(p.unquoted(build.tree.escape)))).collect()
                }
                Body::Arg(args) => {
                    let value =
                        |a: &ArgDeclaration<'_>| a.default.as_ref().map(|d| d.as_str().to_owned().into());
                    args.iter().map(|a| (&a.name, value(a))).collect()
                }
                _ => continue,
            };
            for (name, value) in declared {
                let peers = Peers::of(build, index, name);
                if is_credential(name, value.as_deref()) || names_secret(name) || !peers.any() {
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
