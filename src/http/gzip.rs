/*!
A stream of text, compressed piece by piece.

Owns what general compression cannot do: every piece is flushed, so that a reader on a slow
line gets the clauses found before the answer is written, in a third of the bytes.
*/

use std::{convert::Infallible, io::Write as _};

use axum::{
    body::Bytes,
    http::{HeaderMap, header::ACCEPT_ENCODING},
};
use flate2::{Compression, write::GzEncoder};
use futures_util::{
    StreamExt as _,
    stream::{self, Stream},
};

/// Whether the reader takes gzip: named, or `*`, and not with weight 0.
pub(super) fn accepted(headers: &HeaderMap) -> bool {
    let values = headers.get_all(ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    let mut any = None;
    for coding in values.flat_map(|value| value.split(',')) {
        let mut parts = coding.split(';').map(str::trim);
        let name = parts.next().unwrap_or_default();
        let weight = parts.find_map(|part| part.strip_prefix("q=")).map_or(Ok(1.0), str::parse::<f32>);
        let takes = weight.is_ok_and(|weight| 0.0 < weight);
        if name.eq_ignore_ascii_case("gzip") {
            return takes;
        }
        if name == "*" {
            any = Some(takes);
        }
    }
    any.unwrap_or(false)
}

/// `pieces` as one gzip stream, each flushed so that it can be read when it arrives.
pub(super) fn pieces(
    pieces: impl Stream<Item = Result<String, Infallible>> + Send + 'static,
) -> impl Stream<Item = std::io::Result<Bytes>> + Send + 'static {
    let encoder = GzEncoder::new(Vec::new(), Compression::default());
    stream::unfold((Box::pin(pieces), Some(encoder)), |(mut pieces, encoder)| async move {
        let mut encoder = encoder?;
        match pieces.next().await {
            Some(Ok(piece)) => {
                let written = flushed(&mut encoder, &piece);
                Some((written, (pieces, Some(encoder))))
            }
            None => Some((encoder.finish().map(Bytes::from), (pieces, None))),
        }
    })
}

fn flushed(encoder: &mut GzEncoder<Vec<u8>>, piece: &str) -> std::io::Result<Bytes> {
    encoder.write_all(piece.as_bytes())?;
    encoder.flush()?;
    Ok(std::mem::take(encoder.get_mut()).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gzip_is_taken_where_it_is_named_and_not_refused() {
        for (value, expected) in [
            ("gzip, deflate, br", true),
            ("br;q=1, GZIP;q=0.2", true),
            ("gzip;q=0, *", false),
            ("*", true),
            ("*;q=0", false),
            ("identity", false),
            ("", false),
            ("gzip;q=x", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT_ENCODING, value.parse().unwrap());
            assert_eq!(accepted(&headers), expected, "{value}");
        }
        assert!(!accepted(&HeaderMap::new()));
    }
}
