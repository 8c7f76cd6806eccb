//! The JSON of the door, and its way into the types of `matcher-core`.

use std::collections::{BTreeMap, HashSet};

use matcher_core::assign::{Cohort, Mode};
use matcher_core::{Candidate, Country, Invalid, Mask, Need, Terms, Wanted, Weights};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A mentor; see [`Candidate`] for units.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "the fields are those of Candidate")]
pub struct CandidateIn {
    pub id: Uuid,
    pub skills: BTreeMap<Box<str>, u8>,
    pub languages: Vec<Box<str>>,
    pub country: Option<Box<str>>,
    pub utc_offset: i16,
    /// 84 hexadecimal digits, the last half hour of the week first.
    pub availability: Box<str>,
    pub capacity: u16,
    pub taken: u16,
    pub rating_sum: u32,
    pub rating_count: u32,
    pub experience_months: u16,
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
    pub target: u8,
    pub weight: u8,
}

/// A learner's wishes; see [`Need`] for units.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "the fields are those of Need")]
pub struct NeedIn {
    pub learner_id: Uuid,
    pub skills: Vec<WantedIn>,
    pub languages: Vec<Box<str>>,
    pub country: Option<Box<str>>,
    pub utc_offset: i16,
    pub availability: Box<str>,
    pub slots_needed: u16,
    #[serde(default)]
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
    pub(crate) candidates: Vec<CandidateIn>,
}

/// `PATCH …/pool`: what leads from `base` to `version`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DeltaIn {
    pub(crate) base: u64,
    pub(crate) version: u64,
    pub(crate) upserts: Vec<CandidateIn>,
    pub(crate) removals: Vec<Uuid>,
}

/// `POST …/rank`; `candidates` only where no pool is named.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RankIn {
    pub(crate) need: NeedIn,
    pub(crate) k: usize,
    pub(crate) weights: Option<TermsIo>,
    pub(crate) candidates: Option<Vec<CandidateIn>>,
}

/// `POST …/assign`; `k` is the length of each learner's list.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AssignIn {
    pub(crate) needs: Vec<NeedIn>,
    pub(crate) mode: ModeIo,
    pub(crate) k: Option<usize>,
    pub(crate) weights: Option<TermsIo>,
    pub(crate) candidates: Option<Vec<CandidateIn>>,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ModeIo {
    Optimal,
    Greedy,
}

#[derive(Debug, Serialize)]
pub(crate) struct PoolOut {
    pub(crate) version: u64,
    pub(crate) size: usize,
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
    pub(crate) suggestions: Vec<SuggestionOut>,
}

#[derive(Debug, Serialize)]
pub(crate) struct PairOut {
    learner_id: Uuid,
    mentor: SuggestionOut,
}

/// The certificate is recomputed from the pairs: `bound` is what no pairing over these lists exceeds.
#[derive(Debug, Serialize)]
pub(crate) struct AssignOut {
    version: Option<u64>,
    mode: ModeIo,
    optimal: bool,
    objective: i64,
    bound: i64,
    pairs: Vec<PairOut>,
    without_candidates: Vec<Uuid>,
    without_place: Vec<Uuid>,
}

impl TryFrom<CandidateIn> for Candidate {
    type Error = Invalid;

    fn try_from(said: CandidateIn) -> Result<Self, Invalid> {
        let candidate = Self {
            id: said.id,
            skills: said.skills.into_iter().collect(),
            languages: said.languages,
            country: country(said.country.as_deref())?,
            utc_offset: said.utc_offset,
            availability: Mask::from_hex(&said.availability)?,
            capacity: said.capacity,
            taken: said.taken,
            rating_sum: said.rating_sum,
            rating_count: said.rating_count,
            experience_months: said.experience_months,
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
        let wanted = |said: WantedIn| Wanted { skill: said.skill, target: said.target, weight: said.weight };
        let need = Self {
            learner_id: said.learner_id,
            skills: said.skills.into_iter().map(wanted).collect(),
            languages: said.languages,
            country: country(said.country.as_deref())?,
            utc_offset: said.utc_offset,
            availability: Mask::from_hex(&said.availability)?,
            slots_needed: said.slots_needed,
            blocked: said.blocked,
            minor: said.minor,
        };
        need.check()?;
        Ok(need)
    }
}

fn country(code: Option<&str>) -> Result<Option<Country>, Invalid> {
    code.map(Country::parse).transpose()
}

/// The weights said, or the usual ones.
pub fn weights(said: Option<TermsIo>) -> Result<Weights, Invalid> {
    let Some(TermsIo { skill, availability, language, location, rating, free, experience }) = said else {
        return Ok(Weights::default());
    };
    Weights { skill, availability, language, location, rating, free, experience }.checked()
}

/// Mentors of one body, each once.
pub(crate) fn candidates(said: Vec<CandidateIn>) -> Result<Vec<Candidate>, Invalid> {
    let mut seen = HashSet::with_capacity(said.len());
    said.into_iter()
        .map(|candidate| {
            if !seen.insert(candidate.id) {
                return Err(Invalid(format!("mentor {} comes twice; name each once", candidate.id)));
            }
            Candidate::try_from(candidate)
        })
        .collect()
}

/// Learners of one body, each once.
pub(crate) fn needs(said: Vec<NeedIn>) -> Result<Vec<Need>, Invalid> {
    let mut seen = HashSet::with_capacity(said.len());
    said.into_iter()
        .map(|need| {
            if !seen.insert(need.learner_id) {
                return Err(Invalid(format!("learner {} comes twice; name each once", need.learner_id)));
            }
            Need::try_from(need)
        })
        .collect()
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
    pub(crate) fn new(version: Option<u64>, mode: ModeIo, cohort: Cohort) -> Self {
        let pair = |pair: &matcher_core::assign::Pair| PairOut {
            learner_id: pair.learner_id,
            mentor: SuggestionOut::new(pair.score.id, pair.score.terms),
        };
        Self {
            version,
            mode,
            optimal: cohort.certificate.proves_optimal(),
            objective: cohort.certificate.objective,
            bound: cohort.certificate.bound,
            pairs: cohort.pairs.iter().map(pair).collect(),
            without_candidates: cohort.without_candidates,
            without_place: cohort.without_place,
        }
    }
}

impl From<ModeIo> for Mode {
    fn from(mode: ModeIo) -> Self {
        match mode {
            ModeIo::Optimal => Self::Optimal,
            ModeIo::Greedy => Self::Greedy,
        }
    }
}
