//! The golden files: asserted here and by pytest, so both languages give the same answers.
//!
//! The inputs are written by hand; after a change of the formula, write the answers anew with
//! `cargo test -p matcher-server --test golden -- --ignored`.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::PathBuf;

use matcher_core::assign::fairness::{self, Group, load};
use matcher_core::assign::{Fairness, Mode, Options};
use matcher_core::countries::nearness;
use matcher_core::{Candidate, Country, Need, Plan, Pool, assign, rank};
use matcher_server::wire::{CandidateIn, NeedIn, SuggestionOut, TermsIo, weights};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

type Outcome = Result<(), Box<dyn Error>>;

#[derive(Serialize, Deserialize)]
struct Ranking {
    name: String,
    need: NeedIn,
    candidates: Vec<CandidateIn>,
    weights: Option<TermsIo>,
    k: usize,
    expected: Vec<SuggestionOut>,
}

#[derive(Serialize, Deserialize)]
struct Cohort {
    name: String,
    needs: Vec<NeedIn>,
    candidates: Vec<CandidateIn>,
    /// Sums of the scores, the optimum proven.
    optimal: i64,
    greedy: i64,
}

/// A pool and its digest, written by hand in whatever order.
#[derive(Serialize, Deserialize)]
struct Content {
    name: String,
    candidates: Vec<CandidateIn>,
    weights: Option<TermsIo>,
    expected: String,
}

/// Learners and mentors of an answer, and the fairness block that both languages make of them.
#[derive(Serialize, Deserialize)]
struct Evenness {
    name: String,
    learners: Vec<Learner>,
    /// Places assigned and places there, per mentor.
    mentors: Vec<(u32, u32)>,
    expected: Block,
}

#[derive(Serialize, Deserialize)]
struct Learner {
    country: String,
    language: String,
    has_candidates: bool,
    score: Option<u32>,
}

#[derive(Debug, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
struct Block {
    learners: u32,
    unassigned: u32,
    without_candidates: u32,
    minimum: u32,
    fifth_percentile: u32,
    mean: u32,
    gini_score: u32,
    gini_load: u32,
    by_country: Vec<Count>,
    by_language: Vec<Count>,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Count {
    key: String,
    learners: u32,
    unassigned: u32,
}

type Nearness = BTreeMap<String, BTreeMap<String, u32>>;

fn path(name: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "..", "golden", name].iter().collect()
}

fn read<T: DeserializeOwned>(name: &str) -> Result<T, Box<dyn Error>> {
    Ok(serde_json::from_str(&fs::read_to_string(path(name))?)?)
}

fn write(name: &str, golden: &impl Serialize) -> Outcome {
    Ok(fs::write(path(name), serde_json::to_string_pretty(golden)? + "\n")?)
}

fn ranked(case: &Ranking) -> Result<[Vec<SuggestionOut>; 2], Box<dyn Error>> {
    let need = Need::try_from(case.need.clone())?;
    let plan = Plan::new(&need, weights(case.weights)?);
    let candidates = mentors(&case.candidates)?;
    let pool: Pool = candidates.iter().collect();
    let columns = rank(&pool, &plan, case.k).iter().map(|found| SuggestionOut::new(found.id, found.terms)).collect();
    let mut scores: Vec<_> = candidates.iter().filter_map(|candidate| plan.score(candidate)).collect();
    scores.sort_by_key(|score| (std::cmp::Reverse(score.terms.total()), score.id));
    let formula = scores.iter().take(case.k).map(|score| SuggestionOut::new(score.id, score.terms)).collect();
    Ok([columns, formula])
}

fn sums(case: &Cohort) -> Result<(i64, i64), Box<dyn Error>> {
    let needs = case.needs.iter().cloned().map(Need::try_from).collect::<Result<Vec<_>, _>>()?;
    let pool: Pool = mentors(&case.candidates)?.iter().collect();
    let optimal = assign(&pool, &needs, weights(None)?, &Options::lists(Mode::Optimal, 32))?.certificate;
    assert!(optimal.proves_optimal(), "{}", case.name);
    let greedy = assign(&pool, &needs, weights(None)?, &Options::lists(Mode::Greedy, 32))?.certificate;
    Ok((optimal.objective, greedy.objective))
}

fn digest(case: &Content) -> Result<String, Box<dyn Error>> {
    let mut pool: Pool = mentors(&case.candidates)?.iter().collect();
    pool.set_weights(weights(case.weights)?);
    Ok(format!("{:016x}", pool.digest()))
}

fn block(case: &Evenness) -> Block {
    let outcomes = case.learners.iter().map(|Learner { country, language, has_candidates, score }| fairness::Outcome {
        country,
        language,
        has_candidates: *has_candidates,
        score: *score,
    });
    let loads = case.mentors.iter().map(|(assigned, places)| load(*assigned, *places)).collect();
    let fairness = Fairness::new(outcomes, loads);
    let counts = |groups: Vec<Group>| {
        groups.into_iter().map(|Group { key, learners, unassigned }| Count { key, learners, unassigned }).collect()
    };
    Block {
        learners: fairness.learners,
        unassigned: fairness.unassigned,
        without_candidates: fairness.without_candidates,
        minimum: fairness.minimum,
        fifth_percentile: fairness.fifth_percentile,
        mean: fairness.mean,
        gini_score: fairness.gini_score,
        gini_load: fairness.gini_load,
        by_country: counts(fairness.by_country),
        by_language: counts(fairness.by_language),
    }
}

fn mentors(said: &[CandidateIn]) -> Result<Vec<Candidate>, Box<dyn Error>> {
    Ok(said.iter().cloned().map(Candidate::try_from).collect::<Result<_, _>>()?)
}

fn near(golden: &Nearness) -> Nearness {
    let row = |from: &String, others: &BTreeMap<String, u32>| {
        let near = |code: &String| (code.clone(), nearness(Country::parse(from).ok(), Country::parse(code).ok()));
        (from.clone(), others.keys().map(near).collect())
    };
    golden.iter().map(|(from, others)| row(from, others)).collect()
}

#[test]
fn rankings_are_as_written() -> Outcome {
    for case in read::<Vec<Ranking>>("rank.json")? {
        for answer in ranked(&case)? {
            assert_eq!(answer, case.expected, "{}", case.name);
        }
    }
    Ok(())
}

#[test]
fn cohorts_are_as_written() -> Outcome {
    for case in read::<Vec<Cohort>>("assign.json")? {
        assert_eq!(sums(&case)?, (case.optimal, case.greedy), "{}", case.name);
    }
    Ok(())
}

#[test]
fn digests_are_as_written() -> Outcome {
    for case in read::<Vec<Content>>("digest.json")? {
        assert_eq!(digest(&case)?, case.expected, "{}", case.name);
    }
    Ok(())
}

#[test]
fn fairness_is_as_written() -> Outcome {
    for case in read::<Vec<Evenness>>("fairness.json")? {
        assert_eq!(block(&case), case.expected, "{}", case.name);
    }
    Ok(())
}

#[test]
fn nearness_is_as_written() -> Outcome {
    let golden: Nearness = read("nearness.json")?;
    assert_eq!(near(&golden), golden);
    Ok(())
}

#[test]
#[ignore = "writes the expected answers anew"]
fn rewrite() -> Outcome {
    let mut rankings: Vec<Ranking> = read("rank.json")?;
    for case in &mut rankings {
        [case.expected, _] = ranked(case)?;
    }
    write("rank.json", &rankings)?;
    let mut cohorts: Vec<Cohort> = read("assign.json")?;
    for case in &mut cohorts {
        (case.optimal, case.greedy) = sums(case)?;
    }
    write("assign.json", &cohorts)?;
    let mut contents: Vec<Content> = read("digest.json")?;
    for case in &mut contents {
        case.expected = digest(case)?;
    }
    write("digest.json", &contents)?;
    let mut evenness: Vec<Evenness> = read("fairness.json")?;
    for case in &mut evenness {
        case.expected = block(case);
    }
    write("fairness.json", &evenness)?;
    write("nearness.json", &near(&read("nearness.json")?))
}
