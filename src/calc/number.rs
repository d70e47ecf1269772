/*!
Exact numbers: fractions without floating point, and how they are written in Vietnamese.
*/

use std::ops::{Add, Mul, Sub};

/// An exact fraction with a positive denominator, in lowest terms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ratio {
    numerator: i128,
    denominator: i128,
}

fn gcd(a: i128, b: i128) -> i128 {
    if b == 0 { a } else { gcd(b, a % b) }
}

impl Ratio {
    /// `numerator / denominator`; a zero denominator counts as one.
    pub fn new(numerator: i128, denominator: i128) -> Self {
        if denominator == 0 {
            return Self { numerator, denominator: 1 };
        }
        let sign = denominator.signum();
        let divisor = gcd(numerator.abs(), denominator.abs()).max(1);
        Self { numerator: sign * numerator / divisor, denominator: sign * denominator / divisor }
    }

    /// A whole number.
    pub fn whole(value: i64) -> Self {
        Self { numerator: i128::from(value), denominator: 1 }
    }

    /// `value` percent.
    pub fn percent(value: i64) -> Self {
        Self::new(i128::from(value), 100)
    }

    /// This divided by a whole number; zero counts as one.
    pub fn over(self, divisor: i64) -> Self {
        Self::new(self.numerator, self.denominator * i128::from(if divisor == 0 { 1 } else { divisor }))
    }

    /// Divided by another; dividing by zero gives zero.
    pub fn divided_by(self, other: Self) -> Self {
        if other.numerator == 0 {
            return Self::whole(0);
        }
        Self::new(self.numerator * other.denominator, self.denominator * other.numerator)
    }

    /// Rounded to the nearest whole number, halves up.
    pub fn rounded(self) -> i64 {
        let twice = 2 * self.numerator + self.denominator;
        i64::try_from(twice.div_euclid(2 * self.denominator)).unwrap_or(i64::MAX)
    }

    /// Rounded up.
    pub fn ceiling(self) -> i64 {
        i64::try_from(-(-self.numerator).div_euclid(self.denominator)).unwrap_or(i64::MAX)
    }

    /// Whether nothing is left after the point.
    pub fn is_whole(self) -> bool {
        self.denominator == 1
    }

    /// The smaller of two.
    pub fn min(self, other: Self) -> Self {
        if self <= other { self } else { other }
    }

    /// The larger of two.
    pub fn max(self, other: Self) -> Self {
        if self <= other { other } else { self }
    }

    /// With a decimal comma and thousands dots, at most two digits after the comma.
    pub fn text(self) -> String {
        let hundredths = (self * Self::whole(100)).rounded();
        let (whole, rest) = (hundredths.div_euclid(100), hundredths.rem_euclid(100));
        match rest {
            0 => grouped(whole),
            rest if rest % 10 == 0 => format!("{},{}", grouped(whole), rest / 10),
            rest => format!("{},{rest:02}", grouped(whole)),
        }
    }

    /// As programs read it: `35/4`, or the whole number.
    pub fn exact(self) -> String {
        if self.is_whole() { self.numerator.to_string() } else { format!("{}/{}", self.numerator, self.denominator) }
    }

    /// The whole number, if it is one.
    pub fn as_whole(self) -> Option<i64> {
        if self.is_whole() { i64::try_from(self.numerator).ok() } else { None }
    }
}

impl PartialOrd for Ratio {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Ratio {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.numerator * other.denominator).cmp(&(other.numerator * self.denominator))
    }
}

impl Add for Ratio {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self::new(
            self.numerator * other.denominator + other.numerator * self.denominator,
            self.denominator * other.denominator,
        )
    }
}

impl Sub for Ratio {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        self + Self { numerator: -other.numerator, denominator: other.denominator }
    }
}

impl Mul for Ratio {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        Self::new(self.numerator * other.numerator, self.denominator * other.denominator)
    }
}

/// `5310000` as `5.310.000`.
pub fn grouped(value: i64) -> String {
    let digits = value.unsigned_abs().to_string();
    let mut text = String::from(if value < 0 { "-" } else { "" });
    for (at, digit) in digits.chars().enumerate() {
        if at != 0 && (digits.len() - at).is_multiple_of(3) {
            text.push('.');
        }
        text.push(digit);
    }
    text
}

/// `5310000` as `5.310.000 đồng`.
pub fn dong(value: i64) -> String {
    format!("{} đồng", grouped(value))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn fractions_are_written_as_people_write_them() {
        assert_eq!(Ratio::new(35, 4).text(), "8,75");
        assert_eq!(Ratio::new(1, 2).text(), "0,5");
        assert_eq!(Ratio::new(12_345_678, 1).text(), "12.345.678");
        assert_eq!(dong(5_310_000), "5.310.000 đồng");
        assert_eq!((Ratio::new(5, 2).rounded(), Ratio::new(7, 3).rounded(), Ratio::new(7, 3).ceiling()), (3, 2, 3));
    }

    proptest! {
        #[test]
        fn arithmetic_is_exact(a in -1_000_000i64..1_000_000, b in 1i64..1_000, c in -1_000_000i64..1_000_000, d in 1i64..1_000) {
            let (x, y) = (Ratio::whole(a).over(b), Ratio::whole(c).over(d));
            prop_assert_eq!(x + y - y, x);
            prop_assert_eq!(x * Ratio::whole(b), Ratio::whole(a));
            prop_assert_eq!(x <= y, i128::from(a) * i128::from(d) <= i128::from(c) * i128::from(b));
            prop_assert!((Ratio::whole(x.rounded()) - x).max(x - Ratio::whole(x.rounded())) <= Ratio::new(1, 2));
        }

        #[test]
        fn grouping_keeps_the_digits(value in any::<i64>()) {
            prop_assert_eq!(grouped(value).replace('.', ""), value.to_string());
        }
    }
}
