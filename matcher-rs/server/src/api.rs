//! The handlers: each reads its input, works on a thread made for work, and answers.

use axum::Json;
use axum::extract::rejection::{JsonRejection, PathRejection};
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use matcher_core::{Candidate, Need, Options, Plan, Pool, Suggestion, Weights, assign, rank};
use tracing::Span;
use uuid::Uuid;

use crate::Shared;
use crate::pools::{Delta, Resident};
use crate::problem::Problem;
use crate::wire::{self, AssignIn, AssignOut, DeltaIn, PoolOut, RankIn, RankOut, SnapshotIn, SuggestionOut};

type Tenant = Result<Path<Uuid>, PathRejection>;
type Said<T> = Result<Json<T>, JsonRejection>;
type Answer<T> = Result<Json<T>, Problem>;

/// Most mentors in one ranking, and in one learner's list.
const MOST: usize = 100;
const USUAL_LIST: usize = 32;
/// Most learners in one cohort.
const COHORT: usize = 100_000;

/// Runs `work` where it may take its time, under the span of the request.
async fn worked<T: Send + 'static>(work: impl FnOnce() -> Result<T, Problem> + Send + 'static) -> Answer<T> {
    let span = Span::current();
    let done = tokio::task::spawn_blocking(move || span.in_scope(work)).await;
    done.map_err(|panic| Problem::Internal(panic.to_string()))?.map(Json)
}

pub(crate) async fn show_pool(State(shared): State<Shared>, tenant: Tenant) -> Answer<PoolOut> {
    let Path(tenant) = tenant?;
    shared.pools.read(tenant, |held| Json(PoolOut { version: held.version, size: held.pool.len() }))
}

pub(crate) async fn put_pool(State(shared): State<Shared>, tenant: Tenant, said: Said<SnapshotIn>) -> Answer<PoolOut> {
    let (Path(tenant), Json(said)) = (tenant?, said?);
    worked(move || {
        let candidates = wire::candidates(said.candidates)?;
        let pool: Pool = candidates.iter().collect();
        let size = pool.len();
        shared.pools.put(tenant, Resident { version: said.version, pool });
        tracing::info!(%tenant, version = said.version, size, "pool replaced");
        Ok(PoolOut { version: said.version, size })
    })
    .await
}

pub(crate) async fn patch_pool(State(shared): State<Shared>, tenant: Tenant, said: Said<DeltaIn>) -> Answer<PoolOut> {
    let (Path(tenant), Json(said)) = (tenant?, said?);
    worked(move || {
        let DeltaIn { base, version, upserts, removals } = said;
        let delta = Delta { base, version, upserts: wire::candidates(upserts)?, removals };
        let size = shared.pools.patch(tenant, &delta)?;
        Ok(PoolOut { version, size })
    })
    .await
}

pub(crate) async fn rank_resident(State(shared): State<Shared>, tenant: Tenant, said: Said<RankIn>) -> Answer<RankOut> {
    let (Path(tenant), Json(said)) = (tenant?, said?);
    worked(move || {
        let (need, k, weights) = ranking(said.need, said.k, said.weights)?;
        refuse_candidates(said.candidates.is_some())?;
        let plan = Plan::new(&need, weights);
        shared.pools.read(tenant, |held| RankOut {
            version: Some(held.version),
            suggestions: rank(&held.pool, &plan, k).iter().map(out).collect(),
        })
    })
    .await
}

pub(crate) async fn rank_stateless(said: Said<RankIn>) -> Answer<RankOut> {
    let Json(said) = said?;
    worked(move || {
        let (need, k, weights) = ranking(said.need, said.k, said.weights)?;
        let candidates = demand_candidates(said.candidates)?;
        let plan = Plan::new(&need, weights);
        let mut scores: Vec<_> = candidates.iter().filter_map(|candidate| plan.score(candidate)).collect();
        scores.sort_unstable_by_key(|score| (std::cmp::Reverse(score.terms.total()), score.id));
        let suggestions = scores.iter().take(k).map(|score| SuggestionOut::new(score.id, score.terms)).collect();
        Ok(RankOut { version: None, suggestions })
    })
    .await
}

pub(crate) async fn assign_resident(
    State(shared): State<Shared>,
    tenant: Tenant,
    said: Said<AssignIn>,
) -> Answer<AssignOut> {
    let (Path(tenant), Json(said)) = (tenant?, said?);
    worked(move || {
        refuse_candidates(said.candidates.is_some())?;
        let (needs, k, weights) = cohort(said.needs, said.k, said.weights)?;
        let (version, answer) = shared.pools.read(tenant, |held| {
            (held.version, assign(&held.pool, &needs, weights, &Options::lists(said.mode.into(), k)))
        })?;
        Ok(AssignOut::new(Some(version), said.mode, answer?))
    })
    .await
}

pub(crate) async fn assign_stateless(said: Said<AssignIn>) -> Answer<AssignOut> {
    let Json(said) = said?;
    worked(move || {
        let pool: Pool = demand_candidates(said.candidates)?.iter().collect();
        let (needs, k, weights) = cohort(said.needs, said.k, said.weights)?;
        let answer = assign(&pool, &needs, weights, &Options::lists(said.mode.into(), k))?;
        Ok(AssignOut::new(None, said.mode, answer))
    })
    .await
}

pub(crate) async fn live() -> &'static str {
    "live\n"
}

/// Ready means able to take work: one more request would be let in.
pub(crate) async fn ready(State(shared): State<Shared>) -> Result<&'static str, Problem> {
    if shared.slots.available_permits() == 0 { Err(Problem::Busy) } else { Ok("ready\n") }
}

pub(crate) async fn metrics(State(shared): State<Shared>) -> impl IntoResponse {
    let (tenants, mentors) = shared.pools.sizes();
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], shared.metrics.page(tenants, mentors))
}

pub(crate) async fn nothing_here() -> Problem {
    Problem::NotHere(StatusCode::NOT_FOUND)
}

pub(crate) async fn wrong_method() -> Problem {
    Problem::NotHere(StatusCode::METHOD_NOT_ALLOWED)
}

fn out(suggestion: &Suggestion) -> SuggestionOut {
    SuggestionOut::new(suggestion.id, suggestion.terms)
}

fn ranking(need: wire::NeedIn, k: usize, weights: Option<wire::TermsIo>) -> Result<(Need, usize, Weights), Problem> {
    Ok((Need::try_from(need)?, length(k)?, wire::weights(weights)?))
}

fn cohort(
    needs: Vec<wire::NeedIn>,
    k: Option<usize>,
    weights: Option<wire::TermsIo>,
) -> Result<(Vec<Need>, usize, Weights), Problem> {
    if needs.len() > COHORT {
        return Err(Problem::Invalid(format!("a cohort has at most {COHORT} learners")));
    }
    Ok((wire::needs(needs)?, length(k.unwrap_or(USUAL_LIST))?, wire::weights(weights)?))
}

fn length(k: usize) -> Result<usize, Problem> {
    if (1..=MOST).contains(&k) { Ok(k) } else { Err(Problem::Invalid(format!("k is 1 to {MOST}"))) }
}

fn refuse_candidates(given: bool) -> Result<(), Problem> {
    if given {
        Err(Problem::Invalid("the pool holds the candidates; leave them out of the body".to_owned()))
    } else {
        Ok(())
    }
}

fn demand_candidates(said: Option<Vec<wire::CandidateIn>>) -> Result<Vec<Candidate>, Problem> {
    let said = said.ok_or_else(|| Problem::Invalid("without a pool, candidates must be in the body".to_owned()))?;
    Ok(wire::candidates(said)?)
}
