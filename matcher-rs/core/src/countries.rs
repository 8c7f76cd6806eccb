//! How near two countries are, without floating point.
//!
//! Each country stands at the principal place that the tz database (`zone.tab`, public domain)
//! names for it, written in `data/countries.txt` as kilometres from the centre of the Earth along
//! three axes. The straight line between two places, cut into 100 km steps, selects the decay
//! `exp(-d / 4000 km)` of the way `d` along the surface. Regions are the sub-regions of UN M49.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::WHOLE;
use crate::invalid::Invalid;

/// An ISO 3166-1 alpha-2 code, upper case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Country([u8; 2]);

impl Country {
    /// Reads a code such as `NG`. Codes that no table knows are allowed: they are near to themselves only.
    pub fn parse(code: &str) -> Result<Self, Invalid> {
        match code.as_bytes() {
            [first, second] if first.is_ascii_uppercase() && second.is_ascii_uppercase() => Ok(Self([*first, *second])),
            _ => Err(Invalid(format!("{code:?} is no country code; write two capital letters, such as NG"))),
        }
    }

    /// The code.
    pub fn as_str(&self) -> &str {
        str::from_utf8(&self.0).unwrap_or_default()
    }
}

#[derive(Debug, PartialEq)]
struct Place {
    region: u8,
    at: [i64; 3],
}

/// 10 000 × exp(-d / 4000 km), `d` being the way along the surface (radius 6371 km) for the middle
/// of each 100 km step of the straight line.
const DECAY: [u32; 128] = [
    9876, 9632, 9394, 9162, 8936, 8715, 8500, 8289, 8084, 7884, 7689, 7498, 7312, 7131, 6954, 6781, 6612, 6448, 6287,
    6130, 5977, 5827, 5681, 5538, 5399, 5263, 5131, 5001, 4874, 4751, 4630, 4512, 4397, 4285, 4175, 4068, 3963, 3861,
    3761, 3664, 3569, 3476, 3385, 3296, 3210, 3125, 3042, 2962, 2883, 2806, 2730, 2657, 2585, 2515, 2447, 2380, 2314,
    2251, 2188, 2127, 2068, 2010, 1953, 1898, 1844, 1791, 1739, 1689, 1640, 1592, 1545, 1499, 1454, 1411, 1368, 1326,
    1286, 1246, 1207, 1169, 1132, 1096, 1061, 1027, 993, 960, 928, 897, 867, 837, 808, 779, 752, 725, 698, 673, 648,
    623, 599, 576, 553, 531, 509, 488, 467, 447, 427, 408, 389, 371, 353, 336, 318, 302, 285, 269, 253, 238, 223, 208,
    193, 178, 163, 148, 133, 117, 98, 67,
];

static PLACES: LazyLock<HashMap<Country, Place>> = LazyLock::new(|| read(include_str!("../data/countries.txt")));

fn read(text: &str) -> HashMap<Country, Place> {
    let mut places = HashMap::new();
    let mut region = 0;
    for line in text.lines() {
        if !line.starts_with(' ') {
            region += 1;
            continue;
        }
        for entry in line.split(';') {
            let words: Vec<&str> = entry.split_whitespace().collect();
            if let [code, x, y, z] = words[..]
                && let (Ok(country), Ok(x), Ok(y), Ok(z)) = (Country::parse(code), x.parse(), y.parse(), z.parse())
            {
                places.insert(country, Place { region, at: [x, y, z] });
            }
        }
    }
    places
}

/// The nearness of all known countries to each other, looked up by number.
struct Nearness {
    /// The number of each code of two letters, if it is known.
    numbers: [Option<u8>; 26 * 26],
    /// A row for each number.
    shares: Vec<u16>,
    known: usize,
}

static NEARNESS: LazyLock<Nearness> = LazyLock::new(|| {
    let mut numbers = [None; 26 * 26];
    for (number, country) in PLACES.keys().enumerate() {
        numbers[country.letters()] = u8::try_from(number).ok();
    }
    let shares = PLACES.values().flat_map(|here| PLACES.values().map(|there| between(here, there) as u16));
    Nearness { numbers, shares: shares.collect(), known: PLACES.len() }
});

impl Country {
    /// The two letters as one number below 26 × 26.
    fn letters(self) -> usize {
        let [first, second] = self.0.map(|letter| usize::from(letter - b'A'));
        first * 26 + second
    }
}

/// The share of nearness: all for one country, six tenths for one region, less the further apart.
pub fn nearness(one: Option<Country>, other: Option<Country>) -> u32 {
    let (Some(one), Some(other)) = (one, other) else { return 0 };
    if one == other {
        return WHOLE;
    }
    let Nearness { numbers, shares, known } = &*NEARNESS;
    match (numbers[one.letters()], numbers[other.letters()]) {
        (Some(here), Some(there)) => u32::from(shares[usize::from(here) * known + usize::from(there)]),
        _ => 0,
    }
}

/// The share for two countries that are not one.
fn between(here: &Place, there: &Place) -> u32 {
    if here.region == there.region {
        return WHOLE * 6 / 10;
    }
    let square: i64 = here.at.iter().zip(&there.at).map(|(a, b)| (a - b) * (a - b)).sum();
    let step = (square.unsigned_abs().isqrt() / 100).min(DECAY.len() as u64 - 1);
    DECAY[step as usize] * 4 / 10
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(one: &str, other: &str) -> u32 {
        nearness(Country::parse(one).ok(), Country::parse(other).ok())
    }

    #[test]
    fn every_line_of_the_table_is_understood() {
        let written = include_str!("../data/countries.txt").lines().filter(|line| line.starts_with(' '));
        assert_eq!(PLACES.len(), written.map(|line| line.split(';').count()).sum());
        assert!(NEARNESS.numbers.iter().flatten().count() == PLACES.len(), "each has a number of its own");
    }

    #[test]
    fn nearness_falls_with_distance() {
        assert_eq!(near("NG", "NG"), 10_000);
        assert_eq!(near("NG", "GH"), 6_000);
        assert!(near("NG", "KE") > near("NG", "IN"));
        assert_eq!(near("NG", "KE"), near("KE", "NG"));
        assert_eq!(near("XX", "NG"), 0);
        assert_eq!(near("XX", "XX"), 10_000);
        assert_eq!(nearness(None, None), 0);
    }

    #[test]
    fn codes_are_two_capitals() {
        for code in ["", "N", "ng", "NGA", "N1"] {
            assert!(Country::parse(code).is_err());
        }
    }
}
