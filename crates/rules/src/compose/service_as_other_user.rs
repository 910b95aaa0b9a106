use super::service_as_root::is_root;
use super::{ComposeRule, Reporter, Stack};

pub(crate) struct ServiceAsOtherUser;

impl ComposeRule for ServiceAsOtherUser {
    fn check(&self, stack: &Stack<'_>, report: &mut Reporter) {
        for service in stack.services() {
            let Some(given) = service.user.as_ref().filter(|u| !u.value.contains('$') && !is_root(&u.value))
            else {
                continue;
            };
            let Some(image) = stack.built(service) else { continue };
            let Some(own) = image.user.as_ref().filter(|own| !is_root(own)) else { continue };
            if image.owners.are_same(own, &given.value) != Some(false) {
                continue;
            }
            let Some((path, group)) = image.owners.path_of(own) else { continue };
            // Of that group, or of root's, which is what OpenShift gives to whoever runs there.
            let given_group = given.value.split_once(':').map(|(_, group)| group);
            if given_group
                .is_some_and(|given| group == Some(given) || (given == "0" && group == Some("root")))
            {
                continue;
            }
            report
                .flag_compose(
                    given.span(),
                    format!(
                        "`{}` runs as `{}`, but its Dockerfile ends as `{own}` and makes {path} for that user, so it cannot write there",
                        service.name, given.value
                    ),
                )
                .help("take `user:` out, or give the files to that number in the Dockerfile: `COPY --chown=...`, `chown`")
                .mend_project(stack, stack.without(given.span()), false);
        }
    }
}
