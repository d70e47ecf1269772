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
/// Statuses every operation may give, with their problem details.
const PROBLEMS: [(&str, &str); 6] = [
    ("401", "Nobody is signed in"),
    ("403", "Not with this key, or not from this page"),
    ("404", "Not there, or not to be seen"),
    ("409", "Against what is"),
    ("422", "A field is wrong; `field` names it"),
    ("429", "Too often or too many; see `Retry-After`"),
];

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

    /// Names of the schema or query parameters that are sent.
    fn queries(&self) -> Vec<&'static str> {
        self.takes.split(' ').filter_map(|word| word.strip_prefix('?')).collect()
    }

    fn body(&self) -> Option<&'static str> {
        Some(self.takes).filter(|takes| *takes != "-" && !takes.starts_with('?'))
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
        let path = paths.entry(operation.path).or_insert_with(|| Value::Object(Map::new()));
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

fn described(operation: &Operation) -> Value {
    let in_path = operation.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    let parameter = |name: &str, place: &str| json!({ "name": name, "in": place, "required": place == "path", "schema": { "type": "string" } });
    let mut parameters: Vec<Value> = in_path.map(|name| parameter(name, "path")).collect();
    parameters.extend(operation.queries().into_iter().map(|name| parameter(name, "query")));
    let of = |name: &str| json!({ "application/json": { "schema": typed(name) } });
    let mut responses = Map::new();
    let mut done = json!({ "description": "Done" });
    if operation.gives != "-" {
        done["content"] = of(operation.gives);
    }
    responses.insert(operation.status.to_owned(), done);
    for (status, description) in PROBLEMS {
        let content = json!({ "application/problem+json": { "schema": typed("Problem") } });
        responses.insert(status.to_owned(), json!({ "description": description, "content": content }));
    }
    let id: String =
        operation.path.split(['/', '{', '}', '-', '.']).filter(|part| !part.is_empty()).collect::<Vec<_>>().join("_");
    let mut described = json!({
        "operationId": format!("{}_{id}", operation.method.to_lowercase()),
        "summary": operation.summary,
        "parameters": parameters,
        "responses": responses,
        "security": match operation.who {
            "member" => json!([{ "session": [] }, { "key": [] }]),
            "admin" => json!([{ "session": [] }, { "key": [] }]),
            _ => json!([]),
        },
    });
    if let Some(body) = operation.body() {
        described["requestBody"] = json!({ "required": true, "content": of(body) });
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
        path: operation.path,
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
