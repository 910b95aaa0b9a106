//! Which variables a stage has of the stages that it is built on.

use std::collections::HashMap;
use std::ops::Range;

use plimsoll_dockerfile::{Body, Instruction};

use super::{Base, Build, Stage};

/// What each stage sets, by name, and which stages stand on which.
#[derive(Debug)]
pub(super) struct Inherited {
    /// The stages that set each name.
    set_in: HashMap<Box<str>, Vec<usize>>,
    /// A number for each stage, and those of all that stand on it.
    above: Vec<Range<usize>>,
}

impl Inherited {
    fn of(build: &Build<'_>) -> Inherited {
        let mut set_in: HashMap<Box<str>, Vec<usize>> = HashMap::new();
        for stage in build.stages() {
            for (_, instruction) in build.instructions(stage) {
                for name in names_set_by(instruction) {
                    set_in.entry(name.into()).or_default().push(stage.index);
                }
            }
        }
        // A stage stands on one before it.
        let below = |stage: &Stage<'_>| match stage.base {
            Base::Stage(below) if below < stage.index => Some(below),
            _ => None,
        };
        let mut sizes = vec![1; build.stages().len()];
        for stage in build.stages().iter().rev() {
            if let Some(below) = below(stage) {
                sizes[below] += sizes[stage.index];
            }
        }
        let mut above: Vec<Range<usize>> = Vec::with_capacity(sizes.len());
        // Where the next stage on each begins, and the next that stands on none.
        let (mut next_on, mut next) = (Vec::with_capacity(sizes.len()), 0);
        for (stage, size) in build.stages().iter().zip(&sizes) {
            let place = below(stage).map_or(&mut next, |below| &mut next_on[below]);
            let start = *place;
            *place += size;
            above.push(start..start + size);
            next_on.push(start + 1);
        }
        Inherited { set_in, above }
    }
}

impl Build<'_> {
    /// Whether an ENV or ARG of a stage below this one sets a variable.
    pub(super) fn is_set_below(&self, stage: &Stage<'_>, name: &str) -> bool {
        let inherited = self.inherited.get_or_init(|| Inherited::of(self));
        let Some(own) = inherited.above.get(stage.index) else { return false };
        let mut stages = inherited.set_in.get(name).into_iter().flatten();
        stages.any(|&below| below != stage.index && inherited.above[below].contains(&own.start))
    }
}

/// The names of the variables that an instruction sets.
pub(super) fn names_set_by<'i>(instruction: &'i Instruction<'_>) -> impl Iterator<Item = &'i str> {
    let (pairs, args) = match &instruction.body {
        Body::Env(pairs) => (pairs.as_slice(), [].as_slice()),
        Body::Arg(args) => ([].as_slice(), args.as_slice()),
        _ => ([].as_slice(), [].as_slice()),
    };
    pairs.iter().map(|p| p.key.trim_matches(['"', '\''])).chain(args.iter().map(|a| a.name.as_str()))
}

#[cfg(test)]
mod tests {
    use plimsoll_dockerfile::{Source, parse};

    use crate::config::Settings;
    use crate::dockerfile::{Around, Build};

    #[test]
    fn what_is_set_below_is_what_the_lineage_sets() {
        let text = "FROM x AS a\nENV A=1\nFROM a AS b\nARG B\nFROM y AS c\nENV C=1\nFROM b\nFROM c\nFROM a AS a\nENV D=1\nFROM a\n";
        let source = Source::from(text);
        let tree = parse(&source);
        let (settings, around) = (Settings::default(), Around::nowhere());
        let build = Build::new(&source, &tree, &settings, &around);
        for stage in build.stages() {
            for name in ["A", "B", "C", "D", "E"] {
                let walked = build.lineage(stage).skip(1).any(|below| {
                    build.instructions(below).any(|(_, i)| super::names_set_by(i).any(|set| set == name))
                });
                assert_eq!(build.is_set_below(stage, name), walked, "{name} in {}", stage.index);
            }
        }
        assert!(build.is_set_below(&build.stages()[3], "A") && build.is_set_below(&build.stages()[6], "D"));
    }
}
