//! The languages mentors speak, as numbers, and the sets of them.

use std::collections::HashMap;

use super::codes::Distinct;

/// Numbers of languages, in order.
pub(crate) type Spoken = Box<[u32]>;

/// Every language and every distinct set of languages of a pool; any number of either.
#[derive(Debug, Clone, Default)]
pub(crate) struct Languages {
    numbers: HashMap<Box<str>, u32>,
    /// Per language, whether a set with the shared code has it.
    rarely: Vec<bool>,
    pub(crate) sets: Distinct<Spoken>,
}

impl Languages {
    /// The number of a language; `None` when no mentor ever spoke it.
    pub(crate) fn number(&self, language: &str) -> Option<u32> {
        self.numbers.get(language).copied()
    }

    /// Whether a mentor whose set has the shared code may speak this language.
    pub(crate) fn rarely(&self, language: u32) -> bool {
        self.rarely[language as usize]
    }

    pub(super) fn hold(&mut self, languages: &[Box<str>]) -> u32 {
        let mut spoken: Vec<u32> = languages.iter().map(|language| self.enter(language)).collect();
        spoken.sort_unstable();
        spoken.dedup();
        let known = self.sets.rare().len();
        let number = self.sets.hold(spoken.into_boxed_slice());
        if self.sets.rare().len() > known {
            self.note(number);
        }
        number
    }

    pub(super) fn recode(&mut self) {
        self.sets.recode();
        self.rarely.fill(false);
        for language in self.sets.rare().flatten() {
            self.rarely[*language as usize] = true;
        }
    }

    fn note(&mut self, set: u32) {
        for language in self.sets.value(set) {
            self.rarely[*language as usize] = true;
        }
    }

    fn enter(&mut self, language: &str) -> u32 {
        if let Some(number) = self.numbers.get(language) {
            return *number;
        }
        let number = self.rarely.len() as u32;
        self.numbers.insert(language.into(), number);
        self.rarely.push(false);
        number
    }
}
