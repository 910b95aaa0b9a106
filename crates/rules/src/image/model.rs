//! An image with everything that rules ask of it, worked out once.

use std::borrow::Cow;
use std::sync::OnceLock;

use plimsoll_image::history::Instruction;
use plimsoll_image::{Image, MergedFs};
use plimsoll_secrets::Leak;

use super::accounts::Accounts;
use super::config_secrets::ConfigSecret;
use super::history_runs::HistoryRun;
use super::inventory::Inventory;
use super::os_release::OsRelease;
use super::shipped::Shipped;
use super::start::{self, Fault};
use super::weight::Weights;
use crate::config::Settings;
use crate::profile::Profile;

/// An image, its merged file system, and what it is held to.
pub struct Audit<'i> {
    /// What findings call it.
    pub name: &'i str,
    /// The image as read.
    pub image: &'i Image<Leak>,
    /// What a container sees, each entry with its origin.
    pub fs: &'i MergedFs<Leak>,
    /// What the project's configuration says.
    pub settings: &'i Settings,
    /// What the image is held to, and whether that was guessed.
    pub profile: Option<(Profile, bool)>,
    instructions: Vec<Instruction>,
    accounts: OnceLock<Accounts>,
    os_release: OnceLock<Option<OsRelease>>,
    shipped: OnceLock<Shipped>,
    weights: OnceLock<Weights>,
    config_secrets: OnceLock<Vec<ConfigSecret>>,
    history_runs: OnceLock<Vec<HistoryRun>>,
    inventory: OnceLock<Inventory<'i>>,
    faults: OnceLock<Vec<Fault>>,
}

impl<'i> Audit<'i> {
    /// Joins an image to its file system and the settings.
    pub fn new(
        name: &'i str,
        image: &'i Image<Leak>,
        fs: &'i MergedFs<Leak>,
        settings: &'i Settings,
    ) -> Self {
        let mut audit = Self {
            name,
            image,
            fs,
            settings,
            profile: None,
            instructions: image
                .layers
                .iter()
                .map(|l| Instruction::read(l.created_by.as_deref().unwrap_or("")))
                .collect(),
            accounts: OnceLock::new(),
            os_release: OnceLock::new(),
            shipped: OnceLock::new(),
            weights: OnceLock::new(),
            config_secrets: OnceLock::new(),
            history_runs: OnceLock::new(),
            inventory: OnceLock::new(),
            faults: OnceLock::new(),
        };
        let asked = settings.asked_profile(&image.names, None);
        audit.profile = asked.map(|p| (p, false)).or_else(|| audit.guess_profile().map(|p| (p, true)));
        audit
    }

    /// The instruction that made a layer, cleaned of the builder's wrapping.
    pub fn instruction(&self, layer: usize) -> Option<&Instruction> {
        self.instructions.get(layer)
    }

    /// That instruction in a message: `COPY . /app`, or `layer 4` where the history does not say.
    pub fn made_by(&self, layer: usize) -> String {
        match self.instruction(layer).map(Instruction::text) {
            Some(text) if !text.is_empty() => format!("`{}`", shortened(&without_hashes(&text), 60)),
            _ => format!("layer {layer}"),
        }
    }

    /// The instruction that made a layer, on one line, for tables.
    pub fn created_by(&self, layer: usize) -> String {
        let text = without_hashes(&self.instruction(layer).map(Instruction::text).unwrap_or_default());
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// The image's `/etc/passwd` and `/etc/group`.
    pub fn accounts(&self) -> &Accounts {
        self.accounts.get_or_init(|| Accounts::read(self.fs))
    }

    /// What `/etc/os-release` says.
    pub fn os_release(&self) -> Option<&OsRelease> {
        self.os_release
            .get_or_init(|| {
                let text =
                    self.fs.read(b"/etc/os-release").or_else(|| self.fs.read(b"/usr/lib/os-release"))?;
                Some(OsRelease::parse(&String::from_utf8_lossy(text)))
            })
            .as_ref()
    }

    /// The checksums in the databases of the distribution's packages.
    pub fn shipped(&self) -> &Shipped {
        self.shipped.get_or_init(|| Shipped::read(self.image))
    }

    /// What the image's bytes are for.
    pub fn weights(&self) -> &Weights {
        self.weights.get_or_init(|| Weights::of(self.image, self.fs))
    }

    /// The credentials in the environment, the labels and the history.
    pub fn config_secrets(&self) -> &[ConfigSecret] {
        self.config_secrets.get_or_init(|| super::config_secrets::find(self.image, self.settings.scanner()))
    }

    /// Every RUN of the history with its commands.
    pub fn history_runs(&self) -> &[HistoryRun] {
        self.history_runs.get_or_init(|| super::history_runs::read(self.image))
    }

    /// The entries that rules look for, found in one pass.
    pub fn inventory(&self) -> &Inventory<'i> {
        self.inventory.get_or_init(|| Inventory::of(self.image, self.fs))
    }

    /// What keeps the container or its health check from starting.
    pub(crate) fn faults(&self) -> &[Fault] {
        self.faults.get_or_init(|| start::find(self))
    }

    /// The profile that the image's names, command and files suggest.
    fn guess_profile(&self) -> Option<Profile> {
        let config = &self.image.config;
        let command: Vec<&str> = config.entrypoint().iter().chain(config.cmd()).map(String::as_str).collect();
        let words: Vec<&str> = command.iter().flat_map(|w| w.split_whitespace()).collect();
        let runs = |program: &str| words.iter().any(|w| w.rsplit('/').next() == Some(program));
        // Files say the most, then the command, then the name.
        let by_files = self.settings.profiles().find(|p| {
            !p.files.is_empty()
                && self.fs.iter().any(|node| {
                    let path = node.path();
                    p.files.iter().any(|f| path.ends_with(f.as_bytes()))
                })
        });
        let by_command = || self.settings.profiles().find(|p| p.commands.iter().any(|c| runs(c)));
        let by_name = || {
            self.settings.profiles().find(|p| {
                self.image.names.iter().any(|name| {
                    let name = name.rsplit('/').next().unwrap_or(name).split(':').next().unwrap_or("");
                    name.split(['-', '_', '.']).any(|part| p.names.iter().any(|n| n == part))
                })
            })
        };
        by_files.or_else(by_command).or_else(by_name).cloned()
    }
}

/// A path of the image for people: what is not UTF-8 is replaced.
pub(crate) fn path_text(path: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(path)
}

/// A command with its long hashes cut: classic builders write `COPY file:HASH in /app`, and the end says more.
fn without_hashes(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split_inclusive(|c: char| !c.is_ascii_hexdigit()) {
        let hash = word.trim_end_matches(|c: char| !c.is_ascii_hexdigit());
        if hash.len() >= 40 {
            out.push_str(&hash[..12]);
            out.push_str(&word[hash.len()..]);
        } else {
            out.push_str(word);
        }
    }
    out
}

/// At most `length` characters, the end marked where something was cut.
pub(crate) fn shortened(text: &str, length: usize) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.chars().count() <= length {
        return text;
    }
    text.chars().take(length.saturating_sub(1)).chain(['…']).collect()
}
