/*! `GET /api/v1/search`: ranked provisions. */

use axum::{
    Json,
    extract::{Query, State},
};

use super::{
    error::ApiError,
    input::{self, Parameters},
    who::{Client, CurrentVisitor},
};
use crate::{app::App, views::SearchJson};

/// Searches the law.
pub(super) async fn search(
    State(app): State<App>,
    CurrentVisitor(visitor): CurrentVisitor,
    Client(client): Client,
    Query(parameters): Query<Parameters>,
) -> Result<Json<SearchJson>, ApiError> {
    let mut request = input::search_request(&app, &parameters)?;
    app.admit(&visitor, &client)?;
    request.audience = app.audience(&visitor).await?;
    let found = app.search(request).await?;
    Ok(Json(SearchJson::from(&found)))
}
