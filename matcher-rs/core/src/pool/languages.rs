//! The languages mentors speak, as numbers, and the sets of them.

use std::collections::HashMap;

use super::codes::Distinct;

/// Numbers of languages, in order.
pub(crate) type Spoken = Box<[u32]>;

/// Every language and every distinct set of languages of a pool; any number of either.
#[derive(Debug, Clone, Default)]
pub(crate) struct Languages {
    numbers: HashMap<Box<str>, u32>,
    /// Per language, a bit for each code of a set that has it; for the shared code, of any such set.
    codes: Vec<u64>,
    pub(crate) sets: Distinct<Spoken>,
}

impl Languages {
    /// The number of a language; `None` when no mentor ever spoke it.
    pub(crate) fn number(&self, language: &str) -> Option<u32> {
        self.numbers.get(language).copied()
    }

    /// A bit for each code whose mentors speak this language, or may if it is the shared one.
    pub(crate) fn codes(&self, language: u32) -> u64 {
        self.codes[language as usize]
    }

    pub(super) fn hold(&mut self, languages: &[Box<str>]) -> u32 {
        let mut spoken: Vec<u32> = languages.iter().map(|language| self.enter(language)).collect();
        spoken.sort_unstable();
        spoken.dedup();
        let number = self.sets.hold(spoken.into_boxed_slice());
        self.note(number);
        number
    }

    pub(super) fn recode(&mut self) {
        self.sets.recode();
        self.codes.fill(0);
        (0..self.sets.len() as u32).for_each(|set| self.note(set));
    }

    fn note(&mut self, set: u32) {
        for language in self.sets.value(set) {
            self.codes[*language as usize] |= 1 << self.sets.code(set);
        }
    }

    fn enter(&mut self, language: &str) -> u32 {
        if let Some(number) = self.numbers.get(language) {
            return *number;
        }
        let number = self.codes.len() as u32;
        self.numbers.insert(language.into(), number);
        self.codes.push(0);
        number
    }
}
