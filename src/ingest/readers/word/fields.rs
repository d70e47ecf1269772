/*!
Fields: a code that Word computes and the result it last came to. Only results are text.
*/

/// Deepest nesting of fields.
const FIELDS_MAX: usize = 64;
/// A field that has begun and gives no result within so many paragraphs is broken, and no
/// longer hides text.
const FIELD_PARAGRAPHS_MAX: usize = 4;
/// Longest code of a field kept, in bytes.
const FIELD_CODE_BYTES_MAX: usize = 64;

/// A field being read.
#[derive(Debug, Default)]
struct Field {
    code: String,
    has_result: bool,
    paragraphs: usize,
}

/// The fields open where reading stands.
#[derive(Debug, Default)]
pub struct Fields {
    open: Vec<Field>,
    /// Fields open beyond the deepest nesting.
    beyond: usize,
}

impl Fields {
    /// A field begins.
    pub fn begin(&mut self) {
        if self.open.len() < FIELDS_MAX {
            self.open.push(Field::default());
        } else {
            self.beyond += 1;
        }
    }

    /// A piece of the code of the field begun last.
    pub fn code(&mut self, code: &str) {
        if let Some(field) = self.open.last_mut()
            && !field.has_result
            && field.code.len() + code.len() <= FIELD_CODE_BYTES_MAX
        {
            field.code.push_str(code);
        }
    }

    /// The result of the field begun last follows.
    pub fn separate(&mut self) {
        if let Some(field) = self.open.last_mut()
            && self.beyond == 0
        {
            field.has_result = true;
        }
    }

    /// The field begun last ends.
    pub fn end(&mut self) {
        if 0 < self.beyond {
            self.beyond -= 1;
        } else {
            self.open.pop();
        }
    }

    /// Whether what stands here is a field's code.
    pub fn in_code(&self) -> bool {
        self.open.last().is_some_and(|field| !field.has_result)
    }

    /// Whether text met here is hidden: part of a code, or of a table of contents, which would
    /// give every heading a second time.
    pub fn hide(&self) -> bool {
        self.open.iter().any(|field| !field.has_result || is_contents(&field.code))
    }

    /// A paragraph ends: fields that never come to a result are forgotten.
    pub fn end_paragraph(&mut self) {
        for field in self.open.iter_mut().filter(|field| !field.has_result) {
            field.paragraphs += 1;
        }
        self.open.retain(|field| field.has_result || field.paragraphs < FIELD_PARAGRAPHS_MAX);
    }
}

/// Whether a field's code makes a table of contents.
pub fn is_contents(code: &str) -> bool {
    code.split_whitespace().next() == Some("TOC")
}
