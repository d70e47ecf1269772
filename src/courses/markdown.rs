/*!
A lesson's text as HTML: the few elements a lesson may have, whatever the text says.

The folder is checked when it is read, and what comes out of the Markdown reader is cleaned
against a list besides: a page never depends on one of the two alone.
*/

use std::collections::{HashMap, HashSet};

use pulldown_cmark::{Event, HeadingLevel, Parser, Tag, TagEnd};

use super::folder::media_kind;

/// Address below which pictures and clips are served.
pub const MEDIA_ADDRESS: &str = "/hoc-lieu";

/// The text of a lesson of the course `slug`, without its title.
pub fn html(text: &str, slug: &str) -> String {
    let mut in_title = false;
    let events = Parser::new(text).filter_map(|event| match event {
        Event::Start(Tag::Heading { level: HeadingLevel::H1, .. }) => {
            in_title = true;
            None
        }
        Event::End(TagEnd::Heading(HeadingLevel::H1)) => {
            in_title = false;
            None
        }
        _ if in_title => None,
        Event::Html(_) | Event::InlineHtml(_) => None,
        Event::Start(Tag::Image { link_type, dest_url, title, id }) => {
            // What is no picture of this course is shown by its words alone.
            let own = media_kind(&dest_url).map(|_kind| media_address(slug, &dest_url));
            let dest_url = own.unwrap_or_default().into();
            Some(Event::Start(Tag::Image { link_type, dest_url, title, id }))
        }
        event => Some(event),
    });
    let mut html = String::with_capacity(2 * text.len());
    pulldown_cmark::html::push_html(&mut html, events);
    clean(&html)
}

/// Where a file below `media/` is served.
pub fn media_address(slug: &str, path: &str) -> String {
    format!("{MEDIA_ADDRESS}/{slug}/{}", path.trim_start_matches("media/"))
}

fn clean(html: &str) -> String {
    ammonia::Builder::new()
        .tags(HashSet::from(["p", "h2", "h3", "ul", "ol", "li", "strong", "em", "a", "img", "br"]))
        .tag_attributes(HashMap::from([
            ("a", HashSet::from(["href"])),
            ("img", HashSet::from(["src", "alt"])),
            ("ol", HashSet::from(["start"])),
        ]))
        .generic_attributes(HashSet::new())
        .url_schemes(HashSet::new())
        .link_rel(None)
        // Addresses of ours alone: links to the law, pictures of the course.
        .attribute_filter(|element, attribute, value| match (element, attribute) {
            ("a", "href") => value.starts_with("/luat/").then(|| value.into()),
            ("img", "src") => value.starts_with(MEDIA_ADDRESS).then(|| value.into()),
            _ => Some(value.into()),
        })
        .url_relative(ammonia::UrlRelative::PassThrough)
        .clean(html)
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lesson_becomes_the_few_elements_it_may_have() {
        let text = "# Tên\n\nMột **đậm** [điều](/luat/1-2020-qh99/dieu-2).\n\n- a\n\n1. b\n\n![Hình](media/a.png)\n";
        assert_eq!(
            html(text, "thu").trim(),
            "<p>Một <strong>đậm</strong> <a href=\"/luat/1-2020-qh99/dieu-2\">điều</a>.</p>\n<ul>\n<li>a</li>\n</ul>\n\
             <ol>\n<li>b</li>\n</ol>\n<p><img src=\"/hoc-lieu/thu/a.png\" alt=\"Hình\"></p>"
        );
    }

    #[test]
    fn nothing_that_acts_gets_through() {
        for text in [
            "<script>alert(1)</script>",
            "a <img src=x onerror=alert(1)> b",
            "[x](javascript:alert(1))",
            "[x](//evil.vn/)",
            "[x](https://evil.vn/)",
            "![x](https://evil.vn/a.png)",
            "<iframe src=/luat/></iframe>",
            "<style>*{display:none}</style>",
            "[x](/luat/\"onclick=alert(1))",
            "<a href=\"/luat/x\" onclick=\"alert(1)\">x</a>",
        ] {
            let html = html(text, "thu");
            for bad in ["<script", "onerror=", "javascript:", "evil.vn", "<iframe", "<style", " onclick="] {
                assert!(!html.contains(bad), "{text} gives {html}");
            }
        }
    }
}
