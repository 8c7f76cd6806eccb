//! Sifting in plain Rust.

use super::{Choice, LANES, Money, Pair, Short};

/// What `pair` makes; nothing if it is worth nothing.
fn made<P: Pair, M: Money>(pair: P, costs: &[M], scale: M) -> M {
    if pair.value() == 0 { M::default() } else { M::units(pair.value()) * scale - costs[pair.other() as usize] }
}

pub(super) fn best<P: Pair, M: Money>(row: &[P], costs: &[M], scale: M) -> Choice<P, M> {
    let (mut choice, mut lane) = (Choice::<P, M>::default(), 0);
    for (position, pair) in row.iter().enumerate() {
        let profit = made(*pair, costs, scale);
        choice.runner_up = choice.runner_up.max(profit.min(choice.profit));
        let is_first = profit == choice.profit && profit > M::default() && position % LANES < lane;
        if profit > choice.profit || is_first {
            choice.pair = *pair;
            lane = position % LANES;
        }
        choice.profit = choice.profit.max(profit);
    }
    choice
}

pub(super) fn shorten<P: Pair, M: Money>(row: &[P], costs: &[M], scale: M, short: &mut Short<P>) -> M {
    *short = [P::default(); _];
    let (firsts, seconds) = short.split_at_mut(LANES);
    let mut made_by = [[M::default(); 2]; LANES];
    let mut bound = M::default();
    for (position, pair) in row.iter().enumerate() {
        let lane = position % LANES;
        let profit = made(*pair, costs, scale);
        let [first, second] = &mut made_by[lane];
        bound = bound.max(profit.min(*second));
        if profit > *first {
            (*second, seconds[lane]) = (*first, firsts[lane]);
            (*first, firsts[lane]) = (profit, *pair);
        } else if profit > *second {
            (*second, seconds[lane]) = (profit, *pair);
        }
    }
    bound
}
