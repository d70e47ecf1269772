/*!
What can go wrong, in the words of the domain.

Owns the one public error type. It knows no transport: `http::error` turns it
into a status and problem details, `cli` into an exit code. There is no blanket
`From` into it on purpose: each layer decides what a cause means.
*/

/// A failure as a caller sees it. Messages are lower case, without a full stop,
/// and name the thing concerned.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The named resource does not exist, or the caller may not know that it does.
    #[error("{resource} `{id}` not found")]
    NotFound {
        /// Kind of thing, e.g. `provision`.
        resource: &'static str,
        /// What was asked for, as asked.
        id: String,
    },
    /// The request contradicts the present state.
    #[error("{0}")]
    Conflict(String),
    /// The caller's input is at fault.
    #[error("invalid `{field}`: {message}")]
    Invalid {
        /// Name of the input field, flag or file at fault.
        field: String,
        /// What is wrong with it and what would be right.
        message: String,
    },
    /// No identity was given where one is needed.
    #[error("not signed in")]
    Unauthenticated,
    /// The identity given may not do this.
    #[error("not allowed: {0}")]
    Forbidden(String),
    /// The name to sign in with or the password is wrong; which of them is not told.
    #[error("wrong name or password")]
    WrongCredentials,
    /// Too many tries: an account is locked, or an address must wait.
    #[error("too many attempts, retry in {retry_after_s} s")]
    TooManyAttempts {
        /// Wait, in seconds.
        retry_after_s: u32,
    },
    /// The disk is full: nothing can be written, what is there can be read.
    #[error("the disk is full")]
    StorageFull,
    /// A bounded queue is full; try again after the given time.
    #[error("overloaded, retry in {retry_after_s} s")]
    Overloaded {
        /// Suggested wait, in seconds.
        retry_after_s: u32,
    },
    /// Something needed is missing here: a model, an index, a package client.
    #[error("{what}\nhint: {hint}")]
    Unavailable {
        /// What is missing or broken, and where.
        what: String,
        /// What to do about it.
        hint: String,
    },
    /// Our own fault.
    #[error("internal error: {0:#}")]
    Internal(anyhow::Error),
}

/// `Result` with this crate's [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// An [`Error::Invalid`] for `field`.
    pub fn invalid(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Invalid { field: field.into(), message: message.into() }
    }

    /// An [`Error::Unavailable`] with its remedy.
    pub fn unavailable(what: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Unavailable { what: what.into(), hint: hint.into() }
    }

    /// The same once more, for each of several readers; of an internal cause its text.
    pub fn again(&self) -> Self {
        match self {
            Self::NotFound { resource, id } => Self::NotFound { resource, id: id.clone() },
            Self::Conflict(message) => Self::Conflict(message.clone()),
            Self::Invalid { field, message } => Self::invalid(field.clone(), message.clone()),
            Self::Unauthenticated => Self::Unauthenticated,
            Self::Forbidden(message) => Self::Forbidden(message.clone()),
            Self::WrongCredentials => Self::WrongCredentials,
            Self::TooManyAttempts { retry_after_s } => Self::TooManyAttempts { retry_after_s: *retry_after_s },
            Self::StorageFull => Self::StorageFull,
            Self::Overloaded { retry_after_s } => Self::Overloaded { retry_after_s: *retry_after_s },
            Self::Unavailable { what, hint } => Self::unavailable(what.clone(), hint.clone()),
            Self::Internal(cause) => Self::Internal(anyhow::anyhow!("{cause:#}")),
        }
    }

    /// Exit status of the command line: 1 the user's input or environment, 2 our fault.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Internal(_) => 2,
            Self::NotFound { .. }
            | Self::Conflict(_)
            | Self::Invalid { .. }
            | Self::Unauthenticated
            | Self::Forbidden(_)
            | Self::WrongCredentials
            | Self::TooManyAttempts { .. }
            | Self::StorageFull
            | Self::Overloaded { .. }
            | Self::Unavailable { .. } => 1,
        }
    }
}
