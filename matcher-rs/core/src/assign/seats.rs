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
