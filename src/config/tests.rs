//! Settings as users write them.

use super::*;

fn read(text: &str, environment: &[(&str, &str)]) -> Result<Config> {
    let environment = environment.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned()));
    RawConfig::read(text, environment).and_then(Config::resolve)
}

#[test]
fn the_environment_wins_over_the_file() {
    let text = "[http]\nlisten = '127.0.0.1:1'\n[limits]\nhits_max = 5\n[contacts]\ndefault = 'Chị An'";
    let config = read(text, &[("CONGDOAN__HTTP__LISTEN", "127.0.0.1:2"), ("HOME", "/x")]).unwrap();
    assert_eq!(config.http.listen.port(), 2);
    assert_eq!(config.limits.hits_max, 5);
    assert_eq!(config.contact(Some("no such unit")), "Chị An");
    let config = read(text, &[("CONGDOAN__LIMITS__HITS_MAX", "7"), ("CONGDOAN__PATHS__CORPUS", "a:b")]).unwrap();
    assert_eq!(config.limits.hits_max, 7);
    assert_eq!(config.paths.corpus, [PathBuf::from("a"), PathBuf::from("b")]);
}

#[test]
fn a_token_is_text_long_enough_and_never_printed() {
    let config = read("", &[("CONGDOAN__ADMIN__TOKEN", "12345678901234567890")]).unwrap();
    assert_eq!(config.admin.token.as_ref().map(Secret::expose), Some("12345678901234567890"));
    assert!(!format!("{config:?}").contains("1234567890"));
    assert!(read("[admin]\ntoken = 'short'", &[]).unwrap_err().to_string().contains("admin.token"));
}

#[test]
fn all_mistakes_are_reported_at_once_with_their_keys() {
    let error = read("[http]\nlisten = 'nowhere'\n[limits]\nhits_max = 0\nno_such = 1", &[]).unwrap_err().to_string();
    for key in ["http.listen", "limits.hits_max", "limits.no_such"] {
        assert!(error.contains(key), "{key} not in {error}");
    }
    assert!(read("[htp]\nx = 1", &[]).unwrap_err().to_string().contains("htp"));
    assert!(read("", &[("CONGDOAN__X", "1")]).is_err());
}

#[test]
fn the_public_address_is_an_origin_and_truth_comes_from_the_environment() {
    let config = read("[http]\npublic_url = 'https://a.vn/'", &[("CONGDOAN__ACCOUNTS__ANONYMOUS_ASKING", "false")]);
    let config = config.unwrap();
    assert_eq!(config.http.public_url.as_deref(), Some("https://a.vn"));
    assert!(config.http.is_https() && !config.accounts.anonymous_asking);
    assert!(!read("[http]\npublic_url = 'http://a.vn'", &[]).unwrap().http.is_https());
    for bad in ["a.vn", "https://a.vn/x", "ftp://a.vn"] {
        let error = read(&format!("[http]\npublic_url = '{bad}'"), &[]).unwrap_err().to_string();
        assert!(error.contains("http.public_url"), "{bad}: {error}");
    }
}
