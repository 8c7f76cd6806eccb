//! The optimum when most pairs are possible: a whole matrix of values, worked on row by row.
//!
//! Shortest augmenting paths (Jonker and Volgenant 1987; for rectangles Crouse 2016) from good prices
//! and a matching that already holds most, with two changes. A mentor with several places stays one
//! column with one price, whose holders are reached together. And every learner may stay without a
//! mentor at worth nothing, so the prices that matter and the profits never leave 0 to [`WHOLE`]: they
//! fit 16 bits, and a vector holds twice as many.
//!
//! Learners bid for mentors or, when learners outnumber places by far, places for learners. A
//! bidder's *profit* at a column is the value of the pair less the column's price. Two things hold in
//! the end, and they are the proof of the optimum (complementary slackness): what a bidder holds is
//! worth the highest profit there is, and a column with room left costs nothing.
//!
//! **The start.** Where places are about as many as bidders, or too few and wanted by many at once, a
//! scaled auction finds the prices, and only the pairs that are exact at them are kept (the module
//! `scaling`). Elsewhere it is row reduction: a bidder takes the most profitable column and, if it is
//! full, outbids the holder who would pay least. A bid is the price up to which the bidder has nothing
//! better; the price is the lowest bid held. From here on the first of the two things holds.
//!
//! **Augmenting paths.** For each bidder left, the best way to seat them at the cost of others: a
//! chain of bidders who each move on, ending at a column with room or with one bidder left out.
//! Dijkstra's search over columns by *gain*, what the bidder's profit would be at the end of the
//! chain; the prices of the columns passed rise by what their gain exceeds that of the end.
//!
//! **Vacancies.** A column with room that still costs something is searched for in the same way, on
//! behalf of nobody: a bidder to whom all is worth nothing, and whose place on a column is room there.

mod lanes;
mod moves;
mod scaling;

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::options::Budget;
use super::problem::{Matching, Problem};
use crate::WHOLE;
use lanes::{Block, LANES, Lanes, Origins};
use moves::Moves;

/// Added to costs and offsets so that no sum in between falls below zero: profits and gains are
/// counted in halves, so the lowest is twice [`WHOLE`] below zero.
const BIAS: u16 = 2 * WHOLE as u16;
/// The cost of a column that must not be chosen: padding, or passed by the search.
const SHUT: u16 = u16::MAX;
/// No price is higher: its cost and the lowest bit still fit below [`SHUT`].
const DEAREST: u16 = 2 * WHOLE as u16;
/// Row reduction ends when a sweep leaves more than this many of 64 bidders it began with.
const ENOUGH: usize = 62;
/// Sweeps after which row reduction, and outbids per bidder after which one sweep or auction gives up
/// on price wars.
const SWEEPS: usize = 64;
const OUTBIDS: usize = 40;
/// A scaled auction is the better start when at most one place in so many is to spare; and when row
/// reduction seats less than half, as where all want much the same, already at one in so many. Each
/// place to spare may cost a search afterwards.
const EVEN: u64 = 64;
const NEARLY_EVEN: u64 = 8;
/// Where places are too few, a scaled auction is the better start when the first sweep leaves more than
/// one bidder in so many: they want what others have, and will outbid each other for long.
const CROWDED: usize = 6;
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
/// Values above [`WHOLE`] count as [`WHOLE`].
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

/// Who bids.
#[derive(Debug, Clone, Copy)]
enum Side {
    Learners,
    Places,
}

impl Side {
    /// Usually the fewer. But mentors with many places are few columns, quickly searched, so places
    /// bid only when they are few beside both sides.
    fn bidding(learners: usize, places: &[u32]) -> Self {
        let pairs = (learners as u64).saturating_mul(places.len() as u64);
        let places = sum(places);
        if learners as u64 > places && places.saturating_mul(places) <= pairs.saturating_mul(2) {
            Self::Places
        } else {
            Self::Learners
        }
    }

    fn turn<T>(self, learner: T, mentor: T) -> (T, T) {
        match self {
            Self::Learners => (learner, mentor),
            Self::Places => (mentor, learner),
        }
    }

    fn matrix(self, learners: usize, mentors: usize) -> Matrix {
        let (rows, columns) = self.turn(learners, mentors);
        Matrix::new(rows, columns)
    }

    fn solve(
        self,
        matrix: &Matrix,
        learners: usize,
        places: &[u32],
        lanes: Lanes,
        budget: Budget<'_>,
    ) -> Option<Matching> {
        let numbers = 0..places.len() as u32;
        match self {
            Self::Learners => {
                let rows = (0..learners as u32).collect();
                let solver = Solver::new(matrix, rows, places, lanes).solve(budget)?;
                let prices = solver.prices.into_iter().map(i64::from).collect();
                Some(Matching { mentor_of: solver.column_of, prices, scale: 1 })
            }
            Self::Places => {
                let copies = |mentor: u32| std::iter::repeat_n(mentor, places[mentor as usize] as usize);
                let rows = numbers.clone().flat_map(copies).collect();
                let room = vec![1; learners];
                let solver = Solver::new(matrix, rows, &room, lanes).solve(budget)?;
                let mut mentor_of = vec![None; learners];
                for (mentor, learner) in solver.rows.iter().zip(&solver.column_of) {
                    if let Some(learner) = learner {
                        mentor_of[*learner as usize] = Some(*mentor);
                    }
                }
                let prices = numbers.map(|mentor| i64::from(solver.best_profit(mentor))).collect();
                Some(Matching { mentor_of, prices, scale: 1 })
            }
        }
    }
}

/// Values in halves, which leaves the lowest bit for preferring room among equals; rows padded to
/// whole blocks.
struct Matrix {
    width: usize,
    cells: Vec<Block>,
}

impl Matrix {
    fn new(rows: usize, columns: usize) -> Self {
        let width = columns.div_ceil(LANES);
        Self { width, cells: vec![Block([0; LANES]); rows * width] }
    }

    fn row(&self, row: u32) -> &[Block] {
        &self.cells[row as usize * self.width..][..self.width]
    }

    fn value(&self, row: u32, column: usize) -> u16 {
        self.row(row)[column / LANES].0[column % LANES] / 2
    }

    fn set(&mut self, row: usize, column: usize, value: u32) {
        self.cells[row * self.width + column / LANES].0[column % LANES] = 2 * value.min(WHOLE) as u16;
    }

    fn copy(&mut self, row: usize, values: &[u16]) {
        let blocks = &mut self.cells[row * self.width..][..self.width];
        for (block, values) in blocks.iter_mut().zip(values.chunks(LANES)) {
            for (cell, value) in block.0.iter_mut().zip(values) {
                *cell = 2 * (*value).min(WHOLE as u16);
            }
        }
    }
}

struct Solver<'m> {
    matrix: &'m Matrix,
    /// The row of each bidder: places of one mentor share theirs.
    rows: Vec<u32>,
    /// How many bidders each column has room for.
    room: &'m [u32],
    lanes: Lanes,
    prices: Vec<u16>,
    /// The prices as the loops over rows want them: in halves, with [`BIAS`], one less where room is left.
    costs: Vec<Block>,
    holders: Vec<Vec<u32>>,
    column_of: Vec<Option<u32>>,
    moves: Moves,
    /// How many rows were looked at: what the work is, on any machine.
    looked: u64,
}

/// Per column, the bids of its holders, the lowest on top.
type Bids = Vec<BinaryHeap<Reverse<(u16, u32)>>>;

/// How to bid.
#[derive(Debug, Clone, Copy)]
struct Terms {
    /// Added to profits in halves, which must stay above 0: with [`BIAS`] nobody bids at a loss.
    offset: u16,
    /// How much a bid exceeds the price up to which the bidder has nothing better.
    raise: u16,
}

/// What became of a bid.
enum Bid {
    /// No column is worth its price.
    None,
    /// There was room.
    Seated,
    /// This bidder had to go, and whether the price rose.
    Outbid { bidder: u32, dearer: bool },
}

impl<'m> Solver<'m> {
    fn new(matrix: &'m Matrix, rows: Vec<u32>, room: &'m [u32], lanes: Lanes) -> Self {
        let mut solver = Self {
            matrix,
            room,
            lanes,
            prices: vec![0; room.len()],
            costs: vec![Block([SHUT; LANES]); matrix.width],
            holders: vec![Vec::new(); room.len()],
            column_of: vec![None; rows.len()],
            moves: Moves::new(room.len(), matrix.width),
            looked: 0,
            rows,
        };
        for (column, room) in room.iter().enumerate() {
            if *room > 0 {
                solver.set_price(column, 0, true);
            } else {
                // Nobody can pay for a mentor without places, whose cost stays shut.
                solver.prices[column] = WHOLE as u16;
            }
        }
        solver
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

    /// Seats most bidders at good prices. Those who could do better and hold nothing now.
    fn start(&mut self, budget: Budget<'_>) -> Vec<u32> {
        if self.spares_one_in(EVEN) {
            return self.scale(budget);
        }
        let reduced = self.reduce_rows(budget);
        let has_failed = reduced.as_ref().is_none_or(|free| free.len() * 2 > self.rows.len());
        reduced.filter(|_| !(has_failed && self.may_scale())).unwrap_or_else(|| self.scale(budget))
    }

    fn may_scale(&self) -> bool {
        self.is_short() || self.spares_one_in(NEARLY_EVEN)
    }

    /// Whether there are more bidders than places.
    fn is_short(&self) -> bool {
        self.rows.len() as u64 > sum(self.room)
    }

    /// Whether there is room for all bidders, and at most one place in `count` to spare.
    fn spares_one_in(&self, count: u64) -> bool {
        let (bidders, places) = (self.rows.len() as u64, sum(self.room));
        bidders <= places && (places - bidders).saturating_mul(count) <= places
    }

    fn set_price(&mut self, column: usize, price: u16, has_room: bool) {
        self.prices[column] = price;
        self.costs[column / LANES].0[column % LANES] = BIAS + 2 * price - u16::from(has_room);
    }

    fn has_room(&self, column: usize) -> bool {
        self.holders[column].len() < self.room[column] as usize
    }

    /// Lowers all prices, down to what somebody could pay.
    fn lower_prices(&mut self, by: u16) {
        for column in (0..self.room.len()).filter(|column| self.room[*column] > 0) {
            let price = self.prices[column].saturating_sub(by).min(WHOLE as u16);
            self.set_price(column, price, self.has_room(column));
        }
    }

    fn shut(&mut self, column: usize) {
        self.costs[column / LANES].0[column % LANES] = SHUT;
    }

    /// The highest profit in a row.
    fn best_profit(&self, row: u32) -> u16 {
        self.lanes.best_two(self.matrix.row(row), &self.costs, BIAS).0 / 2
    }

    /// Lets bidders bid, as long as that seats many. Those who still want a column and have none; nothing
    /// where so many want the same that a scaled auction is the better start.
    fn reduce_rows(&mut self, budget: Budget<'_>) -> Option<Vec<u32>> {
        let mut bids = self.no_bids();
        let mut free: Vec<u32> = (0..self.rows.len() as u32).collect();
        if self.may_scale() {
            free = self.sweep(&free, &mut bids, 0, budget);
            if free.len() * if self.is_short() { CROWDED } else { 2 } > self.rows.len() {
                return None;
            }
        }
        for _ in 0..SWEEPS {
            let before = free.len();
            free = self.sweep(&free, &mut bids, OUTBIDS, budget);
            if free.len() * 64 > before * ENOUGH || budget.is_spent() {
                break;
            }
        }
        self.close(bids);
        Some(free)
    }

    fn no_bids(&self) -> Bids {
        vec![BinaryHeap::new(); self.room.len()]
    }

    /// Who bids is a holder now.
    fn close(&mut self, bids: Bids) {
        for (holders, bids) in self.holders.iter_mut().zip(bids) {
            holders.extend(bids.into_iter().map(|Reverse((_, bidder))| bidder));
        }
    }

    /// Each of `free` bids once; who is outbid at a higher price bids at once, `outbids` per bidder at
    /// most; at the same price, in the next sweep.
    fn sweep(&mut self, free: &[u32], bids: &mut Bids, outbids: usize, budget: Budget<'_>) -> Vec<u32> {
        let mut left = Vec::new();
        let mut outbids = outbids * free.len();
        for first in free {
            let mut next = *first;
            while let Bid::Outbid { bidder, dearer } = self.bid(next, bids, Terms { offset: BIAS, raise: 0 }) {
                if !dearer || outbids == 0 {
                    left.push(bidder);
                    break;
                }
                outbids -= 1;
                next = bidder;
            }
            if budget.is_spent() {
                break;
            }
        }
        left
    }

    fn bid(&mut self, bidder: u32, bids: &mut Bids, terms: Terms) -> Bid {
        let row = self.matrix.row(self.rows[bidder as usize]);
        self.looked += 1;
        let (top, next) = self.lanes.best_two(row, &self.costs, terms.offset);
        let (profit, runner_up) = (top / 2, next / 2);
        if profit == 0 {
            return Bid::None;
        }
        let Some(column) = self.lanes.find_profit(row, &self.costs, terms.offset, top) else { return Bid::None };
        let (price, room, bids) = (self.prices[column], self.room[column] as usize, &mut bids[column]);
        if price + terms.raise > DEAREST {
            return Bid::None;
        }
        let new = Reverse(((price + profit - runner_up + terms.raise).min(DEAREST), bidder));
        let outbid = if bids.len() == room {
            bids.peek_mut().map(|mut lowest| std::mem::replace(&mut *lowest, new))
        } else {
            bids.push(new);
            None
        };
        self.column_of[bidder as usize] = Some(column as u32);
        if let Some(Reverse((lowest, _))) = bids.peek().filter(|_| bids.len() == room) {
            self.set_price(column, *lowest, false);
        }
        let Some(Reverse((_, other))) = outbid else { return Bid::Seated };
        self.column_of[other as usize] = None;
        Bid::Outbid { bidder: other, dearer: self.prices[column] > price }
    }

    /// Unseats whoever holds what is worth nothing: it costs nothing, so that the proof stands.
    fn drop_worthless(&mut self) {
        for (row, held) in self.rows.iter().zip(&mut self.column_of) {
            *held = held.filter(|column| self.matrix.value(*row, *column as usize) > 0);
        }
    }

    /// Finds the best chain for `bidder` and moves everybody along it.
    fn place(&mut self, bidder: u32, search: &mut Search) {
        let (gain, end) = self.search(bidder, search);
        self.raise_passed(gain, search);
        match end {
            End::Room(column) => self.seat(column, search),
            End::LeftOut(last) => {
                if let Some(bidder) = last.bidder {
                    self.column_of[bidder as usize] = None;
                }
                self.move_on(last, search);
            }
        }
    }

    /// The end of the best chain, and the gain there.
    fn search(&mut self, bidder: u32, search: &mut Search) -> (u16, End) {
        search.clear();
        search.left_out.1 = Reached { bidder: Some(bidder), column: None };
        let mut best = self.reach(search, bidder, None, BIAS);
        loop {
            let (gain, (floor, last)) = (best / 2, search.left_out);
            let found = if gain > floor { self.lanes.find(&search.gains, best) } else { None };
            let Some(column) = found else { return (floor, End::LeftOut(last)) };
            if best % 2 == 1 {
                return (gain, End::Room(column));
            }
            best = self.pass(column, gain, search);
        }
    }

    /// Whether a column with room costs something.
    fn has_vacancy(&self) -> bool {
        (0..self.room.len()).any(|column| self.prices[column] > 0 && self.has_room(column))
    }

    /// Finds the best chain to a column with room that costs something, from a bidder left out or from
    /// nobody, and moves everybody along it. Where nobody takes a place, room is left at price 0.
    fn fill_vacancy(&mut self, search: &mut Search) {
        let Some((gain, column)) = self.search_vacancy(search) else { return };
        self.raise_passed(gain, search);
        self.seat(column, search);
        // Nobody's profit is nothing again.
        self.lower_prices(WHOLE as u16 - gain);
    }

    /// The end of that chain, and the gain there; it is counted from [`WHOLE`], as it falls below what
    /// nobody has.
    fn search_vacancy(&mut self, search: &mut Search) -> Option<(u16, usize)> {
        search.clear();
        let offset = BIAS + 2 * WHOLE as u16;
        let nothing = vec![Block([0; LANES]); self.matrix.width];
        let mut best = self.look(&nothing, search, Reached { bidder: None, column: None }, offset);
        for bidder in (0..self.rows.len() as u32).filter(|bidder| self.column_of[*bidder as usize].is_none()) {
            best = self.reach(search, bidder, None, offset);
        }
        loop {
            let (gain, column) = (best / 2, self.lanes.find(&search.gains, best)?);
            if self.prices[column] > 0 && self.has_room(column) {
                return Some((gain, column));
            }
            best = self.pass(column, gain, search);
        }
    }

    /// Passes a column and reaches its holders. The highest gain of the columns not passed.
    fn pass(&mut self, column: usize, gain: u16, search: &mut Search) -> u16 {
        search.pass(column, gain);
        self.shut(column);
        if self.holders[column].len() > moves::FEW {
            return self.pass_at_once(column, gain, search);
        }
        let mut best = None;
        for at in 0..self.holders[column].len() {
            let holder = self.holders[column][at];
            let profit = self.matrix.value(self.rows[holder as usize], column) - self.prices[column];
            search.leave_out(gain.saturating_sub(profit), Reached { bidder: Some(holder), column: Some(column) });
            best = Some(self.reach(search, holder, Some(column), BIAS + 2 * gain - 2 * profit));
        }
        best.unwrap_or_else(|| self.lanes.highest(&search.gains))
    }

    /// As [`Solver::pass`] for a column with many holders, by what the best of them make of every move.
    fn pass_at_once(&mut self, column: usize, gain: u16, search: &mut Search) -> u16 {
        self.moves.bring_up(column, self.matrix, &self.rows, &self.holders[column], self.lanes);
        let (value, holder) = self.moves.poorest(column);
        let profit = value - self.prices[column];
        search.leave_out(gain.saturating_sub(profit), Reached { bidder: Some(holder), column: Some(column) });
        let offset = BIAS - moves::BIAS + 2 * gain + 2 * self.prices[column];
        self.look(self.moves.row(column), search, Reached { bidder: None, column: Some(column) }, offset)
    }

    /// Looks at every column from one more bidder. The highest gain of the columns not passed.
    fn reach(&self, search: &mut Search, bidder: u32, column: Option<usize>, offset: u16) -> u16 {
        let row = self.matrix.row(self.rows[bidder as usize]);
        self.look(row, search, Reached { bidder: Some(bidder), column }, offset)
    }

    fn look(&self, row: &[Block], search: &mut Search, reached: Reached, offset: u16) -> u16 {
        let number = search.reached.len() as u32;
        search.reached.push(reached);
        search.looked += 1;
        self.lanes.relax(row, &self.costs, &mut search.gains, &mut search.origins, offset, number)
    }

    /// The columns passed cost more by what their gain exceeds that of the end.
    fn raise_passed(&mut self, gain: u16, search: &mut Search) {
        for (column, passed) in search.passed.drain(..) {
            let column = column as usize;
            self.set_price(column, self.prices[column] + passed - gain, self.has_room(column));
        }
    }

    /// Gives room on `column` to whom it was reached from, and what they have left to the next.
    fn seat(&mut self, column: usize, search: &Search) {
        let last = self.reached_by(column, search);
        if let Some(bidder) = last.bidder {
            self.holders[column].push(bidder);
            self.column_of[bidder as usize] = Some(column as u32);
            self.set_price(column, self.prices[column], self.has_room(column));
            self.moves.forget(column);
        }
        self.move_on(last, search);
    }

    /// From whom `column` was reached.
    fn reached_by(&self, column: usize, search: &Search) -> Reached {
        match search.reached[search.origin(column)] {
            Reached { bidder: None, column: Some(left) } => {
                Reached { bidder: Some(self.moves.bidder(left, column)), column: Some(left) }
            }
            reached => reached,
        }
    }

    /// Gives what the bidder `left` leaves to whom it was reached from, and so on back to whom the search
    /// is for.
    fn move_on(&mut self, mut left: Reached, search: &Search) {
        while let (Some(bidder), Some(column)) = (left.bidder, left.column) {
            let next = self.reached_by(column, search);
            let holders = &mut self.holders[column];
            if let Some(at) = holders.iter().position(|holder| *holder == bidder) {
                if let Some(bidder) = next.bidder {
                    holders[at] = bidder;
                    self.column_of[bidder as usize] = Some(column as u32);
                } else {
                    holders.swap_remove(at);
                }
            }
            self.moves.forget(column);
            left = next;
        }
    }
}

/// Where a chain ends.
enum End {
    /// At a column with room.
    Room(usize),
    /// With this bidder, who is left with nothing.
    LeftOut(Reached),
}

/// Who could move on, nobody included, and the column they would leave: none for whom the search is
/// for. Nobody of a column means the best of its holders for each move, see [`Moves`].
#[derive(Debug, Clone, Copy)]
struct Reached {
    bidder: Option<u32>,
    column: Option<usize>,
}

const NOBODY: Reached = Reached { bidder: None, column: None };

/// What one search knows.
struct Search {
    /// Per column, the best gain known, in halves; 0 once passed.
    gains: Vec<Block>,
    /// Per column with a gain, the number in `reached` that it comes from.
    origins: Vec<Origins>,
    reached: Vec<Reached>,
    /// Columns whose holders were reached, with the gain there.
    passed: Vec<(u32, u16)>,
    /// The highest gain at which somebody reached has nothing left, and who that is.
    left_out: (u16, Reached),
    /// How many rows all searches looked at.
    looked: u64,
}

impl Search {
    fn new(width: usize) -> Self {
        Self {
            gains: vec![Block([0; LANES]); width],
            origins: vec![Origins([0; LANES]); width],
            reached: Vec::new(),
            passed: Vec::new(),
            left_out: (0, NOBODY),
            looked: 0,
        }
    }

    fn clear(&mut self) {
        self.gains.fill(Block([0; LANES]));
        self.reached.clear();
        self.passed.clear();
        self.left_out = (0, NOBODY);
    }

    fn leave_out(&mut self, gain: u16, who: Reached) {
        if gain > self.left_out.0 {
            self.left_out = (gain, who);
        }
    }

    fn pass(&mut self, column: usize, gain: u16) {
        self.passed.push((column as u32, gain));
        self.gains[column / LANES].0[column % LANES] = 0;
    }

    fn origin(&self, column: usize) -> usize {
        self.origins[column / LANES].0[column % LANES] as usize
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::super::certificate::{Certificate, check};
    use super::super::trial::{chance, listed, optimum};
    use super::super::way::Way;
    use super::*;

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

        #[test]
        fn every_vector_width_gives_the_same(
            learners in 1_usize..50, is_square: bool, values in vec(0..=WHOLE as u16, 2_500)
        ) {
            let mentors = if is_square { learners } else { values.len() / learners };
            let values = &values[..learners * mentors];
            let (expected, places) = (solve_matrix(learners, mentors, values), vec![1; mentors]);
            let side = Side::bidding(learners, &places);
            let mut matrix = side.matrix(learners, mentors);
            for (at, value) in values.iter().enumerate() {
                let (row, column) = side.turn(at / mentors, at % mentors);
                matrix.set(row, column, u32::from(*value));
            }
            for lanes in Lanes::available() {
                let matching = side.solve(&matrix, learners, &places, lanes, Budget::default()).unwrap_or_default();
                prop_assert_eq!((&matching.mentor_of, &matching.prices), (&expected.mentor_of, &expected.prices));
            }
        }
    }

    /// Rows looked at per learner, where 1 000 learners want 100 mentors with places for `supply` in a
    /// hundred of them; `value` of a learner's and a mentor's traits and of chance.
    fn looked(supply: u32, value: impl Fn(&[u64; 3], &[u64; 3], u64) -> u64) -> u64 {
        let mut below = chance(1);
        let mut chance = || below(10_000);
        let mentors: Vec<[u64; 3]> = (0..100).map(|_| std::array::from_fn(|_| chance())).collect();
        let mut list = || {
            let own = std::array::from_fn(|_| chance());
            mentors.iter().map(|other| Some(1 + value(&own, other, chance()).min(9_999) as u32)).collect()
        };
        let lists: Vec<Vec<_>> = (0..1_000).map(|_| list()).collect();
        let problem = listed(vec![supply / 10; 100], &lists);
        assert_eq!(Way::quicker(&problem), Way::Matrix);
        let mut matrix = Matrix::new(1_000, 100);
        let pairs = lists.iter().enumerate().flat_map(|(row, list)| (0..).zip(list).map(move |pair| (row, pair)));
        pairs.for_each(|(row, (column, value))| matrix.set(row, column, value.unwrap_or_default()));
        let solver = Solver::new(&matrix, (0..1_000).collect(), &problem.places, Lanes::Portable);
        solver.solve(Budget::default()).map_or(u64::MAX, |solver| solver.looked / 1_000)
    }

    #[test]
    fn few_rows_are_looked_at_whatever_learners_want() {
        let low_rank = |own: &[u64; 3], other: &[u64; 3], _| {
            own.iter().zip(other).map(|(mine, theirs)| mine * theirs / 30_000).sum()
        };
        let alike = |_: &[u64; 3], other: &[u64; 3], chance| other[0] * 4 / 5 + chance / 5;
        let by_chance = |_: &[u64; 3], _: &[u64; 3], chance| chance;
        for supply in [60, 90, 100, 110] {
            for (named, rows) in [
                ("low rank", looked(supply, low_rank)),
                ("alike", looked(supply, alike)),
                ("by chance", looked(supply, by_chance)),
            ] {
                assert!(rows <= 45, "{named}, places for {supply} in a hundred: {rows} rows per learner");
            }
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
