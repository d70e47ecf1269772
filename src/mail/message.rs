/*! A message as a mail program takes it (RFC 5322, MIME): plain text, nothing else. Pure. */

use base64::{Engine as _, engine::general_purpose::STANDARD};
use jiff::{Timestamp, tz};
use serde::{Deserialize, Serialize};

/// Longest line of an encoded body, in characters.
const LINE_CHARS_MAX: usize = 76;
/// Bytes of a subject in one encoded word: the word may have 75 characters.
const SUBJECT_BYTES_MAX: usize = 39;
/// Hours of Vietnam's clock ahead of UTC.
const OFFSET_HOURS: i8 = 7;

/// A message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Address it comes from.
    pub from: String,
    /// Address it goes to.
    pub to: String,
    /// Subject.
    pub subject: String,
    /// Text, `\n` between lines.
    pub text: String,
    /// Address of the page that ends such mails, where there is one.
    pub unsubscribe: Option<String>,
}

impl Message {
    /// The whole message, lines ending with `end`; `id` names it for good, so that a mail program that
    /// is given it twice can tell.
    pub fn whole(&self, id: i64, made_at: Timestamp, end: &str) -> String {
        let host = self.from.rsplit('@').next().unwrap_or_default();
        let date = tz::TimeZone::fixed(tz::offset(OFFSET_HOURS)).to_datetime(made_at);
        let mut lines = vec![
            format!("From: <{}>", one_line(&self.from)),
            format!("To: <{}>", one_line(&self.to)),
            format!("Subject: {}", encoded_words(&self.subject, end)),
            format!("Date: {} +0700", date.strftime("%a, %d %b %Y %H:%M:%S")),
            format!("Message-ID: <{id}.{}@{}>", made_at.as_millisecond(), one_line(host)),
            "Auto-Submitted: auto-generated".to_owned(),
            "MIME-Version: 1.0".to_owned(),
            "Content-Type: text/plain; charset=utf-8".to_owned(),
            "Content-Transfer-Encoding: base64".to_owned(),
        ];
        if let Some(address) = &self.unsubscribe {
            lines.push(format!("List-Unsubscribe: <{}>", one_line(address)));
            lines.push("List-Unsubscribe-Post: List-Unsubscribe=One-Click".to_owned());
        }
        lines.push(String::new());
        let body = STANDARD.encode(self.text.replace('\n', "\r\n"));
        let pieces = body.as_bytes().chunks(LINE_CHARS_MAX).map(|line| String::from_utf8_lossy(line).into_owned());
        lines.extend(pieces);
        lines.join(end) + end
    }
}

/// What cannot begin another header.
fn one_line(text: &str) -> String {
    text.chars().filter(|sign| !sign.is_control() && !matches!(sign, '<' | '>')).collect()
}

/// A text as encoded words (RFC 2047), cut between characters.
fn encoded_words(text: &str, end: &str) -> String {
    let mut words = vec![String::new()];
    for sign in text.chars().filter(|sign| !sign.is_control()) {
        if SUBJECT_BYTES_MAX < words.last().map_or(0, String::len) + sign.len_utf8() {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut() {
            word.push(sign);
        }
    }
    let words: Vec<String> = words.iter().map(|word| format!("=?utf-8?B?{}?=", STANDARD.encode(word))).collect();
    words.join(&format!("{end} "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_ascii_with_short_lines_and_no_header_of_a_stranger() {
        let message = Message {
            from: "may@congdoan.example".to_owned(),
            to: "an@vi.example>\r\nBcc: <x@y.example".to_owned(),
            subject: format!("Thông báo\r\nX: {}", "dài ".repeat(30)),
            text: "Chào bạn,\nCó thông báo mới.".to_owned(),
            unsubscribe: Some("https://congdoan.example/thu/abc".to_owned()),
        };
        let whole = message.whole(7, "2026-01-01T00:00:00Z".parse().unwrap(), "\r\n");
        assert!(whole.is_ascii() && whole.lines().all(|line| line.len() <= 78), "{whole}");
        let (head, body) = whole.split_once("\r\n\r\n").unwrap();
        let names: Vec<&str> = head
            .split("\r\n")
            .filter(|line| !line.starts_with(' '))
            .map(|line| line.split(':').next().unwrap())
            .collect();
        assert_eq!(
            names,
            [
                "From",
                "To",
                "Subject",
                "Date",
                "Message-ID",
                "Auto-Submitted",
                "MIME-Version",
                "Content-Type",
                "Content-Transfer-Encoding",
                "List-Unsubscribe",
                "List-Unsubscribe-Post"
            ]
        );
        assert!(head.contains("Date: Thu, 01 Jan 2026 07:00:00 +0700"), "{head}");
        let text = STANDARD.decode(body.replace("\r\n", "")).unwrap();
        assert_eq!(String::from_utf8(text).unwrap(), "Chào bạn,\r\nCó thông báo mới.");
        let subject = head.split("Subject: ").nth(1).unwrap().split("\r\nDate").next().unwrap();
        let parts = subject.split("\r\n ").map(|word| {
            let word = word.strip_prefix("=?utf-8?B?").unwrap().strip_suffix("?=").unwrap();
            String::from_utf8(STANDARD.decode(word).unwrap()).unwrap()
        });
        assert_eq!(parts.collect::<String>(), format!("Thông báoX: {}", "dài ".repeat(30)));
    }
}
