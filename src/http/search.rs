/*! `GET /api/v1/search`: ranked provisions. */

use axum::{
    Json,
    extract::{Query, State},
};

use super::{
    error::ApiError,
    input::{self, Parameters},
};
use crate::{app::App, views::SearchJson};

/// Searches the law.
pub(super) async fn search(
    State(app): State<App>,
    Query(parameters): Query<Parameters>,
) -> Result<Json<SearchJson>, ApiError> {
    let request = input::search_request(&app, &parameters)?;
    let found = app.search(request).await?;
    Ok(Json(SearchJson::from(&found)))
}
