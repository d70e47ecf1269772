/*!
What OpenAI's clients send, parsed into a question and the turns before it.

Keys that steer a model (`temperature`, `max_tokens`, …) are tolerated and not used: an answer
here is decided by its evidence. What would be silently wrong is refused: several choices,
pictures, a last message that is no question.
*/

use serde_json::{Map, Value};

use super::{error::ApiError, input};
use crate::{
    answer::{
        AskRequest, Question,
        condense::{TURNS_MAX, Turn},
    },
    app::{App, Asking, Audience, Context},
    error::Error,
    views::{MODEL, MODEL_QUOTING},
};

/// Most messages of one request.
const MESSAGES_MAX: usize = 200;

/// A completion as wanted.
pub(super) struct Wanted {
    pub(super) asking: Asking,
    /// The model as named.
    pub(super) model: String,
    pub(super) streamed: bool,
    /// Whether a stream ends with the usage.
    pub(super) with_usage: bool,
}

/// A message of a client.
struct Message<'a> {
    role: &'a str,
    text: String,
}

/// A completion from a JSON body.
pub(super) fn completion(app: &App, body: &[u8]) -> Result<Wanted, ApiError> {
    let fields =
        input::object(body, "{\"model\": \"congdoan\", \"messages\": [{\"role\": \"user\", \"content\": \"…\"}]}")?;
    let model = input::string(&fields, "model")?.unwrap_or(MODEL);
    if ![MODEL, MODEL_QUOTING].contains(&model) {
        return Err(Error::NotFound { resource: "model", id: model.to_owned() }.into());
    }
    if fields.get("n").is_some_and(|n| !n.is_null() && n.as_u64() != Some(1)) {
        return Err(Error::invalid("n", "mỗi câu hỏi chỉ có một câu trả lời: n phải là 1").into());
    }
    let messages = messages(&fields)?;
    let (question, turns) = split(&messages)?;
    let may_write = input::boolean(&fields, "generate")?.unwrap_or(true);
    let request = AskRequest {
        question: Question::parse(question, app.config().limits.question_chars_max).map_err(|error| match error {
            Error::Invalid { message, .. } => Error::invalid("messages", message),
            other => other,
        })?,
        as_of: input::as_of(app, &fields)?,
        generate: may_write && model != MODEL_QUOTING,
        unit: input::unit("unit", input::string(&fields, "unit")?)?,
        audience: Audience::Public,
    };
    let context = if turns.is_empty() { Context::None } else { Context::Sent(turns) };
    let options = fields.get("stream_options").and_then(Value::as_object);
    let with_usage = options.and_then(|options| options.get("include_usage")).and_then(Value::as_bool);
    Ok(Wanted {
        asking: Asking { context, ..Asking::from(request) },
        model: model.to_owned(),
        streamed: input::boolean(&fields, "stream")?.unwrap_or(false),
        with_usage: with_usage.unwrap_or(false),
    })
}

fn messages(fields: &Map<String, Value>) -> Result<Vec<Message<'_>>, Error> {
    let wrong = |message: String| Error::invalid("messages", message);
    let Some(Value::Array(list)) = fields.get("messages") else {
        return Err(wrong("phải là danh sách các tin nhắn".to_owned()));
    };
    if MESSAGES_MAX < list.len() {
        return Err(wrong(format!("nhiều hơn {MESSAGES_MAX} tin nhắn; hãy gửi các tin nhắn cuối")));
    }
    let read: Option<Vec<_>> = list.iter().map(message).collect();
    read.ok_or_else(|| wrong("mỗi tin nhắn cần `role` và `content` là chữ".to_owned()))
}

fn message(value: &Value) -> Option<Message<'_>> {
    let role = value.get("role")?.as_str()?;
    let text = value.get("content").map_or(Some(String::new()), text_of)?;
    Some(Message { role, text })
}

/// The text of a message's content: a string, or parts that are all text.
fn text_of(content: &Value) -> Option<String> {
    match content {
        Value::Null => Some(String::new()),
        Value::String(text) => Some(text.clone()),
        Value::Array(parts) => {
            let texts: Option<Vec<&str>> = parts
                .iter()
                .map(|part| part.get("text").filter(|_| part["type"] == "text").and_then(Value::as_str))
                .collect();
            Some(texts?.join("\n"))
        }
        _ => None,
    }
}

/// The question, which comes last, and the turns before it.
fn split<'a>(messages: &'a [Message<'_>]) -> Result<(&'a str, Vec<Turn>), Error> {
    let Some((last, before)) = messages.split_last().filter(|(last, _)| last.role == "user") else {
        return Err(Error::invalid("messages", "tin nhắn cuối phải là câu hỏi, với `role` là `user`"));
    };
    let mut turns: Vec<Turn> = Vec::new();
    let mut asked: Option<&str> = None;
    for message in before {
        match (message.role, asked) {
            ("user", _) => asked = Some(&message.text),
            ("assistant", Some(question)) if !message.text.is_empty() => {
                let turn = Turn::from_texts(question, &message.text, &turns);
                if turns.len() == TURNS_MAX {
                    turns.remove(0);
                }
                turns.push(turn);
                asked = None;
            }
            _ => {}
        }
    }
    Ok((&last.text, turns))
}
