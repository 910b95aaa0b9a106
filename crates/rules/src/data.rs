//! Facts with a date: release cycles and official images, from `rules/data`.

use std::fmt;
use std::str::FromStr;

/// A calendar day, as the number 20260711.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(pub(crate) u32);

impl Date {
    /// Today in UTC, by the system's clock.
    pub fn today() -> Self {
        let seconds =
            std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |d| d.as_secs());
        Self::from_days(i64::try_from(seconds / 86_400).unwrap_or(0))
    }

    /// Days since 1970-01-01 (Howard Hinnant's civil-from-days).
    pub fn from_days(days: i64) -> Self {
        let z = days + 719_468;
        let era = z.div_euclid(146_097);
        let doe = z.rem_euclid(146_097);
        let yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365;
        let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
        let mp = (5 * doy + 2) / 153;
        let day = doy - (153 * mp + 2) / 5 + 1;
        let month = if mp < 10 { mp + 3 } else { mp - 9 };
        let year = yoe + era * 400 + i64::from(month <= 2);
        Self(u32::try_from(year * 10_000 + month * 100 + day).unwrap_or(0))
    }

    /// Days since 1970-01-01.
    pub fn days(self) -> i64 {
        let (year, month, day) =
            (i64::from(self.0 / 10_000), i64::from(self.0 / 100 % 100), i64::from(self.0 % 100));
        let y = if month <= 2 { year - 1 } else { year };
        let era = y.div_euclid(400);
        let yoe = y.rem_euclid(400);
        let doy = (153 * (if month > 2 { month - 3 } else { month + 9 }) + 2) / 5 + day - 1;
        era * 146_097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719_468
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.0 / 10_000, self.0 / 100 % 100, self.0 % 100)
    }
}

impl fmt::Debug for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Date {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let bad = || format!("`{text}` is not a date: write it as 2026-07-11");
        let parts: Vec<&str> = text.split('-').collect();
        let [year, month, day] = parts[..] else { return Err(bad()) };
        let number = |t: &str, digits: usize| -> Result<u32, String> {
            if t.len() == digits && t.bytes().all(|b| b.is_ascii_digit()) {
                t.parse().map_err(|_| bad())
            } else {
                Err(bad())
            }
        };
        let (year, month, day) = (number(year, 4)?, number(month, 2)?, number(day, 2)?);
        let date = Self(year * 10_000 + month * 100 + day);
        if Self::from_days(date.days()) == date { Ok(date) } else { Err(bad()) }
    }
}

/// One release line of a product: Debian 12, Python 3.11.
#[derive(Debug, PartialEq, Eq)]
pub struct Cycle {
    /// `12`, `3.11`.
    pub name: &'static str,
    /// `Bookworm`; empty where there is none.
    pub codename: &'static str,
    /// The day it came out.
    pub released: Option<Date>,
    /// The day its regular support ends.
    pub end_of_life: Option<Date>,
    /// The day until which a team of its own goes on mending it, free for everybody.
    pub long_term_end: Option<Date>,
}

impl Cycle {
    /// The last day on which anybody mends its security faults; None where that is not known.
    pub fn mended_until(&self) -> Option<Date> {
        self.end_of_life.max(self.long_term_end)
    }

    /// The last day of its long-term support, where it has come to that: regular support is over.
    pub fn in_long_term(&self, today: Date) -> Option<Date> {
        let over = self.end_of_life.is_some_and(|end| end < today);
        self.long_term_end.filter(|end| over && *end >= today)
    }
}

/// Packages of one kind, from a table in `rules/data`.
#[derive(Debug)]
pub struct PackageGroup {
    /// What each of them is: `compiler`.
    pub what: &'static str,
    names: &'static [&'static str],
    except: &'static [&'static str],
}

impl PackageGroup {
    fn has(&self, package: &str) -> bool {
        self.names.iter().any(|n| matches(n, package)) && !self.except.contains(&package)
    }
}

/// Whether a name of a table, which may have one `*`, means this package.
fn matches(name: &str, package: &str) -> bool {
    match name.split_once('*') {
        None => name == package,
        Some((head, tail)) => {
            package.len() > head.len() + tail.len() && package.starts_with(head) && package.ends_with(tail)
        }
    }
}

include!(concat!(env!("OUT_DIR"), "/data.rs"));

/// What a package of a distribution is that only building needs (`compiler`, `headers`); None for any other.
pub fn build_package(package: &str) -> Option<&'static str> {
    BUILD_PACKAGES.iter().find(|g| g.has(package)).map(|g| g.what)
}

/// What a package is that a running service has no use for; None for any other.
pub fn unneeded_package(package: &str) -> Option<&'static str> {
    UNNEEDED_PACKAGES.iter().find(|g| g.has(package)).map(|g| g.what)
}

/// What took the place of an official image that is not rebuilt any more; None for any other.
pub fn retired_image(image: &str) -> Option<&'static str> {
    RETIRED_IMAGES.iter().find(|(name, _)| *name == image).map(|(_, instead)| *instead)
}

/// The release cycles of a product by its endoflife.date name (`debian`, `nodejs`), newest first.
pub fn cycles(product: &str) -> &'static [Cycle] {
    END_OF_LIFE.binary_search_by_key(&product, |(p, _)| p).map_or(&[], |at| END_OF_LIFE[at].1)
}

/// The release line that a version belongs to: 3.11 for `3.11.4-slim`, 8 for `8u312-jre`.
pub fn cycle_of(cycles: &'static [Cycle], version: &str) -> Option<&'static Cycle> {
    let end = version.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(version.len());
    let version = version[..end].trim_end_matches('.');
    if version.is_empty() {
        return None;
    }
    let belongs = |c: &&Cycle| {
        version == c.name || version.strip_prefix(c.name).is_some_and(|rest| rest.starts_with('.'))
    };
    cycles.iter().filter(belongs).max_by_key(|c| c.name.len())
}

/// The newest release line that is out and still supported on that day.
pub fn supported_on(cycles: &'static [Cycle], today: Date) -> Option<&'static Cycle> {
    cycles
        .iter()
        .find(|c| c.end_of_life.is_none_or(|end| end > today) && c.released.is_none_or(|day| day <= today))
}

/// The tags of a Docker official image, or None where there is no official image of that name.
pub fn official_tags(image: &str) -> Option<impl Iterator<Item = &'static str> + Clone> {
    let at = OFFICIAL_IMAGES.binary_search_by_key(&image, |(i, _)| i).ok()?;
    Some(OFFICIAL_IMAGES[at].1.split(' '))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_go_both_ways() {
        for text in ["1970-01-01", "2000-02-29", "2026-07-11", "2100-12-31"] {
            let date: Date = text.parse().unwrap();
            assert_eq!(date.to_string(), text);
            assert_eq!(Date::from_days(date.days()), date);
        }
        assert_eq!("1970-01-02".parse::<Date>().unwrap().days(), 1);
        for bad in ["2026-02-30", "2026-13-01", "26-01-01", "today", ""] {
            assert!(bad.parse::<Date>().is_err(), "{bad}");
        }
    }

    #[test]
    fn packages_are_known_by_what_they_are() {
        assert_eq!(build_package("gcc"), Some("compiler"));
        assert_eq!(build_package("g++-12"), Some("compiler"));
        assert_eq!(build_package("build-essential"), Some("build tool"));
        assert_eq!(build_package("libpq-dev"), Some("headers"));
        assert_eq!(build_package("openssl-devel"), Some("headers"));
        for package in ["libpq5", "curl", "dev", "-dev", "python3", "git"] {
            assert_eq!(build_package(package), None, "{package}");
        }
        assert_eq!(unneeded_package("vim"), Some("an editor"));
        assert_eq!(unneeded_package("curl"), None);
        assert_eq!(retired_image("openjdk"), Some("eclipse-temurin"));
        assert_eq!(retired_image("python"), None);
    }

    #[test]
    fn the_tables_are_there_in_order() {
        assert!(END_OF_LIFE.is_sorted_by_key(|(p, _)| p));
        assert!(OFFICIAL_IMAGES.is_sorted_by_key(|(i, _)| i));
        assert!(cycles("debian").iter().any(|c| c.name == "12" && c.codename == "Bookworm"));
        assert!(cycles("debian").iter().any(|c| c.name == "11" && c.long_term_end > c.end_of_life));
        assert!(cycles("no-such-product").is_empty());
        assert!(official_tags("python").unwrap().any(|t| t == "3.13-slim"));
        assert!(official_tags("nobody/python").is_none());
    }
}
