//! Who sits with which mentor, and what they offered.
//!
//! Each mentor's seats are a binary heap, lowest bid first, in one shared arena: an auction with
//! capacities of a thousand costs a logarithm more than one with capacities of one.

/// A taken place.
#[derive(Debug, Clone, Copy, Default)]
struct Seat<M> {
    bid: M,
    learner: u32,
}

#[derive(Debug)]
pub(super) struct Seats<M> {
    starts: Vec<u32>,
    counts: Vec<u32>,
    arena: Vec<Seat<M>>,
}

impl<M: Copy + Default + Ord> Seats<M> {
    /// Empty seats, so many per mentor.
    pub(super) fn new(places: impl Iterator<Item = usize>) -> Self {
        let mut starts = vec![0];
        let mut end = 0;
        starts.extend(places.map(|count| {
            end += count as u32;
            end
        }));
        Self { counts: vec![0; starts.len() - 1], starts, arena: vec![Seat::default(); end as usize] }
    }

    /// How many learners sit with `mentor`.
    pub(super) fn count(&self, mentor: usize) -> usize {
        self.counts[mentor] as usize
    }

    fn taken(&mut self, mentor: usize) -> &mut [Seat<M>] {
        let start = self.starts[mentor] as usize;
        &mut self.arena[start..start + self.counts[mentor] as usize]
    }

    /// The learners who sit with `mentor`.
    pub(super) fn learners(&self, mentor: usize) -> impl Iterator<Item = u32> {
        let start = self.starts[mentor] as usize;
        self.arena[start..start + self.count(mentor)].iter().map(|seat| seat.learner)
    }

    /// The lowest bid, of a mentor who has learners.
    pub(super) fn lowest(&self, mentor: usize) -> M {
        self.arena[self.starts[mentor] as usize].bid
    }

    /// Takes an empty seat.
    pub(super) fn push(&mut self, mentor: usize, bid: M, learner: u32) {
        self.counts[mentor] += 1;
        let heap = self.taken(mentor);
        let new = Seat { bid, learner };
        let mut at = heap.len() - 1;
        while at > 0 && bid < heap[(at - 1) / 2].bid {
            heap[at] = heap[(at - 1) / 2];
            at = (at - 1) / 2;
        }
        heap[at] = new;
    }

    /// Takes the seat of the lowest bidder, who is told.
    pub(super) fn replace_lowest(&mut self, mentor: usize, bid: M, learner: u32) -> u32 {
        let heap = self.taken(mentor);
        let outbid = heap[0].learner;
        let new = Seat { bid, learner };
        let mut at = 0;
        loop {
            let mut child = 2 * at + 1;
            if child + 1 < heap.len() && heap[child + 1].bid < heap[child].bid {
                child += 1;
            }
            if child >= heap.len() || bid <= heap[child].bid {
                break;
            }
            heap[at] = heap[child];
            at = child;
        }
        heap[at] = new;
        outbid
    }

    /// Empties the seat of `learner`. The bids are out of order until [`Seats::retain`].
    pub(super) fn remove(&mut self, mentor: usize, learner: u32) {
        let taken = self.taken(mentor);
        if let Some(at) = taken.iter().position(|seat| seat.learner == learner) {
            taken.swap(at, taken.len() - 1);
            self.counts[mentor] -= 1;
        }
    }

    /// Empties the seats of those who do not `stay`; all others now bid `price`.
    pub(super) fn retain(&mut self, mentor: usize, price: M, stay: impl Fn(u32) -> bool) {
        let taken = self.taken(mentor);
        let mut count = 0;
        for at in 0..taken.len() {
            let learner = taken[at].learner;
            if stay(learner) {
                taken[count] = Seat { bid: price, learner };
                count += 1;
            }
        }
        self.counts[mentor] = count as u32;
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn the_lowest_bidder_goes_first(bids in vec(0_i32..20, 1..60), places in 1_usize..20) {
            let mut seats = Seats::<i32>::new([2, places].into_iter());
            let mut sorted: Vec<i32> = Vec::new();
            for (learner, bid) in (0..).zip(&bids) {
                if seats.count(1) < places {
                    seats.push(1, *bid, learner);
                } else {
                    let outbid = seats.replace_lowest(1, *bid, learner);
                    prop_assert_eq!(bids[outbid as usize], sorted.remove(0));
                }
                sorted.push(*bid);
                sorted.sort_unstable();
                prop_assert_eq!(seats.lowest(1), sorted[0]);
            }
            let mut seated: Vec<i32> = seats.learners(1).map(|learner| bids[learner as usize]).collect();
            seated.sort_unstable();
            prop_assert_eq!(seated, sorted);
            prop_assert_eq!(seats.count(0), 0);
        }

        #[test]
        fn who_leaves_is_gone_and_who_stays_bids_the_price(learners in 1_u32..20, gone in 0_u32..20, parity in 0_u32..2) {
            let mut seats = Seats::<i32>::new([20].into_iter());
            for learner in 0..learners {
                seats.push(0, learner as i32, learner);
            }
            seats.remove(0, gone);
            seats.retain(0, 7, |learner| learner % 2 == parity);
            let mut seated: Vec<u32> = seats.learners(0).collect();
            seated.sort_unstable();
            let stay: Vec<u32> = (0..learners).filter(|learner| *learner != gone && learner % 2 == parity).collect();
            prop_assert!(stay.is_empty() || seats.lowest(0) == 7);
            prop_assert_eq!(seated, stay);
        }
    }
}
