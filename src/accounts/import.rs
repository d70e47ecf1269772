/*!
Units and members from a CSV file: compared with what is held, and only differences kept.

Who has no password gets an invite code, unless one waits already. Codes are handed over
before the batch they belong to is kept: a code in the list that was not kept opens nothing,
while a code kept and not handed over could never be used. Rows at fault are left out and
told with their line; all others are kept. The same file again changes nothing. Who had their
account erased gets neither contacts nor a code back by it: an admin makes them one when they ask.
*/

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;

use super::{
    Accounts, DirectoryEntry, Login, LoginKind, MemberRow, ShortMessage, Unit, UnitLevel, UnitRow,
    csv_rows::{Column, Row, Rows},
    fold_name,
    manage::{EMAIL_PLACE, PHONE_PLACE},
    port::LoginRow,
    sign_in::{INVITE_DAYS, days},
};
use crate::{
    error::{Error, Result},
    law::text::fold,
    secrets::{Code, Hash},
};

/// Members kept in one transaction: so that others who write wait a moment, not a minute.
const BATCH_MEMBERS: usize = 2_000;
/// Problems told one by one; the rest is counted.
const PROBLEMS_MAX: usize = 1_000;

/// What a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportKind {
    /// Units.
    Units,
    /// Members.
    Members,
}

/// What is wanted of an import.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ImportWish {
    /// Compare and report, keep nothing.
    pub dry_run: bool,
}

/// A row that was left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowProblem {
    /// Line of the file, from 1.
    pub line: u64,
    /// Column at fault.
    pub column: String,
    /// What is wrong.
    pub message: String,
}

/// What came of an import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportReport {
    /// What the file held.
    pub kind: ImportKind,
    /// Rows read.
    pub rows: usize,
    /// Rows that were new.
    pub created: usize,
    /// Rows that differed from what was held.
    pub changed: usize,
    /// Rows that did not.
    pub unchanged: usize,
    /// Invite codes made.
    pub codes: usize,
    /// Rows left out.
    pub problem_count: usize,
    /// The first of them, one by one.
    pub problems: Vec<RowProblem>,
}

impl ImportReport {
    fn new(kind: ImportKind, rows: usize) -> Self {
        Self { kind, rows, created: 0, changed: 0, unchanged: 0, codes: 0, problem_count: 0, problems: Vec::new() }
    }

    fn problem(&mut self, line: u64, error: &Error) {
        self.problem_count += 1;
        if self.problems.len() < PROBLEMS_MAX {
            let (column, message) = match error {
                Error::Invalid { field, message } => (field.clone(), message.clone()),
                other => (String::new(), other.to_string()),
            };
            self.problems.push(RowProblem { line, column, message });
        }
    }
}

/// An invite code for the list that is handed over.
#[derive(Debug, Clone)]
pub struct IssuedCode {
    /// Member number.
    pub number: String,
    /// Name.
    pub name: String,
    /// Code of their unit, whose officers hand the codes out.
    pub unit_code: String,
    /// The code.
    pub code: Code,
}

/// Takes codes over, to keep them where their owner finds them.
pub type HandOver<'a> = dyn FnMut(&[IssuedCode]) -> Result<()> + Send + 'a;

impl Accounts {
    /// Imports a file of units or of members, as its columns tell; for who holds the machine.
    ///
    /// # Errors
    /// `Invalid` naming `file` when it cannot be read or lacks columns; whatever `hand_over` and the gateway for short messages say.
    pub async fn import(
        &self,
        file: &[u8],
        wish: ImportWish,
        now: Timestamp,
        hand_over: &mut HandOver<'_>,
    ) -> Result<ImportReport> {
        let rows = Rows::read(file)?;
        if rows.has(Column::Number) {
            lacks_none(&rows, &[Column::Number, Column::Name, Column::Phone, Column::Email, Column::Unit])?;
            self.import_members(&rows, wish, now, hand_over).await
        } else {
            lacks_none(&rows, &[Column::Unit, Column::UnitName, Column::Level, Column::Parent])?;
            self.import_units(&rows, wish).await
        }
    }

    async fn import_units(&self, rows: &Rows, wish: ImportWish) -> Result<ImportReport> {
        let mut report = ImportReport::new(ImportKind::Units, rows.len());
        let mut held: HashMap<String, UnitRow> = as_rows(&self.people.units(None).await?);
        let mut seen = HashSet::new();
        let mut keep = Vec::new();
        for (line, row) in rows.iter() {
            let parsed = row.map_err(|e| Error::invalid("row", e)).and_then(|row| unit_row(&row));
            let checked = parsed.and_then(|unit| check_unit(unit, &held, &mut seen));
            let unit = match checked {
                Ok(unit) => unit,
                Err(error) => {
                    report.problem(line, &error);
                    continue;
                }
            };
            match held.get(&unit.code) {
                Some(before) if *before == unit => {
                    report.unchanged += 1;
                    continue;
                }
                Some(_) => report.changed += 1,
                None => report.created += 1,
            }
            held.insert(unit.code.clone(), unit.clone());
            keep.push(unit);
        }
        if !wish.dry_run {
            self.people.put_units(&keep).await?;
        }
        Ok(report)
    }

    async fn import_members(
        &self,
        rows: &Rows,
        wish: ImportWish,
        now: Timestamp,
        hand_over: &mut HandOver<'_>,
    ) -> Result<ImportReport> {
        let mut report = ImportReport::new(ImportKind::Members, rows.len());
        let units = self.people.units(None).await?.into_iter().map(|unit| unit.code).collect();
        let mut held = Held::new(units, self.people.directory().await?);
        let mut batch = Batch::default();
        for (line, row) in rows.iter() {
            let parsed = row.map_err(|e| Error::invalid("row", e)).and_then(|row| self.member_row(&row));
            match parsed.and_then(|(row, contacts)| held.compare(row, line).map(|verdict| (verdict, contacts))) {
                Err(error) => report.problem(line, &error),
                Ok((Verdict::Unchanged, _)) => report.unchanged += 1,
                Ok((Verdict::Keep { row, is_new, needs_code }, contacts)) => {
                    *(if is_new { &mut report.created } else { &mut report.changed }) += 1;
                    report.codes += usize::from(needs_code);
                    if !wish.dry_run {
                        self.add(&mut batch, *row, &contacts, needs_code)?;
                    }
                }
            }
            if batch.rows.len() == BATCH_MEMBERS {
                self.keep(&mut batch, now, hand_over).await?;
            }
        }
        self.keep(&mut batch, now, hand_over).await?;
        Ok(report)
    }

    /// A row as it would be kept, but for its contacts, which are sealed only if it is.
    fn member_row(&self, row: &Row<'_>) -> Result<(MemberRow, Contacts)> {
        let number = Login::number(&row.cell(Column::Number))?;
        let name = row.cell(Column::Name);
        if name.is_empty() {
            return Err(Error::invalid("name", "họ tên trống"));
        }
        let optional = |column: Column, parse: fn(&str) -> Result<Login>| {
            let text = row.cell(column);
            if text.is_empty() { Ok(None) } else { parse(&text).map(Some) }
        };
        let contacts =
            Contacts { phone: optional(Column::Phone, Login::phone)?, email: optional(Column::Email, Login::email)? };
        let logins = [Some(&number), contacts.phone.as_ref(), contacts.email.as_ref()];
        let logins = logins.into_iter().flatten().map(|l| LoginRow { kind: l.kind, hash: l.hash(&self.keys) });
        let member = MemberRow {
            number: number.as_str().to_owned(),
            name_folded: fold_name(&name),
            name,
            unit_code: row.cell(Column::Unit).to_uppercase(),
            phone_sealed: None,
            email_sealed: None,
            logins: logins.collect(),
            invite: None,
        };
        Ok((member, contacts))
    }

    fn add(&self, batch: &mut Batch, mut row: MemberRow, contacts: &Contacts, needs_code: bool) -> Result<()> {
        let seal = |place: &str, login: Option<&Login>| login.map(|l| self.keys.seal(place, l.as_str())).transpose();
        row.phone_sealed = seal(PHONE_PLACE, contacts.phone.as_ref())?;
        row.email_sealed = seal(EMAIL_PLACE, contacts.email.as_ref())?;
        if needs_code {
            let code = Code::random()?;
            row.invite = Some(self.invite_hash(&code));
            if let (Some(_), Some(phone)) = (&self.sms, &contacts.phone) {
                batch.messages.push(ShortMessage::invite(phone.as_str(), &code, INVITE_DAYS));
            }
            batch.codes.push(IssuedCode {
                number: row.number.clone(),
                name: row.name.clone(),
                unit_code: row.unit_code.clone(),
                code,
            });
        }
        batch.rows.push(row);
        Ok(())
    }

    async fn keep(&self, batch: &mut Batch, now: Timestamp, hand_over: &mut HandOver<'_>) -> Result<()> {
        let Batch { rows, codes, messages } = std::mem::take(batch);
        if rows.is_empty() {
            return Ok(());
        }
        if !codes.is_empty() {
            hand_over(&codes)?;
        }
        if let Some(gateway) = self.sms.as_ref().filter(|_| !messages.is_empty()) {
            gateway.take(&messages)?;
        }
        self.people.put_members(&rows, now, now + days(INVITE_DAYS)).await
    }
}

#[derive(Default)]
struct Batch {
    rows: Vec<MemberRow>,
    codes: Vec<IssuedCode>,
    messages: Vec<ShortMessage>,
}

struct Contacts {
    phone: Option<Login>,
    email: Option<Login>,
}

/// What is to be done with a row.
enum Verdict {
    Unchanged,
    Keep { row: Box<MemberRow>, is_new: bool, needs_code: bool },
}

/// What is held, as an import goes on.
struct Held {
    units: HashSet<String>,
    members: HashMap<String, DirectoryEntry>,
    /// Whose a name to sign in with is.
    owners: HashMap<Hash, String>,
    /// On which line of the file a number stood.
    lines: HashMap<String, u64>,
}

impl Held {
    fn new(units: HashSet<String>, members: Vec<DirectoryEntry>) -> Self {
        let logins = members.iter().flat_map(|entry| entry.logins.iter().map(|l| (l.hash, entry.number.clone())));
        Self {
            units,
            owners: logins.collect(),
            members: members.into_iter().map(|entry| (entry.number.clone(), entry)).collect(),
            lines: HashMap::new(),
        }
    }

    fn compare(&mut self, mut row: MemberRow, line: u64) -> Result<Verdict> {
        let is_erased = self.members.get(&row.number).is_some_and(|before| before.is_erased);
        if is_erased {
            row.logins.retain(|login| login.kind == LoginKind::Number);
        }
        if !self.units.contains(&row.unit_code) {
            return Err(Error::invalid("unit", format!("không có đơn vị mã `{}`", row.unit_code)));
        }
        if let Some(before) = self.lines.get(&row.number) {
            return Err(Error::invalid("number", format!("mã đoàn viên đã có ở dòng {before}")));
        }
        for login in &row.logins {
            if self.owners.get(&login.hash).is_some_and(|owner| *owner != row.number) {
                return Err(Error::invalid(login.kind.name(), "đã là của đoàn viên khác"));
            }
        }
        self.lines.insert(row.number.clone(), line);
        self.owners.extend(row.logins.iter().map(|login| (login.hash, row.number.clone())));
        let Some(before) = self.members.get(&row.number) else {
            return Ok(Verdict::Keep { row: Box::new(row), is_new: true, needs_code: true });
        };
        let needs_code = !before.has_password && !before.has_invite && !is_erased;
        let same_logins =
            before.logins.len() == row.logins.len() && row.logins.iter().all(|login| before.logins.contains(login));
        if before.name == row.name && before.unit_code == row.unit_code && same_logins && !needs_code {
            return Ok(Verdict::Unchanged);
        }
        Ok(Verdict::Keep { row: Box::new(row), is_new: false, needs_code })
    }
}

fn lacks_none(rows: &Rows, wanted: &[Column]) -> Result<()> {
    let lacking = rows.lacks(wanted);
    if lacking.is_empty() {
        return Ok(());
    }
    Err(Error::invalid(
        "file",
        format!(
            "lacks the columns {}; a file of members has number, name, phone, email, unit; \
             a file of units has unit, unit_name, level, parent",
            lacking.join(", ")
        ),
    ))
}

fn as_rows(units: &[Unit]) -> HashMap<String, UnitRow> {
    let codes: HashMap<_, _> = units.iter().map(|unit| (unit.id, unit.code.clone())).collect();
    let row = |unit: &Unit| UnitRow {
        code: unit.code.clone(),
        name: unit.name.clone(),
        level: unit.level,
        parent_code: unit.parent.and_then(|parent| codes.get(&parent).cloned()),
    };
    units.iter().map(|unit| (unit.code.clone(), row(unit))).collect()
}

fn unit_row(row: &Row<'_>) -> Result<UnitRow> {
    let code = Login::number(&row.cell(Column::Unit));
    let code = code.map_err(|_| Error::invalid("unit", "mã đơn vị chỉ gồm chữ, số và các dấu - _ . /"))?;
    let name = row.cell(Column::UnitName);
    if name.is_empty() {
        return Err(Error::invalid("unit_name", "tên đơn vị trống"));
    }
    let parent = row.cell(Column::Parent).to_uppercase();
    Ok(UnitRow {
        code: code.as_str().to_owned(),
        name,
        level: level(&row.cell(Column::Level))?,
        parent_code: Some(parent).filter(|parent| !parent.is_empty()),
    })
}

fn level(text: &str) -> Result<UnitLevel> {
    let key: String = fold(text).chars().filter(char::is_ascii_alphanumeric).collect();
    match key.trim_start_matches("congdoan") {
        "sector" | "nganh" => Ok(UnitLevel::Sector),
        "upper" | "captren" | "captrentructiepcoso" => Ok(UnitLevel::Upper),
        "base" | "coso" => Ok(UnitLevel::Base),
        "team" | "to" | "tocongdoan" | "bophan" => Ok(UnitLevel::Team),
        _ => Err(Error::invalid("level", "cấp phải là ngành, cấp trên, cơ sở hoặc tổ")),
    }
}

/// A unit lies below one that is there, of a higher level, and stands in the file once.
fn check_unit(unit: UnitRow, held: &HashMap<String, UnitRow>, seen: &mut HashSet<String>) -> Result<UnitRow> {
    match &unit.parent_code {
        None => {
            let other = held.values().find(|other| other.parent_code.is_none() && other.code != unit.code);
            if let Some(other) = other {
                let message = format!("chỉ `{}` không có đơn vị cấp trên; hãy ghi mã cấp trên", other.code);
                return Err(Error::invalid("parent", message));
            }
        }
        Some(parent) => {
            let missing = || Error::invalid("parent", format!("không có đơn vị `{parent}` ở các dòng trên"));
            let above = held.get(parent).ok_or_else(missing)?;
            if unit.level <= above.level {
                return Err(Error::invalid("level", format!("phải dưới cấp của `{parent}`")));
            }
        }
    }
    if seen.insert(unit.code.clone()) {
        Ok(unit)
    } else {
        Err(Error::invalid("unit", "mã đơn vị đã có ở dòng trên"))
    }
}
