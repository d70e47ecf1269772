/*! What the port of replies promises, written once and run on each backend. */

use super::contract::{later, now};
use crate::replies::{ReplyStore, Standing};

pub(super) async fn a_write_is_done_once_under_its_key(store: &dyn ReplyStore) {
    let (key, other, request) = ([1; 32], [2; 32], [7; 32]);
    assert_eq!(store.begin(&key, &request, now()).await.unwrap(), Standing::First);
    assert_eq!(store.begin(&key, &request, now()).await.unwrap(), Standing::UnderWay);
    store.end(&key, 201, b"reply").await.unwrap();
    assert_eq!(store.begin(&key, &request, now()).await.unwrap(), Standing::Done(201, b"reply".to_vec()));
    assert_eq!(store.begin(&key, &[8; 32], now()).await.unwrap(), Standing::Other, "what is sent must be the same");
    assert_eq!(store.begin(&other, &request, later(5)).await.unwrap(), Standing::First, "keys are apart");
    store.forget(&other).await.unwrap();
    assert_eq!(store.begin(&other, &request, later(5)).await.unwrap(), Standing::First, "it came to nothing");
    assert_eq!(store.drop_replies(later(5)).await.unwrap(), 1);
    assert_eq!(store.begin(&key, &request, later(6)).await.unwrap(), Standing::First, "it was dropped");
}
