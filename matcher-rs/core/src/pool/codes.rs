//! Distinct values with short codes: the common ones have a code each, the rare ones share one.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::hash::Hash;

/// How many codes there are; a kernel looks a code up in a table of this length.
pub(crate) const CODES: usize = 64;
/// The code of every value too rare for one of its own.
pub(crate) const RARE: u8 = 62;
/// The code of a row that must not be found.
pub(crate) const NOBODY: u8 = 63;

/// Distinct values, numbered in the order they came, and how many rows hold each.
#[derive(Debug, Clone)]
pub(crate) struct Distinct<T> {
    numbers: HashMap<T, u32>,
    values: Vec<T>,
    held: Vec<u32>,
    codes: Vec<u8>,
    common: Vec<u32>,
    rare: Vec<u32>,
}

impl<T> Default for Distinct<T> {
    fn default() -> Self {
        Self {
            numbers: HashMap::new(),
            values: Vec::new(),
            held: Vec::new(),
            codes: Vec::new(),
            common: Vec::new(),
            rare: Vec::new(),
        }
    }
}

impl<T: Clone + Eq + Hash> Distinct<T> {
    /// The value with this number.
    pub(crate) fn value(&self, number: u32) -> &T {
        &self.values[number as usize]
    }

    /// The code of the value with this number.
    pub(crate) fn code(&self, number: u32) -> u8 {
        self.codes[number as usize]
    }

    /// How many values were ever held.
    pub(crate) fn len(&self) -> usize {
        self.values.len()
    }

    /// The values that have a code of their own, code 0 first.
    pub(crate) fn common(&self) -> impl Iterator<Item = &T> {
        self.common.iter().map(|number| self.value(*number))
    }

    /// The values that share [`RARE`].
    pub(crate) fn rare(&self) -> impl ExactSizeIterator<Item = &T> {
        self.rare.iter().map(|number| self.value(*number))
    }

    /// One more row holds this value; its number.
    pub(super) fn hold(&mut self, value: T) -> u32 {
        let number = match self.numbers.get(&value) {
            Some(number) => *number,
            None => self.add(value),
        };
        self.held[number as usize] += 1;
        number
    }

    /// One row less holds the value with this number.
    pub(super) fn release(&mut self, number: u32) {
        self.held[number as usize] -= 1;
    }

    /// Gives the codes anew, to the values that most rows hold.
    pub(super) fn recode(&mut self) {
        let mut order: Vec<u32> = (0..self.values.len() as u32).collect();
        order.sort_by_key(|number| (Reverse(self.held[*number as usize]), *number));
        self.common.clear();
        self.rare.clear();
        for number in order {
            self.codes[number as usize] = self.give_code(number);
        }
    }

    fn add(&mut self, value: T) -> u32 {
        let number = self.values.len() as u32;
        self.values.push(value.clone());
        self.numbers.insert(value, number);
        self.held.push(0);
        let code = self.give_code(number);
        self.codes.push(code);
        number
    }

    fn give_code(&mut self, number: u32) -> u8 {
        let code = self.common.len() as u8;
        if code < RARE {
            self.common.push(number);
            code
        } else {
            self.rare.push(number);
            RARE
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_values_most_rows_hold_have_codes_of_their_own() {
        let mut distinct = Distinct::default();
        for value in 0_u32..100 {
            for _ in 0..=value {
                distinct.hold(value);
            }
        }
        assert_eq!(distinct.rare().count(), 100 - usize::from(RARE));
        distinct.recode();
        assert!(distinct.common().copied().eq((38..100).rev()));
        assert!(distinct.rare().copied().eq((0..38).rev()));
        assert!((0..38).all(|number| distinct.code(number) == RARE));
    }
}
