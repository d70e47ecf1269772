/*!
What a person signs in with: member number, telephone number or e-mail address.

Each has one form in which it is hashed, so that it is found however it is typed. The store
holds hashes alone; a stolen database is no telephone book.
*/

use crate::{
    error::{Error, Result},
    secrets::{Hash, Keys, Purpose},
};

/// Longest name to sign in with, in characters.
const LOGIN_CHARS_MAX: usize = 200;
/// Longest member number, in characters.
const NUMBER_CHARS_MAX: usize = 40;
/// Digits of a telephone number with its leading zero.
const PHONE_DIGITS: std::ops::RangeInclusive<usize> = 9..=12;

/// Kinds of names to sign in with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LoginKind {
    /// Member number.
    Number,
    /// Telephone number.
    Phone,
    /// E-mail address.
    Email,
}

impl LoginKind {
    /// Name in the store.
    pub fn name(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::Phone => "phone",
            Self::Email => "email",
        }
    }

    /// The kind of that name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Number, Self::Phone, Self::Email].into_iter().find(|kind| kind.name() == name)
    }
}

/// A name to sign in with, in the form in which it is hashed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Login {
    /// Its kind.
    pub kind: LoginKind,
    text: String,
}

impl Login {
    /// A member number.
    ///
    /// # Errors
    /// `Invalid` naming `number`.
    pub fn number(text: &str) -> Result<Self> {
        let tidy: String = text.trim().to_uppercase();
        let fits = !tidy.is_empty()
            && tidy.chars().count() <= NUMBER_CHARS_MAX
            && tidy.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '/'));
        if fits {
            Ok(Self { kind: LoginKind::Number, text: tidy })
        } else {
            Err(Error::invalid("number", "mã đoàn viên chỉ gồm chữ, số và các dấu - _ . /, tối đa 40 ký tự"))
        }
    }

    /// A telephone number: `0912 345 678`, `+84 912345678`, `84912345678`.
    ///
    /// # Errors
    /// `Invalid` naming `phone`.
    pub fn phone(text: &str) -> Result<Self> {
        let wrong = || Error::invalid("phone", "số điện thoại phải có dạng 0912345678 hoặc +84912345678");
        let text = text.trim();
        let known = |c: char| c.is_ascii_digit() || matches!(c, '+' | ' ' | '.' | '-' | '(' | ')' | '\u{a0}');
        if !text.chars().all(known) || text.chars().skip(1).any(|c| c == '+') {
            return Err(wrong());
        }
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        let national = match digits.strip_prefix("84") {
            Some(rest) if !rest.starts_with('0') && 9 <= rest.len() => format!("0{rest}"),
            Some(rest) if rest.starts_with('0') && text.starts_with('+') => rest.to_owned(),
            // A spreadsheet took the number for one and dropped its zero.
            _ if !digits.starts_with('0') && digits.len() == 9 => format!("0{digits}"),
            _ => digits,
        };
        if national.starts_with('0') && PHONE_DIGITS.contains(&national.len()) {
            Ok(Self { kind: LoginKind::Phone, text: national })
        } else {
            Err(wrong())
        }
    }

    /// An e-mail address; case does not matter.
    ///
    /// # Errors
    /// `Invalid` naming `email`.
    pub fn email(text: &str) -> Result<Self> {
        let tidy = text.trim().to_lowercase();
        let fits = tidy.split_once('@').is_some_and(|(name, host)| {
            !name.is_empty()
                && host.contains('.')
                && !host.starts_with('.')
                && !host.ends_with('.')
                && !host.contains('@')
                && !tidy.chars().any(|c| c.is_whitespace() || c.is_control())
                && tidy.chars().count() <= LOGIN_CHARS_MAX
        });
        if fits {
            Ok(Self { kind: LoginKind::Email, text: tidy })
        } else {
            Err(Error::invalid("email", "thư điện tử phải có dạng ten@noi.vn"))
        }
    }

    /// What a person typed may mean, likeliest first; empty for what means nothing.
    pub fn meanings(typed: &str) -> Vec<Self> {
        if LOGIN_CHARS_MAX < typed.chars().count() {
            return Vec::new();
        }
        if typed.contains('@') {
            return Self::email(typed).into_iter().collect();
        }
        [Self::phone(typed), Self::number(typed)].into_iter().flatten().collect()
    }

    /// The hash it is found by.
    pub fn hash(&self, keys: &Keys) -> Hash {
        keys.hash(Purpose::Login, format!("{}:{}", self.kind.name(), self.text).as_bytes())
    }

    /// Its one form.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_name_has_one_form() {
        for typed in ["0912345678", "0912 345 678", "+84 912.345.678", "84912345678", "912345678", "(091) 234-5678"] {
            assert_eq!(Login::phone(typed).unwrap().as_str(), "0912345678", "{typed}");
        }
        for bad in ["", "12", "0912345678901234", "09x2345678", "+", "0912+345678", "chín"] {
            assert!(Login::phone(bad).is_err(), "{bad}");
        }
        assert_eq!(Login::number(" dv-00012 ").unwrap().as_str(), "DV-00012");
        for bad in ["", "a b", "x\ny", &"9".repeat(41)] {
            assert!(Login::number(bad).is_err(), "{bad}");
        }
        assert_eq!(Login::email(" An@Noi.VN ").unwrap().as_str(), "an@noi.vn");
        for bad in ["", "an", "an@", "@noi.vn", "an@noi", "a n@noi.vn", "an@@noi.vn", "an@noi."] {
            assert!(Login::email(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn what_is_typed_may_mean_two_things_and_hashes_tell_them_apart() {
        let meant = Login::meanings("0912345678");
        assert_eq!(meant.iter().map(|login| login.kind).collect::<Vec<_>>(), [LoginKind::Phone, LoginKind::Number]);
        let keys = Keys::from_secret([1; 32]);
        assert_ne!(meant[0].hash(&keys), meant[1].hash(&keys));
        assert_eq!(Login::meanings("an@noi.vn")[0].kind, LoginKind::Email);
        assert!(Login::meanings("??").is_empty() && Login::meanings(&"9".repeat(300)).is_empty());
    }
}
