/*! `[limits]`: what a request may cost and how much is kept. */

use std::collections::BTreeMap;

/// Bounds, each with its unit in its name.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Longest question, in characters.
    pub question_chars_max: usize,
    /// Questions waiting for stage (a), beyond those being worked on.
    pub ask_queue_requests_max: usize,
    /// Questions worked on at once.
    pub ask_workers: usize,
    /// Answers waiting for the model.
    pub generate_queue_requests_max: usize,
    /// Longest prompt, in tokens.
    pub prompt_tokens_max: usize,
    /// Longest generated answer, in tokens.
    pub answer_tokens_max: usize,
    /// Longest generation, in milliseconds.
    pub answer_ms_max: u64,
    /// Most hits a search returns.
    pub hits_max: usize,
    /// Most articles cited by an answer.
    pub cited_articles_max: usize,
    /// Most characters quoted by an answer, all quotes together.
    pub quoted_chars_max: usize,
    /// Generations kept for rolling back.
    pub generations_kept: usize,
    /// Share of the active generation's provisions that a reload may remove unconfirmed, in percent.
    pub removed_percent_max: usize,
    /// Passages encoded before a build is activated; with more to encode, words come first.
    pub encode_first_passages_max: usize,
    /// Largest file an admin may upload, in bytes.
    pub upload_bytes_max: usize,
    /// Questions a minute from one address, of all there who are not signed in.
    pub anonymous_questions_per_minute_max: usize,
    /// Questions a minute of one member.
    pub member_questions_per_minute_max: usize,
    /// Days a conversation is kept after its last question.
    pub history_days_kept: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            question_chars_max: 2_000,
            ask_queue_requests_max: 32,
            ask_workers: 2,
            generate_queue_requests_max: 8,
            prompt_tokens_max: 1_600,
            answer_tokens_max: 160,
            answer_ms_max: 60_000,
            hits_max: 100,
            cited_articles_max: 3,
            quoted_chars_max: 600,
            generations_kept: 5,
            removed_percent_max: 5,
            encode_first_passages_max: 4_000,
            upload_bytes_max: 64 << 20,
            anonymous_questions_per_minute_max: 60,
            member_questions_per_minute_max: 60,
            history_days_kept: 730,
        }
    }
}

impl Limits {
    /// Applies `[limits]`; unknown names and zeros are collected in `mistakes`.
    pub(super) fn apply(&mut self, raw: &BTreeMap<String, u64>, mistakes: &mut Vec<String>) {
        for (key, value) in raw {
            let small = usize::try_from(*value).unwrap_or(usize::MAX);
            let slot = match key.as_str() {
                "question_chars_max" => &mut self.question_chars_max,
                "ask_queue_requests_max" => &mut self.ask_queue_requests_max,
                "ask_workers" => &mut self.ask_workers,
                "generate_queue_requests_max" => &mut self.generate_queue_requests_max,
                "prompt_tokens_max" => &mut self.prompt_tokens_max,
                "answer_tokens_max" => &mut self.answer_tokens_max,
                "hits_max" => &mut self.hits_max,
                "cited_articles_max" => &mut self.cited_articles_max,
                "quoted_chars_max" => &mut self.quoted_chars_max,
                "generations_kept" => &mut self.generations_kept,
                "removed_percent_max" => &mut self.removed_percent_max,
                "encode_first_passages_max" => &mut self.encode_first_passages_max,
                "upload_bytes_max" => &mut self.upload_bytes_max,
                "anonymous_questions_per_minute_max" => &mut self.anonymous_questions_per_minute_max,
                "history_days_kept" => &mut self.history_days_kept,
                "member_questions_per_minute_max" => &mut self.member_questions_per_minute_max,
                "answer_ms_max" => {
                    self.answer_ms_max = *value;
                    continue;
                }
                _ => {
                    mistakes.push(format!("limits.{key}: no such limit"));
                    continue;
                }
            };
            if small == 0 {
                mistakes.push(format!("limits.{key}: must be at least 1"));
            }
            *slot = small;
        }
    }
}
