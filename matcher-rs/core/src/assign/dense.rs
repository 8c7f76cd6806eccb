//! The optimum when most pairs are possible: a whole matrix of values, worked on row by row.
//!
//! Shortest augmenting paths after augmenting row reduction (Jonker and Volgenant 1987; for
//! rectangles Crouse 2016), with two changes. A mentor with several places stays one column with one
//! price, whose holders are reached together. And every learner may stay without a mentor at worth
//! nothing, so prices and profits never leave 0 to [`WHOLE`]: they fit 16 bits, and a vector holds
//! twice as many.
//!
//! Throughout, a learner's *profit* at a mentor is the value of the pair less the mentor's price. Two
//! things hold from one step to the next, and once every learner is dealt with they are the proof of
//! the optimum (complementary slackness): a held place is worth its learner the highest profit there
//! is, and a mentor with an empty place costs nothing.
//!
//! **Row reduction.** A learner takes the most profitable mentor and, if all places are taken,
//! outbids the holder who would pay least. A bid is the price up to which the bidder has nothing
//! better; the price is the lowest bid held. This deals with nearly all learners.
//!
//! **Augmenting paths.** For each learner left, the best way to place them at the cost of others: a
//! chain of learners who each move on, ending at an empty place or with one learner left out.
//! Dijkstra's search over mentors by *gain*, what the learner's profit would be at the end of the
//! chain; the prices of the mentors passed rise by what their gain exceeds that of the end.

mod lanes;

use super::problem::{Matching, Problem};
use crate::WHOLE;
use lanes::{Block, LANES, Lanes, Origins};

/// Added to costs and offsets so that no sum in between falls below zero: profits and gains are
/// counted in halves, so the lowest is twice [`WHOLE`] below zero.
const BIAS: u16 = 2 * WHOLE as u16;
/// The cost of a column that must not be chosen: padding, or passed by the search.
const SHUT: u16 = u16::MAX;
/// Row reduction ends when a sweep leaves more than this many of 64 learners it began with.
const ENOUGH: usize = 62;
/// Sweeps and, per learner, outbids in one sweep, after which row reduction gives up on price wars.
const SWEEPS: usize = 64;
const OUTBIDS: usize = 40;
/// The problem is dense when at least one in this many pairs is possible.
const DENSE: usize = 4;

/// Whether enough pairs are possible for a matrix to be the quicker way.
pub fn suits(problem: &Problem) -> bool {
    problem.edges().len().saturating_mul(DENSE) >= problem.learners.len().saturating_mul(problem.mentors.len())
}

/// The matching of highest value and the prices that prove it; pairs worth nothing are not formed.
///
/// Needs two bytes per learner and mentor, whether the pair is possible or not. The same problem
/// gets the same answer on every machine.
pub fn solve(problem: &Problem) -> Matching {
    let mut matrix = Matrix::new(problem.learners.len(), problem.mentors.len());
    for (learner, list) in problem.lists().enumerate() {
        let row = matrix.row_mut(learner);
        for edge in list {
            let mentor = edge.mentor as usize;
            row[mentor / LANES].0[mentor % LANES] = doubled(edge.value);
        }
    }
    Solver::new(&matrix, &problem.places, Lanes::detect()).solve()
}

/// As [`solve`] for mentors with one place each; `values` row by row, 0 for an impossible pair.
/// Values above [`WHOLE`] count as [`WHOLE`].
pub fn solve_matrix(learners: usize, mentors: usize, values: &[u16]) -> Matching {
    let mut matrix = Matrix::new(learners, mentors);
    for (learner, values) in values.chunks(mentors.max(1)).enumerate().take(learners) {
        for (block, values) in matrix.row_mut(learner).iter_mut().zip(values.chunks(LANES)) {
            for (cell, value) in block.0.iter_mut().zip(values) {
                *cell = doubled(u32::from(*value));
            }
        }
    }
    Solver::new(&matrix, &vec![1; mentors], Lanes::detect()).solve()
}

/// In halves, which leaves the lowest bit for preferring an empty place among equals.
fn doubled(value: u32) -> u16 {
    2 * value.min(WHOLE) as u16
}

/// Values in halves, a row per learner, padded to whole blocks of columns.
struct Matrix {
    learners: usize,
    width: usize,
    cells: Vec<Block>,
}

impl Matrix {
    fn new(learners: usize, mentors: usize) -> Self {
        let width = mentors.div_ceil(LANES);
        Self { learners, width, cells: vec![Block([0; LANES]); learners * width] }
    }

    fn row(&self, learner: usize) -> &[Block] {
        &self.cells[learner * self.width..][..self.width]
    }

    fn row_mut(&mut self, learner: usize) -> &mut [Block] {
        &mut self.cells[learner * self.width..][..self.width]
    }

    fn value(&self, learner: usize, mentor: usize) -> u16 {
        self.row(learner)[mentor / LANES].0[mentor % LANES] / 2
    }
}

/// Who holds a place, and the price up to which they have nothing better.
#[derive(Clone, Copy)]
struct Holder {
    learner: u32,
    bid: u16,
}

struct Solver<'m> {
    matrix: &'m Matrix,
    places: &'m [u32],
    lanes: Lanes,
    prices: Vec<u16>,
    /// The prices as the loops over rows want them: in halves, with [`BIAS`], one less where a place
    /// is empty.
    costs: Vec<Block>,
    holders: Vec<Vec<Holder>>,
    mentor_of: Vec<Option<u32>>,
}

/// What became of a bid.
enum Bid {
    /// No mentor is worth their price.
    None,
    /// An empty place was taken.
    Seated,
    /// This learner had to go, and whether the price rose.
    Outbid { learner: u32, dearer: bool },
}

impl<'m> Solver<'m> {
    fn new(matrix: &'m Matrix, places: &'m [u32], lanes: Lanes) -> Self {
        let mut solver = Self {
            matrix,
            places,
            lanes,
            prices: vec![0; places.len()],
            costs: vec![Block([SHUT; LANES]); matrix.width],
            holders: vec![Vec::new(); places.len()],
            mentor_of: vec![None; matrix.learners],
        };
        for (mentor, places) in places.iter().enumerate() {
            // Nobody can pay for a mentor without places.
            solver.set_price(mentor, if *places == 0 { WHOLE as u16 } else { 0 });
        }
        solver
    }

    fn solve(mut self) -> Matching {
        let mut search = Search::new(self.matrix.width);
        for learner in self.reduce_rows() {
            self.place(learner, &mut search);
        }
        Matching { mentor_of: self.mentor_of, prices: self.prices.into_iter().map(i64::from).collect(), scale: 1 }
    }

    fn is_full(&self, mentor: usize) -> bool {
        self.holders[mentor].len() == self.places[mentor] as usize
    }

    fn set_price(&mut self, mentor: usize, price: u16) {
        self.prices[mentor] = price;
        self.costs[mentor / LANES].0[mentor % LANES] = BIAS + 2 * price - u16::from(!self.is_full(mentor));
    }

    fn shut(&mut self, mentor: usize) {
        self.costs[mentor / LANES].0[mentor % LANES] = SHUT;
    }

    /// Lets learners bid, as long as that places many. Those who still want a mentor and have none.
    fn reduce_rows(&mut self) -> Vec<u32> {
        let mut free: Vec<u32> = (0..self.matrix.learners as u32).collect();
        for _ in 0..SWEEPS {
            let before = free.len();
            free = self.sweep(&free);
            if free.len() * 64 > before * ENOUGH {
                break;
            }
        }
        free
    }

    /// Each of `free` bids once; who is outbid at a higher price bids at once, at the same price in
    /// the next sweep.
    fn sweep(&mut self, free: &[u32]) -> Vec<u32> {
        let mut left = Vec::new();
        let mut outbids = OUTBIDS * free.len();
        for first in free {
            let mut bidder = *first;
            while let Bid::Outbid { learner, dearer } = self.bid(bidder) {
                if !dearer || outbids == 0 {
                    left.push(learner);
                    break;
                }
                outbids -= 1;
                bidder = learner;
            }
        }
        left
    }

    fn bid(&mut self, learner: u32) -> Bid {
        let row = self.matrix.row(learner as usize);
        let (top, next) = self.lanes.best_two(row, &self.costs, BIAS);
        let (profit, runner_up) = (top / 2, next / 2);
        if profit == 0 {
            return Bid::None;
        }
        let Some(mentor) = self.lanes.find_profit(row, &self.costs, BIAS, top) else { return Bid::None };
        let price = self.prices[mentor];
        let mut outbid = None;
        if self.is_full(mentor) {
            let lowest = self.holders[mentor].iter().enumerate().min_by_key(|(_, holder)| holder.bid);
            outbid = lowest.map(|(at, _)| at).map(|at| self.holders[mentor].swap_remove(at).learner);
        }
        self.holders[mentor].push(Holder { learner, bid: price + profit - runner_up });
        self.mentor_of[learner as usize] = Some(mentor as u32);
        let lowest = self.holders[mentor].iter().map(|holder| holder.bid).min().unwrap_or(0);
        self.set_price(mentor, if self.is_full(mentor) { lowest } else { 0 });
        let Some(other) = outbid else { return Bid::Seated };
        self.mentor_of[other as usize] = None;
        Bid::Outbid { learner: other, dearer: self.prices[mentor] > price }
    }

    /// Finds the best chain for `learner` and moves everybody along it.
    fn place(&mut self, learner: u32, search: &mut Search) {
        let (gain, end) = self.search(learner, search);
        for (mentor, passed) in search.passed.drain(..) {
            self.set_price(mentor as usize, self.prices[mentor as usize] + passed - gain);
        }
        match end {
            End::Empty(mentor) => {
                let last = search.origin(mentor);
                let learner = search.reached[last].learner;
                self.holders[mentor].push(Holder { learner, bid: 0 });
                self.mentor_of[learner as usize] = Some(mentor as u32);
                self.set_price(mentor, 0);
                self.move_on(last, search);
            }
            End::LeftOut(last) => {
                self.mentor_of[search.reached[last].learner as usize] = None;
                self.move_on(last, search);
            }
        }
    }

    /// Gives the place that the learner reached as number `last` has left to whom it was reached
    /// from, and so on back to the learner whom the search is for.
    fn move_on(&mut self, last: usize, search: &Search) {
        let mut left = &search.reached[last];
        while let Some(mentor) = left.mentor {
            let next = &search.reached[search.origin(mentor)];
            if let Some(holder) = self.holders[mentor].iter_mut().find(|holder| holder.learner == left.learner) {
                holder.learner = next.learner;
            }
            self.mentor_of[next.learner as usize] = Some(mentor as u32);
            left = next;
        }
    }

    /// The end of the best chain, and the gain there.
    fn search(&mut self, learner: u32, search: &mut Search) -> (u16, End) {
        search.clear();
        let mut left_out = (0, End::LeftOut(0));
        let mut best = self.reach(search, Reached { learner, mentor: None }, BIAS);
        loop {
            let gain = best / 2;
            let Some(mentor) = self.lanes.find(&search.gains, best).filter(|_| gain > left_out.0) else {
                return left_out;
            };
            if best % 2 == 1 {
                return (gain, End::Empty(mentor));
            }
            search.pass(mentor, gain);
            self.shut(mentor);
            for at in 0..self.holders[mentor].len() {
                let holder = self.holders[mentor][at].learner;
                let profit = self.matrix.value(holder as usize, mentor) - self.prices[mentor];
                if gain.saturating_sub(profit) > left_out.0 {
                    left_out = (gain - profit, End::LeftOut(search.reached.len()));
                }
                let reached = Reached { learner: holder, mentor: Some(mentor) };
                best = self.reach(search, reached, BIAS + 2 * gain - 2 * profit);
            }
        }
    }

    /// Looks at every mentor from one more learner. The highest gain of the mentors not passed.
    fn reach(&self, search: &mut Search, reached: Reached, offset: u16) -> u16 {
        let row = self.matrix.row(reached.learner as usize);
        let number = search.reached.len() as u32;
        search.reached.push(reached);
        self.lanes.relax(row, &self.costs, &mut search.gains, &mut search.origins, offset, number)
    }
}

/// Where a chain ends.
enum End {
    /// At a mentor with an empty place.
    Empty(usize),
    /// With the learner reached as this number, who is left without a mentor.
    LeftOut(usize),
}

/// A learner who could move on, and the mentor they would leave: none for whom the search is for.
struct Reached {
    learner: u32,
    mentor: Option<usize>,
}

/// What one search knows.
struct Search {
    /// Per mentor, the best gain known, in halves; 0 once passed.
    gains: Vec<Block>,
    /// Per mentor with a gain, the number in `reached` that it comes from.
    origins: Vec<Origins>,
    reached: Vec<Reached>,
    /// Mentors whose holders were reached, with the gain there.
    passed: Vec<(u32, u16)>,
}

impl Search {
    fn new(width: usize) -> Self {
        Self {
            gains: vec![Block([0; LANES]); width],
            origins: vec![Origins([0; LANES]); width],
            reached: Vec::new(),
            passed: Vec::new(),
        }
    }

    fn clear(&mut self) {
        self.gains.fill(Block([0; LANES]));
        self.reached.clear();
        self.passed.clear();
    }

    fn pass(&mut self, mentor: usize, gain: u16) {
        self.passed.push((mentor as u32, gain));
        self.gains[mentor / LANES].0[mentor % LANES] = 0;
    }

    fn origin(&self, mentor: usize) -> usize {
        self.origins[mentor / LANES].0[mentor % LANES] as usize
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::super::certificate::{Certificate, check};
    use super::super::problem::Edge;
    use super::*;

    fn problem(places: Vec<u32>, lists: &[Vec<Option<u32>>]) -> Problem {
        let ids = |count: usize| (0..count as u128).map(Uuid::from_u128).collect();
        let mut problem = Problem::new(ids(lists.len()), ids(places.len()), places);
        for list in lists {
            let edges = (0..).zip(list).filter_map(|(mentor, value)| Some(Edge { mentor, value: (*value)? }));
            problem.push(edges);
        }
        problem
    }

    /// Values up to `top`, some pairs impossible, some mentors without places.
    fn problems(size: usize, top: u32) -> impl Strategy<Value = Problem> {
        (1..=size, 1..=size).prop_flat_map(move |(learners, mentors)| {
            let list = vec(proptest::option::weighted(0.7, 0..=top), mentors);
            (vec(0_u32..4, mentors), vec(list, learners)).prop_map(|(places, lists)| problem(places, &lists))
        })
    }

    /// The best sum by trying every way.
    fn exhaustively(problem: &Problem, learner: usize, left: &mut [u32]) -> i64 {
        if learner == problem.learners.len() {
            return 0;
        }
        let mut best = exhaustively(problem, learner + 1, left);
        for edge in problem.list(learner) {
            if left[edge.mentor as usize] > 0 {
                left[edge.mentor as usize] -= 1;
                best = best.max(i64::from(edge.value) + exhaustively(problem, learner + 1, left));
                left[edge.mentor as usize] += 1;
            }
        }
        best
    }

    fn proven(problem: &Problem, matching: &Matching) -> bool {
        check(problem, matching).is_ok_and(|certificate| certificate.proves_optimal())
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn the_optimum_equals_trying_every_way(problem in problems(5, 20)) {
            let best = exhaustively(&problem, 0, &mut problem.places.clone());
            prop_assert_eq!(check(&problem, &solve(&problem)), Ok(Certificate { objective: best, bound: best }));
        }

        #[test]
        fn the_answer_is_proven_for_few_values_and_for_many(
            few in problems(40, 3), many in problems(40, WHOLE), none in problems(9, 0)
        ) {
            prop_assert!(proven(&few, &solve(&few)));
            prop_assert!(proven(&many, &solve(&many)));
            prop_assert!(proven(&none, &solve(&none)));
        }

        #[test]
        fn every_vector_width_gives_the_same(learners in 1_usize..50, values in vec(0..=WHOLE as u16, 1..2_500)) {
            let mentors = values.len().div_ceil(learners);
            let mut matrix = Matrix::new(learners, mentors);
            for (learner, values) in values.chunks(mentors).enumerate() {
                for (mentor, value) in values.iter().enumerate() {
                    matrix.row_mut(learner)[mentor / LANES].0[mentor % LANES] = doubled(u32::from(*value));
                }
            }
            let expected = solve_matrix(learners, mentors, &values);
            for lanes in Lanes::available() {
                let matching = Solver::new(&matrix, &vec![1; mentors], lanes).solve();
                prop_assert_eq!((&matching.mentor_of, &matching.prices), (&expected.mentor_of, &expected.prices));
            }
        }
    }

    #[test]
    fn the_highest_values_do_not_overflow() {
        let lists = vec![vec![Some(WHOLE); 40]; 90];
        let problem = problem(vec![2; 40], &lists);
        let matching = solve(&problem);
        let sum = 80 * i64::from(WHOLE);
        assert_eq!(check(&problem, &matching), Ok(Certificate { objective: sum, bound: sum }));
    }

    #[test]
    fn nothing_to_share_is_shared() {
        for problem in [problem(vec![], &[]), problem(vec![1], &[]), problem(vec![], &[vec![], vec![]])] {
            assert!(proven(&problem, &solve(&problem)));
            assert!(suits(&problem));
        }
        assert_eq!(solve_matrix(2, 0, &[]).mentor_of, [None, None]);
    }

    #[test]
    fn a_quarter_of_the_pairs_is_dense() {
        let row = |listed: usize| (0..8).map(|mentor| (mentor < listed).then_some(1)).collect();
        assert!(suits(&problem(vec![1; 8], &[row(2), row(2)])));
        assert!(!suits(&problem(vec![1; 8], &[row(2), row(1)])));
    }
}
