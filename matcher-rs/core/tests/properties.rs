//! The fast ways give what the plain ways give.

use std::collections::{BTreeMap, HashSet};

use matcher_core::availability::SLOTS;
use matcher_core::{Candidate, Country, Mask, Mode, Need, Options, Plan, Pool, Wanted, Weights, assign, rank};
use proptest::bool::weighted;
use proptest::collection::{btree_map, hash_set, vec};
use proptest::prelude::*;
use uuid::Uuid;

const SKILLS: [&str; 5] = ["css", "go", "python", "rust", "sql"];
const LANGUAGES: [&str; 4] = ["en", "fr", "ha", "sw"];
const COUNTRIES: [&str; 5] = ["NG", "GH", "KE", "FR", "XX"];

fn name(names: &'static [&'static str]) -> impl Strategy<Value = Box<str>> {
    (0..names.len()).prop_map(move |at| names[at].into())
}

fn country() -> impl Strategy<Value = Option<Country>> {
    proptest::option::of((0..COUNTRIES.len()).prop_filter_map("a code", |at| Country::parse(COUNTRIES[at]).ok()))
}

fn hours() -> impl Strategy<Value = Mask> {
    vec(prop_oneof![4 => 0_u32..24, 1 => 0..SLOTS], 0..24).prop_map(Mask::of)
}

fn candidate() -> impl Strategy<Value = Candidate> {
    let who = (0_u128..30, btree_map(name(&SKILLS), 1_u8..=10, 0..5), hash_set(name(&LANGUAGES), 0..4));
    let place = (country(), -720_i16..=840, hours());
    let standing = (0_u16..4, 0_u16..4, 0_u32..20, 0_u32..=4, 0_u16..90, weighted(0.9), any::<bool>());
    (who, place, standing).prop_map(|((id, skills, languages), (country, utc_offset, availability), standing)| {
        let (capacity, taken, rating_count, stars, experience_months, consents, minors) = standing;
        Candidate {
            id: Uuid::from_u128(id),
            skills: skills.into_iter().collect(),
            languages: languages.into_iter().collect(),
            country,
            utc_offset,
            availability,
            capacity,
            taken,
            rating_sum: rating_count * (1 + stars),
            rating_count,
            experience_months,
            consents,
            minors,
        }
    })
}

fn need(id: u128) -> impl Strategy<Value = Need> {
    let wanted = btree_map(name(&SKILLS), (1_u8..=10, 1_u8..=100), 1..4);
    let rest = (vec(name(&LANGUAGES), 1..4), country(), -720_i16..=840, hours(), 1_u16..12, hash_set(0_u128..30, 0..4));
    let rest = (rest, weighted(0.3));
    (wanted, rest).prop_map(move |(wanted, (rest, minor))| {
        let (languages, country, utc_offset, availability, slots_needed, blocked) = rest;
        Need {
            learner_id: Uuid::from_u128(id),
            skills: wanted.into_iter().map(|(skill, (target, weight))| Wanted { skill, target, weight }).collect(),
            languages,
            country,
            utc_offset,
            availability,
            slots_needed,
            blocked: blocked.into_iter().map(Uuid::from_u128).collect::<HashSet<_>>(),
            minor,
        }
    })
}

/// Scores every candidate by the formula and sorts.
fn plainly(candidates: &[Candidate], plan: &Plan<'_>, k: usize) -> Vec<(u16, Uuid)> {
    let mut all: Vec<_> = candidates.iter().filter_map(|candidate| plan.score(candidate)).collect();
    all.sort_by_key(|score| (std::cmp::Reverse(score.terms.total()), score.id));
    all.into_iter().take(k).map(|score| (score.terms.total(), score.id)).collect()
}

/// The best sum by trying every way.
fn exhaustively(values: &[BTreeMap<Uuid, i64>], places: &mut BTreeMap<Uuid, u16>) -> i64 {
    let Some((first, others)) = values.split_first() else { return 0 };
    let mut best = exhaustively(others, places);
    for (mentor, value) in first {
        if places[mentor] > 0 {
            places.entry(*mentor).and_modify(|left| *left -= 1);
            best = best.max(value + exhaustively(others, places));
            places.entry(*mentor).and_modify(|left| *left += 1);
        }
    }
    best
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn ranking_equals_scoring_everyone(
        first in vec(candidate(), 0..40),
        changes in vec((candidate(), any::<bool>()), 0..20),
        need in need(7),
        k in 1_usize..12,
    ) {
        let mut pool = Pool::default();
        let mut known = BTreeMap::new();
        let changes = first.into_iter().map(|candidate| (candidate, true)).chain(changes);
        for (candidate, stays) in changes {
            if stays {
                pool.upsert(&candidate);
                known.insert(candidate.id, candidate);
            } else {
                prop_assert_eq!(pool.remove(candidate.id), known.remove(&candidate.id).is_some());
            }
        }
        let known: Vec<Candidate> = known.into_values().collect();
        prop_assert_eq!(pool.len(), known.len());
        let plan = Plan::new(&need, Weights::default());
        let ranked = rank(&pool, &plan, k);
        let brief: Vec<_> = ranked.iter().map(|found| (found.terms.total(), found.id)).collect();
        prop_assert_eq!(brief, plainly(&known, &plan, k));
        for found in ranked {
            let plain = known.iter().find(|candidate| candidate.id == found.id).and_then(|candidate| plan.score(candidate));
            prop_assert_eq!(plain.map(|score| score.terms), Some(found.terms));
        }
    }

    #[test]
    fn the_optimum_equals_trying_every_way(
        candidates in vec(candidate(), 0..6),
        needs in (1_u128..6).prop_flat_map(|learners| (0..learners).map(|id| need(100 + id)).collect::<Vec<_>>()),
    ) {
        let pool: Pool = candidates.iter().collect();
        let known: BTreeMap<Uuid, &Candidate> = candidates.iter().map(|candidate| (candidate.id, candidate)).collect();
        let values: Vec<BTreeMap<Uuid, i64>> = needs.iter().map(|need| {
            let plan = Plan::new(need, Weights::default());
            known.values().filter_map(|candidate| plan.score(candidate)).map(|score| (score.id, i64::from(score.terms.total()))).collect()
        }).collect();
        let mut places = known.iter().map(|(id, candidate)| (*id, candidate.free())).collect();
        let best = exhaustively(&values, &mut places);

        let optimal = assign(&pool, &needs, Weights::default(), &Options::lists(Mode::Optimal, 100));
        let Ok(optimal) = optimal else { return Err(TestCaseError::fail("rejected")) };
        prop_assert!(optimal.certificate.proves_optimal());
        prop_assert_eq!(optimal.certificate.objective, best);
        prop_assert_eq!(optimal.pairs.len() + optimal.without_candidates.len() + optimal.without_place.len(), needs.len());

        let greedy = assign(&pool, &needs, Weights::default(), &Options::lists(Mode::Greedy, 100));
        let Ok(greedy) = greedy else { return Err(TestCaseError::fail("rejected")) };
        prop_assert!(greedy.certificate.objective <= best);
        prop_assert!(greedy.certificate.bound >= best);
        prop_assert!(2 * greedy.certificate.objective >= best, "greed is worth at least half");
    }
}
