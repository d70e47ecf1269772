/*! What the log of admins' deeds promises, written once and run on each backend. */

use super::contract::{later, now};
use crate::audit::{ActRow, AuditStore, Deed};

pub(super) async fn deeds_are_told_newest_first_and_by_whom(store: &dyn AuditStore) {
    let row = |subject: &str, minute| ActRow {
        at: later(minute),
        member: None,
        deed: Deed::Activate,
        subject: subject.to_owned(),
    };
    for (subject, minute) in [("một", 1), ("hai", 2), ("ba", 3)] {
        store.put_act(&row(subject, minute)).await.unwrap();
    }
    let acts = store.acts(None, 2).await.unwrap();
    let told: Vec<(&str, bool)> = acts.iter().map(|act| (act.subject.as_str(), act.by.is_none())).collect();
    assert_eq!(told, [("ba", true), ("hai", true)]);
    assert!(now() < acts[0].at && acts[0].deed == Deed::Activate);
    let older = store.acts(Some(acts[1].id), 2).await.unwrap();
    assert_eq!(older.len(), 1);
    assert_eq!(older[0].subject, "một");
}
