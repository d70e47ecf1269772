/*!
Passwords: a rule for choosing one, and argon2id on threads of their own.

Hashing is slow and takes memory by intent, so it runs on a bounded pool: a flood of
sign-ins is refused at its queue and never takes the machine from who asks questions.
*/

use argon2::{
    Algorithm, Argon2, Params, PasswordHasher as _, PasswordVerifier as _, Version, password_hash::phc::PasswordHash,
};
use unicode_normalization::UnicodeNormalization as _;

use crate::{
    engine::Pool,
    error::{Error, Result},
};

/// Memory of one hash, in KiB; with the passes below the least that OWASP's cheat sheet on
/// password storage names for argon2id.
const HASH_MEMORY_KIB: u32 = 19 * 1024;
/// Passes over it.
const HASH_PASSES: u32 = 2;
/// Lanes of one hash; the pool has threads of its own.
const HASH_LANES: u32 = 1;
/// Threads that hash: memory at once is this times that of one hash.
const HASH_WORKERS: usize = 2;
/// Sign-ins that wait for them.
const HASH_QUEUE_REQUESTS_MAX: usize = 64;
/// Suggested wait when those are too many, in seconds.
const HASH_RETRY_AFTER_S: u32 = 3;

/// Shortest password, in characters.
pub const PASSWORD_CHARS_MIN: usize = 8;
/// Longest password, in characters.
pub const PASSWORD_CHARS_MAX: usize = 128;

/// Passwords everybody tries first; more of the kind is caught by the rules beside.
const COMMON: [&str; 12] = [
    "12345678",
    "123456789",
    "1234567890",
    "password",
    "matkhau123",
    "matkhau1",
    "congdoan",
    "congdoan123",
    "anhyeuem",
    "emyeuanh",
    "iloveyou",
    "qwertyuiop",
];

/// A password within the rules. Never printed.
#[derive(Clone)]
pub struct Password(String);

impl Password {
    /// Checks a password that somebody chooses.
    ///
    /// # Errors
    /// `Invalid` naming `password`, with the rule that is broken.
    pub fn choose(text: &str) -> Result<Self> {
        let wrong = |message: String| Err(Error::invalid("password", message));
        let chars = text.chars().count();
        if chars < PASSWORD_CHARS_MIN {
            return wrong(format!("mật khẩu phải có ít nhất {PASSWORD_CHARS_MIN} ký tự"));
        }
        if PASSWORD_CHARS_MAX < chars {
            return wrong(format!("mật khẩu dài nhất {PASSWORD_CHARS_MAX} ký tự"));
        }
        let first = text.chars().next();
        if COMMON.contains(&text.to_lowercase().as_str()) || text.chars().all(|c| Some(c) == first) {
            return wrong("mật khẩu này quá dễ đoán, hãy chọn mật khẩu khác".to_owned());
        }
        Ok(Self(composed(text)))
    }
}

/// One form of accents: keyboards differ in how they write `ậ`, and a password must open on all.
fn composed(text: &str) -> String {
    text.nfc().collect()
}

impl std::fmt::Debug for Password {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("…")
    }
}

/// Threads that hash passwords.
pub(super) struct Passwords {
    pool: Pool,
    /// A hash no password has: checked where there is no account, so that both take as long.
    nobody: String,
}

impl Passwords {
    /// Starts the threads.
    ///
    /// # Errors
    /// `Internal` when they cannot be started.
    pub(super) fn start() -> Result<Self> {
        let nobody = hash(crate::secrets::Token::random()?.expose())?;
        let pool = Pool::start("password", HASH_WORKERS, HASH_QUEUE_REQUESTS_MAX, HASH_RETRY_AFTER_S)?;
        Ok(Self { pool, nobody })
    }

    /// The hash to keep.
    ///
    /// # Errors
    /// `Overloaded` when too many wait.
    pub(super) async fn hash(&self, password: Password) -> Result<String> {
        self.pool.run(move || hash(&password.0)).await?
    }

    /// Whether a password is that of a hash; as slow where there is no hash.
    ///
    /// # Errors
    /// `Overloaded` when too many wait, `Internal` for a hash that is none.
    pub(super) async fn verify(&self, typed: &str, stored: Option<&str>) -> Result<bool> {
        if PASSWORD_CHARS_MAX < typed.chars().count() {
            return Ok(false);
        }
        let (typed, exists) = (composed(typed), stored.is_some());
        let stored = stored.unwrap_or(&self.nobody).to_owned();
        let agrees = self.pool.run(move || verify(&typed, &stored)).await??;
        Ok(agrees && exists)
    }
}

fn argon2() -> Result<Argon2<'static>> {
    let params = Params::new(HASH_MEMORY_KIB, HASH_PASSES, HASH_LANES, None).map_err(failed)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn hash(password: &str) -> Result<String> {
    let hash: PasswordHash = argon2()?.hash_password(password.as_bytes()).map_err(failed)?;
    Ok(hash.to_string())
}

fn verify(password: &str, stored: &str) -> Result<bool> {
    let stored = PasswordHash::new(stored).map_err(failed)?;
    Ok(argon2()?.verify_password(password.as_bytes(), &stored).is_ok())
}

fn failed(error: impl std::fmt::Display) -> Error {
    Error::Internal(anyhow::anyhow!("hashing a password: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn easy_passwords_are_refused_with_the_rule() {
        for (text, rule) in [
            ("1234567", "ít nhất 8"),
            ("12345678", "dễ đoán"),
            ("MatKhau123", "dễ đoán"),
            ("aaaaaaaaaa", "dễ đoán"),
            (&"ạ".repeat(129), "dài nhất"),
        ] {
            assert!(Password::choose(text).unwrap_err().to_string().contains(rule), "{text}");
        }
        assert!(Password::choose("mưa rơi trên mái").is_ok());
        assert_eq!(format!("{:?}", Password::choose("mưa rơi trên mái").unwrap()), "…");
    }

    #[tokio::test]
    async fn a_password_agrees_with_its_hash_alone() {
        let passwords = Passwords::start().unwrap();
        let hash = passwords.hash(Password::choose("mưa rơi trên mái").unwrap()).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(passwords.verify("mưa rơi trên mái", Some(&hash)).await.unwrap());
        let decomposed: String = "mưa rơi trên mái".nfd().collect();
        assert!(passwords.verify(&decomposed, Some(&hash)).await.unwrap());
        assert!(!passwords.verify("mưa rơi trên mai", Some(&hash)).await.unwrap());
        assert!(!passwords.verify("mưa rơi trên mái", None).await.unwrap());
        assert!(passwords.verify("x", Some("nonsense")).await.is_err());
    }
}
