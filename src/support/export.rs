/*! A register as a file for a spreadsheet. Pure. */

use csv::WriterBuilder;
use jiff::{Timestamp, tz::TimeZone};

use super::port::RequestRow;
use crate::error::{Error, Result};

/// What tells spreadsheets that the file is UTF-8.
const MARK: &str = "\u{feff}";
/// Signs with which a cell would be taken for a formula.
const FORMULA_SIGNS: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// The register; times are days in `zone`. Words of members are not part of it.
pub(super) fn of(rows: &[RequestRow], zone: &TimeZone) -> Result<String> {
    let mut writer = WriterBuilder::new().from_writer(Vec::new());
    let failed = |error: csv::Error| Error::Internal(anyhow::Error::new(error).context("writing a register"));
    let day = |at: Timestamp| zone.to_datetime(at).date().to_string();
    let heads = [
        "so",
        "ngay_gui",
        "ma_don_vi",
        "don_vi",
        "ma_doan_vien",
        "ho_ten",
        "loai",
        "trang_thai",
        "don_vi_giai_quyet",
        "han",
        "ngay_quyet_dinh",
        "so_tien_dong",
    ];
    writer.write_record(heads).map_err(failed)?;
    for row in rows {
        let cells = [
            row.id.to_string(),
            day(row.sent_at),
            row.unit.code.clone(),
            row.unit.name.clone(),
            row.member_number.clone(),
            row.member_name.clone(),
            row.kind.title().to_owned(),
            row.state.title().to_owned(),
            row.desk.code.clone(),
            day(row.due_at),
            row.decided_at.map(day).unwrap_or_default(),
            row.amount_dong.to_string(),
        ];
        writer.write_record(cells.iter().map(|cell| harmless(cell))).map_err(failed)?;
    }
    let bytes = writer.into_inner().map_err(|e| Error::Internal(anyhow::anyhow!("writing a register: {e}")))?;
    let text = String::from_utf8(bytes).map_err(|e| Error::Internal(e.into()))?;
    Ok(format!("{MARK}{text}"))
}

/// A cell that no spreadsheet takes for a formula.
fn harmless(cell: &str) -> String {
    let acts = cell.trim_start().starts_with(FORMULA_SIGNS) || cell.starts_with(FORMULA_SIGNS);
    if acts { format!("'{cell}") } else { cell.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        for cell in ["=1+1", "+84", "-2", "@SUM(A1)", "\t=1", " =1", "\r=1"] {
            assert!(harmless(cell).starts_with('\''), "{cell:?}");
        }
        for cell in ["Nguyễn Thị An", "12", "a=b", ""] {
            assert_eq!(harmless(cell), cell);
        }
    }
}
