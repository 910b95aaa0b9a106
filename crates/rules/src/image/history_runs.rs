//! The commands that the history says were run while the image was built.

use std::collections::HashMap;

use plimsoll_image::Image;
use plimsoll_image::history::Instruction;
use plimsoll_shell::{Dialect, Script, Shell};

use crate::draft::Place;

/// A longer command is no person's: it is passed over.
const MAX_COMMAND: usize = 256 << 10;

/// One RUN of the history, parsed.
#[derive(Debug)]
pub struct HistoryRun {
    /// The layer that it made; None where the history does not fit the layers.
    pub layer: Option<usize>,
    /// Its commands.
    pub script: Script,
}

impl HistoryRun {
    /// Where a finding on it points.
    pub(crate) fn place(&self) -> Place {
        self.layer.map_or(Place::Image, Place::Layer)
    }
}

/// Every RUN of the history, oldest first, those of the base image included.
pub fn read<N>(image: &Image<N>) -> Vec<HistoryRun> {
    let layers: HashMap<usize, usize> =
        image.layers.iter().filter_map(|l| Some((l.history_index?, l.index))).collect();
    let entries = image.config.history().iter().enumerate();
    entries
        .filter_map(|(at, entry)| {
            let text = entry.created_by().as_deref().filter(|t| t.len() <= MAX_COMMAND)?;
            let instruction = Instruction::read(text);
            let is_run = instruction.keyword.as_deref() == Some("RUN");
            let dialect = match &instruction.shell {
                Some(shell) => Shell::from_argv(&[shell]).dialect,
                None => Dialect::Sh,
            };
            is_run.then(|| HistoryRun {
                layer: layers.get(&at).copied(),
                script: Script::parse(&instruction.arguments, dialect),
            })
        })
        .collect()
}
