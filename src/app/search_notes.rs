/*!
What an asker must know of what the question names: a day, a document not held, an article that
does not exist or is not in force.
*/

use jiff::civil::Date;

use crate::{
    index::Generation,
    retrieve::{
        Outcome, Standing,
        understand::{DirectCitation, NamedDocument},
    },
};

pub(super) fn notes(generation: &Generation, as_of: Date, outcome: &Outcome) -> Vec<String> {
    let mut notes = Vec::new();
    let understood = &outcome.understood;
    if understood.day == Some(as_of) {
        notes.push(format!("Tìm theo luật có hiệu lực ngày {}.", as_of.strftime("%d/%m/%Y")));
    }
    let named = understood.document.as_ref().map(name).unwrap_or_default();
    match outcome.standing {
        Standing::NotHeld => notes.push(format!("Văn bản câu hỏi nêu ({named}) chưa có trong kho.")),
        Standing::NoArticle => {
            let article = understood.direct.as_ref().map(|direct| direct.article.as_str()).unwrap_or_default();
            notes.push(format!("Văn bản câu hỏi nêu ({named}) trong kho không có Điều {article}."));
        }
        Standing::Held => notes.extend(out_of_force(generation, as_of, outcome, understood.direct.as_ref())),
        Standing::Unnamed => {}
    }
    notes
}

/// The provision named stands first and is not law on the day asked for.
fn out_of_force(
    generation: &Generation,
    as_of: Date,
    outcome: &Outcome,
    direct: Option<&DirectCitation>,
) -> Option<String> {
    let first = outcome.hits.first().filter(|_| direct.is_some())?;
    let entry = &generation.layout.articles[first.article];
    let document = generation.at(entry.document);
    let validity = document.validity(entry.node);
    if validity.in_force_on(as_of) {
        return None;
    }
    let citation = document.citation(Some(entry.node));
    let day = as_of.strftime("%d/%m/%Y");
    Some(match validity.to.filter(|to| *to < as_of) {
        Some(to) => format!("{citation} đã hết hiệu lực từ sau ngày {}.", to.strftime("%d/%m/%Y")),
        None => format!("{citation} chưa có hiệu lực vào ngày {day}."),
    })
}

/// What the question names: title or number, and the year.
fn name(document: &NamedDocument) -> String {
    let number = document.number.as_ref().map(|number| format!("số {}", number.trim_end_matches('/').to_uppercase()));
    let year = document.year.map(|year| year.to_string());
    let title = document.name.map(str::to_owned);
    [title, number, year].into_iter().flatten().collect::<Vec<_>>().join(" ")
}
