/*!
What a server that speaks OpenAI's interface streams: server-sent events with JSON in them.

Pure: lines in, pieces out. What is not understood is an error, never skipped text: a piece
left out of a sentence could turn its sense.
*/

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::StopReason;

/// What thinking models wrap their thoughts in.
const THINK: &str = "<think>";
const THINK_END: &str = "</think>";

/// A piece of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    /// New text.
    Text(String),
    /// Tokens used: of the prompt, of the answer.
    Usage(usize, usize),
    /// The end, and why.
    End(StopReason),
}

/// Joins lines into events and reads them.
#[derive(Debug, Default)]
pub(super) struct EventStream {
    data: Vec<String>,
    ended: Option<StopReason>,
}

impl EventStream {
    /// Takes a line without its end; pieces come when an event is complete.
    pub(super) fn line(&mut self, line: &str) -> Result<Vec<Piece>> {
        if let Some(data) = line.strip_prefix("data:") {
            self.data.push(data.strip_prefix(' ').unwrap_or(data).to_owned());
            return Ok(Vec::new());
        }
        // Comments, names and ids of events say nothing here.
        if line.is_empty() { self.event() } else { Ok(Vec::new()) }
    }

    /// The stream is over: what was begun is read, and an answer without an end is refused.
    pub(super) fn finish(&mut self) -> Result<Vec<Piece>> {
        let mut pieces = self.event()?;
        if !pieces.iter().any(|piece| matches!(piece, Piece::End(_))) {
            let stop = self.ended.context("the stream broke off before the end of the answer")?;
            pieces.push(Piece::End(stop));
        }
        Ok(pieces)
    }

    fn event(&mut self) -> Result<Vec<Piece>> {
        let data = std::mem::take(&mut self.data).join("\n");
        match data.trim() {
            "" => return Ok(Vec::new()),
            "[DONE]" => return Ok(vec![Piece::End(self.ended.unwrap_or(StopReason::End))]),
            _ => {}
        }
        // The text itself is not repeated: it may hold parts of the question.
        let chunk: Value = serde_json::from_str(&data).map_err(|e| anyhow::anyhow!("an event is not JSON: {e}"))?;
        if chunk.get("error").is_some_and(|error| !error.is_null()) {
            bail!("the server reports an error in the stream");
        }
        let mut pieces = Vec::new();
        let choices = chunk.get("choices").and_then(Value::as_array).context("an event has no `choices`")?;
        if let Some(choice) = choices.first() {
            if let Some(text) = choice["delta"]["content"].as_str().filter(|text| !text.is_empty()) {
                pieces.push(Piece::Text(text.to_owned()));
            }
            match choice["finish_reason"].as_str() {
                Some("length") => self.ended = Some(StopReason::Tokens),
                Some(_) => self.ended = Some(StopReason::End),
                None => {}
            }
        }
        let count = |key: &str| usize::try_from(chunk["usage"][key].as_u64()?).ok();
        if let (Some(prompt), Some(answer)) = (count("prompt_tokens"), count("completion_tokens")) {
            pieces.push(Piece::Usage(prompt, answer));
        }
        Ok(pieces)
    }
}

/// Leaves out the thoughts that some models put before their answer.
#[derive(Debug, Default)]
pub(super) struct Thoughtless {
    held: String,
    decided: bool,
    /// Whether thoughts have just ended: white space after them belongs to them.
    trims: bool,
}

impl Thoughtless {
    /// Takes text and gives what of it belongs to the answer.
    pub(super) fn push(&mut self, text: &str) -> String {
        if self.decided {
            let kept = if self.trims { text.trim_start() } else { text };
            self.trims &= kept.is_empty();
            return kept.to_owned();
        }
        self.held.push_str(text);
        let begun = self.held.trim_start();
        if THINK.starts_with(begun) {
            return String::new();
        }
        let rest = match begun.strip_prefix(THINK) {
            None => std::mem::take(&mut self.held),
            Some(thoughts) => match thoughts.split_once(THINK_END) {
                None => return String::new(),
                Some((_, answer)) => {
                    self.trims = answer.trim_start().is_empty();
                    answer.trim_start().to_owned()
                }
            },
        };
        self.decided = true;
        self.held.clear();
        rest
    }

    /// The stream is over: what was held back though it was no thought.
    pub(super) fn finish(&mut self) -> String {
        let held = std::mem::take(&mut self.held);
        if self.decided || held.trim_start().starts_with(THINK) { String::new() } else { held }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(lines: &[&str]) -> Result<Vec<Piece>> {
        let mut stream = EventStream::default();
        let mut pieces = Vec::new();
        for line in lines {
            pieces.extend(stream.line(line)?);
            if pieces.iter().any(|piece| matches!(piece, Piece::End(_))) {
                return Ok(pieces);
            }
        }
        pieces.extend(stream.finish()?);
        Ok(pieces)
    }

    const HI: &str = r#"data: {"choices":[{"delta":{"content":"Chào"},"finish_reason":null}]}"#;

    #[test]
    fn events_become_pieces() {
        let text = Piece::Text("Chào".to_owned());
        assert_eq!(read(&[": ping", HI, "", "data: [DONE]", ""]).unwrap(), [text.clone(), Piece::End(StopReason::End)]);
        let cut = r#"data:{"choices":[{"delta":{},"finish_reason":"length"}]}"#;
        assert_eq!(read(&["event: x", HI, "", cut, ""]).unwrap(), [text.clone(), Piece::End(StopReason::Tokens)]);
        let usage = r#"data: {"choices":[],"usage":{"prompt_tokens":5,"completion_tokens":2,"total_tokens":7}}"#;
        let done = [HI, "", usage, "", "data: [DONE]"];
        assert_eq!(read(&done).unwrap(), [text, Piece::Usage(5, 2), Piece::End(StopReason::End)]);
    }

    #[test]
    fn what_is_not_understood_is_an_error_that_repeats_no_text() {
        for (lines, reason) in [
            (vec![HI, ""], "broke off"),
            (vec![], "broke off"),
            (vec!["data: Chào {", ""], "not JSON"),
            (vec![r#"data: {"error":{"message":"Chào"}}"#, ""], "reports an error"),
            (vec!["data: {}", ""], "no `choices`"),
            (vec![r#"data: {"choices":[{"delta":{"content":"#, ""], "not JSON"),
        ] {
            let error = read(&lines).unwrap_err().to_string();
            assert!(error.contains(reason) && !error.contains("Chào"), "{lines:?}: {error}");
        }
    }

    #[test]
    fn thoughts_are_left_out_wherever_the_stream_is_cut() {
        for (whole, answer) in [
            ("<think>\nhừm <b>\n</think>\n\nĐược 12 ngày [1].", "Được 12 ngày [1]."),
            ("Được 12 ngày [1]. <think>", "Được 12 ngày [1]. <think>"),
            ("<thi", "<thi"),
            ("<think> không hết", ""),
            ("", ""),
        ] {
            for size in 1..6 {
                let mut filter = Thoughtless::default();
                let chars: Vec<char> = whole.chars().collect();
                let mut kept: String = chars.chunks(size).map(|c| filter.push(&c.iter().collect::<String>())).collect();
                kept.push_str(&filter.finish());
                assert_eq!(kept, answer, "{whole} by {size}");
            }
        }
    }

    proptest! {
        #[test]
        fn no_line_makes_it_panic(lines in prop::collection::vec("(data: ?)?\\PC{0,40}", 0..8)) {
            let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
            drop(read(&lines));
        }
    }
}
