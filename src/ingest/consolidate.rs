/*!
Consolidated texts as versions of the law they consolidate.
*/

use super::problem::Problem;
use crate::law::Document;

/// Adds versions from consolidated texts.
pub fn apply(_documents: &mut [Document], _overlays: &mut Vec<Document>) -> Vec<(usize, Problem)> {
    Vec::new()
}
