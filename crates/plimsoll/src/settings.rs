//! Finding and reading the configuration that holds for a file.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use plimsoll_rules::config::{Config, FailOn, Settings};
use plimsoll_rules::hadolint::{self, Hadolint};

use crate::args::Check;
use crate::output;

/// Changes settings; fails when the command line asks for what does not exist.
type Overlay<'a> = dyn Fn(&mut Settings) -> Result<(), String> + Sync + 'a;

/// Finds each file's `plimsoll.toml`, or else its `.hadolint.yaml`.
pub struct SettingsFinder<'a> {
    check: &'a Check,
    /// Laid over every file's settings: what the command line says.
    overlay: Box<Overlay<'a>>,
    by_folder: Mutex<HashMap<PathBuf, Arc<Settings>>>,
    /// The files whose notes were printed.
    noted: Mutex<HashSet<PathBuf>>,
}

impl<'a> SettingsFinder<'a> {
    /// `overlay` is what the command line says on top of the flags that all commands share.
    pub fn new(check: &'a Check, overlay: impl Fn(&mut Settings) -> Result<(), String> + Sync + 'a) -> Self {
        Self { check, overlay: Box::new(overlay), by_folder: Mutex::default(), noted: Mutex::default() }
    }

    /// The settings for a file in `folder`. Fails when a configuration cannot be read or used.
    pub fn for_folder(&self, folder: &Path) -> Result<Arc<Settings>, String> {
        if let Some(settings) = self.lock().get(folder) {
            return Ok(Arc::clone(settings));
        }
        let settings = Arc::new(self.read(folder)?);
        self.lock().insert(folder.to_owned(), Arc::clone(&settings));
        Ok(settings)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<PathBuf, Arc<Settings>>> {
        self.by_folder.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn read(&self, folder: &Path) -> Result<Settings, String> {
        let file = match (&self.check.config, self.check.no_config) {
            (Some(file), _) => Some(file.clone()),
            (None, true) => None,
            // hadolint's file counts only where no file of ours does, however far up.
            (None, false) => {
                upward(folder, &["plimsoll.toml"]).or_else(|| upward(folder, &hadolint::FILE_NAMES))
            }
        };
        let mut settings = match file {
            Some(file) => {
                let text = std::fs::read_to_string(&file)
                    .map_err(|e| format!("{}: {}", file.display(), output::io_message(&e)))?;
                let config = self.config(&file, &text)?;
                Settings::new(&config, &file).map_err(|e| e.found_in(&text).to_string())?
            }
            None => Settings::default(),
        };
        self.lay_over(&mut settings)?;
        Ok(settings)
    }

    /// The configuration in a file's text: hadolint's where its name ends so, else ours.
    fn config(&self, file: &Path, text: &str) -> Result<Config, String> {
        if !file.extension().is_some_and(|e| e == "yaml" || e == "yml") {
            return Config::parse(text, file).map_err(|e| e.to_string());
        }
        let read = Hadolint::parse(text, file).map_err(|e| e.to_string())?;
        // Read once for every folder below it, and named in more than one way.
        let once = std::path::absolute(file).unwrap_or_else(|_| file.to_owned());
        if self.noted.lock().is_ok_and(|mut noted| noted.insert(once)) {
            read.notes.iter().for_each(|note| output::note(note));
        }
        Ok(read.config)
    }

    fn lay_over(&self, settings: &mut Settings) -> Result<(), String> {
        let check = self.check;
        if !check.select.is_empty() {
            settings.selection.select(&check.select).map_err(|e| e.to_string())?;
        }
        settings.selection.extend(&check.extend_select).map_err(|e| e.to_string())?;
        settings.selection.ignore(&check.ignore).map_err(|e| e.to_string())?;
        settings.fail_on = check.fail_on.map_or(settings.fail_on, FailOn::severity);
        settings.today = check.today.unwrap_or(settings.today);
        settings.show_secrets = check.show_secrets;
        (self.overlay)(settings)
    }
}

/// The nearest file of one of those names in `folder` or above it.
fn upward(folder: &Path, names: &[&str]) -> Option<PathBuf> {
    let start = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let in_folder =
        |folder: &Path| names.iter().map(|name| folder.join(name)).find(|file: &PathBuf| file.is_file());
    // The walk up needs an absolute path; the answer is shown to people, so the given one is kept where it reaches.
    if let Some(direct) = in_folder(start) {
        return Some(direct.strip_prefix("./").map(Path::to_owned).unwrap_or(direct));
    }
    let absolute = std::path::absolute(start).ok()?;
    absolute.ancestors().skip(1).find_map(in_folder)
}
