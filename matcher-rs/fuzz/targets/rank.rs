//! Any changes to a pool, any wishes, any weights and prices: every kernel finds what scoring everyone finds.

#![no_main]

use std::cmp::Reverse;
use std::collections::BTreeMap;

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use matcher_core::{Candidate, Kernel, Plan, Pool, Prices, priced, rank};
use matcher_fuzz::{Learner, Mentor, Shares};
use uuid::Uuid;

#[derive(Debug, Arbitrary)]
struct Input {
    changes: Vec<(Mentor, u8)>,
    learners: Vec<Learner>,
    shares: Shares,
    default: bool,
    k: u8,
    prices: Vec<u16>,
    floor: u16,
}

fuzz_target!(|input: Input| {
    let (mut pool, known) = changed(&input.changes);
    assert_eq!(pool.len(), known.len());
    let weights = if input.default { matcher_core::Weights::default() } else { input.shares.weights() };
    let k = usize::from(input.k % 40) + 1;
    let costs: Vec<u16> = input.prices.iter().map(|price| price % 10_001).collect();
    for need in input.learners.iter().take(4).filter_map(Learner::need) {
        let plan = Plan::new(&need, weights);
        let plain = plainly(&known, &plan);
        for kernel in Kernel::available() {
            pool.set_kernel(kernel);
            let ranked: Vec<_> = rank(&pool, &plan, k).into_iter().map(|one| (one.terms.total(), one.id)).collect();
            assert_eq!(ranked, plain.iter().copied().take(k).collect::<Vec<_>>(), "{kernel}");
            let rows: BTreeMap<Uuid, u32> =
                rank(&pool, &plan, known.len()).iter().map(|one| (one.id, one.row)).collect();
            let net = |total: u16, id: &Uuid| total.saturating_sub(costs.get(rows[id] as usize).copied().unwrap_or(0));
            let mut left: Vec<(u16, Uuid)> = plain.iter().map(|(total, id)| (net(*total, id), *id)).collect();
            left.retain(|(net, _)| *net > input.floor);
            left.sort_by_key(|(net, id)| (Reverse(*net), *id));
            left.truncate(k);
            let found = priced(&Prices::new(&pool, weights, &costs), &plan, input.floor, k);
            let found: Vec<(u16, Uuid)> = found.iter().map(|one| (net(one.terms.total(), &one.id), one.id)).collect();
            assert_eq!(found, left, "{kernel}, priced");
        }
    }
});

fn changed(changes: &[(Mentor, u8)]) -> (Pool, BTreeMap<Uuid, Candidate>) {
    let (mut pool, mut known) = (Pool::default(), BTreeMap::new());
    for (mentor, chance) in changes {
        if chance % 4 == 0 {
            assert_eq!(pool.remove(mentor.id()), known.remove(&mentor.id()).is_some());
        } else {
            let candidate = mentor.candidate();
            assert_eq!(candidate.check(), Ok(()));
            pool.upsert(&candidate);
            known.insert(candidate.id, candidate);
        }
    }
    (pool, known)
}

fn plainly(known: &BTreeMap<Uuid, Candidate>, plan: &Plan<'_>) -> Vec<(u16, Uuid)> {
    let mut all: Vec<_> =
        known.values().filter_map(|one| plan.score(one)).map(|score| (score.terms.total(), score.id)).collect();
    all.sort_by_key(|(total, id)| (Reverse(*total), *id));
    all
}
