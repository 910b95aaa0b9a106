//! The image config: the standard's part through `oci-spec`, Docker's own fields beside it, from the same bytes.

use std::collections::BTreeMap;

use oci_spec::image::{Config, History, ImageConfiguration, RootFs};
use serde::Deserialize;
use serde_json::Value;

use crate::digest::Digest;
use crate::platform::Platform;

/// An image's config.
#[derive(Debug, Clone, Default)]
pub struct ImageConfig {
    /// The standard's fields.
    pub oci: ImageConfiguration,
    /// Docker's fields beyond the standard.
    pub docker: DockerConfig,
    /// The bytes of the config, as they stand in the archive.
    pub raw: Vec<u8>,
}

/// What Docker keeps in a config's `config` object beyond the standard.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct DockerConfig {
    /// HEALTHCHECK.
    #[serde(deserialize_with = "null_is_default")]
    pub healthcheck: Option<Healthcheck>,
    /// ONBUILD instructions.
    #[serde(deserialize_with = "null_is_default")]
    pub on_build: Vec<String>,
    /// SHELL.
    #[serde(deserialize_with = "null_is_default")]
    pub shell: Vec<String>,
    /// Whether the command is already escaped (Windows).
    #[serde(deserialize_with = "null_is_default")]
    pub args_escaped: bool,
    /// Seconds until a stopped container is killed.
    pub stop_timeout: Option<i64>,
}

/// A HEALTHCHECK; times are in nanoseconds, 0 means inherited or default.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Healthcheck {
    /// Empty to inherit, `["NONE"]` for none, `["CMD", ...]` or `["CMD-SHELL", text]`.
    #[serde(deserialize_with = "null_is_default")]
    pub test: Vec<String>,
    /// Between checks.
    pub interval: i64,
    /// For one check.
    pub timeout: i64,
    /// Failures in this time after the start do not count.
    pub start_period: i64,
    /// Between checks during the start period.
    pub start_interval: i64,
    /// Failures in a row until unhealthy.
    pub retries: i64,
}

fn null_is_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: serde::Deserializer<'de>,
    T: Deserialize<'de> + Default,
{
    Option::<T>::deserialize(deserializer).map(Option::unwrap_or_default)
}

impl ImageConfig {
    /// Reads a config; the second value says what is wrong with it, and then the fields that could be read are set.
    pub(crate) fn read(raw: Vec<u8>) -> (ImageConfig, Option<String>) {
        let value: Value = match serde_json::from_slice(&raw) {
            Ok(value) => value,
            Err(error) => return (ImageConfig { raw, ..ImageConfig::default() }, Some(error.to_string())),
        };
        let mut complaint = None;
        let oci = serde_json::from_slice(&raw).unwrap_or_else(|error| {
            complaint = Some(error.to_string());
            rescue(&value)
        });
        let section = value.get("config").cloned().unwrap_or(Value::Null);
        let docker = Option::<DockerConfig>::deserialize(section).unwrap_or_else(|error| {
            complaint.get_or_insert(error.to_string());
            None
        });
        (ImageConfig { oci, docker: docker.unwrap_or_default(), raw }, complaint)
    }

    /// Makes a config of a v1 image's `json` files, lowest layer first.
    pub(crate) fn of_v1(chain: &[&Value]) -> (ImageConfig, Option<String>) {
        let Some(top) = chain.last() else { return Default::default() };
        let history: Vec<Value> = chain
            .iter()
            .map(|layer| {
                let command = layer.pointer("/container_config/Cmd").and_then(Value::as_array);
                let words = command.into_iter().flatten().filter_map(Value::as_str);
                serde_json::json!({
                    "created": layer.get("created"),
                    "created_by": words.collect::<Vec<_>>().join(" "),
                    "author": layer.get("author"),
                    "comment": layer.get("comment"),
                })
            })
            .collect();
        let config = serde_json::json!({
            "architecture": top.get("architecture").cloned().unwrap_or("amd64".into()),
            "os": top.get("os").cloned().unwrap_or("linux".into()),
            "created": top.get("created"),
            "author": top.get("author"),
            "config": top.get("config"),
            "rootfs": {"type": "layers", "diff_ids": []},
            "history": history,
        });
        ImageConfig::read(config.to_string().into_bytes())
    }

    fn section(&self) -> Option<&Config> {
        self.oci.config().as_ref()
    }

    /// The user that the container starts as; `None` if it was never set or set to nothing.
    pub fn user(&self) -> Option<&str> {
        self.section()?.user().as_deref().filter(|user| !user.is_empty())
    }

    /// Environment variables in their order, as `NAME=VALUE`.
    pub fn env(&self) -> &[String] {
        self.section().and_then(|config| config.env().as_deref()).unwrap_or_default()
    }

    /// ENTRYPOINT.
    pub fn entrypoint(&self) -> &[String] {
        self.section().and_then(|config| config.entrypoint().as_deref()).unwrap_or_default()
    }

    /// CMD.
    pub fn cmd(&self) -> &[String] {
        self.section().and_then(|config| config.cmd().as_deref()).unwrap_or_default()
    }

    /// WORKDIR, if set.
    pub fn working_dir(&self) -> Option<&str> {
        self.section()?.working_dir().as_deref().filter(|dir| !dir.is_empty())
    }

    /// Labels in the order of their names.
    pub fn labels(&self) -> BTreeMap<&str, &str> {
        let labels = self.section().and_then(|config| config.labels().as_ref());
        labels.into_iter().flatten().map(|(name, value)| (name.as_str(), value.as_str())).collect()
    }

    /// Exposed ports such as `80/tcp`, in order.
    pub fn exposed_ports(&self) -> Vec<&str> {
        sorted(self.section().and_then(|config| config.exposed_ports().as_deref()))
    }

    /// Volumes, in order.
    pub fn volumes(&self) -> Vec<&str> {
        sorted(self.section().and_then(|config| config.volumes().as_deref()))
    }

    /// STOPSIGNAL, if set.
    pub fn stop_signal(&self) -> Option<&str> {
        self.section()?.stop_signal().as_deref().filter(|signal| !signal.is_empty())
    }

    /// The history, oldest first, entries without a layer included.
    pub fn history(&self) -> &[History] {
        self.oci.history().as_deref().unwrap_or_default()
    }

    /// What it runs on.
    pub fn platform(&self) -> Platform {
        Platform {
            os: self.oci.os().to_string(),
            architecture: self.oci.architecture().to_string(),
            variant: self.oci.variant().clone().filter(|variant| !variant.is_empty()),
        }
    }

    /// The diff ids that it states, lowest layer first; `None` in the place of one that is no SHA-256 digest.
    pub fn diff_ids(&self) -> Vec<Option<Digest>> {
        self.oci.rootfs().diff_ids().iter().map(|id| Digest::parse(id)).collect()
    }
}

fn sorted(list: Option<&[String]>) -> Vec<&str> {
    let mut list: Vec<&str> = list.unwrap_or_default().iter().map(String::as_str).collect();
    list.sort_unstable();
    list
}

/// Reads each part of a config that does not hold together by itself.
fn rescue(value: &Value) -> ImageConfiguration {
    fn part<T: for<'de> Deserialize<'de>>(value: &Value, name: &str) -> Option<T> {
        T::deserialize(value.get(name)?).ok()
    }
    let mut config = ImageConfiguration::default();
    config.set_created(part(value, "created"));
    config.set_author(part(value, "author"));
    if let Some(os) = part(value, "os") {
        config.set_os(os);
    }
    if let Some(architecture) = part(value, "architecture") {
        config.set_architecture(architecture);
    }
    config.set_variant(part(value, "variant"));
    config.set_config(part::<Config>(value, "config"));
    if let Some(rootfs) = part::<RootFs>(value, "rootfs") {
        config.set_rootfs(rootfs);
    }
    config.set_history(part::<Vec<History>>(value, "history"));
    config
}
