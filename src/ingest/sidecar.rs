/*!
Sidecar metadata (`NAME.toml` beside a file): what a person states of a document wins over
what its text seems to say.
*/

use jiff::civil::Date;
use serde::{Deserialize, Deserializer, de::Error as _};

use crate::law::{DocumentKind, DocumentMeta, Trust, Validity};

/// A sidecar file as written.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Sidecar {
    /// Number as printed.
    pub number: Option<String>,
    /// Title with its year.
    pub title: Option<String>,
    /// Kind, see [`DocumentKind::from_name`].
    pub kind: Option<String>,
    /// Who issued it.
    pub issuer: Option<String>,
    /// Day of issue.
    #[serde(deserialize_with = "day")]
    pub issued: Option<String>,
    /// First day in force.
    #[serde(deserialize_with = "day")]
    pub effective_from: Option<String>,
    /// Last day in force.
    #[serde(deserialize_with = "day")]
    pub effective_to: Option<String>,
    /// Documents this one amends.
    pub amends: Vec<String>,
    /// Documents that amend this one and are not merged into its text.
    pub amended_by: Vec<String>,
    /// The document that replaced it.
    pub replaced_by: Option<String>,
    /// How far the text can be trusted: a name of [`Trust`], or words that are shown and
    /// count as [`Trust::Stated`].
    pub trust: Option<String>,
    /// Whose members it binds.
    pub unit: Option<String>,
    /// The text is a digest in our own words.
    pub digest: bool,
    /// Shown with every text of the document.
    pub source_note: Option<String>,
}

/// A day as people write it in TOML: `2024-01-31` bare or in quotes.
fn day<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    match toml::Value::deserialize(deserializer)? {
        toml::Value::String(text) => Ok(Some(text)),
        toml::Value::Datetime(day) => Ok(Some(day.to_string())),
        other => Err(D::Error::custom(format!("`{other}` is not a date (YYYY-MM-DD)"))),
    }
}

impl Sidecar {
    /// Reads and checks a sidecar.
    ///
    /// # Errors
    /// A message naming the key at fault.
    pub fn parse(text: &str) -> Result<Self, String> {
        let sidecar: Self = toml::from_str(text).map_err(|e| e.to_string())?;
        if let Some(kind) = &sidecar.kind
            && DocumentKind::from_name(kind).is_none()
        {
            return Err(format!("kind: `{kind}` is no kind of document"));
        }
        for (key, value) in [
            ("issued", &sidecar.issued),
            ("effective_from", &sidecar.effective_from),
            ("effective_to", &sidecar.effective_to),
        ] {
            if let Some(value) = value
                && value.parse::<Date>().is_err()
            {
                return Err(format!("{key}: `{value}` is not a date (YYYY-MM-DD)"));
            }
        }
        Ok(sidecar)
    }

    /// Lays what is stated over what was found.
    pub fn apply(&self, meta: &mut DocumentMeta) {
        let date = |value: &Option<String>| value.as_ref().and_then(|value| value.parse::<Date>().ok());
        if let Some(number) = &self.number {
            meta.number = Some(number.clone());
        }
        if let Some(title) = &self.title {
            meta.title.clone_from(title);
        }
        if let Some(kind) = self.kind.as_deref().and_then(DocumentKind::from_name) {
            meta.kind = kind;
        }
        if self.digest {
            meta.kind = DocumentKind::Digest;
        }
        meta.issuer = self.issuer.clone().or(meta.issuer.take());
        meta.issued = date(&self.issued).or(meta.issued);
        meta.validity = Validity { from: date(&self.effective_from), to: date(&self.effective_to) }.or(meta.validity);
        meta.amended_by.extend(self.amended_by.iter().cloned());
        meta.amends.extend(self.amends.iter().cloned());
        meta.notes.extend(self.source_note.clone());
        if let Some(successor) = &self.replaced_by {
            meta.notes.push(format!("Đã được thay thế bởi {successor}."));
        }
        if let Some(trust) = &self.trust {
            meta.source.trust = Trust::from_name(trust).unwrap_or(Trust::Stated);
            if Trust::from_name(trust).is_none() {
                meta.notes.push(trust.clone());
            }
        }
        if let Some(unit) = &self.unit {
            meta.unit = Some(unit.clone());
            meta.notes.push(format!("Chỉ áp dụng trong phạm vi: {unit}"));
        }
    }
}

/// Kind of a document by its number or title, where they tell.
pub fn guess_kind(number: Option<&str>, title: &str) -> Option<DocumentKind> {
    let title = title.to_lowercase();
    let by_title = [
        ("bộ luật", DocumentKind::Code),
        ("luật", DocumentKind::Law),
        ("hiến pháp", DocumentKind::Constitution),
        ("pháp lệnh", DocumentKind::Ordinance),
        ("nghị định", DocumentKind::Decree),
        ("nghị quyết", DocumentKind::Resolution),
        ("thông tư", DocumentKind::Circular),
        ("quyết định", DocumentKind::Decision),
        ("điều lệ", DocumentKind::Charter),
        ("thỏa ước", DocumentKind::Agreement),
        ("thoả ước", DocumentKind::Agreement),
        ("nội quy", DocumentKind::Agreement),
        ("quy chế", DocumentKind::Agreement),
        ("hướng dẫn", DocumentKind::Guide),
    ];
    let number = number.unwrap_or_default();
    let by_number = [
        ("VBHN", DocumentKind::Consolidated),
        ("NĐ-CP", DocumentKind::Decree),
        ("/TT", DocumentKind::Circular),
        ("/QĐ", DocumentKind::Decision),
        ("/NQ", DocumentKind::Resolution),
        ("/UBTVQH", DocumentKind::Ordinance),
    ];
    by_number
        .iter()
        .find(|(mark, _)| number.contains(mark))
        .or_else(|| by_title.iter().find(|(word, _)| title.starts_with(word)))
        .map(|(_, kind)| *kind)
        .or_else(|| number.contains("/QH").then_some(DocumentKind::Law))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_successor_is_told() {
        let mut meta = DocumentMeta::default();
        Sidecar::parse("replaced_by = '2/2031/QH20'").unwrap().apply(&mut meta);
        assert_eq!(meta.notes, ["Đã được thay thế bởi 2/2031/QH20."]);
    }

    #[test]
    fn dates_may_be_bare_or_quoted() {
        let bare = Sidecar::parse("issued = 2023-12-01\neffective_from = 2024-01-01\ndigest = true").unwrap();
        let quoted = Sidecar::parse("issued = '2023-12-01'\neffective_from = '2024-01-01'\ndigest = true").unwrap();
        assert_eq!((&bare.issued, &bare.effective_from), (&quoted.issued, &quoted.effective_from));
        assert_eq!((bare.effective_from.as_deref(), bare.effective_to), (Some("2024-01-01"), None));
        for wrong in ["issued = 2023", "issued = true", "issued = 'mai'", "issued = 07:30:00", "issued = 2023-02-30"] {
            let message = Sidecar::parse(wrong).unwrap_err();
            assert!(message.contains("issued") || message.contains("date"), "{wrong}: {message}");
        }
    }
}
