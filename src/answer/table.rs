/*!
A cell of a quoted table as a sentence.

"Mức lương tối thiểu tháng vùng II là bao nhiêu?" over a row "Vùng II | 4.160.000 | 20.000" is
answered by one cell. The row's first cell must stand in the question, no other row's may
stand there as well; the column is the one whose heading shares most words with the question.
Where either is in doubt there is no sentence: the table itself is the answer.
*/

use crate::law::text::syllables;

/// What stands between the cells of a row.
const CELL: char = '|';
/// Fewest rows of a table.
const ROWS_MIN: usize = 2;

/// The sentence for the cell a question asks for.
pub fn sentence(question: &str, quote: &str) -> Option<String> {
    let rows: Vec<Vec<&str>> = quote.lines().filter_map(cells).collect();
    let is_body = |row: &Vec<&str>| row[1..].iter().all(|cell| is_figure(cell));
    let first = rows.iter().position(is_body)?;
    let columns = rows[first].len();
    let heading = heading(&rows[..first], columns)?;
    let rows: Vec<&Vec<&str>> = rows[first..].iter().filter(|row| row.len() == columns && is_body(row)).collect();
    if rows.len() < ROWS_MIN {
        return None;
    }
    let asked = syllables(question);
    let row = named_row(&asked, &rows)?;
    let column = best_column(&asked, &heading)?;
    let value = row[column].trim();
    if !is_figure(value) {
        return None;
    }
    let (name, unit) = name_and_unit(&heading[column]);
    let unit = match unit {
        Some(unit) if unit.starts_with('%') => unit,
        Some(unit) => format!(" {unit}"),
        None => String::new(),
    };
    Some(format!("{name} {} là {value}{unit}.", lower_first(row[0])))
}

/// The headings of the columns: of a printed table they may stand in several lines, that of
/// the first column in a line of its own.
fn heading(above: &[Vec<&str>], columns: usize) -> Option<Vec<String>> {
    let mut heading = vec![String::new(); columns];
    for row in above {
        let skipped = columns.checked_sub(row.len()).filter(|skipped| *skipped <= 1)?;
        for (cell, text) in heading[skipped..].iter_mut().zip(row) {
            *cell = format!("{cell} {text}").trim().to_owned();
        }
    }
    heading[1..].iter().all(|cell| !cell.is_empty()).then_some(heading)
}

/// The cells of a row; none for a line that is no row, or only rules a line.
fn cells(line: &str) -> Option<Vec<&str>> {
    let line = line.trim();
    let inner = line.strip_prefix(CELL).unwrap_or(line);
    let inner = inner.strip_suffix(CELL).unwrap_or(inner);
    let cells: Vec<&str> = inner.split(CELL).map(str::trim).collect();
    let is_rule = cells.iter().all(|cell| cell.chars().all(|c| matches!(c, '-' | ':' | ' ')));
    (2 <= cells.len() && !is_rule).then_some(cells)
}

/// The one row whose first cell stands in the question; of "Vùng I" and "Vùng II" the longer
/// run of syllables that matches as whole syllables.
fn named_row<'r, 't>(asked: &[String], rows: &[&'r Vec<&'t str>]) -> Option<&'r Vec<&'t str>> {
    let stands = |row: &Vec<&str>| {
        let name = syllables(row[0]);
        !name.is_empty() && asked.windows(name.len()).any(|window| window == name)
    };
    let mut named = rows.iter().filter(|row| stands(row));
    let first = named.next()?;
    named.next().is_none().then_some(*first)
}

/// The column whose heading shares most syllables with the question, alone.
fn best_column(asked: &[String], heading: &[String]) -> Option<usize> {
    if heading.len() == 2 {
        return Some(1);
    }
    let names: Vec<Vec<String>> = heading[1..].iter().map(|cell| syllables(&name_and_unit(cell).0)).collect();
    // Only the words that tell the columns apart count.
    let telling = |word: &String| !names.iter().all(|name| name.contains(word));
    let score = |name: &Vec<String>| name.iter().filter(|word| telling(word) && asked.contains(word)).count();
    let scores: Vec<usize> = names.iter().map(score).collect();
    let best = *scores.iter().max()?;
    let mut at = scores.iter().enumerate().filter(|(_, score)| **score == best).map(|(index, _)| index + 1);
    let first = at.next()?;
    (0 < best && at.next().is_none()).then_some(first)
}

/// A heading without its unit in brackets, and the unit.
fn name_and_unit(heading: &str) -> (String, Option<String>) {
    let plain = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let Some((name, rest)) = heading.split_once('(') else { return (plain(heading), None) };
    let unit = rest.split(')').next().unwrap_or_default();
    let unit = unit.rsplit(':').next().map(plain).filter(|unit| !unit.is_empty());
    (plain(name), unit)
}

fn is_figure(cell: &str) -> bool {
    cell.starts_with(|c: char| c.is_ascii_digit())
        && cell.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | ',' | '%' | ' ' | '\u{a0}'))
}

fn lower_first(text: &str) -> String {
    let mut chars = text.trim().chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "1. Giá thuê quầy như sau:\nKhu | Giá thuê ngày (Đơn vị: đồng/ngày) | Giá thuê tháng (Đơn vị: đồng/tháng)\nKhu I | 1.500 | 40.000\nKhu II | 1.200 | 30.000\n2. Khác.";

    #[test]
    fn the_cell_asked_for_is_said() {
        let said = |question: &str| sentence(question, TABLE);
        assert_eq!(
            said("Giá thuê tháng khu II là bao nhiêu?").as_deref(),
            Some("Giá thuê tháng khu II là 30.000 đồng/tháng.")
        );
        assert_eq!(said("khu i thuê một ngày mấy đồng").as_deref(), Some("Giá thuê ngày khu I là 1.500 đồng/ngày."));
        let printed = TABLE.replace(
            "Khu | Giá thuê ngày (Đơn vị: đồng/ngày) | Giá thuê tháng (Đơn vị: đồng/tháng)",
            "Giá thuê ngày | Giá thuê tháng\nKhu\n(Đơn vị: đồng/ngày) | (Đơn vị: đồng/tháng)",
        );
        assert_eq!(
            sentence("giá tháng khu II", &printed).as_deref(),
            Some("Giá thuê tháng khu II là 30.000 đồng/tháng.")
        );
        let markdown = "| Khu | Mức (%) |\n| --- | --- |\n| A | 5 |\n| B | 7 |";
        assert_eq!(sentence("mức khu B", markdown).as_deref(), Some("Mức b là 7%."));
    }

    #[test]
    fn in_doubt_nothing_is_said() {
        for question in
            ["Giá thuê tháng là bao nhiêu?", "Giá thuê khu II?", "Giá thuê tháng khu I và khu II?", "Khu III tháng"]
        {
            assert_eq!(sentence(question, TABLE), None, "{question}");
        }
        assert_eq!(sentence("khu II tháng", "Không có bảng."), None);
    }
}
