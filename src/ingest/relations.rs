/*!
References found in texts.
*/

use crate::law::Document;

/// Finds relations.
pub fn find(_documents: &mut [Document]) {}
