/*! Registers of units, their budgets, and the register as a file. */

use jiff::{Timestamp, civil::date};

use super::{
    export,
    port::{BudgetLine, RegisterRange, RequestRow},
    service::{Support, year_of, zone},
    state::State,
};
use crate::{
    accounts::{Actor, Role, Unit, UnitPath},
    error::{Error, Result},
};

/// Requests of one page of a register.
const PAGE_ROWS_MAX: u32 = 50;
/// Requests of one file.
const EXPORT_ROWS_MAX: u32 = 5_000;
/// Largest budget of a unit, in đồng.
const BUDGET_DONG_MAX: i64 = 1_000_000_000_000;
/// Years a register can be asked for.
const YEARS: std::ops::RangeInclusive<i16> = 2020..=2100;
/// Roles that look at budgets.
const ROLES: [Role; 3] = [Role::Counsellor, Role::Admin, Role::Inspector];

/// Which register is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RegisterQuery {
    /// Code of the unit; the widest one's own where none is named.
    pub unit: Option<String>,
    /// Year in which requests were sent; this one where none is named.
    pub year: Option<i16>,
    /// Only those in this state.
    pub state: Option<State>,
    /// Number after which the page goes on.
    pub before: Option<i64>,
}

/// A register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Register {
    /// The unit.
    pub unit: Unit,
    /// The year.
    pub year: i16,
    /// Only those in this state.
    pub state: Option<State>,
    /// Requests, newest first; none for who looks after budgets alone.
    pub requests: Option<Vec<RequestRow>>,
    /// Number to go on with.
    pub next: Option<i64>,
    /// Budgets of the units below that have one or have promised something.
    pub budgets: Vec<BudgetLine>,
    /// Whether who looks may set budgets here.
    pub may_set_budgets: bool,
    /// Now, to tell what is late.
    pub now: Timestamp,
}

impl Support {
    /// The register of a unit and those below it. Counsellors see requests; admins and
    /// inspectors see budgets alone.
    ///
    /// # Errors
    /// `NotFound` for everybody else, `Forbidden` for a key.
    pub async fn register(&self, actor: &Actor, query: &RegisterQuery, now: Timestamp) -> Result<Register> {
        let unit = self.unit_of(actor, query.unit.as_deref(), &ROLES).await?;
        let year = year(query, now)?;
        let mut register = Register {
            year,
            state: query.state,
            requests: None,
            next: None,
            budgets: self.store.budgets(&unit.path, year).await?,
            may_set_budgets: actor.may(Role::Admin, &unit.path),
            now,
            unit,
        };
        if actor.may(Role::Counsellor, &register.unit.path) {
            let range = range(&register.unit.path, query, year, PAGE_ROWS_MAX + 1)?;
            let mut requests = self.store.register(&range).await?;
            if (PAGE_ROWS_MAX as usize) < requests.len() {
                requests.truncate(PAGE_ROWS_MAX as usize);
                register.next = requests.last().map(|last| last.id);
            }
            register.requests = Some(requests);
        }
        Ok(register)
    }

    /// The requests of a register as CSV, for counsellors.
    ///
    /// # Errors
    /// `NotFound` for everybody else, `Invalid` for more than a file takes.
    pub async fn register_csv(&self, actor: &Actor, query: &RegisterQuery, now: Timestamp) -> Result<String> {
        let unit = self.unit_of(actor, query.unit.as_deref(), &[Role::Counsellor]).await?;
        let range = range(&unit.path, query, year(query, now)?, EXPORT_ROWS_MAX + 1)?;
        let rows = self.store.register(&range).await?;
        if (EXPORT_ROWS_MAX as usize) < rows.len() {
            let message = format!("nhiều hơn {EXPORT_ROWS_MAX} yêu cầu; hãy chọn đơn vị nhỏ hơn hoặc một trạng thái");
            return Err(Error::invalid("don_vi", message));
        }
        export::of(&rows, &zone())
    }

    /// Sets the budget of a unit for a year: the unit above decides, the top for itself.
    ///
    /// # Errors
    /// `NotFound` for who may not, `Invalid` naming the field, `Forbidden` for a key.
    pub async fn set_budget(
        &self,
        actor: &Actor,
        (code, year): (&str, i16),
        budget_dong: i64,
        now: Timestamp,
    ) -> Result<()> {
        actor.require_session()?;
        let missing = || Error::NotFound { resource: "unit", id: code.to_owned() };
        let unit = self.people.unit(code).await?.ok_or_else(missing)?;
        actor.require(Role::Admin, &above(&unit.path)?, "unit", code)?;
        let this = year_of(now);
        if !(this - 1..=this + 1).contains(&year) {
            return Err(Error::invalid("nam", format!("phải từ {} đến {}", this - 1, this + 1)));
        }
        if !(0..=BUDGET_DONG_MAX).contains(&budget_dong) {
            return Err(Error::invalid("ngan_sach", format!("phải từ 0 đến {BUDGET_DONG_MAX} đồng")));
        }
        self.store.put_budget(unit.id, year, budget_dong).await
    }

    /// The unit of that code, within the reach of one of the roles; without a code the widest.
    async fn unit_of(&self, actor: &Actor, code: Option<&str>, roles: &[Role]) -> Result<Unit> {
        actor.require_session()?;
        let missing = |code: &str| Error::NotFound { resource: "unit", id: code.to_owned() };
        if let Some(code) = code.filter(|code| !code.is_empty()) {
            let unit = self.people.unit(code).await?.ok_or_else(|| missing(code))?;
            let may = roles.iter().any(|role| actor.may(*role, &unit.path));
            return if may { Ok(unit) } else { Err(missing(code)) };
        }
        // Of several, the first of the roles named is what one comes for.
        let widest = |role: &Role| actor.reach(*role).min_by_key(|path| path.as_str().len());
        let path = roles.iter().find_map(widest).ok_or_else(|| missing("ho-tro"))?;
        let units = self.people.units(Some(path)).await?;
        units.into_iter().next().ok_or_else(|| missing("ho-tro"))
    }
}

fn year(query: &RegisterQuery, now: Timestamp) -> Result<i16> {
    let year = query.year.unwrap_or_else(|| year_of(now));
    if YEARS.contains(&year) {
        return Ok(year);
    }
    Err(Error::invalid("nam", format!("phải từ {} đến {}", YEARS.start(), YEARS.end())))
}

fn range(within: &UnitPath, query: &RegisterQuery, year: i16, rows_max: u32) -> Result<RegisterRange> {
    let start = |year: i16| {
        let midnight = zone().to_timestamp(date(year, 1, 1).at(0, 0, 0, 0));
        midnight.map_err(|e| Error::Internal(e.into()))
    };
    Ok(RegisterRange {
        within: within.clone(),
        from: start(year)?,
        until: start(year + 1)?,
        state: query.state,
        before: query.before,
        rows_max,
    })
}

/// The unit above; the top is above itself.
fn above(path: &UnitPath) -> Result<UnitPath> {
    let text = path.as_str().trim_end_matches('/');
    match text.rsplit_once('/') {
        Some((above, _)) if !above.is_empty() => UnitPath::from_stored(format!("{above}/")),
        _ => Ok(path.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_top_is_above_itself() {
        for (path, expected) in [("/1/5/17/", "/1/5/"), ("/1/5/", "/1/"), ("/1/", "/1/")] {
            let path = UnitPath::from_stored(path.to_owned()).unwrap();
            assert_eq!(above(&path).unwrap().as_str(), expected);
        }
    }

    #[test]
    fn a_year_is_vietnams() {
        let path = UnitPath::from_stored("/1/".to_owned()).unwrap();
        let range = range(&path, &RegisterQuery::default(), 2026, 1).unwrap();
        assert_eq!(range.from.to_string(), "2025-12-31T17:00:00Z");
        assert_eq!(year_of(range.from), 2026);
    }
}
