//! A cohort is assigned as the options say, and the answer says how good it is.

mod town;

use std::error::Error;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

use matcher_core::assign::{Budget, Cohort, Scope};
use matcher_core::{Mode, Options, Weights, assign};
use rayon::ThreadPoolBuilder;
use town::town;
use uuid::Uuid;

type Outcome = Result<(), Box<dyn Error>>;

const EVERY_MODE: [Mode; 4] = [Mode::Optimal, Mode::Fast, Mode::Greedy, Mode::Stable];

fn who(cohort: &Cohort) -> Vec<(Uuid, Uuid)> {
    cohort.pairs.iter().map(|pair| (pair.learner_id, pair.score.id)).collect()
}

#[test]
fn every_mode_keeps_its_promise() -> Outcome {
    let town = town(1, 60, 200);
    let [optimal, fast, greedy, stable] = EVERY_MODE.map(|mode| town.assign(&Options::lists(mode, 12)));
    let (optimal, fast, greedy, stable) = (optimal?, fast?, greedy?, stable?);
    assert!(optimal.is_optimal() && fast.is_optimal());
    assert_eq!(optimal.certificate.objective, fast.certificate.objective);
    assert_eq!(stable.blocking_pairs, 0);
    for other in [&greedy, &stable] {
        assert!(other.certificate.objective <= optimal.certificate.objective);
        assert!(other.certificate.bound >= optimal.certificate.objective);
    }
    assert!(2 * greedy.certificate.objective >= optimal.certificate.objective);
    for (cohort, mode) in [optimal, fast, greedy, stable].iter().zip(EVERY_MODE) {
        assert_eq!((cohort.answered_by, cohort.scope, cohort.hurried, cohort.rounds), (mode, Scope::Lists, false, 1));
    }
    Ok(())
}

#[test]
fn without_k_the_optimum_is_over_the_whole_pool() -> Outcome {
    let town = town(2, 60, 200);
    let whole = town.assign(&Options::of(Mode::Optimal))?;
    let lists = town.assign(&Options::lists(Mode::Optimal, 60))?;
    assert_eq!(whole.scope, Scope::Pool);
    assert!(whole.certificate.proves_optimal());
    assert_eq!(whole.certificate, lists.certificate);
    Ok(())
}

#[test]
fn a_large_pool_is_searched_until_the_gap_is_proven() -> Outcome {
    let town = town(3, 900, 1_200);
    let all = town.assign(&Options::lists(Mode::Optimal, 900))?.certificate;
    assert!(all.proves_optimal());
    for gap_ppm in [0, 100, 50_000] {
        let found = town.assign(&Options { gap_ppm, ..Options::of(Mode::Optimal) })?;
        assert_eq!((found.scope, found.answered_by, found.hurried), (Scope::Pool, Mode::Optimal, false));
        assert!(found.certificate.gap_ppm() <= u64::from(gap_ppm));
        assert!(found.certificate.bound >= all.objective && found.certificate.objective <= all.objective);
        assert!(found.rounds >= 1);
    }
    Ok(())
}

#[test]
fn kept_prices_lead_to_the_optimum_though_mentors_came_and_went() -> Outcome {
    let first = town(4, 150, 500);
    for k in [Some(12), None] {
        let options = Options { k, ..Options::of(Mode::Optimal) };
        let kept = first.assign(&options)?.prices;
        assert!(!kept.is_empty());
        let mut later = town(5, 150, 500);
        later.mentors.truncate(70);
        later.mentors.extend(first.mentors[..80].iter().cloned());
        later.pool = later.mentors.iter().collect();
        for town in [&first, &later] {
            let warm = town.assign(&Options { warm: Some(&kept), ..options })?;
            assert!(warm.certificate.proves_optimal());
            assert_eq!(warm.certificate, town.assign(&options)?.certificate);
        }
    }
    Ok(())
}

#[test]
fn when_the_budget_is_spent_greed_answers_and_says_so() -> Outcome {
    let town = town(6, 900, 1_200);
    let cancelled = AtomicBool::new(true);
    for budget in [
        Budget { deadline: Some(Instant::now()), ..Budget::default() },
        Budget { cancelled: Some(&cancelled), ..Budget::default() },
    ] {
        for mode in [Mode::Optimal, Mode::Fast, Mode::Stable] {
            let hurried = town.assign(&Options { budget, ..Options::of(mode) })?;
            assert_eq!((hurried.answered_by, hurried.hurried, hurried.scope), (Mode::Greedy, true, Scope::Lists));
            assert!(hurried.without_candidates.is_empty(), "nobody looked");
            assert!(!hurried.is_optimal());
        }
    }
    Ok(())
}

#[test]
fn a_budget_that_lasts_changes_nothing() -> Outcome {
    let town = town(7, 60, 200);
    let deadline = Some(Instant::now() + std::time::Duration::from_secs(3_600));
    let cancelled = AtomicBool::new(false);
    let budget = Budget { deadline, cancelled: Some(&cancelled) };
    for mode in EVERY_MODE {
        let options = Options::lists(mode, 12);
        let unhurried = town.assign(&Options { budget, ..options })?;
        assert_eq!(who(&unhurried), who(&town.assign(&options)?));
        assert!(!unhurried.hurried);
    }
    Ok(())
}

#[test]
fn any_number_of_threads_gives_the_same_answer() -> Outcome {
    let town = town(8, 900, 1_200);
    for options in EVERY_MODE.map(Options::of) {
        let answers = [1, 2, 5].map(|threads| {
            let crew = ThreadPoolBuilder::new().num_threads(threads).build();
            crew.map(|crew| crew.install(|| assign(&town.pool, &town.needs, Weights::default(), &options)))
        });
        let mut seen = Vec::new();
        for answer in answers {
            let cohort = answer??;
            seen.push((who(&cohort), cohort.certificate, cohort.rounds));
        }
        assert!(seen.windows(2).all(|two| two[0] == two[1]));
    }
    Ok(())
}

#[test]
fn nobody_and_nothing_are_assigned() -> Outcome {
    for (mentors, learners) in [(0, 0), (0, 3), (3, 0)] {
        let town = town(9, mentors, learners);
        for mode in EVERY_MODE {
            let cohort = town.assign(&Options::of(mode))?;
            assert_eq!((cohort.pairs.len(), cohort.without_candidates.len()), (0, learners as usize));
            assert_eq!(cohort.certificate.bound, 0);
        }
    }
    Ok(())
}
