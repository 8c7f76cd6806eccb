//! The whole pool without storing it: column generation.
//!
//! Lists of the best mentors by score pile onto the popular ones. So the lists start short, and after
//! each auction every learner looks at the whole pool again at the prices found: mentors who offer
//! more than the learner's list does join the list, and the best offers of all, with the price of all
//! places, bound what any assignment over the whole pool can be worth. It ends when the bound is
//! near enough, or when nobody finds anything better: then the answer is optimal over the pool.
//!
//! Gilmore and Gomory (1961); the bound is that of Lasdon (1970).

use rayon::prelude::*;
use uuid::Uuid;

use super::auction::{self, Start};
use super::certificate::{self, Broken, Certificate};
use super::listing::Listing;
use super::options::{Budget, Prices};
use super::problem::Matching;
use crate::rank::Suggestion;

/// Learners who are looked up together; the clock is read between two groups.
const GROUP: usize = 4096;
/// Mentors on the first lists, and mentors sought in each later round.
const FIRST_LIST: usize = 16;
const NEXT: usize = 12;
/// The first eps of later rounds, in score units.
const NEXT_EPS: i64 = 64;

/// A pool in which mentors are found for a cohort of learners.
pub(super) trait Pricing: Sync {
    /// The mentor in each row of the pool.
    fn mentors(&self) -> &[Uuid];

    /// The pool with one price per row; rows beyond the end are free.
    fn at(&self, prices: &[u16]) -> impl Priced;
}

/// A pool with a price on every mentor.
pub(super) trait Priced: Sync {
    /// The `k` mentors for `learner` with the most value less price, best first, equal ones by id.
    fn best(&self, learner: usize, k: usize) -> Vec<Suggestion>;

    /// The same among those with more than `floor` of it.
    fn above(&self, learner: usize, floor: u16, k: usize) -> Vec<Suggestion>;
}

/// What a search of the pool came to.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) listing: Listing,
    /// `None` when the budget was spent before the first lists were solved.
    pub(super) matching: Option<Matching>,
    /// `None` when the budget was spent before the pool was searched once.
    pub(super) bound: Option<i64>,
    pub(super) rounds: u32,
    pub(super) hurried: bool,
}

/// Lists of `k` for all learners, or for the first of them when the budget is spent: their best at
/// the prices kept, if there are any; with nobody worth the price, their best all the same.
pub(super) fn lists(
    pricing: &impl Pricing,
    learners: Vec<Uuid>,
    k: usize,
    kept: Option<&Prices>,
    budget: Budget<'_>,
) -> Listing {
    let count = learners.len();
    let mut listing = Listing::new(learners, pricing.mentors().len());
    let kept: Vec<u16> = kept.map_or(Vec::new(), |kept| whole(&kept.of(pricing.mentors(), 1), 1));
    let (free, dear) = (pricing.at(&[]), pricing.at(&kept));
    let list = |learner| Some(dear.best(learner, k)).filter(|list| !list.is_empty());
    for first in (0..count).step_by(GROUP) {
        if budget.is_spent() {
            break;
        }
        let group = first..count.min(first + GROUP);
        let lists: Vec<Vec<Suggestion>> =
            group.into_par_iter().map(|learner| list(learner).unwrap_or_else(|| free.best(learner, k))).collect();
        for list in &lists {
            listing.push(list);
        }
    }
    listing
}

/// Assigns over the whole pool until the proven gap is at most `gap_ppm` millionths of the bound.
pub(super) fn search(
    pricing: &impl Pricing,
    learners: Vec<Uuid>,
    gap_ppm: u32,
    warm: Option<&Prices>,
    budget: Budget<'_>,
) -> Result<Found, Broken> {
    let listing = lists(pricing, learners, FIRST_LIST, warm, budget);
    let mut found = Found { listing, matching: None, bound: None, rounds: 0, hurried: true };
    if !found.listing.is_complete() {
        return Ok(found);
    }
    let mut start = Start::warm(&found.listing.problem, warm);
    start.gap_ppm = gap_ppm / 4;
    while let Some(matching) = auction::solve(&found.listing.problem, &start, budget) {
        let objective = certificate::objective(&found.listing.problem, &matching)?;
        found.rounds += 1;
        let matching = found.matching.insert(matching);
        let Some(offers) = offers(pricing, &found.listing, matching, budget) else { break };
        let profits = offers.iter().map(|offer| i128::from(offer.profit)).sum();
        let bound = certificate::bound(&found.listing.problem, matching, profits)?;
        let bound = found.bound.map_or(bound, |known| known.min(bound));
        found.bound = Some(bound);
        let columns: Vec<Vec<Suggestion>> = offers.into_iter().map(|offer| offer.columns).collect();
        let is_exhausted = columns.iter().all(Vec::is_empty);
        let near = Certificate { objective, bound }.gap_ppm() <= u64::from(gap_ppm);
        if near || (is_exhausted && start.gap_ppm == 0) {
            found.hurried = false;
            break;
        }
        if is_exhausted {
            start.gap_ppm = 0;
        }
        start.resume(matching, NEXT_EPS);
        found.listing.widen(&columns);
        // Should this be the last answer, it speaks of the new mentors too: nobody has asked for them.
        matching.prices.resize(found.listing.problem.mentors.len(), 0);
    }
    Ok(found)
}

/// What the pool offers one learner at the present prices.
struct Offer {
    /// No mentor of the pool leaves more than this, in parts of a score unit.
    profit: i64,
    /// Mentors who leave more than the learner's list does.
    columns: Vec<Suggestion>,
}

fn offers(pricing: &impl Pricing, listing: &Listing, matching: &Matching, budget: Budget<'_>) -> Option<Vec<Offer>> {
    let mut prices = vec![0; pricing.mentors().len()];
    for (row, price) in listing.rows.iter().zip(whole(&matching.prices, matching.scale)) {
        prices[*row as usize] = price;
    }
    let desk = Desk { pool: &pricing.at(&prices), listing, matching, whole: &prices };
    let count = listing.problem.learners.len();
    let mut offers = Vec::with_capacity(count);
    for first in (0..count).step_by(GROUP) {
        if budget.is_spent() {
            return None;
        }
        let group = first..count.min(first + GROUP);
        offers.par_extend(group.into_par_iter().map(|learner| desk.offer(learner)));
    }
    Some(offers)
}

/// Prices rounded down to whole score units: a mentor who leaves more than a whole floor at the exact
/// price does so at the whole price too.
fn whole(prices: &[i64], scale: i64) -> Vec<u16> {
    prices.iter().map(|price| u16::try_from(price / scale).unwrap_or(u16::MAX)).collect()
}

/// A pool at whole prices, and what is known exactly.
struct Desk<'a, P> {
    pool: &'a P,
    listing: &'a Listing,
    matching: &'a Matching,
    whole: &'a [u16],
}

impl<P: Priced> Desk<'_, P> {
    /// Asks for more and more mentors while none of those found leaves more than the list does.
    fn offer(&self, learner: usize) -> Offer {
        let Matching { prices, scale, .. } = self.matching;
        let listed = certificate::profit(self.listing.problem.list(learner), prices, *scale);
        let floor = u16::try_from(listed / scale).unwrap_or(u16::MAX);
        let mut k = NEXT;
        loop {
            let mut columns = self.pool.above(learner, floor, k);
            // Whoever was cut off leaves no more than the last one found.
            let cut_off = if columns.len() < k { None } else { columns.last().map(|last| self.whole_profit(last)) };
            columns.retain(|mentor| self.profit(mentor) > listed && !self.listing.names(learner, mentor.row));
            if columns.is_empty() && cut_off.is_some() {
                k *= 2;
                continue;
            }
            let best = columns.iter().map(|mentor| self.profit(mentor)).max();
            let profit = listed.max(best.unwrap_or(0)).max(cut_off.unwrap_or(0));
            return Offer { profit, columns };
        }
    }

    fn profit(&self, mentor: &Suggestion) -> i64 {
        let price = self.listing.number(mentor.row).map_or(0, |number| self.matching.prices[number as usize]);
        i64::from(mentor.terms.total()) * self.matching.scale - price
    }

    fn whole_profit(&self, mentor: &Suggestion) -> i64 {
        (i64::from(mentor.terms.total()) - i64::from(self.whole[mentor.row as usize])) * self.matching.scale
    }
}

#[cfg(test)]
mod tests {
    use std::cmp::Reverse;

    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::super::trial;
    use super::super::{Countdown, Edge, Problem, check};
    use super::*;
    use crate::score::Terms;

    /// A pool as a table of values.
    struct Table {
        whole: Problem,
    }

    struct Stall<'a> {
        table: &'a Table,
        prices: Vec<u16>,
    }

    impl Pricing for Table {
        fn mentors(&self) -> &[Uuid] {
            &self.whole.mentors
        }

        fn at(&self, prices: &[u16]) -> impl Priced {
            Stall { table: self, prices: prices.to_vec() }
        }
    }

    impl Stall<'_> {
        fn ranked(&self, learner: usize, least: i64, k: usize) -> Vec<Suggestion> {
            let whole = &self.table.whole;
            let net = |edge: &Edge| {
                let price = self.prices.get(edge.mentor as usize).copied().unwrap_or(0);
                i64::from(edge.value) - i64::from(price)
            };
            let mut list: Vec<Edge> = whole.list(learner).iter().filter(|edge| net(edge) >= least).copied().collect();
            list.sort_by_key(|edge| (Reverse(net(edge)), edge.mentor));
            list.into_iter()
                .take(k)
                .map(|edge| Suggestion {
                    id: whole.mentors[edge.mentor as usize],
                    terms: Terms { skill: edge.value as u16, ..Terms::default() },
                    places: whole.places[edge.mentor as usize] as u16,
                    row: edge.mentor,
                })
                .collect()
        }
    }

    impl Priced for Stall<'_> {
        fn best(&self, learner: usize, k: usize) -> Vec<Suggestion> {
            self.ranked(learner, 0, k)
        }

        fn above(&self, learner: usize, floor: u16, k: usize) -> Vec<Suggestion> {
            self.ranked(learner, i64::from(floor) + 1, k)
        }
    }

    impl Table {
        fn search(&self, gap_ppm: u32, warm: Option<&Prices>, budget: Budget<'_>) -> Result<Found, Broken> {
            search(self, self.whole.learners.clone(), gap_ppm, warm, budget)
        }

        /// The optimum over the whole pool, by an auction of all pairs.
        fn optimum(&self) -> Option<Certificate> {
            let matching = auction::solve(&self.whole, &Start::cold(), Budget::default())?;
            check(&self.whole, &matching).ok()
        }
    }

    /// The certificate of the answer found, whose pairs must exist in the pool and be worth what it says;
    /// over the lists alone where the pool was not searched.
    fn certified(whole: &Problem, found: &Found) -> Result<Option<Certificate>, TestCaseError> {
        let Some(matching) = &found.matching else { return Ok(None) };
        let rows = matching.mentor_of.iter().map(|mentor| mentor.map(|number| found.listing.rows[number as usize]));
        let prices = vec![0; whole.mentors.len()];
        let over_pool = check(whole, &Matching { mentor_of: rows.collect(), prices, scale: 1 });
        let problem = &found.listing.problem;
        let certificate = match found.bound {
            Some(bound) => certificate::check_within(problem, matching, bound),
            None => check(problem, matching),
        };
        let certificate = certificate.map_err(|broken| TestCaseError::fail(format!("{broken} of {found:?}")))?;
        prop_assert_eq!(over_pool.map(|over_pool| over_pool.objective), Ok(certificate.objective));
        Ok(Some(certificate))
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 80, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn without_a_gap_the_optimum_over_the_pool_is_proven(whole in trial::problem(60, 50)) {
            let table = Table { whole };
            for warm in [None, Some(Prices(table.whole.mentors.iter().map(|id| (*id, 9_999 << 16)).collect()))] {
                let found = table.search(0, warm.as_ref(), Budget::default());
                let found = found.map_err(|broken| TestCaseError::fail(broken.to_string()))?;
                prop_assert!(!found.hurried);
                prop_assert_eq!(certified(&table.whole, &found)?, table.optimum());
            }
        }

        #[test]
        fn the_gap_is_kept_to_and_the_bound_holds(whole in trial::problem(60, 50), gap_ppm in 1_u32..200_000) {
            let table = Table { whole };
            let found = table.search(gap_ppm, None, Budget::default());
            let found = found.map_err(|broken| TestCaseError::fail(broken.to_string()))?;
            let certificate = certified(&table.whole, &found)?;
            prop_assert!(certificate.is_some_and(|found| found.gap_ppm() <= u64::from(gap_ppm)));
            prop_assert!(certificate.map(|found| found.bound) >= table.optimum().map(|found| found.objective));
        }

        #[test]
        fn a_search_cut_short_at_any_step_says_so_and_its_answer_is_certified(
            whole in prop_oneof![trial::problem(60, 50), trial::alike(40, 60)],
            shares in vec(0_u64..100, 20),
        ) {
            let table = Table { whole };
            let optimum = table.optimum().map_or(0, |found| found.objective);
            let after = |steps| -> Result<(Found, u64), TestCaseError> {
                let left = Countdown::new(steps);
                let found = table.search(0, None, Budget { cancelled: Some(&left), ..Budget::default() });
                Ok((found.map_err(|broken| TestCaseError::fail(broken.to_string()))?, steps - left.left()))
            };
            let (unhurried, steps) = after(u64::MAX)?;
            prop_assert!(!unhurried.hurried);
            for share in shares {
                let found = after(steps * share / 100)?.0;
                prop_assert_eq!(found.hurried, steps > 0);
                let certificate = certified(&table.whole, &found)?;
                prop_assert!(certificate.is_none_or(|found| found.objective <= optimum));
                prop_assert!(found.bound.is_none_or(|bound| bound >= optimum));
            }
            let certificate = certified(&table.whole, &after(steps)?.0)?;
            prop_assert_eq!(certificate.map(|found| found.objective), Some(optimum));
        }
    }
}
