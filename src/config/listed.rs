/*!
The settings in force, one by one, with where each comes from; secrets are told as set or not.

What a page shows is read off the resolved settings, never off the file: a setting that was
overruled must not look as if it held.
*/

use std::{collections::BTreeMap, fmt::Display, path::PathBuf};

use super::{Config, GeneratorKind, MailWay, RemoteConfig, Secret};

/// Where a setting comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// Nobody set it.
    Default,
    /// The settings file.
    File,
    /// The environment.
    Environment,
    /// The command line.
    Flag,
}

/// The value of a setting as it may be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shown {
    /// As text.
    Text(String),
    /// A secret that is set.
    Hidden,
    /// Nothing is set, and nothing stands in for it.
    Unset,
}

/// A setting in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// `section.key`, as the settings file names it.
    pub key: String,
    /// Its value.
    pub value: Shown,
    /// Where it comes from.
    pub origin: Origin,
}

/// The keys of a settings file.
pub(super) fn of_file(table: &toml::Table) -> BTreeMap<String, Origin> {
    let sections = table.iter().filter_map(|(section, value)| Some((section, value.as_table()?)));
    let keys = sections.flat_map(|(section, keys)| keys.keys().map(move |key| format!("{section}.{key}")));
    keys.map(|key| (key, Origin::File)).collect()
}

fn text(value: impl Display) -> Shown {
    Shown::Text(value.to_string())
}

fn maybe<T>(value: Option<&T>, show: impl Fn(&T) -> Shown) -> Shown {
    value.map_or(Shown::Unset, show)
}

fn path(value: Option<&PathBuf>) -> Shown {
    maybe(value, |path| text(path.display()))
}

fn secret(value: Option<&Secret>) -> Shown {
    maybe(value, |_secret| Shown::Hidden)
}

impl Config {
    /// Every setting in force, section by section.
    pub fn listed(&self) -> Vec<Setting> {
        let mut all = self.http_and_paths();
        all.extend(self.models_and_generator());
        all.extend(self.keys_and_accounts());
        all.extend(self.listed_mail());
        all.extend(self.listed_limits());
        all.extend(self.contacts.iter().map(|(unit, contact)| (format!("contacts.{unit}"), text(contact))));
        let setting = |(key, value): (String, Shown)| Setting {
            origin: self.origins.get(&key).copied().unwrap_or(Origin::Default),
            key,
            value,
        };
        all.into_iter().map(setting).collect()
    }

    fn http_and_paths(&self) -> Vec<(String, Shown)> {
        let (http, paths) = (&self.http, &self.paths);
        let corpus: Vec<String> = paths.corpus.iter().map(|path| path.display().to_string()).collect();
        named([
            ("http.listen", text(http.listen)),
            ("http.public_url", maybe(http.public_url.as_ref(), |url| text(url))),
            ("http.behind_proxy", text(http.behind_proxy)),
            ("http.body_bytes_max", text(http.body_bytes_max)),
            ("http.header_ms_max", text(http.header_ms_max)),
            ("http.write_ms_max", text(http.write_ms_max)),
            ("http.connections_max", text(http.connections_max)),
            ("paths.data", text(paths.data.display())),
            ("paths.corpus", text(corpus.join(" : "))),
            ("paths.models", text(paths.models.display())),
            ("paths.golden", path(paths.golden.as_ref())),
            ("paths.with_uploads", text(paths.with_uploads)),
        ])
    }

    fn models_and_generator(&self) -> Vec<(String, Shown)> {
        let models = &self.models;
        let (kind, remote) = match &self.generator {
            GeneratorKind::Candle => ("candle", None),
            GeneratorKind::OpenAi(remote) => ("openai", Some(remote)),
            GeneratorKind::None => ("none", None),
        };
        // Of the local model's own there is nothing but its name.
        let of = |show: &dyn Fn(&RemoteConfig) -> Shown| remote.map_or(Shown::Unset, show);
        named([
            ("models.embedder", text(&models.embedder)),
            ("models.generator", text(&models.generator)),
            ("models.threads", text(models.threads)),
            ("generator.kind", text(kind)),
            ("generator.base_url", of(&|remote| text(&remote.base_url))),
            ("generator.allow_http", of(&|remote| text(remote.allow_http))),
            ("generator.model", of(&|remote| text(&remote.model))),
            ("generator.key", of(&|remote| secret(remote.key.as_ref()))),
            ("generator.key_file", of(&|remote| path(remote.key_file.as_ref()))),
            ("generator.local_fallback", of(&|remote| text(remote.local_fallback))),
            ("generator.connect_ms_max", of(&|remote| text(remote.connect_ms_max))),
            ("generator.read_ms_max", of(&|remote| text(remote.read_ms_max))),
            ("generator.retries_max", of(&|remote| text(remote.retries_max))),
            ("generator.failures_max", of(&|remote| text(remote.failures_max))),
            ("generator.pause_ms", of(&|remote| text(remote.pause_ms))),
            ("generator.requests_at_once_max", of(&|remote| text(remote.requests_at_once_max))),
        ])
    }

    fn keys_and_accounts(&self) -> Vec<(String, Shown)> {
        named([
            ("api.key", secret(self.api.key.as_ref())),
            ("api.key_file", path(self.api.key_file.as_ref())),
            ("admin.token", secret(self.admin.token.as_ref())),
            ("admin.token_file", path(self.admin.token_file.as_ref())),
            ("accounts.anonymous_asking", text(self.accounts.anonymous_asking)),
            ("accounts.sms_log", path(self.accounts.sms_log.as_ref())),
        ])
    }

    fn listed_mail(&self) -> Vec<(String, Shown)> {
        let mail = self.mail.as_ref();
        let (outbox, command) = match mail.map(|mail| &mail.way) {
            Some(MailWay::Outbox(folder)) => (Some(folder), None),
            Some(MailWay::Command(program)) => (None, Some(program)),
            None => (None, None),
        };
        named([
            ("mail.from", maybe(mail, |mail| text(&mail.from))),
            ("mail.outbox", path(outbox)),
            ("mail.command", path(command)),
        ])
    }

    fn listed_limits(&self) -> Vec<(String, Shown)> {
        let limits = &self.limits;
        named([
            ("limits.question_chars_max", text(limits.question_chars_max)),
            ("limits.ask_queue_requests_max", text(limits.ask_queue_requests_max)),
            ("limits.ask_workers", text(limits.ask_workers)),
            ("limits.generate_queue_requests_max", text(limits.generate_queue_requests_max)),
            ("limits.prompt_tokens_max", text(limits.prompt_tokens_max)),
            ("limits.answer_tokens_max", text(limits.answer_tokens_max)),
            ("limits.answer_ms_max", text(limits.answer_ms_max)),
            ("limits.hits_max", text(limits.hits_max)),
            ("limits.cited_articles_max", text(limits.cited_articles_max)),
            ("limits.quoted_chars_max", text(limits.quoted_chars_max)),
            ("limits.generations_kept", text(limits.generations_kept)),
            ("limits.removed_percent_max", text(limits.removed_percent_max)),
            ("limits.encode_first_passages_max", text(limits.encode_first_passages_max)),
            ("limits.upload_bytes_max", text(limits.upload_bytes_max)),
            ("limits.anonymous_questions_per_minute_max", text(limits.anonymous_questions_per_minute_max)),
            ("limits.member_questions_per_minute_max", text(limits.member_questions_per_minute_max)),
            ("limits.history_days_kept", text(limits.history_days_kept)),
        ])
    }
}

fn named<const N: usize>(settings: [(&str, Shown); N]) -> Vec<(String, Shown)> {
    settings.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::config::{Limits, RawConfig};

    fn read(text: &str, environment: &[(&str, &str)]) -> Config {
        let environment = environment.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned()));
        RawConfig::read(text, environment).and_then(Config::resolve).unwrap()
    }

    fn of(config: &Config, key: &str) -> (Shown, Origin) {
        let found = config.listed().into_iter().find(|setting| setting.key == key);
        found.map(|setting| (setting.value, setting.origin)).unwrap_or_else(|| panic!("{key} is not listed"))
    }

    /// Keys a section knows, as told by the refusal of one it does not.
    fn keys_of(section: &str) -> Vec<String> {
        let refused = RawConfig::read(&format!("[{section}]\nno_such_key = 1"), std::iter::empty()).unwrap_err();
        let text = refused.to_string();
        let (_, expected) = text.rsplit_once("expected").unwrap();
        expected.lines().next().unwrap().split('`').skip(1).step_by(2).map(|key| format!("{section}.{key}")).collect()
    }

    #[test]
    fn every_setting_is_listed_once() {
        let listed: Vec<String> = read("", &[]).listed().into_iter().map(|setting| setting.key).collect();
        let mut known: BTreeSet<String> = BTreeSet::new();
        for section in ["http", "paths", "models", "generator", "api", "admin", "accounts", "mail"] {
            known.extend(keys_of(section));
        }
        let limits = format!("{:?}", Limits::default());
        let limits = limits.trim_start_matches("Limits {").trim_end_matches('}').split(',');
        known.extend(limits.filter_map(|pair| Some(format!("limits.{}", pair.split_once(':')?.0.trim()))));
        assert!(50 < known.len(), "{known:?}");
        assert_eq!(listed.iter().cloned().collect::<BTreeSet<_>>(), known);
        assert_eq!(listed.len(), known.len(), "none twice");
    }

    #[test]
    fn a_setting_says_where_it_comes_from() {
        let text = "[limits]\nhits_max = 5\nask_workers = 3\n[contacts]\ndefault = 'Chị An'";
        let config = read(text, &[("CONGDOAN__LIMITS__ASK_WORKERS", "4")]);
        assert_eq!(of(&config, "limits.hits_max"), (Shown::Text("5".to_owned()), Origin::File));
        assert_eq!(of(&config, "limits.ask_workers"), (Shown::Text("4".to_owned()), Origin::Environment));
        assert_eq!(of(&config, "limits.answer_ms_max").1, Origin::Default);
        assert_eq!(of(&config, "contacts.default"), (Shown::Text("Chị An".to_owned()), Origin::File));
        assert_eq!(of(&config, "paths.golden"), (Shown::Unset, Origin::Default));
    }

    #[test]
    fn secrets_are_told_as_set_and_no_more() {
        let text = "[admin]\ntoken = 'abcdefghijklmnopqrstuvwx'\n[api]\nkey = 'abcdefghijklmnopqrstuvwx'\n[generator]\n\
                    kind = 'openai'\nbase_url = 'https://may.example/v1'\nmodel = 'm'\nkey = 'abcdefghijklmnopqrstuvwx'";
        let config = read(text, &[]);
        for key in ["admin.token", "api.key", "generator.key"] {
            assert_eq!(of(&config, key).0, Shown::Hidden, "{key}");
        }
        assert!(!format!("{:?}", config.listed()).contains("abcdef"));
    }
}
