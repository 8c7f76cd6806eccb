//! The JSON of the REST API, and its way into the types of `matcher-core`.
//!
//! Numbers are read wide and narrowed by saturation: the checks of `matcher-core` then refuse what
//! is out of range, in the same words for JSON and gRPC.

use std::collections::{BTreeMap, HashSet};

use matcher_core::assign::fairness::{Fairness, Group};
use matcher_core::assign::{Cohort, Mode, Pair, Scope};
use matcher_core::{Candidate, Country, Invalid, Mask, Need, Terms, Wanted, Weights};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::bounded::{self, BLOCKED, LANGUAGES, Learners, Mentors, Upserts, WANTED};

/// A mentor; see [`Candidate`] for units.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "the fields are those of Candidate")]
pub struct CandidateIn {
    pub id: Uuid,
    #[serde(deserialize_with = "bounded::skills")]
    pub skills: BTreeMap<Box<str>, u32>,
    #[serde(deserialize_with = "bounded::list::<_, LANGUAGES, _>")]
    pub languages: Vec<Box<str>>,
    pub country: Option<Box<str>>,
    pub utc_offset: i32,
    /// 168 hexadecimal digits, the last quarter hour of the week first.
    pub availability: Box<str>,
    pub capacity: u32,
    pub taken: u32,
    pub rating_sum: u32,
    pub rating_count: u32,
    pub experience_months: u32,
    #[serde(default = "agreed", skip_serializing_if = "is_true")]
    pub consents: bool,
    #[serde(default, skip_serializing_if = "is_false")]
    pub minors: bool,
}

/// A mentor whom nobody asked is taken to agree.
fn agreed() -> bool {
    true
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde hands references over")]
fn is_true(flag: &bool) -> bool {
    *flag
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde hands references over")]
fn is_false(flag: &bool) -> bool {
    !*flag
}

/// One wanted skill.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "the fields are those of Wanted")]
pub struct WantedIn {
    pub skill: Box<str>,
    pub target: u32,
    pub weight: u32,
}

/// A learner's wishes; see [`Need`] for units.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "the fields are those of Need")]
pub struct NeedIn {
    pub learner_id: Uuid,
    #[serde(deserialize_with = "bounded::list::<_, WANTED, _>")]
    pub skills: Vec<WantedIn>,
    #[serde(deserialize_with = "bounded::list::<_, LANGUAGES, _>")]
    pub languages: Vec<Box<str>>,
    pub country: Option<Box<str>>,
    pub utc_offset: i32,
    pub availability: Box<str>,
    pub slots_needed: u32,
    #[serde(default, deserialize_with = "bounded::set::<_, BLOCKED, _>")]
    pub blocked: HashSet<Uuid>,
    #[serde(default, skip_serializing_if = "is_false")]
    pub minor: bool,
}

/// Basis points per term, summing to 10 000; also the parts of a score.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "the fields are those of Weights and Terms")]
pub struct TermsIo {
    pub skill: u16,
    pub availability: u16,
    pub language: u16,
    pub location: u16,
    pub rating: u16,
    pub free: u16,
    pub experience: u16,
}

/// `PUT …/pool`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SnapshotIn {
    pub(crate) version: u64,
    pub(crate) candidates: Mentors,
    pub(crate) weights: Option<TermsIo>,
    /// The digest of the pool that an older version may take the place of.
    pub(crate) replaces: Option<Box<str>>,
}

/// `PATCH …/pool`: what leads from `base` to `version`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DeltaIn {
    pub(crate) base: u64,
    pub(crate) version: u64,
    pub(crate) upserts: Upserts,
    pub(crate) removals: Vec<Uuid>,
    pub(crate) weights: Option<TermsIo>,
}

/// `POST …/rank`; `candidates` only where no pool is named.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RankIn {
    pub(crate) need: NeedIn,
    pub(crate) k: usize,
    pub(crate) weights: Option<TermsIo>,
    pub(crate) candidates: Option<Mentors>,
}

/// `POST …/assign`; see the table in the crate's documentation.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AssignIn {
    pub(crate) needs: Learners,
    pub(crate) mode: ModeIo,
    pub(crate) k: Option<usize>,
    pub(crate) weights: Option<TermsIo>,
    pub(crate) candidates: Option<Mentors>,
    pub(crate) deadline_ms: Option<u64>,
    pub(crate) gap_ppm: Option<u32>,
    pub(crate) warm: Option<bool>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ModeIo {
    Optimal,
    Fast,
    Greedy,
    Stable,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ScopeIo {
    Lists,
    Pool,
}

/// What is held of a tenant; the digest of [`Pool::digest`](matcher_core::Pool::digest) in 16
/// hexadecimal digits.
#[derive(Debug, Serialize)]
pub(crate) struct PoolOut {
    pub(crate) version: u64,
    pub(crate) size: usize,
    pub(crate) digest: String,
}

/// A mentor and the parts of the score.
#[derive(Debug, Serialize, Deserialize, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub struct SuggestionOut {
    pub id: Uuid,
    pub total: u16,
    pub terms: TermsIo,
}

#[derive(Debug, Serialize)]
pub(crate) struct RankOut {
    pub(crate) version: Option<u64>,
    pub(crate) digest: Option<String>,
    pub(crate) suggestions: Vec<SuggestionOut>,
}

#[derive(Debug, Serialize)]
pub(crate) struct PairOut {
    pub(crate) learner_id: Uuid,
    pub(crate) mentor: SuggestionOut,
}

#[derive(Debug, Serialize)]
pub(crate) struct GroupOut {
    pub(crate) key: String,
    pub(crate) learners: u32,
    pub(crate) unassigned: u32,
}

/// See [`Fairness`] for what each figure says.
#[derive(Debug, Serialize)]
pub(crate) struct FairnessOut {
    pub(crate) learners: u32,
    pub(crate) unassigned: u32,
    pub(crate) without_candidates: u32,
    pub(crate) minimum: u32,
    pub(crate) fifth_percentile: u32,
    pub(crate) mean: u32,
    pub(crate) gini_score: u32,
    pub(crate) gini_load: u32,
    pub(crate) by_country: Vec<GroupOut>,
    pub(crate) by_language: Vec<GroupOut>,
}

/// The certificate is recomputed from the pairs: `bound` is what no pairing within `scope` exceeds,
/// in a hurry within the lists made so far, so that a hurried answer is never called optimal.
#[derive(Debug, Serialize)]
pub(crate) struct AssignOut {
    pub(crate) version: Option<u64>,
    pub(crate) digest: Option<String>,
    pub(crate) mode: ModeIo,
    pub(crate) answered_by: ModeIo,
    pub(crate) hurried: bool,
    pub(crate) scope: ScopeIo,
    pub(crate) optimal: bool,
    pub(crate) objective: i64,
    pub(crate) bound: i64,
    pub(crate) gap_ppm: u32,
    pub(crate) rounds: u32,
    pub(crate) blocking_pairs: u64,
    pub(crate) pairs: Vec<PairOut>,
    pub(crate) without_candidates: Vec<Uuid>,
    pub(crate) without_place: Vec<Uuid>,
    pub(crate) fairness: FairnessOut,
    pub(crate) elapsed_us: u64,
}

impl TryFrom<CandidateIn> for Candidate {
    type Error = Invalid;

    fn try_from(said: CandidateIn) -> Result<Self, Invalid> {
        let candidate = Self {
            id: said.id,
            skills: said.skills.into_iter().map(|(skill, level)| (skill, narrow(level))).collect(),
            languages: said.languages,
            country: country(said.country.as_deref())?,
            utc_offset: offset(said.utc_offset),
            availability: Mask::from_hex(&said.availability)?,
            capacity: narrow(said.capacity),
            taken: narrow(said.taken),
            rating_sum: said.rating_sum,
            rating_count: said.rating_count,
            experience_months: narrow(said.experience_months),
            consents: said.consents,
            minors: said.minors,
        };
        candidate.check()?;
        Ok(candidate)
    }
}

impl TryFrom<NeedIn> for Need {
    type Error = Invalid;

    fn try_from(said: NeedIn) -> Result<Self, Invalid> {
        let wanted =
            |said: WantedIn| Wanted { skill: said.skill, target: narrow(said.target), weight: narrow(said.weight) };
        let need = Self {
            learner_id: said.learner_id,
            skills: said.skills.into_iter().map(wanted).collect(),
            languages: said.languages,
            country: country(said.country.as_deref())?,
            utc_offset: offset(said.utc_offset),
            availability: Mask::from_hex(&said.availability)?,
            slots_needed: narrow(said.slots_needed),
            blocked: said.blocked,
            minor: said.minor,
        };
        need.check()?;
        Ok(need)
    }
}

/// The number itself, or the largest one there is, which no rule allows.
pub(crate) fn narrow<N: TryFrom<u32> + Bound>(number: u32) -> N {
    N::try_from(number).unwrap_or(N::LARGEST)
}

/// The largest number of a type.
pub(crate) trait Bound {
    const LARGEST: Self;
}

impl Bound for u8 {
    const LARGEST: Self = Self::MAX;
}

impl Bound for u16 {
    const LARGEST: Self = Self::MAX;
}

fn offset(minutes: i32) -> i16 {
    minutes.clamp(i32::from(i16::MIN), i32::from(i16::MAX)) as i16
}

fn country(code: Option<&str>) -> Result<Option<Country>, Invalid> {
    code.map(Country::parse).transpose()
}

/// The weights said, if any.
pub(crate) fn weights_said(said: Option<TermsIo>) -> Result<Option<Weights>, Invalid> {
    said.map(|said| {
        let TermsIo { skill, availability, language, location, rating, free, experience } = said;
        Weights { skill, availability, language, location, rating, free, experience }.checked()
    })
    .transpose()
}

/// The weights said, or the usual ones.
pub fn weights(said: Option<TermsIo>) -> Result<Weights, Invalid> {
    weights_said(said).map(Option::unwrap_or_default)
}

impl SuggestionOut {
    /// Writes a score out.
    pub fn new(id: Uuid, terms: Terms) -> Self {
        let Terms { skill, availability, language, location, rating, free, experience } = terms;
        let parts = TermsIo { skill, availability, language, location, rating, free, experience };
        Self { id, total: terms.total(), terms: parts }
    }
}

impl AssignOut {
    /// `pool` is the state of the pool that it was made from, where one was held.
    pub(crate) fn new(pool: Option<PoolOut>, mode: Mode, cohort: &Cohort, elapsed_us: u64) -> Self {
        let certificate = &cohort.certificate;
        let (version, digest) = pool.map(|pool| (pool.version, pool.digest)).unzip();
        Self {
            version,
            digest,
            mode: mode.into(),
            answered_by: cohort.answered_by.into(),
            hurried: cohort.hurried,
            scope: cohort.scope.into(),
            optimal: certificate.proves_optimal() && !cohort.hurried,
            objective: certificate.objective,
            bound: certificate.bound,
            gap_ppm: gap_ppm(certificate.objective, certificate.bound),
            rounds: cohort.rounds,
            blocking_pairs: cohort.blocking_pairs,
            pairs: cohort.pairs.iter().map(PairOut::from).collect(),
            without_candidates: cohort.without_candidates.clone(),
            without_place: cohort.without_place.clone(),
            fairness: FairnessOut::from(&cohort.fairness),
            elapsed_us,
        }
    }
}

/// What is missing to the bound, in millionths of it, rounded up.
fn gap_ppm(objective: i64, bound: i64) -> u32 {
    let missing = i128::from(bound - objective) * 1_000_000;
    u32::try_from((missing + i128::from(bound) - 1) / i128::from(bound.max(1))).unwrap_or(0)
}

impl From<&Pair> for PairOut {
    fn from(pair: &Pair) -> Self {
        Self { learner_id: pair.learner_id, mentor: SuggestionOut::new(pair.score.id, pair.score.terms) }
    }
}

impl From<&Fairness> for FairnessOut {
    fn from(said: &Fairness) -> Self {
        let groups = |groups: &[Group]| groups.iter().map(GroupOut::from).collect();
        Self {
            learners: said.learners,
            unassigned: said.unassigned,
            without_candidates: said.without_candidates,
            minimum: said.minimum,
            fifth_percentile: said.fifth_percentile,
            mean: said.mean,
            gini_score: said.gini_score,
            gini_load: said.gini_load,
            by_country: groups(&said.by_country),
            by_language: groups(&said.by_language),
        }
    }
}

impl From<&Group> for GroupOut {
    fn from(group: &Group) -> Self {
        Self { key: group.key.clone(), learners: group.learners, unassigned: group.unassigned }
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

impl From<Mode> for ModeIo {
    fn from(mode: Mode) -> Self {
        match mode {
            Mode::Optimal => Self::Optimal,
            Mode::Fast => Self::Fast,
            Mode::Greedy => Self::Greedy,
            Mode::Stable => Self::Stable,
        }
    }
}

impl From<Scope> for ScopeIo {
    fn from(scope: Scope) -> Self {
        match scope {
            Scope::Lists => Self::Lists,
            Scope::Pool => Self::Pool,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gap_is_rounded_up_and_nothing_has_none() {
        assert_eq!([gap_ppm(0, 0), gap_ppm(9, 9), gap_ppm(999_999, 1_000_000), gap_ppm(0, 3)], [0, 0, 1, 1_000_000]);
        assert_eq!(gap_ppm(2_999_999, 3_000_000), 1);
    }
}
