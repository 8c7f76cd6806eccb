//! A week of quarter hours in UTC, as a mask of 672 bits: no time zone is off by less.

use crate::invalid::Invalid;

/// Quarter hours in a week. Slot 0 is Monday 00:00 to 00:15 UTC.
pub const SLOTS: u32 = 672;
/// Two people who share fewer quarter hours than this cannot meet for an hour.
pub const LEAST_OVERLAP: u32 = 4;

const WORDS: usize = 11;
const DIGITS: usize = SLOTS as usize / 4;
const BYTES: usize = SLOTS as usize / 8;

/// The quarter hours someone is free; bit `n` is slot `n`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Mask([u64; WORDS]);

impl Mask {
    /// The mask with these slots set; slots outside the week are left out.
    pub fn of(slots: impl IntoIterator<Item = u32>) -> Self {
        let mut words = [0; WORDS];
        for slot in slots.into_iter().filter(|slot| *slot < SLOTS) {
            words[slot as usize / 64] |= 1 << (slot % 64);
        }
        Self(words)
    }

    /// How many quarter hours both are free.
    pub fn overlap(&self, other: &Self) -> u32 {
        self.0.iter().zip(&other.0).map(|(mine, theirs)| (mine & theirs).count_ones()).sum()
    }

    /// Bit `n` is bit `n % 8` of byte `n / 8`.
    pub(crate) fn to_bytes(self) -> [u8; BYTES] {
        let mut bytes = [0; BYTES];
        for (bytes, word) in bytes.chunks_mut(8).zip(self.0) {
            bytes.copy_from_slice(&word.to_le_bytes()[..bytes.len()]);
        }
        bytes
    }

    /// Reads 168 hexadecimal digits, the highest slot first.
    pub fn from_hex(text: &str) -> Result<Self, Invalid> {
        let wrong =
            || Invalid(format!("availability is {DIGITS} hexadecimal digits, the last quarter hour of the week first"));
        if text.len() != DIGITS || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(wrong());
        }
        let mut words = [0; WORDS];
        for (word, digits) in words.iter_mut().zip(text.as_bytes().rchunks(16)) {
            let digits = std::str::from_utf8(digits).map_err(|_| wrong())?;
            *word = u64::from_str_radix(digits, 16).map_err(|_| wrong())?;
        }
        Ok(Self(words))
    }

    /// Writes what [`Mask::from_hex`] reads.
    pub fn to_hex(&self) -> String {
        let nibble = |digit: usize| (self.0[digit / 16] >> (digit % 16 * 4)) as u32 & 15;
        (0..DIGITS).rev().filter_map(|digit| char::from_digit(nibble(digit), 16)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_mask_are_one_thing_written_twice() -> Result<(), Invalid> {
        let mask = Mask::of([0, 63, 64, 671, 672]);
        assert_eq!(Mask::from_hex(&mask.to_hex())?, mask);
        assert_eq!(mask.overlap(&Mask::of([63, 671, 12])), 2);
        assert_eq!(mask.to_hex().len(), DIGITS);
        Ok(())
    }

    #[test]
    fn a_mask_of_another_length_or_alphabet_is_refused() {
        for text in ["", "0", &"g".repeat(168), &"0".repeat(84), &"0".repeat(169), &"é".repeat(84)] {
            assert!(Mask::from_hex(text).is_err());
        }
    }
}
