use plimsoll_dockerfile::Body;

use super::bases::Family;
use super::unprivileged::{new_user, number_of};
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
            let draft = report.flag(
                user.span,
                format!(
                    "USER `{user}` is a name: Kubernetes' runAsNonRoot and the host only understand numbers"
                ),
            );
            draft.help(help(build, index)).also_if(!names_argument(build, index, &bare), "DL3066");
            if build.is_short() && bare == user.as_str() && !bare.contains([':', '$']) {
                draft.mend(number(build, index, &bare).map(|number| (user.span, number)), false);
            }
        }
    }
}

/// What to write, as the stage's base makes users.
fn help(build: &Build<'_>, index: usize) -> String {
    let stage = build.meaning.stage_of(index).and_then(|stage| build.stage(stage));
    let make = match stage.and_then(|stage| build.family(stage)) {
        Some(Family::Alpine) => "adduser -u 10001",
        Some(Family::Debian | Family::Rpm) => "useradd --uid 10001",
        _ => return "write the user's number, which needs no account: `USER 10001`".to_owned(),
    };
    format!("give the user a fixed number, `{make}`, and write `USER 10001`")
}

/// The number of a user: what a RUN above makes it with, or what its image is known to have.
fn number(build: &Build<'_>, index: usize, name: &str) -> Option<String> {
    let stage = build.stages().iter().find(|s| s.instructions.contains(&index))?;
    let made = build.lineage(stage).flat_map(|s| build.runs_of(s)).flat_map(|run| build.steps_of(run));
    let step = made.into_iter().find(|step| step.run.instruction < index && new_user(step) == Some(name));
    match step {
        Some(step) => number_of(step.command).map(str::to_owned),
        None => {
            let official = build.official_base(stage).is_some_and(|(_, image)| image == "node");
            (official && name == "node").then(|| "1000".to_owned())
        }
    }
}

/// Whether a user is written with an ARG's name, of which hadolint says nothing.
fn names_argument(build: &Build<'_>, index: usize, user: &str) -> bool {
    let before = build.tree.instructions.get(..index).unwrap_or_default();
    let declared = before.iter().flat_map(|i| match &i.body {
        Body::Arg(args) => args.as_slice(),
        _ => &[],
    });
    declared.into_iter().any(|arg| {
        let name = arg.name.as_str();
        let bare = format!("${name}");
        let follows = |rest: &str| !rest.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
        user.contains(&format!("${{{name}}}"))
            || user.match_indices(&bare).any(|(at, _)| follows(&user[at + bare.len()..]))
    })
}
