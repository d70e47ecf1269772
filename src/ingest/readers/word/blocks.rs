/*!
Paragraphs and tables, and how they become lines.

A table's row is one line, its cells joined by [`CELL_SEPARATOR`]. A row of a single cell is
no table to a reader but a frame around text: its paragraphs stay lines of their own.
*/

use crate::ingest::source_text::CELL_SEPARATOR;

/// A cell: what stands in it.
pub type Cell = Vec<Block>;
/// A row: its cells.
pub type Row = Vec<Cell>;

/// A piece of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// Text of a paragraph, `\n` where its lines are broken by hand.
    Paragraph(String),
    /// Rows.
    Table(Vec<Row>),
}

/// Closes the cell, row and table that are open, if any, and puts the table to the blocks.
pub fn end_table(blocks: &mut Vec<Block>, rows: &mut Vec<Row>, row: &mut Row, cell: &mut Cell) {
    if !cell.is_empty() {
        row.push(std::mem::take(cell));
    }
    if !row.is_empty() {
        rows.push(std::mem::take(row));
    }
    if !rows.is_empty() {
        blocks.push(Block::Table(std::mem::take(rows)));
    }
}

/// Writes the blocks as lines.
pub fn write(blocks: &[Block], text: &mut String) {
    for block in blocks {
        match block {
            Block::Paragraph(paragraph) => paragraph.lines().for_each(|line| push_line(line, text)),
            Block::Table(rows) => rows.iter().for_each(|row| write_row(row, text)),
        }
    }
}

fn write_row(row: &Row, text: &mut String) {
    if let [cell] = row.as_slice() {
        return write(cell, text);
    }
    let mut cells: Vec<String> = row.iter().map(|cell| one_line(cell)).collect();
    while cells.last().is_some_and(String::is_empty) {
        cells.pop();
    }
    push_line(&cells.join(CELL_SEPARATOR), text);
}

/// All text of the blocks in one line.
pub fn one_line(blocks: &[Block]) -> String {
    let mut words = String::new();
    collect(blocks, &mut words);
    words
}

fn collect(blocks: &[Block], line: &mut String) {
    for block in blocks {
        match block {
            Block::Paragraph(paragraph) => {
                for word in paragraph.split_whitespace() {
                    if !line.is_empty() {
                        line.push(' ');
                    }
                    line.push_str(word);
                }
            }
            Block::Table(rows) => rows.iter().flatten().for_each(|cell| collect(cell, line)),
        }
    }
}

fn push_line(line: &str, text: &mut String) {
    let line = line.trim();
    if !line.is_empty() {
        text.push_str(line);
        text.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paragraph(text: &str) -> Block {
        Block::Paragraph(text.to_owned())
    }

    #[test]
    fn a_row_is_a_line_and_a_frame_is_none() {
        let inner = Block::Table(vec![vec![vec![paragraph("x")], vec![paragraph("y")]]]);
        let table = Block::Table(vec![
            vec![vec![paragraph("một"), paragraph("hai\nba")], vec![], vec![inner.clone()], vec![]],
            vec![vec![paragraph("khung"), paragraph("hai dòng"), inner]],
            vec![vec![], vec![]],
        ]);
        let mut text = String::new();
        write(&[paragraph(" đầu "), paragraph("  "), table], &mut text);
        assert_eq!(text, "đầu\nmột hai ba |  | x y\nkhung\nhai dòng\nx | y\n");
    }
}
