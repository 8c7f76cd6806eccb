//! Lists of a request, checked while they are read: nothing large is made of what will be refused.

use std::collections::{BTreeMap, HashSet};
use std::fmt;
use std::hash::Hash;
use std::marker::PhantomData;

use matcher_core::{Candidate, Invalid, Need, Pool};
use serde::de::{Deserialize, DeserializeOwned, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use uuid::Uuid;

use crate::wire::{CandidateIn, NeedIn};

/// Most learners in one cohort.
pub(crate) const COHORT: usize = 100_000;
/// Most mentors in one request.
pub(crate) const MENTORS: usize = 5_000_000;
/// Most skills of one mentor.
pub(crate) const SKILLS: usize = 256;
/// Most languages of one person.
pub(crate) const LANGUAGES: usize = 64;
/// Most skills one learner wants.
pub(crate) const WANTED: usize = 32;
/// Most mentors one learner may have blocked.
pub(crate) const BLOCKED: usize = 10_000;

/// Takes in one element after the other, and may refuse one.
pub(crate) trait Gather: Default {
    type Element;
    /// What the elements are, in words.
    const WHAT: &str;

    /// Takes in the next one.
    fn add(&mut self, element: Self::Element) -> Result<(), Invalid>;
}

/// Gathers what another format has read already.
pub(crate) fn gathered<G: Gather>(
    elements: impl IntoIterator<Item = Result<G::Element, Invalid>>,
) -> Result<G, Invalid> {
    let mut all = G::default();
    elements.into_iter().try_for_each(|element| all.add(element?))?;
    Ok(all)
}

/// Mentors laid out for ranking at once, each once.
#[derive(Debug, Default)]
pub(crate) struct Mentors(pub(crate) Pool);

/// Mentors, each once.
#[derive(Debug, Default)]
pub(crate) struct Upserts {
    pub(crate) list: Vec<Candidate>,
    seen: HashSet<Uuid>,
}

/// Learners, each once.
#[derive(Debug, Default)]
pub(crate) struct Learners {
    pub(crate) list: Vec<Need>,
    seen: HashSet<Uuid>,
}

impl Gather for Mentors {
    type Element = CandidateIn;
    const WHAT: &str = "mentors";

    fn add(&mut self, said: CandidateIn) -> Result<(), Invalid> {
        at_most(MENTORS, self.0.len(), "mentors")?;
        once(!self.0.contains(said.id), "mentor", said.id)?;
        self.0.upsert(&Candidate::try_from(said)?);
        Ok(())
    }
}

impl Gather for Upserts {
    type Element = CandidateIn;
    const WHAT: &str = "mentors";

    fn add(&mut self, said: CandidateIn) -> Result<(), Invalid> {
        at_most(MENTORS, self.list.len(), "mentors")?;
        once(self.seen.insert(said.id), "mentor", said.id)?;
        self.list.push(Candidate::try_from(said)?);
        Ok(())
    }
}

impl Gather for Learners {
    type Element = NeedIn;
    const WHAT: &str = "learners";

    fn add(&mut self, said: NeedIn) -> Result<(), Invalid> {
        at_most(COHORT, self.list.len(), "learners")?;
        once(self.seen.insert(said.learner_id), "learner", said.learner_id)?;
        self.list.push(Need::try_from(said)?);
        Ok(())
    }
}

/// Refuses one more than `most`.
pub(crate) fn at_most(most: usize, before: usize, what: &str) -> Result<(), Invalid> {
    if before < most { Ok(()) } else { Err(Invalid(format!("at most {most} {what}"))) }
}

fn once(first: bool, what: &str, id: Uuid) -> Result<(), Invalid> {
    if first { Ok(()) } else { Err(Invalid(format!("{what} {id} comes twice; name each once"))) }
}

struct Gatherer<G>(PhantomData<G>);

impl<'de, G: Gather<Element: DeserializeOwned>> Visitor<'de> for Gatherer<G> {
    type Value = G;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "a list of {}", G::WHAT)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<G, A::Error> {
        let mut all = G::default();
        while let Some(element) = list.next_element()? {
            all.add(element).map_err(A::Error::custom)?;
        }
        Ok(all)
    }
}

impl<'de> Deserialize<'de> for Mentors {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        input.deserialize_seq(Gatherer(PhantomData))
    }
}

impl<'de> Deserialize<'de> for Upserts {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        input.deserialize_seq(Gatherer(PhantomData))
    }
}

impl<'de> Deserialize<'de> for Learners {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        input.deserialize_seq(Gatherer(PhantomData))
    }
}

/// A list of at most `MOST`.
#[derive(Debug)]
struct Few<T, const MOST: usize>(Vec<T>);

impl<T, const MOST: usize> Default for Few<T, MOST> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T, const MOST: usize> Gather for Few<T, MOST> {
    type Element = T;
    const WHAT: &str = "values";

    fn add(&mut self, element: T) -> Result<(), Invalid> {
        at_most(MOST, self.0.len(), "values in this list")?;
        self.0.push(element);
        Ok(())
    }
}

/// Reads a list of at most `MOST`.
pub(crate) fn list<'de, T: DeserializeOwned, const MOST: usize, D: Deserializer<'de>>(
    input: D,
) -> Result<Vec<T>, D::Error> {
    input.deserialize_seq(Gatherer::<Few<T, MOST>>(PhantomData)).map(|few| few.0)
}

/// Reads a set of at most `MOST`; repeats count.
pub(crate) fn set<'de, T: DeserializeOwned + Eq + Hash, const MOST: usize, D: Deserializer<'de>>(
    input: D,
) -> Result<HashSet<T>, D::Error> {
    list::<T, MOST, D>(input).map(HashSet::from_iter)
}

/// Reads skills and levels, each skill once.
pub(crate) fn skills<'de, D: Deserializer<'de>>(input: D) -> Result<BTreeMap<Box<str>, u32>, D::Error> {
    struct Levels;

    impl<'de> Visitor<'de> for Levels {
        type Value = BTreeMap<Box<str>, u32>;

        fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str("a map from skill to level")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut all = BTreeMap::new();
            while let Some((skill, level)) = map.next_entry()? {
                know(&mut all, skill, level).map_err(A::Error::custom)?;
            }
            Ok(all)
        }
    }
    input.deserialize_map(Levels)
}

/// One more skill of a mentor.
pub(crate) fn know(all: &mut BTreeMap<Box<str>, u32>, skill: Box<str>, level: u32) -> Result<(), Invalid> {
    at_most(SKILLS, all.len(), "skills of one mentor")?;
    let repeated = Invalid(format!("the skill {skill} comes twice; name each once"));
    if all.insert(skill, level).is_none() { Ok(()) } else { Err(repeated) }
}
