/*!
The output of `pdftotext -bbox` and `-bbox-layout`: pages of words with their boxes.
*/

use quick_xml::{Reader, escape::resolve_predefined_entity, events::Event};

use super::{Page, Word};

/// Reads the converter's output; elements it does not know are passed over.
///
/// # Errors
/// A message when the output is no well-formed XML.
pub fn read(output: &str) -> Result<Vec<Page>, String> {
    let mut reader = Reader::from_str(output);
    reader.config_mut().check_end_names = false;
    let mut pages: Vec<Page> = Vec::new();
    let mut word: Option<Word> = None;
    loop {
        match reader.read_event().map_err(|e| format!("output of the converter: {e}"))? {
            Event::Start(tag) | Event::Empty(tag) if tag.name().as_ref() == "page" => pages.push(Page::default()),
            Event::Start(tag) if tag.name().as_ref() == "word" => {
                let side = |name: &str| -> f32 {
                    tag.try_get_attribute(name).ok().flatten().and_then(|a| a.value.parse().ok()).unwrap_or(f32::NAN)
                };
                word = Some(Word {
                    x0: side("xMin"),
                    y0: side("yMin"),
                    x1: side("xMax"),
                    y1: side("yMax"),
                    text: String::new(),
                });
            }
            Event::Text(text) => {
                if let Some(word) = &mut word {
                    word.text.push_str(text.trim());
                }
            }
            Event::GeneralRef(reference) => {
                if let Some(word) = &mut word {
                    match reference.resolve_char_ref().ok().flatten() {
                        Some(c) => word.text.push(c),
                        None => word.text.push_str(resolve_predefined_entity(&reference).unwrap_or_default()),
                    }
                }
            }
            Event::End(tag) if tag.name().as_ref() == "word" => {
                if let (Some(word), Some(page)) = (word.take(), pages.last_mut())
                    && !word.text.is_empty()
                {
                    page.words.push(word);
                }
            }
            Event::Eof => return Ok(pages),
            _ => {}
        }
    }
}
