//! Chance that falls the same way in every run.

/// `SplitMix64` (Steele, Lea and Flood, 2014), in whole numbers only.
#[derive(Debug)]
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// 0 to `end` - 1.
    pub(crate) fn below(&mut self, end: u32) -> u32 {
        (((self.next() >> 32) * u64::from(end)) >> 32) as u32
    }

    /// `first` to `last`.
    pub(crate) fn range(&mut self, first: u32, last: u32) -> u32 {
        first + self.below(last - first + 1)
    }

    /// True in so many cases of a hundred.
    pub(crate) fn percent(&mut self, cases: u32) -> bool {
        self.below(100) < cases
    }

    pub(crate) fn any(&mut self) -> u64 {
        self.next()
    }
}

/// Draws 0, 1, 2, … with falling chance: the n-th in proportion to 1 / n (Zipf).
#[derive(Debug)]
pub(crate) struct Zipf(Vec<u32>);

impl Zipf {
    pub(crate) fn new(count: u32) -> Self {
        let sums = (1..=count).scan(0, |sum, place| {
            *sum += 1_000_000 / place;
            Some(*sum)
        });
        Self(sums.collect())
    }

    pub(crate) fn draw(&self, dice: &mut Dice) -> usize {
        let at = dice.below(self.0.last().copied().unwrap_or(1));
        self.0.partition_point(|sum| *sum <= at)
    }
}
