//! A town to assign in, and what any answer for it must keep.

#[allow(dead_code, reason = "the benchmarks use the rest")]
#[path = "../../benches/world/mod.rs"]
mod world;

use std::collections::{HashMap, HashSet};
use std::error::Error;

use matcher_core::assign::Cohort;
use matcher_core::{Candidate, Need, Options, Plan, Pool, Weights, assign};
use uuid::Uuid;
use world::{Dice, World};

/// Mentors, the pool of them, and learners.
pub(crate) struct Town {
    pub(crate) mentors: Vec<Candidate>,
    pub(crate) pool: Pool,
    pub(crate) needs: Vec<Need>,
}

/// The same for the same seed.
pub(crate) fn town(seed: u64, mentors: u64, learners: u64) -> Town {
    let (world, mut dice) = (World::new(), Dice::new(seed));
    let mentors: Vec<Candidate> = (0..mentors).map(|id| world.mentor(&mut dice, id)).collect();
    let needs = (0..learners).map(|id| world.learner(&mut dice, id)).collect();
    Town { pool: mentors.iter().collect(), mentors, needs }
}

impl Town {
    /// The answer, audited.
    pub(crate) fn assign(&self, options: &Options<'_>) -> Result<Cohort, Box<dyn Error>> {
        let cohort = assign(&self.pool, &self.needs, Weights::default(), options)?;
        self.audit(&cohort);
        Ok(cohort)
    }

    /// What any answer must keep, whoever made it.
    fn audit(&self, cohort: &Cohort) {
        let mentors: HashMap<Uuid, &Candidate> = self.mentors.iter().map(|mentor| (mentor.id, mentor)).collect();
        let needs: HashMap<Uuid, &Need> = self.needs.iter().map(|need| (need.learner_id, need)).collect();
        let mut taken: HashMap<Uuid, u16> = HashMap::new();
        for pair in &cohort.pairs {
            let plan = Plan::new(needs[&pair.learner_id], Weights::default());
            assert_eq!(plan.score(mentors[&pair.score.id]), Some(pair.score));
            *taken.entry(pair.score.id).or_default() += 1;
        }
        assert!(taken.iter().all(|(mentor, count)| *count <= mentors[mentor].free()));
        let sum: i64 = cohort.pairs.iter().map(|pair| i64::from(pair.score.terms.total())).sum();
        assert_eq!(cohort.certificate.objective, sum);
        assert!(cohort.certificate.bound >= sum);
        let all = cohort.pairs.iter().map(|pair| pair.learner_id);
        let all: HashSet<Uuid> =
            all.chain(cohort.without_candidates.clone()).chain(cohort.without_place.clone()).collect();
        assert_eq!(all.len(), self.needs.len());
        assert_eq!(cohort.fairness.learners as usize, self.needs.len());
        assert_eq!(cohort.fairness.unassigned as usize, self.needs.len() - cohort.pairs.len());
        assert_eq!(cohort.fairness.without_candidates as usize, cohort.without_candidates.len());
    }
}
