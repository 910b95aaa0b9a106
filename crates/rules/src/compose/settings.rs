//! The variables of a service's environment, wherever they are set.

use std::collections::HashMap;
use std::path::PathBuf;

use plimsoll_compose::{EnvFileRef, Service};
use plimsoll_context::{EnvEntry, EnvFile, EnvQuote};

use super::Stack;

/// The env files of so many services are read.
const MAX_FILES: usize = 200;
/// So many entries of each are looked at.
const MAX_ENTRIES: usize = 2_000;

impl Stack<'_> {
    /// The env files that a service is given and that can be read, in the order in which they hold.
    pub(crate) fn env_files<'s>(
        &'s self,
        service: &'s Service,
    ) -> impl Iterator<Item = (&'s EnvFileRef, &'s EnvFile)> {
        let known = self.read_env_files();
        service.env_file.iter().filter_map(move |file| Some((file, known.get(&self.path_of(file)?)?)))
    }

    /// The variables of the `.env` beside the project, from which those of its files are filled in.
    pub(crate) fn dot_env(&self) -> Option<&EnvFile> {
        self.read_env_files().get(&self.dot_env_path()?)
    }

    fn read_env_files(&self) -> &HashMap<PathBuf, EnvFile> {
        self.env_files.get_or_init(|| {
            let named = self.services().flat_map(|s| s.env_file.iter()).take(MAX_FILES);
            let paths = named.filter_map(|file| self.path_of(file)).chain(self.dot_env_path());
            let mut read = HashMap::new();
            for path in paths {
                if !read.contains_key(&path)
                    && let Some(bytes) = self.beside.read(&path)
                {
                    let mut file = EnvFile::parse(&String::from_utf8_lossy(&bytes));
                    file.entries.truncate(MAX_ENTRIES);
                    read.insert(path, file);
                }
            }
            read
        })
    }

    fn path_of(&self, file: &EnvFileRef) -> Option<PathBuf> {
        let is_known = !file.path.value.contains('$');
        is_known.then(|| self.project.resolve(&file.path.span, &file.path.value))
    }

    /// The `.env` beside the project's first file, from which its variables are filled in.
    fn dot_env_path(&self) -> Option<PathBuf> {
        Some(self.project.sources.first()?.base.join(".env"))
    }

    /// The value of a variable in a service's container: by `environment`, by an env file, or by ENV of its own
    /// Dockerfile. What is not known of it is left as it is written.
    pub(crate) fn setting(&self, service: &Service, name: &str) -> Option<String> {
        if let Some(variable) = service.environment.iter().rev().find(|v| v.key == name) {
            return Some(variable.value.clone().unwrap_or_else(|| format!("${{{name}}}")));
        }
        let files: Vec<&EnvFile> = self.env_files(service).map(|(_, file)| file).collect();
        if let Some(entry) = files.iter().rev().find_map(|file| file.get(name)) {
            return literal(entry).map(str::to_owned).or_else(|| Some(format!("${{{name}}}")));
        }
        let image = self.built(service)?;
        image.env.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value.clone())
    }
}

/// The value of an entry, where no variable is in it.
pub(crate) fn literal(entry: &EnvEntry) -> Option<&str> {
    entry.value.as_deref().filter(|value| entry.quote == EnvQuote::Single || !value.contains('$'))
}
