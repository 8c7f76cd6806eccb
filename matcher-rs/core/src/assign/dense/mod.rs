//! The optimum when most pairs are possible: a whole matrix of values, worked on row by row.
//!
//! Shortest augmenting paths (Jonker and Volgenant 1987; for rectangles Crouse 2016) from good prices
//! and a matching that already holds most, with two changes. A mentor with several places stays one
//! column with one price, whose holders are reached together. And every learner may stay without a
//! mentor at worth nothing, so the prices that matter and the profits never leave 0 to [`crate::WHOLE`]:
//! they fit 16 bits, and a vector holds twice as many.
//!
//! Learners bid for mentors or, when learners outnumber places by far, places for learners. A
//! bidder's *profit* at a column is the value of the pair less the column's price. Two rules hold in the
//! end, and they are the proof of the optimum (the module `prices`): what a bidder holds is worth the
//! highest profit there is, and a column with room left costs nothing.
//!
//! **The start** (`start`) seats most bidders at good prices, by row reduction (`reduction`) or by a
//! scaled auction (`scaling`). From here on the first rule holds.
//!
//! **Augmenting paths** (`search`, `paths`) then seat each bidder left at the least cost of others, and at
//! last fill the columns with room that cost something. From here on the second rule holds, too.

mod bids;
mod lanes;
mod matrix;
mod moves;
mod paths;
mod prices;
mod reduction;
mod scaling;
mod search;
mod side;
mod start;

use super::options::Budget;
use super::problem::{Matching, Problem};
use lanes::{LANES, Lanes};
use matrix::Matrix;
use moves::Moves;
use prices::Prices;
use search::Search;
use side::Side;

/// With more mentors than this a matrix is the quicker way however few the places are. Rows of two blocks
/// are looked at so quickly that keeping the bids is most of the work, of which an auction does less.
const MANY_MENTORS: usize = 2 * LANES;
/// The problem is dense when at least one in this many pairs is possible.
const DENSE: usize = 4;

/// Whether a matrix is the quicker way: enough pairs are possible, and there are many mentors, or places
/// for nearly all learners, or so few that the places can bid.
pub fn suits(problem: &Problem) -> bool {
    let (learners, mentors) = (problem.learners.len(), problem.mentors.len());
    let is_dense = problem.edges().len().saturating_mul(DENSE) >= learners.saturating_mul(mentors);
    let places = sum(&problem.places);
    let nearly_all = (learners as u64).saturating_mul(10) <= places.saturating_mul(11);
    let many = mentors > MANY_MENTORS;
    is_dense && (many || nearly_all || matches!(Side::bidding(learners, &problem.places), Side::Places))
}

/// The matching of highest value and the prices that prove it; pairs worth nothing are not formed.
///
/// Needs two bytes per learner and mentor, whether the pair is possible or not. The same problem
/// gets the same answer on every machine.
pub fn solve(problem: &Problem) -> Matching {
    solve_within(problem, Budget::default()).unwrap_or_default()
}

/// As [`solve`]; nothing when the budget is spent before.
pub fn solve_within(problem: &Problem, budget: Budget<'_>) -> Option<Matching> {
    let (learners, mentors) = (problem.learners.len(), problem.mentors.len());
    let side = Side::bidding(learners, &problem.places);
    let mut matrix = side.matrix(learners, mentors);
    for (learner, list) in problem.lists().enumerate() {
        for edge in list {
            let (row, column) = side.turn(learner, edge.mentor as usize);
            matrix.set(row, column, edge.value);
        }
    }
    side.solve(&matrix, learners, &problem.places, Lanes::detect(), budget)
}

/// As [`solve`] for mentors with one place each; `values` row by row, 0 for an impossible pair.
/// Values above [`WHOLE`](crate::WHOLE) count as that.
pub fn solve_matrix(learners: usize, mentors: usize, values: &[u16]) -> Matching {
    let places = vec![1; mentors];
    let side = Side::bidding(learners, &places);
    let mut matrix = side.matrix(learners, mentors);
    for (learner, values) in values.chunks(mentors.max(1)).enumerate().take(learners) {
        match side {
            Side::Learners => matrix.copy(learner, values),
            Side::Places => {
                values.iter().enumerate().for_each(|(mentor, value)| matrix.set(mentor, learner, u32::from(*value)));
            }
        }
    }
    side.solve(&matrix, learners, &places, Lanes::detect(), Budget::default()).unwrap_or_default()
}

fn sum(places: &[u32]) -> u64 {
    places.iter().map(|places| u64::from(*places)).sum()
}

/// A problem on the way to its answer.
struct Solver<'m> {
    matrix: &'m Matrix,
    /// The row of each bidder: places of one mentor share theirs.
    rows: Vec<u32>,
    /// How many bidders each column has room for.
    room: &'m [u32],
    lanes: Lanes,
    prices: Prices,
    holders: Vec<Vec<u32>>,
    column_of: Vec<Option<u32>>,
    moves: Moves,
    /// How many rows were looked at: what the work is, on any machine.
    looked: u64,
}

impl<'m> Solver<'m> {
    fn new(matrix: &'m Matrix, rows: Vec<u32>, room: &'m [u32], lanes: Lanes) -> Self {
        Self {
            matrix,
            room,
            lanes,
            prices: Prices::new(room, matrix.width),
            holders: vec![Vec::new(); room.len()],
            column_of: vec![None; rows.len()],
            moves: Moves::new(room.len(), matrix.width),
            looked: 0,
            rows,
        }
    }

    fn solve(mut self, budget: Budget<'_>) -> Option<Self> {
        let mut search = Search::new(self.matrix.width);
        let free = self.start(budget);
        for bidder in free {
            if budget.is_spent() {
                return None;
            }
            self.place(bidder, &mut search);
        }
        while self.has_vacancy() {
            if budget.is_spent() {
                return None;
            }
            self.fill_vacancy(&mut search);
        }
        self.drop_worthless();
        self.looked += search.looked + self.moves.looked;
        (!budget.is_spent()).then_some(self)
    }

    /// Unseats whoever holds what is worth nothing: it costs nothing, so that the proof stands.
    fn drop_worthless(&mut self) {
        for (row, held) in self.rows.iter().zip(&mut self.column_of) {
            *held = held.filter(|column| self.matrix.value(*row, *column as usize) > 0);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::super::certificate::{Certificate, check};
    use super::super::trial::{listed, optimum};
    use super::*;
    use crate::WHOLE;

    /// Values up to `top`, some pairs impossible, some mentors without places.
    fn problems(size: usize, top: u32) -> impl Strategy<Value = Problem> {
        (1..=size, 1..=size).prop_flat_map(move |(learners, mentors)| {
            let list = vec(proptest::option::weighted(0.7, 0..=top), mentors);
            (vec(0_u32..4, mentors), vec(list, learners)).prop_map(|(places, lists)| listed(places, &lists))
        })
    }

    /// As many places as learners or a few more, and all learners want much the same.
    fn even(size: usize, top: u32) -> impl Strategy<Value = Problem> {
        (vec(1_u32..4, 1..=size), 0_usize..3).prop_flat_map(move |(places, spare)| {
            let learners = (sum(&places) as usize).saturating_sub(spare).max(1);
            let traits = (vec(0..=top, learners), vec(0..=top, places.len()), vec(0..=3_u32, learners));
            (Just(places), traits).prop_map(|(places, (learners, mentors, noise))| {
                let value = |one: u32, noise: u32, other: u32| Some((one * other + noise * other % 7).min(WHOLE));
                let list =
                    |(one, noise): (&u32, &u32)| mentors.iter().map(|other| value(*one, *noise, *other)).collect();
                let lists: Vec<Vec<_>> = learners.iter().zip(&noise).map(list).collect();
                listed(places, &lists)
            })
        })
    }

    fn proven(problem: &Problem, matching: &Matching) -> bool {
        check(problem, matching).is_ok_and(|certificate| certificate.proves_optimal())
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn the_optimum_equals_trying_every_way(problem in problems(5, 20)) {
            let best = optimum(&problem);
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
        fn the_answer_is_proven_where_all_want_much_the_same(
            few in even(3, 3), many in even(40, 100), high in even(20, 200)
        ) {
            let best = optimum(&few);
            prop_assert_eq!(check(&few, &solve(&few)), Ok(Certificate { objective: best, bound: best }));
            prop_assert!(proven(&many, &solve(&many)));
            prop_assert!(proven(&high, &solve(&high)));
        }

        #[test]
        fn the_answer_is_proven_where_few_mentors_have_many_places(
            places in vec(1_u32..30, 1..6), alike: bool, noises in vec(vec(0..=WHOLE, 5), 1..110)
        ) {
            let value = |mentor: usize, noise: u32| if alike { 2_000 * mentor as u32 + noise % 2_000 } else { noise };
            let list = |noises: &Vec<u32>| (0..places.len()).map(|at| Some(value(at, noises[at]))).collect();
            let lists: Vec<Vec<_>> = noises.iter().map(list).collect();
            let crowd = listed(places, &lists);
            prop_assert!(proven(&crowd, &solve(&crowd)));
        }

        #[test]
        fn who_is_left_out_of_a_square_is_proven(
            lists in vec(vec(proptest::option::weighted(0.4, 1..=WHOLE), 30), 30)
        ) {
            let square = listed(vec![1; 30], &lists);
            prop_assert!(proven(&square, &solve(&square)));
        }
    }

    #[test]
    fn the_highest_values_do_not_overflow() {
        let lists = vec![vec![Some(WHOLE); 40]; 90];
        let problem = listed(vec![2; 40], &lists);
        let matching = solve(&problem);
        let sum = 80 * i64::from(WHOLE);
        assert_eq!(check(&problem, &matching), Ok(Certificate { objective: sum, bound: sum }));
    }

    #[test]
    fn a_spent_budget_gives_nothing() {
        let problem = listed(vec![1; 3], &[vec![Some(1); 3], vec![Some(2); 3]]);
        let spent = Budget { deadline: Some(std::time::Instant::now()), ..Budget::default() };
        assert!(solve_within(&problem, spent).is_none());
        assert!(solve_within(&problem, Budget::default()).is_some_and(|matching| proven(&problem, &matching)));
    }

    #[test]
    fn nothing_to_share_is_shared() {
        for problem in [listed(vec![], &[]), listed(vec![1], &[]), listed(vec![], &[vec![], vec![]])] {
            assert!(proven(&problem, &solve(&problem)));
        }
        assert_eq!(solve_matrix(2, 0, &[]).mentor_of, [None, None]);
    }

    #[test]
    fn a_quarter_of_the_pairs_is_dense() {
        let row = |count: usize| (0..8).map(|mentor| (mentor < count).then_some(1)).collect();
        assert!(suits(&listed(vec![1; 8], &[row(2), row(2)])));
        assert!(!suits(&listed(vec![1; 8], &[row(2), row(1)])));
    }

    #[test]
    fn many_learners_for_mentors_with_many_places_are_left_to_the_auction() {
        let crowd = |learners, places| listed(vec![places; 3], &vec![vec![Some(1); 3]; learners]);
        assert!(suits(&crowd(20, 7)), "places for all");
        assert!(!suits(&crowd(20, 5)), "too few, and many of each");
        let many = listed(vec![20; MANY_MENTORS + 1], &vec![vec![Some(1); MANY_MENTORS + 1]; 2_600]);
        assert!(suits(&many), "too few, and many of each, with many mentors");
        assert!(suits(&crowd(20, 2)), "few that bid themselves");
    }
}
