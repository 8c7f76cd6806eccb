//! The languages mentors speak, as numbers, and the sets of them.

use std::collections::HashMap;
use std::sync::Arc;

use super::codes::{Distinct, RARE};

/// Numbers of languages, in order.
pub(crate) type Spoken = Box<[u32]>;

/// Every language and every distinct set of languages of a pool; any number of either. What nobody
/// speaks any more is forgotten.
#[derive(Debug, Clone, Default)]
pub(crate) struct Languages {
    numbers: HashMap<Arc<str>, u32>,
    names: Vec<Arc<str>>,
    /// Per language, the sets that have it.
    within: Vec<u32>,
    /// Per language, a bit for each code of a set that has it; for the shared code, of any such set.
    codes: Vec<u64>,
    vacant: Vec<u32>,
    pub(crate) sets: Distinct<Spoken>,
}

impl Languages {
    /// The number of a language; `None` when no mentor speaks it.
    pub(crate) fn number(&self, language: &str) -> Option<u32> {
        self.numbers.get(language).copied()
    }

    /// A bit for each code whose mentors speak this language, or may if it is the shared one.
    pub(crate) fn codes(&self, language: u32) -> u64 {
        self.codes[language as usize]
    }

    /// How many numbers there are, of languages and of sets, vacant ones among them.
    pub(super) fn len(&self) -> usize {
        self.names.len() + self.sets.len()
    }

    pub(super) fn hold(&mut self, languages: &[Box<str>]) -> u32 {
        let mut spoken: Vec<u32> = languages.iter().map(|language| self.enter(language)).collect();
        spoken.sort_unstable();
        spoken.dedup();
        let spoken = spoken.into_boxed_slice();
        if self.sets.is_held(&spoken) {
            return self.sets.hold(spoken);
        }
        for language in &spoken {
            self.within[*language as usize] += 1;
        }
        let number = self.sets.hold(spoken);
        self.note(number);
        number
    }

    pub(super) fn release(&mut self, set: u32) {
        let code = self.sets.code(set);
        for language in self.sets.release(set).into_iter().flatten() {
            let at = language as usize;
            if code != RARE {
                self.codes[at] &= !(1 << code); // the next set of this code may not have it
            }
            self.within[at] -= 1;
            if self.within[at] == 0 {
                self.numbers.remove(&self.names[at]);
                self.vacant.push(language);
            }
        }
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
        let name: Arc<str> = language.into();
        let number = self.vacant.pop().unwrap_or(self.names.len() as u32);
        super::put(&mut self.names, number, Arc::clone(&name));
        super::put(&mut self.codes, number, 0);
        super::put(&mut self.within, number, 0);
        self.numbers.insert(name, number);
        number
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_speaks_any_more_is_forgotten() {
        let mut languages = Languages::default();
        for round in 0..100 {
            let sets: Vec<u32> = (0..90)
                .map(|at| languages.hold(&["en".into(), format!("{round} {at}").into(), format!("{at}").into()]))
                .collect();
            assert_eq!((languages.numbers.len(), languages.len()), (181, 181 + 90), "{round}");
            for set in sets {
                languages.release(set);
            }
            assert_eq!((languages.number("en"), languages.numbers.len()), (None, 0));
        }
    }

    #[test]
    fn a_code_that_changes_hands_means_the_languages_of_its_new_set_alone() {
        let mut languages = Languages::default();
        let stays = languages.hold(&["fr".into()]);
        let goes = languages.hold(&["fr".into(), "sw".into()]);
        languages.release(goes);
        let comes = languages.hold(&["ha".into()]);
        assert_eq!(languages.sets.code(comes), languages.sets.code(goes), "the number and its code are taken over");
        let bits = |name: &str| languages.number(name).map(|number| languages.codes(number));
        assert_eq!(
            (bits("fr"), bits("ha")),
            (Some(1 << languages.sets.code(stays)), Some(1 << languages.sets.code(comes)))
        );
    }
}
