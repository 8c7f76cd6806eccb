//! Between the messages of `matcher.proto` and what the service takes and gives.
//!
//! Every message becomes what the REST API would have read, so both have one set of rules.

use std::collections::BTreeMap;

use matcher_core::Invalid;
use uuid::Uuid;

use super::proto::{
    AssignRequest, AssignResponse, Candidate, Fairness, Group, Mode, Need, Pair, PatchPoolRequest, PoolState,
    PutPoolRequest, RankRequest, RankResponse, Scope, Suggestion, Terms,
};
use crate::bounded::{self, Mentors, gathered};
use crate::problem::Problem;
use crate::service::Whose;
use crate::wire::{
    AssignIn, AssignOut, CandidateIn, DeltaIn, FairnessOut, GroupOut, ModeIo, NeedIn, PairOut, PoolOut, RankIn,
    RankOut, ScopeIo, SnapshotIn, SuggestionOut, TermsIo, WantedIn, narrow,
};

/// Whose pool.
pub(super) fn tenant(text: &str) -> Result<Uuid, Problem> {
    Ok(uuid("tenant_id", text)?)
}

/// Whose pool, or nobody's.
pub(super) fn source(text: &str) -> Result<Whose, Problem> {
    if text.is_empty() { Ok(None) } else { tenant(text).map(Some) }
}

fn uuid(what: &str, text: &str) -> Result<Uuid, Invalid> {
    Uuid::try_parse(text).map_err(|_| Invalid(format!("{what} is no UUID: {text:.64}")))
}

fn candidate(said: Candidate) -> Result<CandidateIn, Invalid> {
    let mut skills = BTreeMap::new();
    for skill in said.skills {
        bounded::know(&mut skills, skill.name.into(), skill.level)?;
    }
    Ok(CandidateIn {
        id: uuid("id", &said.id)?,
        skills,
        languages: boxed(said.languages),
        country: said.country.map(String::into_boxed_str),
        utc_offset: said.utc_offset,
        availability: said.availability.into(),
        capacity: said.capacity,
        taken: said.taken,
        rating_sum: said.rating_sum,
        rating_count: said.rating_count,
        experience_months: said.experience_months,
        consents: said.consents.unwrap_or(true),
        minors: said.minors,
    })
}

fn need(said: Need) -> Result<NeedIn, Invalid> {
    let wanted = said.skills.into_iter();
    Ok(NeedIn {
        learner_id: uuid("learner_id", &said.learner_id)?,
        skills: wanted
            .map(|said| WantedIn { skill: said.skill.into(), target: said.target, weight: said.weight })
            .collect(),
        languages: boxed(said.languages),
        country: said.country.map(String::into_boxed_str),
        utc_offset: said.utc_offset,
        availability: said.availability.into(),
        slots_needed: said.slots_needed,
        blocked: said.blocked.iter().map(|id| uuid("blocked", id)).collect::<Result<_, _>>()?,
        minor: said.minor,
    })
}

fn boxed(names: Vec<String>) -> Vec<Box<str>> {
    names.into_iter().map(String::into_boxed_str).collect()
}

/// Candidates count as brought along where no tenant is named, even when there are none.
fn brought(tenant: &str, said: Vec<Candidate>) -> Result<Option<Mentors>, Invalid> {
    if tenant.is_empty() || !said.is_empty() { mentors(said).map(Some) } else { Ok(None) }
}

fn mentors(said: Vec<Candidate>) -> Result<Mentors, Invalid> {
    gathered(said.into_iter().map(candidate))
}

impl TryFrom<PutPoolRequest> for SnapshotIn {
    type Error = Invalid;

    fn try_from(said: PutPoolRequest) -> Result<Self, Invalid> {
        let candidates = mentors(said.candidates)?;
        let replaces = said.replaces.map(String::into_boxed_str);
        Ok(Self { version: said.version, candidates, weights: said.weights.map(TermsIo::from), replaces })
    }
}

impl TryFrom<PatchPoolRequest> for DeltaIn {
    type Error = Invalid;

    fn try_from(said: PatchPoolRequest) -> Result<Self, Invalid> {
        Ok(Self {
            base: said.base,
            version: said.version,
            upserts: gathered(said.upserts.into_iter().map(candidate))?,
            removals: said.removals.iter().map(|id| uuid("removals", id)).collect::<Result<_, _>>()?,
            weights: said.weights.map(TermsIo::from),
        })
    }
}

/// What a ranking asks for.
pub(super) fn ranking(said: RankRequest) -> Result<RankIn, Problem> {
    let wanted = said.need.ok_or_else(|| Invalid("missing field `need`".to_owned()))?;
    Ok(RankIn {
        need: need(wanted)?,
        k: said.k as usize,
        weights: said.weights.map(TermsIo::from),
        candidates: brought(&said.tenant_id, said.candidates)?,
    })
}

impl TryFrom<AssignRequest> for AssignIn {
    type Error = Invalid;

    fn try_from(said: AssignRequest) -> Result<Self, Invalid> {
        Ok(Self {
            mode: mode(said.mode())?,
            needs: gathered(said.needs.into_iter().map(need))?,
            k: said.k.map(|k| k as usize),
            weights: said.weights.map(TermsIo::from),
            candidates: brought(&said.tenant_id, said.candidates)?,
            deadline_ms: said.deadline_ms,
            gap_ppm: said.gap_ppm,
            warm: said.warm,
        })
    }
}

fn mode(said: Mode) -> Result<ModeIo, Invalid> {
    match said {
        Mode::Optimal => Ok(ModeIo::Optimal),
        Mode::Fast => Ok(ModeIo::Fast),
        Mode::Greedy => Ok(ModeIo::Greedy),
        Mode::Stable => Ok(ModeIo::Stable),
        Mode::Unspecified => Err(Invalid("mode is optimal, fast, greedy or stable".to_owned())),
    }
}

impl From<Terms> for TermsIo {
    fn from(said: Terms) -> Self {
        Self {
            skill: narrow(said.skill),
            availability: narrow(said.availability),
            language: narrow(said.language),
            location: narrow(said.location),
            rating: narrow(said.rating),
            free: narrow(said.free),
            experience: narrow(said.experience),
        }
    }
}

impl From<TermsIo> for Terms {
    fn from(terms: TermsIo) -> Self {
        Self {
            skill: terms.skill.into(),
            availability: terms.availability.into(),
            language: terms.language.into(),
            location: terms.location.into(),
            rating: terms.rating.into(),
            free: terms.free.into(),
            experience: terms.experience.into(),
        }
    }
}

impl From<PoolOut> for PoolState {
    fn from(pool: PoolOut) -> Self {
        Self { version: pool.version, size: pool.size as u64, digest: pool.digest }
    }
}

impl From<SuggestionOut> for Suggestion {
    fn from(found: SuggestionOut) -> Self {
        Self { id: found.id.to_string(), total: found.total.into(), terms: Some(found.terms.into()) }
    }
}

impl From<RankOut> for RankResponse {
    fn from(answer: RankOut) -> Self {
        let suggestions = answer.suggestions.into_iter().map(Suggestion::from).collect();
        Self { version: answer.version, suggestions, digest: answer.digest }
    }
}

impl From<PairOut> for Pair {
    fn from(pair: PairOut) -> Self {
        Self { learner_id: pair.learner_id.to_string(), mentor: Some(pair.mentor.into()) }
    }
}

impl From<GroupOut> for Group {
    fn from(group: GroupOut) -> Self {
        Self { key: group.key, learners: group.learners.into(), unassigned: group.unassigned.into() }
    }
}

impl From<FairnessOut> for Fairness {
    fn from(said: FairnessOut) -> Self {
        let groups = |groups: Vec<GroupOut>| groups.into_iter().map(Group::from).collect();
        Self {
            learners: said.learners.into(),
            unassigned: said.unassigned.into(),
            without_candidates: said.without_candidates.into(),
            minimum: said.minimum,
            fifth_percentile: said.fifth_percentile,
            mean: said.mean,
            gini_score: said.gini_score,
            gini_load: said.gini_load,
            by_country: groups(said.by_country),
            by_language: groups(said.by_language),
        }
    }
}

impl From<ModeIo> for Mode {
    fn from(mode: ModeIo) -> Self {
        match mode {
            ModeIo::Optimal => Self::Optimal,
            ModeIo::Fast => Self::Fast,
            ModeIo::Greedy => Self::Greedy,
            ModeIo::Stable => Self::Stable,
        }
    }
}

impl From<ScopeIo> for Scope {
    fn from(scope: ScopeIo) -> Self {
        match scope {
            ScopeIo::Lists => Self::Lists,
            ScopeIo::Pool => Self::Pool,
        }
    }
}

impl From<AssignOut> for AssignResponse {
    fn from(answer: AssignOut) -> Self {
        let ids = |ids: Vec<Uuid>| ids.iter().map(Uuid::to_string).collect();
        Self {
            version: answer.version,
            digest: answer.digest,
            mode: Mode::from(answer.mode).into(),
            answered_by: Mode::from(answer.answered_by).into(),
            hurried: answer.hurried,
            scope: Scope::from(answer.scope).into(),
            optimal: answer.optimal,
            objective: answer.objective,
            bound: answer.bound,
            gap_ppm: answer.gap_ppm,
            rounds: answer.rounds,
            blocking_pairs: answer.blocking_pairs,
            pairs: answer.pairs.into_iter().map(Pair::from).collect(),
            without_candidates: ids(answer.without_candidates),
            without_place: ids(answer.without_place),
            fairness: Some(answer.fairness.into()),
            elapsed_us: answer.elapsed_us,
        }
    }
}
