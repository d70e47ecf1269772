/*!
The law as courses ask for it: what a provision says today, in the generation that is served.
*/

use std::sync::Arc;

use jiff::civil::Date;

use super::App;
use crate::{
    courses::{LawNow, Provision},
    index::Generation,
    law::{Audience, page::amendment_notes},
};

impl App {
    /// The law of today; without an index nothing is held.
    pub fn law_now(&self) -> LawNow {
        let today = self.today();
        // A lesson is for everybody: it rests on what everybody sees.
        match self.law_for(&Audience::Public) {
            Ok(generation) => {
                LawNow { release: Some(generation.manifest.id.clone()), today, read: reader(generation, today) }
            }
            Err(_) => LawNow { release: None, today, read: Box::new(|_id| Provision::NotHeld) },
        }
    }
}

fn reader(generation: Arc<Generation>, today: Date) -> Box<dyn Fn(&str) -> Provision + Send + Sync> {
    Box::new(move |id| {
        let document = id.split('/').next().unwrap_or_default();
        // A digest tells of a law in our own words; it proves nothing.
        if generation.document(document).is_none_or(|document| document.is_digest()) {
            return Provision::NotHeld;
        }
        match generation.provision(id, today) {
            Some((document, Some(node))) if document.validity(node).in_force_on(today) => Provision::InForce {
                text: document.provision_text(node).to_owned(),
                notes: amendment_notes(document, node),
                citation: document.citation(Some(node)).to_string(),
            },
            _ => Provision::NotInForce,
        }
    })
}
