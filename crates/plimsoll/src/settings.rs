//! Finding and reading the configuration that holds for a file.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use plimsoll_rules::config::{Config, ConfigError, Settings};

use crate::args::Check;

/// Changes settings; fails when the command line asks for what does not exist.
type Overlay<'a> = dyn Fn(&mut Settings) -> Result<(), String> + Sync + 'a;

/// Finds each file's `plimsoll.toml`, reading each one once.
pub struct SettingsFinder<'a> {
    check: &'a Check,
    /// Laid over every file's settings: what the command line says.
    overlay: Box<Overlay<'a>>,
    by_folder: Mutex<HashMap<PathBuf, Arc<Settings>>>,
}

impl<'a> SettingsFinder<'a> {
    /// `overlay` is what the command line says on top of the flags that all commands share.
    pub fn new(check: &'a Check, overlay: impl Fn(&mut Settings) -> Result<(), String> + Sync + 'a) -> Self {
        Self { check, overlay: Box::new(overlay), by_folder: Mutex::default() }
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
            (None, false) => upward(folder, "plimsoll.toml"),
        };
        let mut settings = match file {
            Some(file) => {
                let text = std::fs::read_to_string(&file).map_err(|e| format!("{}: {e}", file.display()))?;
                let told = |e: ConfigError| e.to_string();
                Settings::new(&Config::parse(&text, &file).map_err(told)?, &file).map_err(told)?
            }
            None => Settings::default(),
        };
        self.lay_over(&mut settings)?;
        Ok(settings)
    }

    fn lay_over(&self, settings: &mut Settings) -> Result<(), String> {
        let check = self.check;
        if !check.select.is_empty() {
            settings.selection.select(&check.select).map_err(|e| e.to_string())?;
        }
        settings.selection.extend(&check.extend_select).map_err(|e| e.to_string())?;
        settings.selection.ignore(&check.ignore).map_err(|e| e.to_string())?;
        settings.fail_on = check.fail_on.unwrap_or(settings.fail_on);
        settings.today = check.today.unwrap_or(settings.today);
        settings.show_secrets = check.show_secrets;
        (self.overlay)(settings)
    }
}

/// The nearest file of that name in `folder` or above it.
fn upward(folder: &Path, name: &str) -> Option<PathBuf> {
    let start = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    // The walk up needs an absolute path; the answer is shown to people, so the given one is kept where it reaches.
    let direct = start.join(name);
    if direct.is_file() {
        return Some(direct.strip_prefix("./").map(Path::to_owned).unwrap_or(direct));
    }
    let absolute = std::path::absolute(start).ok()?;
    absolute.ancestors().skip(1).map(|a| a.join(name)).find(|f| f.is_file())
}
