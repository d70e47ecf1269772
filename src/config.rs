/*!
Settings: `congdoan.toml` < environment `CONGDOAN__SECTION__KEY` < flags.

Owns the reading, merging and checking of settings, once, at start. Everything else
takes a resolved [`Config`] or a part of it. The only place that reads the environment.
All mistakes are reported together, each with its key.
*/

use std::{collections::BTreeMap, net::SocketAddr, path::PathBuf};

use serde::Deserialize;

mod accounts;
mod generator;
mod limits;
mod listed;
mod mail;

pub use accounts::{AccountsConfig, RawAccounts};
pub use generator::{ApiConfig, GeneratorKind, RawApi, RawGenerator, RemoteConfig};
pub use limits::Limits;
pub use listed::{Origin, Setting, Shown};
pub use mail::{MailConfig, MailWay, RawMail};

use crate::error::{Error, Result};

/// Prefix of environment variables that carry settings.
const ENVIRONMENT_PREFIX: &str = "CONGDOAN__";
/// Shortest admin token, in bytes: shorter ones can be guessed.
pub const ADMIN_TOKEN_BYTES_MIN: usize = 16;

/// Where the libraries below the generator look for their number of threads.
pub const THREADS_VARIABLES: [&str; 2] = ["CANDLE_NUM_THREADS", "RAYON_NUM_THREADS"];

/// Key of the contact for members of every unit without one of its own.
const CONTACT_DEFAULT: &str = "default";

/// Resolved settings.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where to listen and what a request may cost.
    pub http: HttpConfig,
    /// Where things lie.
    pub paths: PathsConfig,
    /// Which models to use.
    pub models: ModelsConfig,
    /// Who writes the answers.
    pub generator: GeneratorKind,
    /// Who may use OpenAI's interface.
    pub api: ApiConfig,
    /// Who may reload the corpus over HTTP.
    pub admin: AdminConfig,
    /// Who may ask.
    pub accounts: AccountsConfig,
    /// Where mails are handed over; none without it.
    pub mail: Option<MailConfig>,
    /// Bounds of asking.
    pub limits: Limits,
    /// Whom to ask when the answer abstains: unit name (or `default`) -> contact.
    pub contacts: BTreeMap<String, String>,
    /// Where settings come from that are not the default, by `section.key`.
    pub origins: BTreeMap<String, Origin>,
}

/// Settings of the HTTP rim.
#[derive(Debug, Clone)]
pub struct HttpConfig {
    /// Address to bind.
    pub listen: SocketAddr,
    /// Largest request body, in bytes.
    pub body_bytes_max: usize,
    /// Longest time the head of a request may take to arrive, in milliseconds; also how long
    /// a connection may wait for its next request.
    pub header_ms_max: u64,
    /// Longest time a client may take nothing of what is sent to it, in milliseconds.
    pub write_ms_max: u64,
    /// Connections held at once; further ones wait to be taken.
    pub connections_max: usize,
    /// Address people reach the service by, `https://tro-ly.congdoan.vn`: for links in answers
    /// read elsewhere, which begin with `/` without it; for the origin forms come from; with
    /// https, cookies are for https alone.
    pub public_url: Option<String>,
    /// Whether a reverse proxy names the client in `X-Forwarded-For`; without one anybody could.
    pub behind_proxy: bool,
}

impl HttpConfig {
    /// Whether people reach the service over https.
    pub fn is_https(&self) -> bool {
        self.public_url.as_deref().is_some_and(|url| url.starts_with("https://"))
    }

    /// Fills in defaults; what is wrong is collected in `mistakes`.
    fn resolve(raw: RawHttp, mistakes: &mut Vec<String>) -> Self {
        let listen_text = raw.listen.unwrap_or_else(|| "127.0.0.1:8080".to_owned());
        let listen = listen_text.parse::<SocketAddr>().unwrap_or_else(|e| {
            mistakes.push(format!("http.listen: `{listen_text}`: {e}; write ADDRESS:PORT, e.g. 127.0.0.1:8080"));
            SocketAddr::from(([127, 0, 0, 1], 8080))
        });
        let http = Self {
            listen,
            body_bytes_max: raw.body_bytes_max.unwrap_or(64 * 1024),
            header_ms_max: raw.header_ms_max.unwrap_or(20_000),
            write_ms_max: raw.write_ms_max.unwrap_or(30_000),
            connections_max: raw.connections_max.unwrap_or(1_024),
            public_url: raw.public_url.map(|url| url.trim_end_matches('/').to_owned()),
            behind_proxy: raw.behind_proxy.unwrap_or(false),
        };
        let is_web = |url: &String| url.starts_with("https://") || url.starts_with("http://");
        if http.public_url.as_ref().is_some_and(|url| !is_web(url) || url.splitn(4, '/').count() != 3) {
            mistakes.push("http.public_url: write https://NAME, without a path".to_owned());
        }
        for (key, is_zero) in [
            ("body_bytes_max", http.body_bytes_max == 0),
            ("header_ms_max", http.header_ms_max == 0),
            ("write_ms_max", http.write_ms_max == 0),
            ("connections_max", http.connections_max == 0),
        ] {
            if is_zero {
                mistakes.push(format!("http.{key}: must be at least 1"));
            }
        }
        http
    }
}

/// Folders.
#[derive(Debug, Clone)]
pub struct PathsConfig {
    /// Generations and caches.
    pub data: PathBuf,
    /// Corpus paths to ingest.
    pub corpus: Vec<PathBuf>,
    /// Weights.
    pub models: PathBuf,
    /// Questions with gold articles that show how a reload moves retrieval; those that ship
    /// with the program where none is named.
    pub golden: Option<PathBuf>,
    /// Whether files uploaded by an admin belong to the corpus.
    pub with_uploads: bool,
}

/// Who may reload the corpus over HTTP: whoever holds the token. Without one nobody may.
#[derive(Debug, Clone, Default)]
pub struct AdminConfig {
    /// The token itself.
    pub token: Option<Secret>,
    /// A file that holds it.
    pub token_file: Option<PathBuf>,
}

/// A text that is never printed.
#[derive(Clone, PartialEq, Eq, Deserialize)]
pub struct Secret(String);

impl Secret {
    /// Wraps a text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text, for comparing.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("…")
    }
}

/// Which models to use.
#[derive(Debug, Clone)]
pub struct ModelsConfig {
    /// Embedder: a model id of the manifest, `hashed`, or the path of a Hugging Face folder.
    pub embedder: String,
    /// Generator: a model id of the manifest, `none`, or the path of a GGUF file.
    pub generator: String,
    /// Threads of one model call.
    pub threads: usize,
    /// Threads the settings ask for, where they do: see [`Config::threads_to_hand_on`].
    pub threads_stated: Option<usize>,
}

/// Settings as written, every key optional. Unknown keys are mistakes.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RawConfig {
    /// `[http]`
    pub http: RawHttp,
    /// `[paths]`
    pub paths: RawPaths,
    /// `[models]`
    pub models: RawModels,
    /// `[generator]`
    pub generator: RawGenerator,
    /// `[api]`
    pub api: RawApi,
    /// `[admin]`
    pub admin: RawAdmin,
    /// `[accounts]`
    pub accounts: RawAccounts,
    /// `[mail]`
    pub mail: RawMail,
    /// `[limits]`
    pub limits: BTreeMap<String, u64>,
    /// `[contacts]`
    pub contacts: BTreeMap<String, String>,
    /// See [`Config::origins`].
    #[serde(skip)]
    pub origins: BTreeMap<String, Origin>,
}

/// `[http]` as written.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RawHttp {
    /// Address to bind, `127.0.0.1:8080`.
    pub listen: Option<String>,
    /// Largest request body, in bytes.
    pub body_bytes_max: Option<usize>,
    /// See [`HttpConfig::header_ms_max`].
    pub header_ms_max: Option<u64>,
    /// See [`HttpConfig::write_ms_max`].
    pub write_ms_max: Option<u64>,
    /// See [`HttpConfig::connections_max`].
    pub connections_max: Option<usize>,
    /// See [`HttpConfig::public_url`].
    pub public_url: Option<String>,
    /// See [`HttpConfig::behind_proxy`].
    pub behind_proxy: Option<bool>,
}

/// `[paths]` as written.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RawPaths {
    /// Folder of generations and caches.
    pub data: Option<PathBuf>,
    /// Corpus paths.
    pub corpus: Option<Vec<PathBuf>>,
    /// Folder of weights.
    pub models: Option<PathBuf>,
    /// See [`PathsConfig::golden`].
    pub golden: Option<PathBuf>,
    /// See [`PathsConfig::with_uploads`].
    pub with_uploads: Option<bool>,
}

/// `[admin]` as written.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RawAdmin {
    /// The token.
    pub token: Option<Secret>,
    /// File that holds it.
    pub token_file: Option<PathBuf>,
}

/// `[models]` as written.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RawModels {
    /// See [`ModelsConfig::embedder`].
    pub embedder: Option<String>,
    /// See [`ModelsConfig::generator`].
    pub generator: Option<String>,
    /// See [`ModelsConfig::threads`].
    pub threads: Option<usize>,
}

impl RawConfig {
    /// Reads `text` and lays this process's environment over it.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub fn read_with_environment(text: &str) -> Result<Self> {
        Self::read(text, std::env::vars_os().filter_map(|(k, v)| Some((k.into_string().ok()?, v.into_string().ok()?))))
    }

    /// Reads `text` (TOML; empty when there is no file), lays the environment over it.
    ///
    /// # Errors
    /// `Invalid` naming the file and line, or the variable.
    pub fn read(text: &str, environment: impl Iterator<Item = (String, String)>) -> Result<Self> {
        let mut table: toml::Table =
            toml::from_str(text).map_err(|e| Error::invalid("congdoan.toml", e.to_string()))?;
        let mut origins = listed::of_file(&table);
        for (name, value) in environment {
            let Some(path) = name.strip_prefix(ENVIRONMENT_PREFIX) else { continue };
            let keys: Vec<String> = path.split("__").map(str::to_lowercase).collect();
            let [section, key] = keys.as_slice() else {
                return Err(Error::invalid(name.clone(), "expected CONGDOAN__SECTION__KEY"));
            };
            origins.insert(format!("{section}.{key}"), Origin::Environment);
            let section = table.entry(section.clone()).or_insert_with(|| toml::Value::Table(toml::Table::new()));
            let toml::Value::Table(section) = section else {
                return Err(Error::invalid(name.clone(), "names a setting that is not a section"));
            };
            section.insert(key.clone(), environment_value(key, &value));
        }
        let raw: Result<Self, toml::de::Error> = toml::Value::Table(table).try_into();
        raw.map(|raw| Self { origins, ..raw }).map_err(|e| Error::invalid("settings", e.to_string()))
    }
}

/// Numbers become numbers, `true` and `false` switches and `corpus` a list split at `:`; secrets
/// and everything else stay text.
fn environment_value(key: &str, value: &str) -> toml::Value {
    if matches!(key, "token" | "key" | "model") {
        return toml::Value::String(value.to_owned());
    }
    if let Ok(switch) = value.parse() {
        return toml::Value::Boolean(switch);
    }
    if key == "corpus" {
        return toml::Value::Array(value.split(':').map(|p| toml::Value::String(p.to_owned())).collect());
    }
    value.parse::<i64>().map_or_else(|_| toml::Value::String(value.to_owned()), toml::Value::Integer)
}

impl Config {
    /// Fills in defaults and checks every value.
    ///
    /// # Errors
    /// `Invalid` listing all mistakes at once, each with its key.
    pub fn resolve(raw: RawConfig) -> Result<Self> {
        let mut mistakes = Vec::new();
        let http = HttpConfig::resolve(raw.http, &mut mistakes);
        let threads_stated = raw.models.threads;
        let threads = raw
            .models
            .threads
            .unwrap_or_else(|| std::thread::available_parallelism().map_or(1, std::num::NonZero::get));
        if threads == 0 {
            mistakes.push("models.threads: must be at least 1".to_owned());
        }
        if raw.admin.token.as_ref().is_some_and(|token| token.expose().trim().len() < ADMIN_TOKEN_BYTES_MIN) {
            mistakes.push(format!("admin.token: must be at least {ADMIN_TOKEN_BYTES_MIN} characters long"));
        }
        if raw.admin.token.is_some() && raw.admin.token_file.is_some() {
            mistakes.push("admin.token_file: the token is given by admin.token already".to_owned());
        }
        let mut limits = Limits::default();
        limits.apply(&raw.limits, &mut mistakes);
        let corpus = raw.paths.corpus.unwrap_or_else(|| vec![PathBuf::from("corpus")]);
        if corpus.is_empty() {
            mistakes.push("paths.corpus: names no path".to_owned());
        }
        let generator_file = raw.models.generator.unwrap_or_else(|| "qwen2.5-coder-1.5b-instruct-q4_k_m".to_owned());
        let mail = raw.mail.resolve(http.public_url.is_some(), &mut mistakes);
        let config = Self {
            mail,
            generator: raw.generator.resolve(&generator_file, &mut mistakes),
            api: raw.api.resolve(ADMIN_TOKEN_BYTES_MIN, &mut mistakes),
            http,
            paths: PathsConfig {
                data: raw.paths.data.unwrap_or_else(|| PathBuf::from("data")),
                corpus,
                models: raw.paths.models.unwrap_or_else(|| PathBuf::from("models")),
                golden: raw.paths.golden,
                with_uploads: raw.paths.with_uploads.unwrap_or(true),
            },
            admin: AdminConfig { token: raw.admin.token, token_file: raw.admin.token_file },
            accounts: raw.accounts.resolve(),
            models: ModelsConfig {
                embedder: raw.models.embedder.unwrap_or_else(|| "multilingual-e5-small-q4".to_owned()),
                generator: generator_file,
                threads,
                threads_stated,
            },
            limits,
            contacts: raw.contacts,
            origins: raw.origins,
        };
        if mistakes.is_empty() { Ok(config) } else { Err(Error::invalid("settings", mistakes.join("; "))) }
    }

    /// Threads that the environment should name for the libraries below the generator, which
    /// look nowhere else and only once; `None` where it names them already or nothing is asked.
    pub fn threads_to_hand_on(&self) -> Option<usize> {
        let stated = self.models.threads_stated?;
        let known = |name: &str| std::env::var(name).is_ok_and(|value| value == stated.to_string());
        (!THREADS_VARIABLES.iter().all(|name| known(name))).then_some(stated)
    }

    /// Units with a contact of their own, in order.
    pub fn units(&self) -> Vec<String> {
        self.contacts.keys().filter(|unit| *unit != CONTACT_DEFAULT).cloned().collect()
    }

    /// The contact for `unit`, else the default one, else a general pointer.
    pub fn contact(&self, unit: Option<&str>) -> String {
        unit.and_then(|unit| self.contacts.get(unit))
            .or_else(|| self.contacts.get(CONTACT_DEFAULT))
            .cloned()
            .unwrap_or_else(|| "cán bộ công đoàn cơ sở nơi bạn làm việc".to_owned())
    }
}

#[cfg(test)]
mod tests;
