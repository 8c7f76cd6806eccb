//! Every kernel gives what scoring everyone gives.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use matcher_core::availability::SLOTS;
use matcher_core::{
    Candidate, Country, Kernel, Mask, Need, Plan, Pool, Prices, Suggestion, Wanted, Weights, priced, rank,
};
use proptest::bool::weighted;
use proptest::collection::{btree_map, hash_set, vec};
use proptest::prelude::*;
use uuid::Uuid;

/// More of each than there are codes, common ones first.
const SKILLS: u32 = 90;
const LANGUAGES: u32 = 40;

fn named(what: &'static str, many: u32) -> impl Strategy<Value = Box<str>> {
    prop_oneof![(0..4_u32), (0..many)].prop_map(move |number| format!("{what}{number}").into())
}

fn country() -> impl Strategy<Value = Option<Country>> {
    let code = prop_oneof![Just("NG".to_owned()), Just("FR".to_owned()), "[A-Z]{2}"];
    proptest::option::of(code.prop_filter_map("a code", |code| Country::parse(&code).ok()))
}

fn hours() -> impl Strategy<Value = Mask> {
    vec(prop_oneof![4 => 0_u32..20, 1 => 0..SLOTS], 0..28).prop_map(Mask::of)
}

fn candidate(people: u128) -> impl Strategy<Value = Candidate> {
    let skills = btree_map(named("skill", SKILLS), 1_u8..=10, 0..6);
    let who = (0..people, skills, hash_set(named("tongue", LANGUAGES), 0..4));
    let place = (country(), (-48_i16..=56).prop_map(|quarter| quarter * 15), hours());
    let standing = (0_u16..900, 0_u16..4, 0_u32..20, 0_u32..=4, 0_u16..90, weighted(0.9), any::<bool>());
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

fn need(people: u128) -> impl Strategy<Value = Need> {
    let wanted = btree_map(named("skill", SKILLS), (1_u8..=10, 1_u8..=100), 1..8);
    let place = (vec(named("tongue", LANGUAGES), 0..4), country(), -720_i16..=840);
    let rest = (hours(), 1_u16..12, hash_set(0..people, 0..6), weighted(0.3));
    (0..people, wanted, place, rest).prop_map(|(id, wanted, (languages, country, utc_offset), rest)| {
        let (availability, slots_needed, blocked, minor) = rest;
        Need {
            learner_id: Uuid::from_u128(id),
            skills: wanted.into_iter().map(|(skill, (target, weight))| Wanted { skill, target, weight }).collect(),
            languages,
            country,
            utc_offset,
            availability,
            slots_needed,
            blocked: blocked.into_iter().map(Uuid::from_u128).collect(),
            minor,
        }
    })
}

/// Seven shares of the whole; some are nothing, some are everything, some a single point.
fn weights() -> impl Strategy<Value = Weights> {
    let cuts = vec(prop_oneof![0_u16..=10_000, Just(0), Just(10_000), 0_u16..10], 6);
    prop_oneof![
        Just(Weights::default()),
        cuts.prop_map(|mut cuts| {
            cuts.sort_unstable();
            Weights {
                skill: cuts[0],
                availability: cuts[1] - cuts[0],
                language: cuts[2] - cuts[1],
                location: cuts[3] - cuts[2],
                rating: cuts[4] - cuts[3],
                free: cuts[5] - cuts[4],
                experience: 10_000 - cuts[5],
            }
        })
    ]
}

/// What a pool is told, and what it should then know.
fn tell(pool: &mut Pool, known: &mut BTreeMap<Uuid, Candidate>, changes: Vec<(Candidate, bool)>) {
    for (candidate, stays) in changes {
        if stays {
            pool.upsert(&candidate);
            known.insert(candidate.id, candidate);
        } else {
            assert_eq!(pool.remove(candidate.id), known.remove(&candidate.id).is_some());
        }
    }
    assert_eq!(pool.len(), known.len());
}

/// Scores every candidate by the formula, takes the price off, and sorts.
fn plainly<'c>(
    known: impl Iterator<Item = &'c Candidate>,
    plan: &Plan<'_>,
    left: impl Fn(Uuid, u16) -> Option<u16>,
    k: usize,
) -> Vec<(u16, Uuid)> {
    let scores = known.filter_map(|candidate| plan.score(candidate));
    let mut all: Vec<_> = scores.filter_map(|score| Some((left(score.id, score.terms.total())?, score.id))).collect();
    all.sort_by_key(|(net, id)| (Reverse(*net), *id));
    all.truncate(k);
    all
}

fn brief(found: &[Suggestion], price: impl Fn(&Suggestion) -> u16) -> Vec<(u16, Uuid)> {
    found.iter().map(|found| (found.terms.total() - price(found), found.id)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn ranking_equals_scoring_everyone(
        first in vec(candidate(250), 0..300),
        changes in vec((candidate(300), weighted(0.6)), 0..120),
        needs in vec(need(300), 1..4),
        of_pool in weights(),
        of_plan in weights(),
        k in prop_oneof![0_usize..12, 200_usize..400],
    ) {
        let mut pool: Pool = first.iter().collect();
        let mut known: BTreeMap<Uuid, Candidate> = first.into_iter().map(|one| (one.id, one)).collect();
        pool.set_weights(of_pool);
        tell(&mut pool, &mut known, changes);
        for (need, weights) in needs.iter().flat_map(|need| [(need, of_pool), (need, of_plan)]) {
            let plan = Plan::new(need, weights);
            let expected = plainly(known.values(), &plan, |_, total| Some(total), k);
            for kernel in Kernel::available() {
                pool.set_kernel(kernel);
                let found = rank(&pool, &plan, k);
                prop_assert_eq!(&brief(&found, |_| 0), &expected, "{}", kernel);
                for one in found {
                    let plain = plan.score(&known[&one.id]);
                    prop_assert_eq!(plain.map(|score| score.terms), Some(one.terms));
                    prop_assert_eq!(known[&one.id].free(), one.places);
                }
            }
        }
    }

    #[test]
    fn what_the_price_leaves_is_ranked_like_the_score(
        mentors in vec(candidate(250), 0..300),
        need in need(300),
        weights in prop_oneof![Just(Weights::default()), weights()],
        prices in vec(prop_oneof![0_u16..12, 0_u16..6_000, any::<u16>()], 0..300),
        floor in prop_oneof![Just(0_u16), 0_u16..9_000, any::<u16>()],
        k in 1_usize..40,
    ) {
        let mut pool: Pool = mentors.iter().collect();
        let known: BTreeMap<Uuid, Candidate> = mentors.into_iter().map(|one| (one.id, one)).collect();
        let plan = Plan::new(&need, weights);
        let everyone = rank(&pool, &plan, usize::MAX);
        let price_of_row = |row: u32| prices.get(row as usize).copied().unwrap_or(0);
        let price: BTreeMap<Uuid, u16> = everyone.iter().map(|one| (one.id, price_of_row(one.row))).collect();
        let left = |id: Uuid, total: u16| total.checked_sub(price[&id]).filter(|net| *net > floor);
        let expected = plainly(known.values(), &plan, left, k);
        for kernel in Kernel::available() {
            pool.set_kernel(kernel);
            for of_prices in [weights, Weights::default()] {
                let found = priced(&Prices::new(&pool, of_prices, &prices), &plan, floor, k);
                prop_assert_eq!(&brief(&found, |one| price_of_row(one.row)), &expected, "{}", kernel);
            }
        }
    }
}

/// Mentors in such number that chunks are shared among threads, and skills of every frequency.
fn crowd(many: u32) -> Vec<Candidate> {
    let mentor = |number: u32| {
        let dice = |salt: u32, end: u32| number.wrapping_add(salt).wrapping_mul(2_654_435_761).rotate_left(salt) % end;
        let skills: BTreeMap<Box<str>, u8> = (0..5)
            .map(|salt| {
                (format!("skill{}", dice(salt, 1 + dice(salt + 9, 2_000))).into(), 1 + dice(salt + 3, 10) as u8)
            })
            .collect();
        Candidate {
            id: Uuid::from_u128(u128::from(dice(1, u32::MAX)) << 32 | u128::from(number)),
            skills: skills.into_iter().collect(),
            languages: (0..2).map(|salt| format!("tongue{}", dice(salt + 20, 1 + dice(salt, 90))).into()).collect(),
            country: Country::parse(["NG", "KE", "FR", "US"][dice(7, 4) as usize]).ok(),
            utc_offset: dice(11, 20) as i16 * 60 - 600,
            availability: Mask::of((0..dice(2, 30)).map(|slot| slot * 3 % 40)),
            capacity: 4,
            taken: dice(5, 5) as u16,
            rating_sum: 4 * dice(6, 9),
            rating_count: dice(6, 9),
            experience_months: dice(8, 70) as u16,
            consents: true,
            minors: dice(4, 2) == 0,
        }
    };
    (0..many).map(mentor).collect()
}

#[test]
fn a_crowd_is_ranked_the_same_by_any_number_of_threads() -> Result<(), Box<dyn std::error::Error>> {
    let mentors = crowd(300_000);
    let mut pool: Pool = mentors.iter().collect();
    let wishes = [vec!["skill0", "skill1", "skill7"], vec!["skill40", "skill900"], vec!["skill1700"], vec!["skill2"]];
    for (number, wishes) in wishes.iter().enumerate() {
        let need = Need {
            learner_id: Uuid::nil(),
            skills: wishes.iter().map(|name| Wanted { skill: (*name).into(), target: 8, weight: 10 }).collect(),
            languages: vec!["tongue3".into(), "tongue0".into()],
            country: Country::parse("KE").ok(),
            utc_offset: 180,
            availability: Mask::of(0..30),
            slots_needed: 6,
            blocked: mentors.iter().step_by(97).map(|mentor| mentor.id).collect(),
            minor: number % 2 == 0,
        };
        let plan = Plan::new(&need, Weights::default());
        let expected = plainly(mentors.iter(), &plan, |_, total| Some(total), 20);
        assert!(!expected.is_empty());
        for kernel in Kernel::available() {
            pool.set_kernel(kernel);
            for threads in [1, 2, 5] {
                let threads = rayon::ThreadPoolBuilder::new().num_threads(threads).build()?;
                let found = threads.install(|| rank(&pool, &plan, 20));
                assert_eq!(brief(&found, |_| 0), expected, "{kernel} {wishes:?}");
            }
        }
    }
    Ok(())
}

/// What a pool takes follows from what lives there, however much came and went before.
#[test]
fn names_that_came_and_went_take_no_memory() {
    let fresh = |round: u32| {
        crowd(200).into_iter().enumerate().map(move |(at, mentor)| Candidate {
            id: Uuid::from_u128(at as u128),
            skills: (0..50).map(|skill| (format!("skill {round} {at} {skill}").into(), 5)).collect(),
            languages: (0..4).map(|tongue| format!("tongue {round} {at} {tongue}").into()).collect(),
            utc_offset: (at as i16 - 100) + round as i16,
            ..mentor
        })
    };
    let mut pool = Pool::default();
    let mut taken = Vec::new();
    for round in 0..60 {
        fresh(round).for_each(|mentor| pool.upsert(&mentor));
        taken.push(pool.bytes());
    }
    assert!(taken[0] > 200 * 50 * 64, "names count: {}", taken[0]);
    assert!(taken[1..].iter().all(|bytes| *bytes <= taken[0] + taken[0] / 50), "{taken:?}");

    for id in (0..200).map(Uuid::from_u128) {
        assert!(pool.remove(id));
    }
    let again: Pool = fresh(0).collect::<Vec<_>>().iter().collect();
    fresh(0).for_each(|mentor| pool.upsert(&mentor));
    assert_eq!(pool.digest(), again.digest());
}
