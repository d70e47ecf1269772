/*!
Statutory calculators: what a right comes to in days and đồng, with every step cited.

Pure: the day, like every input, is an argument. Money is whole đồng, everything between is
an exact fraction. Each number of the law is a dated [`Rule`] that names its provision; a
number that could not be checked in the law's text is not here, and a result that would
need it names the missing document instead. What is not given is asked for, never guessed.
*/

pub mod amounts;
pub mod calendar;
mod facts;
mod holiday;
mod interest;
mod leave;
mod limitation;
mod maternity;
mod notice;
mod notice_2012;
mod other_leave;
mod overtime;
mod probation;
mod retirement;
mod severance;
mod sickness;
mod unemployment;
mod union;
mod wage;

pub mod input;
pub mod number;
pub mod outcome;
pub mod recognise;
pub mod rule;
pub mod source;
mod stated;

#[cfg(test)]
mod property_tests;
#[cfg(test)]
mod question_tests;
#[cfg(test)]
mod tests;

use jiff::civil::Date;

pub use input::{Field, Given, InputProblem, Kind};
pub use outcome::{Amount, Figure, Missing, MissingDocument, Outcome, Step, Unit};
pub use recognise::{Offer, recognise};
pub use rule::Rule;
pub use source::{Law, Source};

use outcome::Work;

/// One calculator.
#[derive(Debug, Clone, Copy)]
pub struct Calculator {
    /// Name for programs and addresses.
    pub name: &'static str,
    /// Name for people, in Vietnamese.
    pub title: &'static str,
    /// What it works out, in Vietnamese.
    pub summary: &'static str,
    /// Its inputs.
    pub fields: &'static [Field],
    /// The numbers of the law it uses.
    pub rules: &'static [Rule],
    work: fn(Work<'_>) -> Outcome,
}

/// All of them, in the order in which they are listed.
pub const CALCULATORS: [&Calculator; 16] = [
    &notice::CALCULATOR,
    &overtime::CALCULATOR,
    &severance::SEVERANCE,
    &severance::JOB_LOSS,
    &leave::CALCULATOR,
    &probation::CALCULATOR,
    &retirement::CALCULATOR,
    &maternity::CALCULATOR,
    &maternity::PATERNITY,
    &sickness::CALCULATOR,
    &unemployment::CALCULATOR,
    &wage::CALCULATOR,
    &interest::CALCULATOR,
    &union::FUNDS,
    &union::DUES,
    &limitation::CALCULATOR,
];

/// The calculator of this name.
pub fn calculator(name: &str) -> Option<&'static Calculator> {
    CALCULATORS.into_iter().find(|calculator| calculator.name == name)
}

impl Calculator {
    /// Works out `inputs` with the law of `as_of`.
    ///
    /// # Errors
    /// Every mistake in the inputs, each naming its field.
    pub fn run<'a>(
        &self,
        inputs: impl IntoIterator<Item = (&'a str, &'a str)>,
        as_of: Date,
    ) -> Result<Outcome, Vec<InputProblem>> {
        let given = Given::read(self.fields, inputs)?;
        Ok((self.work)(Work::new(&given, self.fields, as_of)))
    }
}
