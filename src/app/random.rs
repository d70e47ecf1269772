/*! Ids that cannot be guessed. */

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

use crate::{error::Result, secrets};

/// Random bytes of an id: 128 bits.
const ID_BYTES: usize = 16;

/// A fresh id of 22 characters fit for an address.
///
/// # Errors
/// `Internal` when the system gives no random bits.
pub(super) fn id() -> Result<String> {
    Ok(URL_SAFE_NO_PAD.encode(secrets::random::<ID_BYTES>()?))
}
