//! Ranking 100 000 mentors for one learner, and sharing a cohort.

use std::collections::HashSet;
use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use matcher_core::{Candidate, Country, Mask, Mode, Need, Options, Plan, Pool, Wanted, Weights, assign, rank};
use uuid::Uuid;

const COUNTRIES: [&str; 8] = ["NG", "GH", "KE", "ZA", "FR", "US", "IN", "EG"];
const LANGUAGES: [&str; 6] = ["en", "fr", "sw", "ha", "ar", "pt"];

/// A small generator (`SplitMix64`), so that every run sees the same world.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % end
    }

    /// Popular things are asked for more often than rare ones.
    fn skill(&mut self) -> Box<str> {
        let one = self.below(200);
        format!("skill-{}", one.min(self.below(200))).into()
    }

    fn hours(&mut self) -> Mask {
        let blocks: Vec<u32> = (0..6).map(|_| self.below(330) as u32).collect();
        Mask::of(blocks.into_iter().flat_map(|start| start..start + 6))
    }

    fn languages(&mut self) -> Vec<Box<str>> {
        let (one, other) = (self.below(6) as usize, self.below(6) as usize);
        let spoken: HashSet<&str> =
            ["en", LANGUAGES[one], LANGUAGES[other]].into_iter().skip(self.below(2) as usize).collect();
        spoken.into_iter().map(Into::into).collect()
    }

    fn country(&mut self) -> Option<Country> {
        Country::parse(COUNTRIES[self.below(8) as usize]).ok()
    }

    fn mentor(&mut self, id: u64) -> Candidate {
        let skills: std::collections::BTreeMap<Box<str>, u8> =
            (0..3 + self.below(6)).map(|_| (self.skill(), 1 + self.below(10) as u8)).collect();
        let reviews = self.below(40) as u32;
        Candidate {
            id: Uuid::from_u128(u128::from(id) << 64 | u128::from(self.below(u64::MAX))),
            skills: skills.into_iter().collect(),
            languages: self.languages(),
            country: self.country(),
            utc_offset: (self.below(10) * 60) as i16 - 240,
            availability: self.hours(),
            capacity: 5,
            taken: self.below(6) as u16,
            rating_sum: reviews * (1 + self.below(5) as u32),
            rating_count: reviews,
            experience_months: self.below(90) as u16,
            consents: true,
            minors: true,
        }
    }

    fn learner(&mut self, id: u64) -> Need {
        let skills: HashSet<Box<str>> = (0..2 + self.below(3)).map(|_| self.skill()).collect();
        Need {
            learner_id: Uuid::from_u128(u128::from(id)),
            skills: skills.into_iter().map(|skill| Wanted { skill, target: 6, weight: 10 }).collect(),
            languages: self.languages(),
            country: self.country(),
            utc_offset: 60,
            availability: self.hours(),
            slots_needed: 6,
            blocked: HashSet::new(),
            minor: false,
        }
    }
}

fn benches(criterion: &mut Criterion) {
    let mut dice = Dice(7);
    let mentors: Vec<Candidate> = (0..100_000).map(|id| dice.mentor(id)).collect();
    let learners: Vec<Need> = (0..1_000).map(|id| dice.learner(id)).collect();
    let pool: Pool = mentors.iter().collect();
    let mut turn = learners.iter().cycle();
    criterion.bench_function("rank top 20 of 100k", |bencher| {
        bencher.iter(|| turn.next().map(|need| black_box(rank(&pool, &Plan::new(need, Weights::default()), 20))));
    });
    let mut group = criterion.benchmark_group("slow");
    group.sample_size(10);
    group.bench_function("load 100k", |bencher| bencher.iter(|| black_box(mentors.iter().collect::<Pool>())));
    let small: Pool = mentors.iter().take(200).collect();
    group.bench_function("assign 1k to 200, with lists", |bencher| {
        bencher.iter(|| black_box(assign(&small, &learners, Weights::default(), &Options::lists(Mode::Optimal, 32))));
    });
    group.finish();
}

criterion_group!(all, benches);
criterion_main!(all);
