use super::{ComposeRule, Reporter, Stack};

pub(crate) struct TmpfsExec;

impl ComposeRule for TmpfsExec {
    fn check(&self, stack: &Stack<'_>, report: &mut Reporter) {
        for service in stack.services() {
            for tmpfs in &service.tmpfs {
                let given: Vec<&str> = ["exec", "suid"]
                    .into_iter()
                    .filter(|word| tmpfs.options.iter().any(|option| option.trim() == *word))
                    .collect();
                let Some(first) = given.first() else { continue };
                let what = match *first {
                    "exec" => "programs can be run from it",
                    _ => "setuid programs work in it",
                };
                let kept = tmpfs.options.iter().filter(|option| !matches!(option.trim(), "exec" | "suid"));
                let kept: Vec<&str> = kept.map(String::as_str).collect();
                let mount = match kept.as_slice() {
                    [] => tmpfs.target.clone(),
                    kept => format!("{}:{}", tmpfs.target, kept.join(",")),
                };
                let edits = stack.project.text(&tmpfs.span).filter(|text| !text.contains('$'));
                let edits = edits.and_then(|_| stack.requoted(&tmpfs.span, &mount));
                report
                    .flag_compose(
                        &tmpfs.span,
                        format!("the tmpfs `{}` of `{}` is mounted with {}: {what}, which Docker forbids unless told", tmpfs.target, service.name, given.join(" and ")),
                    )
                    .help(format!("leave {} away", given.join(" and ")))
                    .also("CL-0022")
                    .mend_project(stack, edits, false);
            }
        }
    }
}
