/*! The JSON API for people who write programs. */

use askama::Template;

use super::{Site, render};
use crate::error::Result;

/// One operation of the API.
#[derive(Debug, Clone)]
pub struct DocsOperation {
    /// Method.
    pub method: &'static str,
    /// Address.
    pub path: String,
    /// `anybody`, `member`, `admin`.
    pub who: &'static str,
    /// Schema or query parameters that are sent.
    pub takes: &'static str,
    /// Status and schema that come back.
    pub gives: String,
    /// What it does.
    pub summary: &'static str,
}

#[derive(Template)]
#[template(path = "docs.html")]
struct Docs<'a> {
    site: &'a Site,
    title: &'a str,
    operations: &'a [DocsOperation],
    schemas: &'a [&'a str],
}

/// The JSON API.
///
/// # Errors
/// `Internal` when the template fails.
pub fn docs(site: &Site, operations: &[DocsOperation], schemas: &[&str]) -> Result<String> {
    render(&Docs { site, title: "API", operations, schemas })
}
