/*!
The zip around a Word document: which part is what, and how much may be unpacked.
*/

use std::io::{Cursor, Read as _};

use zip::{ZipArchive, result::ZipError};

use super::xml::Xml;

/// Most members of the zip.
const MEMBERS_MAX: usize = 20_000;
/// Most bytes of one part.
const PART_BYTES_MAX: u64 = 96 << 20;
/// Most bytes unpacked to one byte packed, for parts of more than [`RATIO_BYTES_MIN`].
const RATIO_MAX: u64 = 400;
/// Parts up to so many bytes may be packed as they like.
const RATIO_BYTES_MIN: u64 = 8 << 20;
/// Longest part of relationships, in bytes.
const RELATIONSHIPS_BYTES_MAX: u64 = 4 << 20;

/// The parts of a document.
pub struct Parts<'a> {
    zip: ZipArchive<Cursor<&'a [u8]>>,
    main: String,
    related: Vec<(String, String)>,
}

impl<'a> Parts<'a> {
    /// Opens the zip and finds the main part.
    pub fn open(bytes: &'a [u8]) -> Result<Self, String> {
        let zip = ZipArchive::new(Cursor::new(bytes))
            .map_err(|error| format!("the zip of the Word file is damaged: {error}; save it again from Word"))?;
        if MEMBERS_MAX < zip.len() {
            return Err(format!("the zip has {} members, more than {MEMBERS_MAX}", zip.len()));
        }
        let mut parts = Self { zip, main: String::new(), related: Vec::new() };
        let packaged = parts.relationships("_rels/.rels");
        let named = packaged.into_iter().find(|(kind, _)| kind == "officeDocument").map(|(_, target)| target);
        let found = named.filter(|name| parts.has(name));
        let Some(main) = found.or_else(|| parts.has("word/document.xml").then(|| "word/document.xml".to_owned()))
        else {
            return Err(parts.what_else());
        };
        if main.starts_with("xl/") || main.starts_with("ppt/") {
            return Err(parts.what_else());
        }
        let (folder, file) = main.rsplit_once('/').unwrap_or(("", &main));
        let slash = if folder.is_empty() { "" } else { "/" };
        let related = parts.relationships(&format!("{folder}{slash}_rels/{file}.rels"));
        let place = |target: String| match target.strip_prefix("./").unwrap_or(&target) {
            target if parts.zip.index_for_name(target).is_some() => target.to_owned(),
            target => format!("{folder}{slash}{target}"),
        };
        parts.related = related.into_iter().map(|(kind, target)| (kind, place(target))).collect();
        parts.main = main;
        Ok(parts)
    }

    /// What a zip that is no Word document most likely is.
    fn what_else(&self) -> String {
        let has_start = |start: &str| self.zip.file_names().flatten().any(|name| name.starts_with(start));
        let what = if has_start("xl/") {
            "an Excel workbook"
        } else if has_start("ppt/") {
            "a PowerPoint file"
        } else if self.has("content.xml") {
            "an OpenDocument file"
        } else {
            return "the zip holds no Word document".to_owned();
        };
        format!("it is {what}, not a Word document; save it as .docx")
    }

    fn has(&self, name: &str) -> bool {
        self.zip.index_for_name(name).is_some()
    }

    /// Types (their last word) and targets of a part of relationships.
    fn relationships(&mut self, name: &str) -> Vec<(String, String)> {
        let Ok(Some(part)) = self.part(name, RELATIONSHIPS_BYTES_MAX) else { return Vec::new() };
        let mut xml = Xml::new(&part);
        let mut found = Vec::new();
        let mut root = xml.child();
        while root.is_some()
            && let Some(element) = xml.child()
        {
            if let (Some(kind), Some(target)) = (element.attribute("Type"), element.attribute("Target")) {
                let kind = kind.rsplit('/').next().unwrap_or_default().to_owned();
                found.push((kind, target.trim_start_matches('/').to_owned()));
            }
            xml.skip();
        }
        root.take();
        found
    }

    /// The main part.
    pub fn main(&mut self) -> Result<String, String> {
        let name = self.main.clone();
        self.part(&name, PART_BYTES_MAX)?.ok_or_else(|| "the zip holds no Word document".to_owned())
    }

    /// The part that the main one names as its styles, numbering or notes.
    pub fn related(&mut self, kind: &str) -> Result<Option<String>, String> {
        let Some((_, name)) = self.related.iter().find(|(of, _)| of == kind).cloned() else { return Ok(None) };
        self.part(&name, PART_BYTES_MAX)
    }

    fn part(&mut self, name: &str, bytes_max: u64) -> Result<Option<String>, String> {
        let member = match self.zip.by_name(name) {
            Ok(member) => member,
            Err(ZipError::FileNotFound) => return Ok(None),
            Err(error) => return Err(format!("`{name}` in the Word file cannot be unpacked: {error}")),
        };
        let packed = member.compressed_size().max(1);
        let allowed = bytes_max.min(packed.saturating_mul(RATIO_MAX).max(RATIO_BYTES_MIN));
        let mut bytes = Vec::new();
        let read = member.take(allowed + 1).read_to_end(&mut bytes);
        if allowed < bytes.len() as u64 {
            return Err(format!("`{name}` in the Word file unpacks to more than {allowed} bytes, as a zip bomb does"));
        }
        match read {
            // What was unpacked before the damage is read; the part then ends in the middle.
            Err(_) if bytes.is_empty() => Err(format!("`{name}` in the Word file is damaged")),
            _ => decode(&bytes).map(Some).ok_or_else(|| format!("`{name}` in the Word file is not UTF-8")),
        }
    }
}

/// Text of an XML file: UTF-8, or UTF-16 with its mark. Torn bytes at the end are dropped.
pub fn decode(bytes: &[u8]) -> Option<String> {
    let units = |bytes: &[u8], unit: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]])).collect();
        String::from_utf16_lossy(&units)
    };
    match bytes {
        [0xFF, 0xFE, rest @ ..] => Some(units(rest, u16::from_le_bytes)),
        [0xFE, 0xFF, rest @ ..] => Some(units(rest, u16::from_be_bytes)),
        _ => {
            let bytes = bytes.strip_prefix(&[0xEF, 0xBB, 0xBF]).unwrap_or(bytes);
            match std::str::from_utf8(bytes) {
                Ok(text) => Some(text.to_owned()),
                Err(error) if error.error_len().is_none() => {
                    Some(String::from_utf8_lossy(&bytes[..error.valid_up_to()]).into_owned())
                }
                Err(_) => None,
            }
        }
    }
}
