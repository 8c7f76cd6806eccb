//! Greedy, stable and fairness give what the textbook gives.

use std::cmp::Reverse;

use matcher_core::assign::fairness::{Outcome, gini};
use matcher_core::assign::stable::{Preferences, blocking_pairs};
use matcher_core::assign::{Edge, Fairness, Matching, Problem, greedy, stable};
use proptest::collection::{hash_set, vec};
use proptest::prelude::*;
use proptest::sample::subsequence;
use uuid::Uuid;

/// A problem, and what each pair is worth to its mentor.
type Case = (Problem, Vec<u32>);

/// Up to `size` learners and mentors; few distinct values, so that ids must decide.
#[allow(clippy::expect_used, reason = "problems of our own keep the rules")]
fn case(size: usize) -> impl Strategy<Value = Case> {
    let ids = |count| hash_set(any::<u128>(), 1..=count).prop_map(|ids| ids.into_iter().map(Uuid::from_u128).collect());
    (ids(size), ids(size)).prop_flat_map(|(learners, mentors): (Vec<Uuid>, Vec<Uuid>)| {
        let numbers: Vec<u32> = (0..mentors.len() as u32).collect();
        let list =
            (subsequence(numbers.clone(), 0..=numbers.len()).prop_shuffle(), vec((0_u32..5, 0_u32..5), numbers.len()));
        let places = vec(1_u32..3, mentors.len());
        (vec(list, learners.len()), places).prop_map(move |(lists, places)| {
            let mut problem = Problem::new(learners.clone(), mentors.clone(), places).expect("places for all");
            let mut own = Vec::new();
            for (list, values) in lists {
                own.extend(values.iter().take(list.len()).map(|(_, own)| own));
                let edges = list.iter().zip(&values);
                let edges = edges.map(|(mentor, (value, _))| Edge { mentor: *mentor, value: *value });
                problem.push(edges).expect("each mentor once");
            }
            (problem, own)
        })
    })
}

/// A problem in the words of the textbook: who prefers whom.
struct Plain<'p> {
    problem: &'p Problem,
    own: &'p [u32],
}

type Held = Vec<Option<u32>>;

impl Plain<'_> {
    /// The learner's mentors, best first.
    fn wishes(&self, learner: usize) -> Vec<u32> {
        let mut list = self.problem.list(learner).to_vec();
        list.sort_by_key(|edge| (Reverse(edge.value), self.problem.mentors()[edge.mentor as usize]));
        list.into_iter().map(|edge| edge.mentor).collect()
    }

    /// Smaller is better.
    fn liking(&self, mentor: u32, learner: usize) -> (Reverse<u32>, Uuid) {
        let before: usize = (0..learner).map(|other| self.problem.list(other).len()).sum();
        let at = self.problem.list(learner).iter().position(|edge| edge.mentor == mentor);
        (Reverse(self.own[before + at.unwrap_or_default()]), self.problem.learners()[learner])
    }

    fn holders(held: &Held, mentor: u32) -> Vec<usize> {
        (0..held.len()).filter(|learner| held[*learner] == Some(mentor)).collect()
    }

    fn blocks(&self, held: &Held, learner: usize, mentor: u32) -> bool {
        let wishes = self.wishes(learner);
        let place = |mentor| wishes.iter().position(|wish| *wish == mentor).unwrap_or(wishes.len());
        let rather = held[learner].is_none_or(|present| place(mentor) < place(present));
        let holders = Self::holders(held, mentor);
        let open = holders.len() < self.problem.places()[mentor as usize] as usize;
        let better = || holders.iter().any(|holder| self.liking(mentor, learner) < self.liking(mentor, *holder));
        rather && held[learner] != Some(mentor) && (open || better())
    }

    fn blocking(&self, held: &Held) -> usize {
        let blocking = |learner: &usize| {
            self.wishes(*learner).into_iter().filter(|mentor| self.blocks(held, *learner, *mentor)).count()
        };
        (0..held.len()).map(|learner| blocking(&learner)).sum()
    }

    /// In every round all free learners ask their next mentor, who sends away all but the best.
    fn deferred_acceptance(&self) -> Held {
        let mut wishes: Vec<Vec<u32>> =
            (0..self.problem.learners().len()).map(|learner| self.wishes(learner)).collect();
        let mut held: Held = vec![None; wishes.len()];
        while let Some(learner) =
            (0..held.len()).find(|learner| held[*learner].is_none() && !wishes[*learner].is_empty())
        {
            let mentor = wishes[learner].remove(0);
            held[learner] = Some(mentor);
            let mut holders = Self::holders(&held, mentor);
            holders.sort_by_key(|holder| self.liking(mentor, *holder));
            for refused in holders.into_iter().skip(self.problem.places()[mentor as usize] as usize) {
                held[refused] = None;
            }
        }
        held
    }

    /// Every way to give learners listed mentors within their places.
    fn every_way(&self) -> Vec<Held> {
        let mut ways: Vec<Held> = vec![Vec::new()];
        for learner in 0..self.problem.learners().len() {
            let options: Vec<Option<u32>> =
                [None].into_iter().chain(self.wishes(learner).into_iter().map(Some)).collect();
            ways = ways
                .iter()
                .flat_map(|way| options.iter().map(move |option| [way.as_slice(), &[*option]].concat()))
                .collect();
            ways.retain(|way| {
                way[learner].is_none_or(|mentor| {
                    Self::holders(way, mentor).len() <= self.problem.places()[mentor as usize] as usize
                })
            });
        }
        ways
    }

    fn greedy(&self) -> Held {
        let mut pairs = Vec::new();
        for (learner, list) in self.problem.lists().enumerate() {
            pairs.extend(list.iter().map(|edge| {
                (
                    Reverse(edge.value),
                    self.problem.learners()[learner],
                    self.problem.mentors()[edge.mentor as usize],
                    learner,
                    edge.mentor,
                )
            }));
        }
        pairs.sort();
        let mut held = vec![None; self.problem.learners().len()];
        for (_, _, _, learner, mentor) in pairs {
            let room = Self::holders(&held, mentor).len() < self.problem.places()[mentor as usize] as usize;
            if held[learner].is_none() && room {
                held[learner] = Some(mentor);
            }
        }
        held
    }
}

fn outcome() -> impl Strategy<Value = (usize, usize, bool, Option<u32>)> {
    (0_usize..4, 0_usize..3, any::<bool>(), proptest::option::weighted(0.8, 0_u32..=10_000))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn stable_equals_the_textbook_and_nobody_would_rather_leave((problem, own) in case(9)) {
        let plain = Plain { problem: &problem, own: &own };
        let preferences = Preferences::new(&problem, own.iter().copied());
        let matching = stable::solve(&problem, &preferences);
        prop_assert_eq!(blocking_pairs(&problem, &preferences, &matching), 0);
        prop_assert_eq!(plain.blocking(&matching.mentor_of), 0);
        prop_assert_eq!(matching.mentor_of, plain.deferred_acceptance());
    }

    #[test]
    fn no_stable_matching_is_better_for_any_learner((problem, own) in case(4)) {
        let plain = Plain { problem: &problem, own: &own };
        let best = stable::solve(&problem, &Preferences::new(&problem, own.iter().copied())).mentor_of;
        for other in plain.every_way().iter().filter(|way| plain.blocking(way) == 0) {
            for learner in 0..best.len() {
                let wishes = plain.wishes(learner);
                let place = |mentor: Option<u32>| wishes.iter().position(|wish| Some(*wish) == mentor).unwrap_or(wishes.len());
                prop_assert!(place(best[learner]) <= place(other[learner]));
            }
        }
    }

    #[test]
    fn blocking_pairs_are_counted_for_any_matching((problem, own) in case(5), pick in any::<prop::sample::Index>()) {
        let plain = Plain { problem: &problem, own: &own };
        let ways = plain.every_way();
        let mentor_of = pick.get(&ways).clone();
        let expected = plain.blocking(&mentor_of);
        let matching = Matching { mentor_of, prices: vec![0; problem.mentors().len()], scale: 1 };
        prop_assert_eq!(blocking_pairs(&problem, &Preferences::new(&problem, own), &matching), expected);
    }

    #[test]
    fn greedy_equals_sorting_all_pairs((problem, own) in case(9)) {
        prop_assert_eq!(greedy::solve(&problem).mentor_of, Plain { problem: &problem, own: &own }.greedy());
    }

    #[test]
    fn greed_is_stable_when_mentors_share_the_values((problem, _) in case(9)) {
        let shared = Preferences::shared(&problem);
        prop_assert_eq!(greedy::solve(&problem).mentor_of, stable::solve(&problem, &shared).mentor_of);
    }

    #[test]
    fn the_gini_is_the_mean_difference_over_twice_the_mean(values in vec(0_u32..=10_000, 0..30)) {
        let sum: u64 = values.iter().map(|value| u64::from(*value)).sum();
        let apart: u64 = values.iter().flat_map(|one| values.iter().map(|other| u64::from(one.abs_diff(*other)))).sum();
        let expected = apart * 10_000 / (2 * values.len() as u64 * sum).max(1);
        prop_assert_eq!(u64::from(gini(values)), expected);
    }

    #[test]
    fn fairness_equals_counting(outcomes in vec(outcome(), 0..60)) {
        let (countries, languages) = (["", "GH", "KE", "NG"], ["", "en", "sw"]);
        let given = outcomes.iter().map(|(country, language, has_candidates, score)| Outcome {
            country: countries[*country], language: languages[*language], has_candidates: *has_candidates, score: *score,
        });
        let fairness = Fairness::new(given, Vec::new());
        let scores: Vec<u32> = outcomes.iter().filter_map(|outcome| outcome.3).collect();
        let below = |bound: u32| scores.iter().filter(|score| **score <= bound).count();
        let fifth = scores.iter().copied().filter(|score| below(*score) * 20 >= scores.len()).min();
        prop_assert_eq!(fairness.fifth_percentile, fifth.unwrap_or(0));
        prop_assert_eq!(fairness.minimum, scores.iter().copied().min().unwrap_or(0));
        prop_assert_eq!(fairness.mean, scores.iter().sum::<u32>() / (scores.len() as u32).max(1));
        prop_assert_eq!(fairness.unassigned as usize, outcomes.len() - scores.len());
        prop_assert_eq!(fairness.without_candidates as usize, outcomes.iter().filter(|outcome| !outcome.2).count());
        prop_assert!(fairness.by_country.is_sorted_by(|one, other| one.key < other.key));
        for (groups, keys, of) in [(&fairness.by_country, &countries[..], 0), (&fairness.by_language, &languages[..], 1)] {
            for group in groups {
                let there = |outcome: &&(usize, usize, bool, Option<u32>)| keys[if of == 0 { outcome.0 } else { outcome.1 }] == group.key;
                prop_assert!(group.learners > 0);
                prop_assert_eq!(group.learners as usize, outcomes.iter().filter(there).count());
                prop_assert_eq!(group.unassigned as usize, outcomes.iter().filter(there).filter(|outcome| outcome.3.is_none()).count());
            }
            prop_assert_eq!(groups.iter().map(|group| group.learners).sum::<u32>(), fairness.learners);
        }
    }
}
