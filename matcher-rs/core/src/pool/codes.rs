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

/// Distinct values by number, and how many rows hold each. A number that no row holds any more goes to
/// the next value that comes, with its code.
#[derive(Debug, Clone)]
pub(crate) struct Distinct<T> {
    numbers: HashMap<T, u32>,
    values: Vec<T>,
    held: Vec<u32>,
    codes: Vec<u8>,
    common: Vec<u32>,
    rare: Vec<u32>,
    vacant: Vec<u32>,
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
            vacant: Vec::new(),
        }
    }
}

impl<T: Clone + Default + Eq + Hash> Distinct<T> {
    /// The value with this number.
    pub(crate) fn value(&self, number: u32) -> &T {
        &self.values[number as usize]
    }

    /// The code of the value with this number.
    pub(crate) fn code(&self, number: u32) -> u8 {
        self.codes[number as usize]
    }

    /// How many numbers there are, vacant ones among them.
    pub(crate) fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether a row holds this value.
    pub(super) fn is_held(&self, value: &T) -> bool {
        self.numbers.contains_key(value)
    }

    /// The values that have a code of their own, code 0 first; a vacant one has the default value.
    pub(crate) fn common(&self) -> impl Iterator<Item = &T> {
        self.common.iter().map(|number| self.value(*number))
    }

    /// The values that share [`RARE`], and a default one for each that is vacant.
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

    /// One row less holds the value with this number; the value, when it was the last.
    pub(super) fn release(&mut self, number: u32) -> Option<T> {
        let held = &mut self.held[number as usize];
        *held -= 1;
        if *held > 0 {
            return None;
        }
        let value = std::mem::take(&mut self.values[number as usize]);
        self.numbers.remove(&value);
        self.vacant.push(number);
        Some(value)
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
        if let Some(number) = self.vacant.pop() {
            self.values[number as usize] = value.clone();
            self.numbers.insert(value, number);
            return number;
        }
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

    #[test]
    fn what_no_row_holds_any_more_is_let_go_and_its_number_taken() {
        let mut distinct = Distinct::default();
        for round in 0..100_u32 {
            let numbers: Vec<u32> = (0..90).map(|at| distinct.hold(round * 90 + at)).collect();
            assert_eq!(distinct.hold(round * 90), numbers[0]);
            assert_eq!((distinct.len(), distinct.numbers.len()), (90, 90), "{round}");
            assert_eq!(distinct.common.len() + distinct.rare.len(), 90);
            assert_eq!(distinct.release(numbers[0]), None, "one more row holds it");
            for (at, number) in (0..).zip(numbers) {
                assert_eq!(distinct.release(number), Some(round * 90 + at));
            }
            if round % 9 == 0 {
                distinct.recode();
            }
        }
        assert!(distinct.numbers.is_empty());
    }
}
