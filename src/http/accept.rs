/*! Which representation a caller wants: the `Accept` header, read with its weights. */

use axum::http::{HeaderMap, header::ACCEPT};

/// Weight, in thousandths, that `accept` gives to `kind/sub`; the most specific range counts.
fn weight(accept: &str, kind: &str, sub: &str) -> u32 {
    let mut best = (0, 0);
    for range in accept.split(',') {
        let mut parts = range.split(';').map(str::trim);
        let name = parts.next().unwrap_or_default().to_ascii_lowercase();
        let Some((range_kind, range_sub)) = name.split_once('/') else { continue };
        let specificity = match (range_kind == kind, range_sub == sub, range_kind, range_sub) {
            (true, true, _, _) => 3,
            (true, _, _, "*") => 2,
            (_, _, "*", "*") => 1,
            _ => continue,
        };
        let quality = parts.find_map(|p| p.strip_prefix("q=")).map_or(1.0, |q| q.parse::<f32>().unwrap_or(0.0));
        if best.0 < specificity {
            best = (specificity, (quality.clamp(0.0, 1.0) * 1000.0) as u32);
        }
    }
    best.1
}

fn header(headers: &HeaderMap) -> String {
    let values = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
    values.collect::<Vec<_>>().join(",")
}

/// Whether JSON is wanted rather than `text/{other}`, which is what `*/*` and silence mean.
pub(super) fn prefers_json(headers: &HeaderMap, other: &str) -> bool {
    let accept = header(headers);
    weight(&accept, "text", other) < weight(&accept, "application", "json")
}

/// Whether a page is wanted: a browser names `text/html`, programs do not.
pub(super) fn prefers_page(headers: &HeaderMap) -> bool {
    let accept = header(headers);
    let names_html = accept.to_ascii_lowercase().contains("text/html");
    names_html && weight(&accept, "application", "json") <= weight(&accept, "text", "html")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(accept: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, accept.parse().unwrap());
        headers
    }

    #[test]
    fn the_more_specific_range_and_the_higher_weight_win() {
        for (accept, json) in [
            ("application/json", true),
            ("*/*", false),
            ("text/html,application/xhtml+xml,*/*;q=0.8", false),
            ("text/html;q=0.5, application/json", true),
            ("application/json;q=0.1, text/html", false),
            ("application/*", true),
            ("nonsense", false),
            ("APPLICATION/JSON; q=1", true),
        ] {
            assert_eq!(prefers_json(&headers(accept), "html"), json, "{accept}");
        }
        assert!(!prefers_json(&HeaderMap::new(), "html"));
        assert!(!prefers_page(&headers("*/*")));
        assert!(prefers_page(&headers("text/html,*/*;q=0.8")));
    }
}
