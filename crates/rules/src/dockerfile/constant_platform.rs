use plimsoll_dockerfile::{Body, Span};

use super::{Build, DockerfileRule, Reporter};

pub(crate) struct ConstantPlatform;

impl DockerfileRule for ConstantPlatform {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        for stage in build.stages() {
            let Body::From(from) = &build.tree.instructions[stage.instructions.start].body else { continue };
            let Some(platform) = from.platform.as_ref().filter(|p| !p.is_empty()) else { continue };
            // With a default of its own too: `${TARGETPLATFORM:-linux/amd64}`.
            if platform.contains('$')
                && ["BUILDPLATFORM", "TARGETPLATFORM"].iter().any(|n| platform.contains(n))
            {
                continue;
            }
            let constant = !platform.contains('$');
            let named_for_it =
                platform.split('/').take(2).any(|part| stage.name.is_some_and(|n| n.contains(part)));
            let message = if constant {
                format!(
                    "`--platform={platform}` is fixed: on another machine the stage is emulated, or the image does not run"
                )
            } else {
                format!("`--platform={platform}` is neither the build's platform nor the target's")
            };
            let flag = build.tree.instructions[stage.instructions.start].flag("platform");
            let gap = flag.map(|flag| Span::new(flag.span.start, from.image.span.start)).filter(|gap| {
                let written = build.source.slice(*gap);
                written.trim_end_matches([' ', '\t']).len() == flag.map_or(0, |flag| flag.span.len() as usize)
            });
            report
                .flag(platform.span, message)
                .help("leave it out, or write `--platform=$BUILDPLATFORM` for a stage that cross-compiles")
                .also("DL3029")
                .also_if(constant && !named_for_it, "FromPlatformFlagConstDisallowed")
                .also_if(constant, "avoid-platform-with-from")
                .mend(gap.filter(|_| constant).map(|gap| (gap, String::new())), false);
        }
    }
}
