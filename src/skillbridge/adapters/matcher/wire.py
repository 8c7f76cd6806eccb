"""The matcher's JSON, and its way to and from the domain.

The messages have the names that the matcher gives them: `…In` is what it is sent, `…Out` what it
answers, `…Io` what goes both ways.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Annotated, Literal
from uuid import UUID

import msgspec

from skillbridge.application.ranking.ports.pool import Delta, Snapshot
from skillbridge.domain.cohorts.assignment import AssignMode, AssignOptions
from skillbridge.domain.cohorts.fairness import Fairness
from skillbridge.domain.ids import SkillId, UserId
from skillbridge.domain.ranking.availability import SLOTS
from skillbridge.domain.ranking.candidate import Candidate
from skillbridge.domain.ranking.need import Need
from skillbridge.domain.ranking.score import Score, Weights

HEX_DIGITS = SLOTS // 4

Points = Annotated[int, msgspec.Meta(ge=0, le=10_000)]
Count = Annotated[int, msgspec.Meta(ge=0)]
Version = Annotated[int, msgspec.Meta(ge=0, le=1 << 53)]
Digest = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{16}$")]


class CandidateIn(msgspec.Struct, frozen=True, omit_defaults=True):
    """A mentor; what is as usual is not said."""

    id: UUID
    skills: Mapping[SkillId, int]
    languages: list[str]
    country: str | None
    utc_offset: int
    availability: str
    capacity: int
    taken: int
    rating_sum: int
    rating_count: int
    experience_months: int
    consents: bool = True
    minors: bool = False


class WantedIn(msgspec.Struct, frozen=True):
    """One wanted skill."""

    skill: SkillId
    target: int
    weight: int


class NeedIn(msgspec.Struct, frozen=True, omit_defaults=True):
    """A learner's wishes; what is as usual is not said."""

    learner_id: UUID
    skills: list[WantedIn]
    languages: list[str]
    country: str | None
    utc_offset: int
    availability: str
    slots_needed: int
    blocked: list[UUID]
    minor: bool = False


class SnapshotIn(msgspec.Struct, frozen=True, omit_defaults=True):
    """`PUT …/pool`; an older version only where it `replaces` the pool with this digest."""

    version: int
    candidates: list[CandidateIn]
    replaces: str | None = None


class DeltaIn(msgspec.Struct, frozen=True):
    """`PATCH …/pool`."""

    base: int
    version: int
    upserts: list[CandidateIn]
    removals: Sequence[UserId]


class RankIn(msgspec.Struct, frozen=True, omit_defaults=True):
    """`POST …/rank`; without weights, by those of the pool, which are the usual ones."""

    need: NeedIn
    k: int
    weights: Weights | None = None


class AssignIn(msgspec.Struct, frozen=True, omit_defaults=True):
    """`POST …/assign`; what is not set is the matcher's to choose, and is not sent."""

    needs: list[NeedIn]
    mode: AssignMode
    k: int | None = None
    gap_ppm: int | None = None
    weights: Weights | None = None
    deadline_ms: int | None = None


class TermsIo(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The parts of a score, in basis points."""

    skill: Points
    availability: Points
    language: Points
    location: Points
    rating: Points
    free: Points
    experience: Points


class SuggestionOut(msgspec.Struct, frozen=True):
    """A mentor and why."""

    id: UUID
    total: Points
    terms: TermsIo


class RankOut(msgspec.Struct, frozen=True):
    """The answer to a rank, from the pool at `version` that holds what `digest` says."""

    version: Version
    digest: Digest
    suggestions: list[SuggestionOut]


class PairOut(msgspec.Struct, frozen=True):
    """A learner and their mentor."""

    learner_id: UUID
    mentor: SuggestionOut


class GroupOut(msgspec.Struct, frozen=True):
    """Learners of one country or language."""

    key: str
    learners: Count
    unassigned: Count


class FairnessOut(msgspec.Struct, frozen=True):
    """How evenly the cohort was served."""

    learners: Count
    unassigned: Count
    without_candidates: Count
    minimum: Points
    fifth_percentile: Points
    mean: Points
    gini_score: Points
    gini_load: Points
    by_country: list[GroupOut]
    by_language: list[GroupOut]


class AssignOut(msgspec.Struct, frozen=True):
    """The answer to an assign; `bound` is what no pairing within `scope` exceeds."""

    version: Version
    digest: Digest
    optimal: bool
    objective: Count
    bound: Count
    pairs: list[PairOut]
    without_candidates: list[UUID]
    without_place: list[UUID]
    answered_by: AssignMode
    hurried: bool
    scope: Literal["pool", "lists"]
    rounds: Count
    blocking_pairs: Count
    fairness: FairnessOut


class PoolOut(msgspec.Struct, frozen=True):
    """What the matcher holds of a tenant."""

    version: Version
    size: Count
    digest: Digest


class ProblemOut(msgspec.Struct, frozen=True):
    """RFC 9457, as far as it is read here."""

    type: str = ""
    detail: str = ""
    current: Version | None = None


def candidate_in(candidate: Candidate) -> CandidateIn:
    """A mentor for the matcher."""
    return CandidateIn(
        id=candidate.id,
        skills=candidate.skills,
        languages=sorted(candidate.languages),
        country=candidate.country,
        utc_offset=candidate.utc_offset,
        availability=f"{candidate.availability:0{HEX_DIGITS}x}",
        capacity=candidate.capacity,
        taken=candidate.taken,
        rating_sum=candidate.rating_sum,
        rating_count=candidate.rating_count,
        experience_months=candidate.experience_months,
        consents=candidate.consents,
        minors=candidate.minors,
    )


def need_in(need: Need) -> NeedIn:
    """A learner's wishes for the matcher."""
    return NeedIn(
        learner_id=need.learner_id,
        skills=[WantedIn(wanted.skill, wanted.target, wanted.weight) for wanted in need.skills],
        languages=list(need.languages),
        country=need.country,
        utc_offset=need.utc_offset,
        availability=f"{need.availability:0{HEX_DIGITS}x}",
        slots_needed=need.slots_needed,
        blocked=sorted(need.blocked),
        minor=need.minor,
    )


def assign_body(needs: Sequence[Need], options: AssignOptions) -> bytes:
    """A cohort and how to share it, as JSON."""
    deadline = options.deadline
    return msgspec.json.encode(
        AssignIn(
            needs=[need_in(need) for need in needs],
            mode=options.mode,
            k=options.k,
            gap_ppm=options.gap_ppm,
            weights=options.weights,
            deadline_ms=deadline // timedelta(milliseconds=1) if deadline else None,
        )
    )


def fairness_from(said: FairnessOut) -> Fairness:
    """The block as the domain knows it."""
    return msgspec.convert(said, Fairness, from_attributes=True)


def snapshot_body(snapshot: Snapshot, instead_of: str | None) -> bytes:
    """A whole pool as JSON."""
    candidates = [candidate_in(candidate) for candidate in snapshot.candidates]
    return msgspec.json.encode(SnapshotIn(snapshot.version, candidates, instead_of))


def delta_body(delta: Delta) -> bytes:
    """Changes as JSON."""
    upserts = [candidate_in(candidate) for candidate in delta.upserts]
    return msgspec.json.encode(DeltaIn(delta.base, delta.version, upserts, delta.removals))


def score_from(said: SuggestionOut) -> Score:
    """A suggestion as the domain knows it."""
    return Score(UserId(said.id), said.total, msgspec.structs.asdict(said.terms))
