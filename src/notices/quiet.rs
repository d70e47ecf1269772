/*! Quiet hours: pure arithmetic over a day of local time. */

use jiff::{SignedDuration, Timestamp};

use crate::error::{Error, Result};

/// Hours of Vietnam's clock ahead of UTC.
const LOCAL_UTC_OFFSET_HOURS: i64 = 7;
/// Minutes of a day.
const DAY_MINUTES: i64 = 24 * 60;

/// Hours of each day in which a member is not told anything new.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuietHours {
    /// First minute of the day, from 0, local time.
    pub from_minute: u16,
    /// First minute after them; before `from_minute` when they go over midnight.
    pub to_minute: u16,
}

impl QuietHours {
    /// Quiet hours written `22:00` and `06:00`.
    ///
    /// # Errors
    /// `Invalid` naming `from` or `to`.
    pub fn parse(from: &str, to: &str) -> Result<Self> {
        let hours = Self { from_minute: minute("from", from)?, to_minute: minute("to", to)? };
        if hours.from_minute == hours.to_minute {
            return Err(Error::invalid("to", "giờ kết thúc phải khác giờ bắt đầu"));
        }
        Ok(hours)
    }

    /// When the quiet began in which `now` lies; none where it is not quiet.
    pub fn began(self, now: Timestamp) -> Option<Timestamp> {
        let ms = now.as_millisecond() + LOCAL_UTC_OFFSET_HOURS * 3_600_000;
        let since = (ms.rem_euclid(DAY_MINUTES * 60_000) - i64::from(self.from_minute) * 60_000)
            .rem_euclid(DAY_MINUTES * 60_000);
        (since < self.length_minutes() * 60_000).then(|| now - SignedDuration::from_millis(since))
    }

    /// When it ends; none where it is not quiet.
    pub fn ends(self, now: Timestamp) -> Option<Timestamp> {
        self.began(now).map(|began| began + SignedDuration::from_mins(self.length_minutes()))
    }

    /// The two ends as `22:00` and `06:00`.
    pub fn texts(self) -> (String, String) {
        let text = |minute: u16| format!("{:02}:{:02}", minute / 60, minute % 60);
        (text(self.from_minute), text(self.to_minute))
    }

    fn length_minutes(self) -> i64 {
        (i64::from(self.to_minute) - i64::from(self.from_minute)).rem_euclid(DAY_MINUTES)
    }
}

fn minute(field: &str, text: &str) -> Result<u16> {
    let wrong = || Error::invalid(field, "giờ phải viết dạng giờ:phút, ví dụ 22:00");
    let (hour, minute) = text.trim().split_once(':').ok_or_else(wrong)?;
    let (hour, minute): (u16, u16) =
        (hour.parse().map_err(|_ignored| wrong())?, minute.parse().map_err(|_ignored| wrong())?);
    if 24 <= hour || 60 <= minute { Err(wrong()) } else { Ok(hour * 60 + minute) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        format!("2026-01-{text}:00+07:00").parse().unwrap()
    }

    #[test]
    fn quiet_goes_over_midnight_and_ends_in_the_morning() {
        let hours = QuietHours::parse("22:00", "06:30").unwrap();
        assert_eq!(hours.texts(), ("22:00".to_owned(), "06:30".to_owned()));
        for (now, began, ends) in [
            ("10T22:00", Some("10T22:00"), Some("11T06:30")),
            ("11T00:05", Some("10T22:00"), Some("11T06:30")),
            ("11T06:29", Some("10T22:00"), Some("11T06:30")),
            ("11T06:30", None, None),
            ("11T21:59", None, None),
        ] {
            assert_eq!((hours.began(at(now)), hours.ends(at(now))), (began.map(at), ends.map(at)), "{now}");
        }
        let noon = QuietHours::parse("12:00", "13:00").unwrap();
        assert_eq!(noon.ends(at("05T12:59")), Some(at("05T13:00")));
        assert_eq!((noon.began(at("05T11:59")), noon.began(at("05T13:00"))), (None, None));
        for (from, to) in [("24:00", "06:00"), ("22:00", "6"), ("22:60", "06:00"), ("a:b", "1:1"), ("06:00", "06:00")] {
            assert!(QuietHours::parse(from, to).is_err(), "{from} {to}");
        }
    }
}
