/*!
A post's words as HTML: paragraphs, emphasis, lists, quotations and links, and nothing else.

What looks like HTML is shown as it was typed. Pictures belong to the post, never to an address
in its text: a page must not tell another server who reads it. What comes out of the Markdown
reader is cleaned against a list besides: a page never depends on one of the two alone.
*/

use std::{
    collections::{HashMap, HashSet},
    sync::LazyLock,
};

use pulldown_cmark::{Event, Parser, Tag, TagEnd};

use super::text::{host_of, is_absolute};

static CLEANER: LazyLock<ammonia::Builder<'static>> = LazyLock::new(|| {
    let mut cleaner = ammonia::Builder::new();
    cleaner
        .tags(HashSet::from(["p", "ul", "ol", "li", "strong", "em", "a", "br", "blockquote", "code"]))
        .tag_attributes(HashMap::from([("a", HashSet::from(["href"])), ("ol", HashSet::from(["start"]))]))
        .generic_attributes(HashSet::new())
        .url_schemes(HashSet::from(["http", "https"]))
        .link_rel(Some("nofollow noopener noreferrer ugc"))
        .attribute_filter(|element, attribute, value| match (element, attribute) {
            ("a", "href") => is_address(value).then(|| value.into()),
            _ => Some(value.into()),
        })
        .url_relative(ammonia::UrlRelative::PassThrough);
    cleaner
});

/// The words of a post as HTML.
pub fn html(text: &str) -> String {
    let events = Parser::new(text).filter_map(|event| match event {
        Event::Html(typed) | Event::InlineHtml(typed) => Some(Event::Text(typed)),
        // A new line is meant where one is typed on a phone.
        Event::SoftBreak => Some(Event::HardBreak),
        Event::Start(Tag::Image { .. }) | Event::End(TagEnd::Image) => None,
        Event::Start(Tag::HtmlBlock) => Some(Event::Start(Tag::Paragraph)),
        Event::End(TagEnd::HtmlBlock) => Some(Event::End(TagEnd::Paragraph)),
        Event::Start(Tag::Heading { .. }) => Some(Event::Start(Tag::Paragraph)),
        Event::End(TagEnd::Heading(_)) => Some(Event::End(TagEnd::Paragraph)),
        Event::Start(Tag::CodeBlock(_)) => Some(Event::Start(Tag::Paragraph)),
        Event::End(TagEnd::CodeBlock) => Some(Event::End(TagEnd::Paragraph)),
        event => Some(event),
    });
    let mut html = String::with_capacity(2 * text.len());
    pulldown_cmark::html::push_html(&mut html, told_where(events).into_iter());
    CLEANER.clean(&html).to_string()
}

/// Behind each link that leads elsewhere, where it leads, unless its words say so.
fn told_where<'a>(events: impl Iterator<Item = Event<'a>>) -> Vec<Event<'a>> {
    let mut told = Vec::new();
    // The host of the link that is open, and its words.
    let mut open: Option<(String, String)> = None;
    for event in events {
        match &event {
            Event::Start(Tag::Link { dest_url, .. }) if is_absolute(dest_url) => {
                open = host_of(dest_url).map(|host| (host, String::new()));
            }
            Event::Text(words) | Event::Code(words) => {
                if let Some((_, said)) = &mut open {
                    said.push_str(words);
                }
            }
            _ => {}
        }
        let host = match &event {
            Event::End(TagEnd::Link) => open.take(),
            _ => None,
        };
        told.push(event);
        if let Some((host, said)) = host
            && !said.to_lowercase().contains(&host)
        {
            told.push(Event::Text(format!(" ({host})").into()));
        }
    }
    told
}

/// Where the links of a post lead, as a browser is given it.
pub(super) fn destinations(text: &str) -> Vec<String> {
    let links = Parser::new(text).filter_map(|event| match event {
        Event::Start(Tag::Link { dest_url, .. }) => Some(dest_url.into_string()),
        _ => None,
    });
    links.collect()
}

/// Whether a link may lead there: the web, or a page of ours.
fn is_address(value: &str) -> bool {
    value.starts_with("https://")
        || value.starts_with("http://")
        || (value.starts_with('/') && !value.starts_with("//") && !value.starts_with("/\\"))
}

/// The words without their marks, for lists and for the index.
pub fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for event in Parser::new(text) {
        match event {
            Event::Text(words) | Event::Code(words) | Event::Html(words) | Event::InlineHtml(words) => {
                plain.push_str(&words);
            }
            Event::SoftBreak | Event::HardBreak => plain.push(' '),
            Event::End(TagEnd::Strong | TagEnd::Emphasis | TagEnd::Link | TagEnd::Image) => {}
            Event::End(_) if !plain.ends_with(' ') => plain.push(' '),
            _ => {}
        }
    }
    plain.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_post_becomes_the_few_elements_it_may_have() {
        let text =
            "Chào **mọi người**\nhàng hai\n\n- a\n- b\n\n[luật](/luat/1-2020-qh99) [ngoài](https://vi.example/a)";
        assert_eq!(
            html(text).trim(),
            "<p>Chào <strong>mọi người</strong><br>\nhàng hai</p>\n<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n\
             <p><a href=\"/luat/1-2020-qh99\" rel=\"nofollow noopener noreferrer ugc\">luật</a> \
             <a href=\"https://vi.example/a\" rel=\"nofollow noopener noreferrer ugc\">ngoài</a> (vi.example)</p>"
        );
        // What a link says is no proof of where it leads.
        let told = html("[congdoan.example](https://xn--bcher-kva.example/a) [xem vi.example](https://vi.example)");
        assert!(told.contains("congdoan.example</a> (bücher.example)"), "{told}");
        assert!(told.ends_with("xem vi.example</a></p>\n"), "{told}");
        assert_eq!(plain("**a** b\nc\n\n- d"), "a b c d");
    }

    #[test]
    fn markup_is_shown_as_it_was_typed_and_nothing_acts() {
        assert_eq!(
            html("<b>x</b> <script>alert(1)</script>").trim(),
            "<p>&lt;b&gt;x&lt;/b&gt; &lt;script&gt;alert(1)&lt;/script&gt;</p>"
        );
        assert!(html("<script>\nalert(1)\n</script>").contains("&lt;script&gt;"));
        for text in [
            "<img src=x onerror=alert(1)>",
            "<svg/onload=alert(1)>",
            "[x](javascript:alert(1))",
            "[x](JaVaScRiPt:alert(1))",
            "[x](data:text/html,a)",
            "[x](//evil.example/)",
            "![x](https://evil.example/a.png)",
            "[a]: javascript:alert(1)\n\n[a]",
            "<https://evil.example/\"onclick=alert(1)>",
            "<div>\n[x](javascript:1)\n</div>",
            "# <iframe src=x>",
            "```html\n<script>1</script>\n```",
        ] {
            assert_harmless(text);
        }
        assert!(!html("![x](https://evil.example/a.png)").contains("evil.example"));
        assert!(!html("[x](//evil.example/)").contains("evil.example"));
    }

    /// Between `<` and `>` stand only elements of the list, without anything that acts.
    fn assert_harmless(text: &str) {
        let html = html(text);
        for piece in html.split('<').skip(1) {
            let tag = piece.split('>').next().unwrap_or_default();
            let name = tag.trim_start_matches('/').split([' ', '\n']).next().unwrap_or_default();
            let known = ["p", "ul", "ol", "li", "strong", "em", "a", "br", "blockquote", "code"];
            assert!(known.contains(&name), "{text:?} gives <{tag}>");
            let attributes = tag.split("=\"").count() - 1;
            let allowed =
                tag.matches("href=\"").count() + tag.matches("rel=\"").count() + tag.matches("start=\"").count();
            assert_eq!(attributes, allowed, "{text:?} gives <{tag}>");
            if let Some(address) = tag.split("href=\"").nth(1) {
                let is_ours = address.starts_with('/') && !address.starts_with("//");
                let is_web = address.starts_with("https://") || address.starts_with("http://");
                assert!(is_ours || is_web, "{text:?} gives <{tag}>");
            }
        }
    }

    proptest! {
        #[test]
        fn no_words_give_anything_that_acts(text in "[<>/a-z\"'=()\\[\\]!: #`\\n*&;-]{0,80}") {
            assert_harmless(&text);
        }
    }
}
