/*!
What of a page is never a document's text: scripts, menus, pop-ups, advertisements.
*/

use super::dom::Element;

/// Words of ids and classes of parts that surround a document's text.
const NOISE_WORDS: [&str; 27] = [
    "ads",
    "adv",
    "advert",
    "advertisement",
    "banner",
    "breadcrumb",
    "breadcrumbs",
    "comment",
    "comments",
    "footer",
    "lienquan",
    "menu",
    "modal",
    "nav",
    "navbar",
    "pagination",
    "popup",
    "quangcao",
    "related",
    "share",
    "sharing",
    "sidebar",
    "social",
    "tip",
    "toolbar",
    "tootip",
    "tooltip",
];

/// Whether the element and all in it is left out.
pub fn is_dropped(element: &Element) -> bool {
    let is_hidden = element.has("hidden") || is_hidden_style(element.attribute("style"));
    is_hidden || is_machinery(&element.name) || is_chrome(element)
}

/// Elements that hold no text of the page.
pub fn is_machinery(name: &str) -> bool {
    matches!(
        name,
        "script"
            | "style"
            | "noscript"
            | "template"
            | "iframe"
            | "object"
            | "embed"
            | "applet"
            | "svg"
            | "canvas"
            | "audio"
            | "video"
            | "map"
            | "button"
            | "select"
            | "option"
            | "textarea"
            | "input"
            | "head"
            | "title"
            | "noframes"
            | "noembed"
    )
}

fn is_hidden_style(style: &str) -> bool {
    if style.is_empty() {
        return false;
    }
    let style: String = style.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_ascii_lowercase();
    style.contains("display:none") || style.contains("visibility:hidden")
}

fn is_chrome(element: &Element) -> bool {
    matches!(&*element.name, "nav" | "aside" | "footer" | "dialog")
        || has_noise_word(element.attribute("class"))
        || has_noise_word(element.attribute("id"))
}

/// Whether one of the words of an id or class list (`lqhlTip-3`, `box_popup`) is noise.
fn has_noise_word(names: &str) -> bool {
    let is_noise = |word: &str| NOISE_WORDS.binary_search(&word.to_ascii_lowercase().as_str()).is_ok();
    names.split(|c: char| !c.is_alphanumeric()).any(|part| {
        if is_noise(part) {
            return true;
        }
        let mut start = 0;
        for (at, c) in part.char_indices() {
            if c.is_uppercase() && start < at {
                if is_noise(&part[start..at]) {
                    return true;
                }
                start = at;
            }
        }
        is_noise(&part[start..])
    })
}
