/*!
`/openapi.json` (OpenAPI 3.1) and `/docs`: the JSON API as other programs and people read it.

The document is made of two tables of plain lines ([`table`]), once. Tests hold the tables to the
routes (each of the API stands here with each method, and no other) and to what is really sent
(replies of a running server fit their schemas, with no field that is not named).
*/

mod feed;
mod table;

use std::sync::LazyLock;

use axum::{Json, extract::State, response::Response};
use serde_json::{Map, Value, json};

use super::{error::ApiError, page, site};
use crate::{
    app::App,
    web::{self, DocsOperation},
};

/// Version of the standard.
const OPENAPI: &str = "3.1.0";
/// Statuses operations may give, with their problem details: all of them, those that take a body,
/// and those that write.
const PROBLEMS: [(&str, &str); 7] = [
    ("401", "Nobody is signed in"),
    ("403", "Not with this key, or not from this page"),
    ("404", "Not there, or not to be seen"),
    ("409", "Against what is"),
    ("422", "A field is wrong; `field` names it"),
    ("429", "Too often or too many; see `Retry-After`"),
    ("503", "A part is not there; see `Retry-After`"),
];
const PROBLEMS_OF_BODIES: [(&str, &str); 3] =
    [("400", "The body cannot be read"), ("408", "The body did not come in time"), ("413", "The body is too long")];
const PROBLEMS_OF_WRITES: [(&str, &str); 2] =
    [("412", "What `If-Match` names has changed"), ("507", "The disk is full: nothing was written, reads go on")];
/// Addresses whose failures take the form that clients of OpenAI's interface read.
const OF_OPENAI: &str = "/v1/";

/// One line of the table.
struct Operation {
    method: &'static str,
    path: &'static str,
    who: &'static str,
    takes: &'static str,
    status: &'static str,
    gives: &'static str,
    summary: &'static str,
}

impl Operation {
    fn read(line: &'static str) -> Option<Self> {
        let mut parts = line.splitn(5, " | ");
        let (method, path) = parts.next()?.split_once(' ')?;
        let (who, takes) = (parts.next()?, parts.next()?);
        let (status, gives) = parts.next()?.split_once(' ')?;
        Some(Self { method, path, who, takes, status, gives, summary: parts.next()? })
    }

    /// The address without the types of its parts.
    fn address(&self) -> String {
        let part = |part: &'static str| match part.strip_suffix('}').and_then(|part| part.split_once(':')) {
            Some((name, _)) => format!("{name}}}"),
            None => part.to_owned(),
        };
        self.path.split('/').map(part).collect::<Vec<_>>().join("/")
    }

    /// What stands in the address and behind it.
    fn parameters(&self) -> Vec<Value> {
        let in_path = self.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
        let queries = self.takes.split(' ').filter_map(|word| word.strip_prefix('?'));
        in_path.map(|part| parameter(part, "path")).chain(queries.map(|part| parameter(part, "query"))).collect()
    }

    fn body(&self) -> Option<&'static str> {
        self.takes.split(' ').find(|word| *word != "-" && !word.starts_with('?'))
    }
}

fn operations() -> Vec<Operation> {
    table::OPERATIONS.lines().chain(feed::OPERATIONS.lines()).filter_map(Operation::read).collect()
}

/// The document.
pub fn document() -> &'static Value {
    static DOCUMENT: LazyLock<Value> = LazyLock::new(made);
    &DOCUMENT
}

fn made() -> Value {
    let mut paths = Map::new();
    for operation in operations() {
        let path = paths.entry(operation.address()).or_insert_with(|| Value::Object(Map::new()));
        if let Value::Object(path) = path {
            path.insert(operation.method.to_lowercase(), described(&operation));
        }
    }
    let schemas: Map<String, Value> = table::SCHEMAS.lines().chain(feed::SCHEMAS.lines()).filter_map(schema).collect();
    json!({
        "openapi": OPENAPI,
        "info": {
            "title": "congdoan",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Legal assistant of a trade union. Writes of members take `Idempotency-Key` (sent again within \
                24 hours they get the first reply, marked `Idempotency-Replayed: true`) and `If-Match` with the `ETag` of what \
                they concern (412 where that has changed).",
        },
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "session": { "type": "apiKey", "in": "cookie", "name": "__Host-phien" },
                "key": { "type": "http", "scheme": "bearer" },
            },
        },
    })
}

/// `name`, `name:type`, `name!` for one that must be there.
fn parameter(part: &str, place: &str) -> Value {
    let (name, kind) = part.split_once(':').unwrap_or((part, "text"));
    let is_required = place == "path" || name.ends_with('!');
    let mut schema = typed(kind);
    if place == "path" && kind == "text" {
        schema["minLength"] = json!(1);
    }
    json!({ "name": name.trim_end_matches('!'), "in": place, "required": is_required, "schema": schema })
}

/// What is sent or comes back as.
fn content(gives: &str) -> Map<String, Value> {
    let mut content = Map::new();
    for kind in gives.split('+').filter(|kind| *kind != "-") {
        match kind {
            "events" => content.insert("text/event-stream".to_owned(), json!({})),
            "file" => content.insert("application/octet-stream".to_owned(), json!({})),
            "plain" => content.insert("text/plain".to_owned(), json!({ "schema": typed("text") })),
            name => content.insert("application/json".to_owned(), json!({ "schema": typed(name) })),
        };
    }
    content
}

fn responses(operation: &Operation) -> Map<String, Value> {
    let mut responses = Map::new();
    let mut done = json!({ "description": "Done" });
    let content = content(operation.gives);
    if !content.is_empty() {
        done["content"] = Value::Object(content);
    }
    responses.insert(operation.status.to_owned(), done);
    let is_write = operation.method != "GET";
    let problems = PROBLEMS.iter().chain(PROBLEMS_OF_BODIES.iter().filter(|_| operation.body().is_some()));
    for (status, description) in problems.chain(PROBLEMS_OF_WRITES.iter().filter(|_| is_write)) {
        let (kind, schema) = match operation.path.strip_prefix(OF_OPENAI) {
            Some(_) => ("application/json", "OpenAiProblem"),
            None => ("application/problem+json", "Problem"),
        };
        let content = json!({ kind: { "schema": typed(schema) } });
        responses.insert((*status).to_owned(), json!({ "description": description, "content": content }));
    }
    responses
}

fn described(operation: &Operation) -> Value {
    let address = operation.address();
    let id: String =
        address.split(['/', '{', '}', '-', '.']).filter(|part| !part.is_empty()).collect::<Vec<_>>().join("_");
    let mut described = json!({
        "operationId": format!("{}_{id}", operation.method.to_lowercase()),
        "summary": operation.summary,
        "parameters": operation.parameters(),
        "responses": responses(operation),
        "security": match operation.who {
            "member" => json!([{ "session": [] }, { "key": [] }]),
            "admin" => json!([{ "session": [] }, { "key": [] }]),
            _ => json!([]),
        },
    });
    if let Some(body) = operation.body() {
        let (body, is_required) = body.strip_suffix('?').map_or((body, true), |body| (body, false));
        described["requestBody"] = json!({ "required": is_required, "content": content(body) });
    }
    described
}

/// `Name: field type, …`, or `Name = a|b`.
fn schema(line: &str) -> Option<(String, Value)> {
    if let Some((name, words)) = line.split_once(" = ") {
        return Some((name.to_owned(), typed(words)));
    }
    let (name, fields) = line.split_once(": ")?;
    let (mut properties, mut required) = (Map::new(), Vec::new());
    for field in fields.split(", ") {
        let (field, kind) = field.split_once(' ')?;
        if !field.ends_with('~') {
            required.push(field);
        }
        properties.insert(field.trim_end_matches('~').to_owned(), typed(kind));
    }
    Some((name.to_owned(), json!({ "type": "object", "properties": properties, "required": required })))
}

/// A type as the tables write it.
fn typed(kind: &str) -> Value {
    if let Some(inner) = kind.strip_suffix('?') {
        return json!({ "anyOf": [typed(inner), { "type": "null" }] });
    }
    if let Some(inner) = kind.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        return json!({ "type": "array", "items": typed(inner) });
    }
    if let Some(inner) = kind.strip_prefix('<').and_then(|rest| rest.strip_suffix('>')) {
        return json!({ "type": "object", "additionalProperties": typed(inner) });
    }
    if kind.contains('|') {
        return json!({ "type": "string", "enum": kind.split('|').collect::<Vec<_>>() });
    }
    match kind {
        "text" => json!({ "type": "string" }),
        "date" => json!({ "type": "string", "format": "date" }),
        "time" => json!({ "type": "string", "format": "date-time" }),
        "int" => json!({ "type": "integer" }),
        "number" => json!({ "type": "number" }),
        "bool" => json!({ "type": "boolean" }),
        "flag" => json!({ "type": "string", "enum": ["", "0", "1", "false", "true"] }),
        "Any" => json!({}),
        name => json!({ "$ref": format!("#/components/schemas/{name}") }),
    }
}

/// The document.
pub(super) async fn json_document() -> Json<&'static Value> {
    Json(document())
}

/// The same for people.
pub(super) async fn docs(State(app): State<App>) -> Result<Response, ApiError> {
    let operation = |operation: Operation| DocsOperation {
        method: operation.method,
        path: operation.address(),
        who: operation.who,
        takes: operation.takes,
        gives: format!("{} {}", operation.status, operation.gives),
        summary: operation.summary,
    };
    let operations: Vec<DocsOperation> = operations().into_iter().map(operation).collect();
    let schemas: Vec<&str> = table::SCHEMAS.lines().filter(|line| !line.is_empty()).collect();
    page(web::docs(&site(&app, None), &operations, &schemas)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_read_and_every_name_is_there() {
        let told = |lists: [&str; 2]| lists.iter().flat_map(|l| l.lines()).filter(|line| !line.is_empty()).count();
        assert_eq!(operations().len(), told([table::OPERATIONS, feed::OPERATIONS]));
        let schemas = document()["components"]["schemas"].as_object().unwrap();
        assert_eq!(schemas.len(), told([table::SCHEMAS, feed::SCHEMAS]));
        let text = document().to_string();
        for (_, rest) in text.match_indices("#/components/schemas/").map(|(at, start)| text.split_at(at + start.len()))
        {
            let name = rest.split('"').next().unwrap();
            assert!(schemas.contains_key(name), "`{name}` is named and not told");
        }
    }
}
