//! Any problem, by every mode: the checker agrees, the best is the best, and twice is the same.

#![no_main]

use std::time::Instant;

use libfuzzer_sys::fuzz_target;
use matcher_core::assign::stable::{self, Preferences};
use matcher_core::assign::{Budget, Mode, Options, Problem, check, solve};
use matcher_fuzz::{Dream, exhaustively};

fuzz_target!(|dream: Dream| {
    let Some(problem) = dream.problem() else { return };
    let best = optimal(&problem);
    if problem.learners().len() <= 6 && problem.edges().len() <= 40 {
        assert_eq!(best, exhaustively(&problem));
    }
    for mode in [Mode::Greedy, Mode::Stable] {
        let found = solve(&problem, &Options::of(mode)).expect("accepted by the checker").certificate;
        assert!(found.objective <= best && best <= found.bound);
        assert!(mode != Mode::Greedy || 2 * found.objective >= best);
    }
    let spent = Budget { deadline: Some(Instant::now()), cancelled: None };
    let hurried = solve(&problem, &Options { budget: spent, ..Options::of(Mode::Optimal) }).expect("accepted");
    assert!(hurried.certificate.objective <= best && best <= hurried.certificate.bound);
    stably(&problem, &dream);
});

fn optimal(problem: &Problem) -> i64 {
    let options = Options::of(Mode::Optimal);
    let [one, other] = [(); 2].map(|()| solve(problem, &options).expect("accepted by the checker"));
    assert!(one.certificate.proves_optimal());
    assert_eq!(one.answered_by, Mode::Optimal);
    assert_eq!(one.matching.mentor_of, other.matching.mentor_of);
    assert_eq!(one.matching.prices, other.matching.prices);
    let fast = solve(problem, &Options::of(Mode::Fast)).expect("accepted by the checker");
    assert_eq!(fast.certificate.objective, one.certificate.objective);
    one.certificate.objective
}

fn stably(problem: &Problem, dream: &Dream) {
    let preferences = Preferences::new(problem, dream.own.iter().map(|own| u32::from(*own)));
    let matching = stable::solve(problem, &preferences);
    assert!(check(problem, &matching).is_ok());
    assert_eq!(stable::blocking_pairs(problem, &preferences, &matching), 0);
    assert_eq!(stable::solve(problem, &preferences).mentor_of, matching.mentor_of);
}
