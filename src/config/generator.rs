/*!
`[generator]` and `[api]`: who writes the answers, and who may use OpenAI's interface.

Owns the rule what leaves the machine: nothing but to the server an administrator names here,
encrypted, unless that server is this machine or plain text is allowed in so many words.
*/

use std::path::PathBuf;

use serde::Deserialize;

use super::Secret;

/// Who writes the answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GeneratorKind {
    /// A GGUF file on this machine: `models.generator`.
    Candle,
    /// A server that speaks OpenAI's interface.
    OpenAi(RemoteConfig),
    /// Nobody: the clauses alone.
    None,
}

/// A server that speaks OpenAI's interface.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoteConfig {
    /// Address up to and with `/v1`, without a slash at the end.
    pub base_url: String,
    /// Whether an unencrypted address on another machine is meant so.
    pub allow_http: bool,
    /// Model to ask for.
    pub model: String,
    /// Key sent as bearer token.
    pub key: Option<Secret>,
    /// A file that holds it.
    pub key_file: Option<PathBuf>,
    /// Whether the model of `models.generator` takes over when the server fails.
    pub local_fallback: bool,
    /// Longest time to connect, in milliseconds.
    pub connect_ms_max: u64,
    /// Longest silence of the server, before the first piece and between two, in milliseconds.
    pub read_ms_max: u64,
    /// Further tries before the first piece of an answer.
    pub retries_max: u32,
    /// Failures in a row after which the server is left alone for a while.
    pub failures_max: u32,
    /// How long it is left alone, in milliseconds.
    pub pause_ms: u64,
    /// Answers asked of it at once.
    pub requests_at_once_max: usize,
}

/// OpenAI's interface to this program.
#[derive(Debug, Clone, Default)]
pub struct ApiConfig {
    /// Key that callers of `/v1` must send; without one everybody may.
    pub key: Option<Secret>,
    /// A file that holds it.
    pub key_file: Option<PathBuf>,
}

/// `[generator]` as written.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RawGenerator {
    /// `candle`, `openai` or `none`; `candle` where absent.
    pub kind: Option<String>,
    /// See [`RemoteConfig::base_url`].
    pub base_url: Option<String>,
    /// See [`RemoteConfig::model`].
    pub model: Option<String>,
    /// See [`RemoteConfig::key`].
    pub key: Option<Secret>,
    /// See [`RemoteConfig::key_file`].
    pub key_file: Option<PathBuf>,
    /// Whether an unencrypted address on another machine is meant so.
    pub allow_http: Option<bool>,
    /// See [`RemoteConfig::local_fallback`].
    pub local_fallback: Option<bool>,
    /// See [`RemoteConfig::connect_ms_max`].
    pub connect_ms_max: Option<u64>,
    /// See [`RemoteConfig::read_ms_max`].
    pub read_ms_max: Option<u64>,
    /// See [`RemoteConfig::retries_max`].
    pub retries_max: Option<u32>,
    /// See [`RemoteConfig::failures_max`].
    pub failures_max: Option<u32>,
    /// See [`RemoteConfig::pause_ms`].
    pub pause_ms: Option<u64>,
    /// See [`RemoteConfig::requests_at_once_max`].
    pub requests_at_once_max: Option<usize>,
}

/// `[api]` as written.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RawApi {
    /// See [`ApiConfig::key`].
    pub key: Option<Secret>,
    /// See [`ApiConfig::key_file`].
    pub key_file: Option<PathBuf>,
}

impl RawGenerator {
    /// Fills in defaults; `local` is `models.generator`.
    pub(super) fn resolve(self, local: &str, mistakes: &mut Vec<String>) -> GeneratorKind {
        match self.kind.as_deref() {
            None | Some("candle") if local == "none" => GeneratorKind::None,
            None | Some("candle") => GeneratorKind::Candle,
            Some("none") => GeneratorKind::None,
            Some("openai") => GeneratorKind::OpenAi(self.remote(local, mistakes)),
            Some(other) => {
                mistakes.push(format!("generator.kind: `{other}` is none of candle, openai, none"));
                GeneratorKind::None
            }
        }
    }

    fn remote(self, local: &str, mistakes: &mut Vec<String>) -> RemoteConfig {
        let base_url = self.base_url.unwrap_or_default().trim_end_matches('/').to_owned();
        if let Err(mistake) = check_address(&base_url, self.allow_http.unwrap_or(false)) {
            mistakes.push(format!("generator.base_url: {mistake}"));
        }
        let model = self.model.unwrap_or_default();
        if model.trim().is_empty() {
            mistakes.push("generator.model: names no model of the server".to_owned());
        }
        if self.key.is_some() && self.key_file.is_some() {
            mistakes.push("generator.key_file: the key is given by generator.key already".to_owned());
        }
        let remote = RemoteConfig {
            base_url,
            allow_http: self.allow_http.unwrap_or(false),
            model,
            key: self.key,
            key_file: self.key_file,
            local_fallback: self.local_fallback.unwrap_or(true) && local != "none",
            connect_ms_max: self.connect_ms_max.unwrap_or(5_000),
            read_ms_max: self.read_ms_max.unwrap_or(30_000),
            retries_max: self.retries_max.unwrap_or(2),
            failures_max: self.failures_max.unwrap_or(3),
            pause_ms: self.pause_ms.unwrap_or(30_000),
            requests_at_once_max: self.requests_at_once_max.unwrap_or(4),
        };
        for (key, is_zero) in [
            ("connect_ms_max", remote.connect_ms_max == 0),
            ("read_ms_max", remote.read_ms_max == 0),
            ("failures_max", remote.failures_max == 0),
            ("requests_at_once_max", remote.requests_at_once_max == 0),
        ] {
            if is_zero {
                mistakes.push(format!("generator.{key}: must be at least 1"));
            }
        }
        remote
    }
}

impl RawApi {
    /// Checks that the key is given once and is long enough.
    pub(super) fn resolve(self, bytes_min: usize, mistakes: &mut Vec<String>) -> ApiConfig {
        if self.key.as_ref().is_some_and(|key| key.expose().trim().len() < bytes_min) {
            mistakes.push(format!("api.key: must be at least {bytes_min} characters long"));
        }
        if self.key.is_some() && self.key_file.is_some() {
            mistakes.push("api.key_file: the key is given by api.key already".to_owned());
        }
        ApiConfig { key: self.key, key_file: self.key_file }
    }
}

/// Whether questions may go to this address.
fn check_address(base_url: &str, allow_http: bool) -> Result<(), String> {
    let (is_encrypted, rest) = match (base_url.strip_prefix("https://"), base_url.strip_prefix("http://")) {
        (Some(rest), _) => (true, rest),
        (_, Some(rest)) => (false, rest),
        _ => return Err(format!("`{base_url}` is no address; write http(s)://HOST[:PORT]/v1")),
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if authority.contains('@') {
        return Err("holds a name or password; give the key by generator.key_file".to_owned());
    }
    let host = host_of(authority);
    if host.is_empty() || rest.contains(['?', '#']) || rest.contains(char::is_whitespace) {
        return Err(format!("`{base_url}` is no address; write http(s)://HOST[:PORT]/v1"));
    }
    if is_encrypted || allow_http || is_this_machine(host) {
        return Ok(());
    }
    Err(format!(
        "questions would go to `{host}` unencrypted; use https, or set generator.allow_http = true if the way is safe"
    ))
}

fn host_of(authority: &str) -> &str {
    match authority.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => authority.split(':').next().unwrap_or_default(),
    }
}

fn is_this_machine(host: &str) -> bool {
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_go_unencrypted_nowhere_but_to_this_machine() {
        for good in ["http://127.0.0.1:8000/v1", "http://localhost/v1", "http://[::1]:1/v1", "https://llm.example/v1"] {
            assert_eq!(check_address(good, false), Ok(()), "{good}");
        }
        for bad in [
            "http://10.0.0.5:8000/v1",
            "http://127.0.0.1.example/v1",
            "http://localhost.example",
            "https://me:secret@llm.example/v1",
            "ftp://llm.example",
            "https://",
            "https:///v1",
            "https://a b/v1",
            "https://llm.example/v1?key=1",
            "",
        ] {
            assert!(check_address(bad, false).is_err(), "{bad}");
        }
        assert_eq!(check_address("http://10.0.0.5:8000/v1", true), Ok(()));
        assert!(!check_address("https://me:secret@llm.example", false).unwrap_err().contains("secret"));
    }

    #[test]
    fn a_server_needs_an_address_and_a_model() {
        let mut mistakes = Vec::new();
        let raw = RawGenerator { kind: Some("openai".to_owned()), read_ms_max: Some(0), ..RawGenerator::default() };
        raw.resolve("none", &mut mistakes);
        let text = mistakes.join("; ");
        for key in ["generator.base_url", "generator.model", "generator.read_ms_max"] {
            assert!(text.contains(key), "{key} not in {text}");
        }
        mistakes.clear();
        let raw = RawGenerator {
            kind: Some("openai".to_owned()),
            base_url: Some("http://127.0.0.1:1/v1/".to_owned()),
            model: Some("m".to_owned()),
            ..RawGenerator::default()
        };
        let GeneratorKind::OpenAi(remote) = raw.clone().resolve("none", &mut mistakes) else { panic!("{mistakes:?}") };
        assert!(mistakes.is_empty() && !remote.local_fallback && remote.base_url == "http://127.0.0.1:1/v1");
        let GeneratorKind::OpenAi(remote) = raw.resolve("x.gguf", &mut mistakes) else { panic!("{mistakes:?}") };
        assert!(remote.local_fallback);
        assert_eq!(RawGenerator::default().resolve("none", &mut mistakes), GeneratorKind::None);
        assert_eq!(RawGenerator::default().resolve("x", &mut mistakes), GeneratorKind::Candle);
        let raw = RawGenerator { kind: Some("gpt".to_owned()), ..RawGenerator::default() };
        raw.resolve("x", &mut mistakes);
        assert!(mistakes.join(";").contains("generator.kind"));
    }
}
