/*!
The key file of a data folder and what is derived from it.

One secret of 256 bits in `keys/secret.key`, readable by its owner alone. Every purpose gets
a key of its own by HMAC, so that a hash of one is worth nothing for another.
*/

use std::{
    io::{ErrorKind, Write as _},
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use chacha20poly1305::{
    XChaCha20Poly1305, XNonce,
    aead::{Aead as _, KeyInit as _, Payload},
};
use hmac::{Hmac, Mac as _};
use sha2::Sha256;

use super::{Hash, Purpose, random};
use crate::error::{Error, Result};

/// Length of the secret, in bytes.
const SECRET_BYTES: usize = 32;
/// Length of a block of SHA-256, in bytes.
const BLOCK_BYTES: usize = 64;
/// Length of a nonce, in bytes: random ones of this length do not meet.
const NONCE_BYTES: usize = 24;
/// Rights of the file and of its folder: the owner's alone.
const FILE_MODE: u32 = 0o600;
const FOLDER_MODE: u32 = 0o700;
/// Rights of others, which the file must not have.
const OTHERS_MODE: u32 = 0o077;

/// The keys of a data folder.
pub struct Keys {
    secret: [u8; SECRET_BYTES],
    sealing: XChaCha20Poly1305,
}

impl Keys {
    /// Where the key file of a data folder lies.
    pub fn path(data: &Path) -> PathBuf {
        data.join("keys").join("secret.key")
    }

    /// Opens the key file, and makes one where there is none.
    ///
    /// # Errors
    /// `Unavailable` when it cannot be read or made, when others may read it, or when it
    /// holds no key.
    pub fn open(data: &Path) -> Result<Self> {
        let path = Self::path(data);
        match std::fs::read_to_string(&path) {
            Ok(text) => Self::read(&path, &text),
            Err(e) if e.kind() == ErrorKind::NotFound => Self::create(&path),
            Err(e) => Err(unusable(&path, &format!("cannot be read: {e}"))),
        }
    }

    /// Opens a key file that lies elsewhere; it is never made.
    ///
    /// # Errors
    /// `Unavailable` when it cannot be read, when others may read it, or when it holds no key.
    pub fn open_file(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path).map_err(|e| unusable(path, &format!("cannot be read: {e}")))?;
        Self::read(path, &text)
    }

    /// Keys of a given secret, for tests and for what never comes to a disk.
    pub fn from_secret(secret: [u8; SECRET_BYTES]) -> Self {
        let sealing = XChaCha20Poly1305::new(&derive(&secret, b"seal").into());
        Self { secret, sealing }
    }

    fn read(path: &Path, text: &str) -> Result<Self> {
        let mode = std::fs::metadata(path).map_err(|e| unusable(path, &e.to_string()))?.permissions().mode();
        if mode & OTHERS_MODE != 0 {
            return Err(unusable(path, "may be read by others; run `chmod 600` on it"));
        }
        let bytes = STANDARD.decode(text.trim()).ok().and_then(|bytes| bytes.try_into().ok());
        bytes.map(Self::from_secret).ok_or_else(|| unusable(path, "holds no key of 32 bytes in base64"))
    }

    fn create(path: &Path) -> Result<Self> {
        let secret = random::<SECRET_BYTES>()?;
        let folder = path.parent().unwrap_or(path);
        let wrong = |e: std::io::Error| unusable(path, &format!("cannot be made: {e}"));
        std::fs::DirBuilder::new().recursive(true).mode(FOLDER_MODE).create(folder).map_err(wrong)?;
        // Whole or not at all: a crash must not leave half a key.
        let beside = folder.join(format!(".secret-{}", std::process::id()));
        let mut file = std::fs::OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(FILE_MODE)
            .open(&beside)
            .map_err(wrong)?;
        writeln!(file, "{}", STANDARD.encode(secret)).and_then(|()| file.sync_all()).map_err(wrong)?;
        // A link fails where another process was first; its key is the key then.
        let linked = std::fs::hard_link(&beside, path);
        std::fs::remove_file(&beside).map_err(wrong)?;
        match linked {
            Ok(()) => {
                std::fs::File::open(folder).and_then(|folder| folder.sync_all()).map_err(wrong)?;
                Ok(Self::from_secret(secret))
            }
            Err(e) if e.kind() == ErrorKind::AlreadyExists => {
                let text = std::fs::read_to_string(path).map_err(wrong)?;
                Self::read(path, &text)
            }
            Err(e) => Err(wrong(e)),
        }
    }

    /// The hash of `bytes` under the key of `purpose`.
    pub fn hash(&self, purpose: Purpose, bytes: &[u8]) -> Hash {
        derive(&derive(&self.secret, purpose.label().as_bytes()), bytes)
    }

    /// Encrypts `text`; `place` (a table and column, say) is bound to it, so that it opens nowhere else.
    ///
    /// # Errors
    /// `Internal` when the system gives no random bytes.
    pub fn seal(&self, place: &str, text: &str) -> Result<Vec<u8>> {
        self.seal_bytes(place, text.as_bytes())
    }

    /// The same for a file.
    ///
    /// # Errors
    /// As [`seal`](Self::seal).
    pub fn seal_bytes(&self, place: &str, bytes: &[u8]) -> Result<Vec<u8>> {
        let nonce = random::<NONCE_BYTES>()?;
        let payload = Payload { msg: bytes, aad: place.as_bytes() };
        let sealed = self
            .sealing
            .encrypt(&XNonce::from(nonce), payload)
            .map_err(|_| Error::Internal(anyhow::anyhow!("a text for `{place}` cannot be sealed")))?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    /// The text that was sealed for `place`.
    ///
    /// # Errors
    /// `Internal` when it was sealed under another key, for another place, or was altered.
    pub fn open_sealed(&self, place: &str, sealed: &[u8]) -> Result<String> {
        let bytes = self.open_sealed_bytes(place, sealed)?;
        String::from_utf8(bytes).map_err(|_| Error::Internal(anyhow::anyhow!("a sealed text of `{place}` is no text")))
    }

    /// The same for a file.
    ///
    /// # Errors
    /// As [`open_sealed`](Self::open_sealed).
    pub fn open_sealed_bytes(&self, place: &str, sealed: &[u8]) -> Result<Vec<u8>> {
        let broken = || Error::Internal(anyhow::anyhow!("a sealed text of `{place}` does not open: wrong key file?"));
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE_BYTES>().ok_or_else(broken)?;
        let payload = Payload { msg: sealed, aad: place.as_bytes() };
        self.sealing.decrypt(&XNonce::from(*nonce), payload).map_err(|_| broken())
    }
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("…")
    }
}

fn derive(key: &[u8; SECRET_BYTES], bytes: &[u8]) -> [u8; 32] {
    // HMAC fills a key that is shorter than its block with zeros; here that is spelled out.
    let mut block = [0; BLOCK_BYTES];
    block[..SECRET_BYTES].copy_from_slice(key);
    let mut mac = Hmac::<Sha256>::new(&block.into());
    mac.update(bytes);
    mac.finalize().into_bytes().into()
}

fn unusable(path: &Path, what: &str) -> Error {
    Error::unavailable(
        format!("key file `{}` {what}", path.display()),
        "sessions, invite codes and stored questions depend on it: bring it back from a backup, or move the database \
         away, too, to begin anew",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_file_is_made_once_for_its_owner_alone() {
        let data = tempfile::tempdir().unwrap();
        let first = Keys::open(data.path()).unwrap();
        let path = Keys::path(data.path());
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(std::fs::metadata(path.parent().unwrap()).unwrap().permissions().mode() & 0o777, 0o700);
        let again = Keys::open(data.path()).unwrap();
        assert_eq!(first.hash(Purpose::Invite, b"x"), again.hash(Purpose::Invite, b"x"));
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        assert!(Keys::open(data.path()).unwrap_err().to_string().contains("chmod 600"));
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        std::fs::write(&path, "nonsense").unwrap();
        assert!(Keys::open(data.path()).unwrap_err().to_string().contains("holds no key"));
    }

    #[test]
    fn hashes_differ_by_purpose_and_key() {
        let (one, other) = (Keys::from_secret([1; 32]), Keys::from_secret([2; 32]));
        assert_eq!(one.hash(Purpose::Invite, b"x"), one.hash(Purpose::Invite, b"x"));
        assert_ne!(one.hash(Purpose::Invite, b"x"), one.hash(Purpose::Session, b"x"));
        assert_ne!(one.hash(Purpose::Invite, b"x"), other.hash(Purpose::Invite, b"x"));
    }

    #[test]
    fn what_is_sealed_opens_with_its_key_in_its_place_unaltered() {
        let keys = Keys::from_secret([1; 32]);
        let sealed = keys.seal("questions", "Tôi bị nợ lương").unwrap();
        assert!(!sealed.windows(4).any(|part| part == "lươn".as_bytes().get(..4).unwrap()));
        assert_ne!(sealed, keys.seal("questions", "Tôi bị nợ lương").unwrap());
        assert_eq!(keys.open_sealed("questions", &sealed).unwrap(), "Tôi bị nợ lương");
        assert!(keys.open_sealed("elsewhere", &sealed).is_err());
        assert!(Keys::from_secret([2; 32]).open_sealed("questions", &sealed).is_err());
        for at in [0, 30, sealed.len() - 1] {
            let mut altered = sealed.clone();
            altered[at] ^= 1;
            assert!(keys.open_sealed("questions", &altered).is_err(), "byte {at}");
        }
        assert!(keys.open_sealed("questions", &sealed[..10]).is_err());
    }
}
