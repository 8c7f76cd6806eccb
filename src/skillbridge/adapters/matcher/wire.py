"""The matcher's JSON, and its way to and from the domain."""

from collections.abc import Mapping, Sequence
from typing import Annotated
from uuid import UUID

import msgspec

from skillbridge.application.matching.ports import AssignMode, Delta, Snapshot
from skillbridge.domain.ids import SkillId, UserId
from skillbridge.domain.matching.candidate import Candidate
from skillbridge.domain.matching.need import Need
from skillbridge.domain.matching.score import Score

HEX_DIGITS = 84

Points = Annotated[int, msgspec.Meta(ge=0, le=10_000)]
Count = Annotated[int, msgspec.Meta(ge=0)]


class CandidateOut(msgspec.Struct, frozen=True, omit_defaults=True):
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


class WantedOut(msgspec.Struct, frozen=True):
    """One wanted skill."""

    skill: SkillId
    target: int
    weight: int


class NeedOut(msgspec.Struct, frozen=True, omit_defaults=True):
    """A learner's wishes; what is as usual is not said."""

    learner_id: UUID
    skills: list[WantedOut]
    languages: list[str]
    country: str | None
    utc_offset: int
    availability: str
    slots_needed: int
    blocked: list[UUID]
    minor: bool = False


class SnapshotOut(msgspec.Struct, frozen=True):
    """`PUT …/pool`."""

    version: int
    candidates: list[CandidateOut]


class DeltaOut(msgspec.Struct, frozen=True):
    """`PATCH …/pool`."""

    base: int
    version: int
    upserts: list[CandidateOut]
    removals: Sequence[UserId]


class RankOut(msgspec.Struct, frozen=True):
    """`POST …/rank`."""

    need: NeedOut
    k: int


class AssignOut(msgspec.Struct, frozen=True):
    """`POST …/assign`."""

    needs: list[NeedOut]
    mode: AssignMode


class TermsIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The parts of a score, in basis points."""

    skill: Points
    availability: Points
    language: Points
    location: Points
    rating: Points
    free: Points
    experience: Points


class SuggestionIn(msgspec.Struct, frozen=True):
    """A mentor and why."""

    id: UUID
    total: Points
    terms: TermsIn


class RankIn(msgspec.Struct, frozen=True):
    """The answer to a rank, from the pool at `version`."""

    version: Count
    suggestions: list[SuggestionIn]


class PairIn(msgspec.Struct, frozen=True):
    """A learner and their mentor."""

    learner_id: UUID
    mentor: SuggestionIn


class AssignIn(msgspec.Struct, frozen=True):
    """The answer to an assign; `bound` is what no pairing over the same lists exceeds."""

    version: Count
    optimal: bool
    objective: Count
    bound: Count
    pairs: list[PairIn]
    without_candidates: list[UUID]
    without_place: list[UUID]


class PoolIn(msgspec.Struct, frozen=True):
    """What the matcher holds of a tenant."""

    version: Count
    size: Count


class ProblemIn(msgspec.Struct, frozen=True):
    """RFC 9457, as far as it is read here."""

    type: str = ""
    detail: str = ""
    current: Count | None = None


def candidate_out(candidate: Candidate) -> CandidateOut:
    """A mentor for the matcher."""
    return CandidateOut(
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


def need_out(need: Need) -> NeedOut:
    """A learner's wishes for the matcher."""
    return NeedOut(
        learner_id=need.learner_id,
        skills=[WantedOut(wanted.skill, wanted.target, wanted.weight) for wanted in need.skills],
        languages=list(need.languages),
        country=need.country,
        utc_offset=need.utc_offset,
        availability=f"{need.availability:0{HEX_DIGITS}x}",
        slots_needed=need.slots_needed,
        blocked=sorted(need.blocked),
        minor=need.minor,
    )


def snapshot_body(snapshot: Snapshot) -> bytes:
    """A whole pool as JSON."""
    candidates = [candidate_out(candidate) for candidate in snapshot.candidates]
    return msgspec.json.encode(SnapshotOut(snapshot.version, candidates))


def delta_body(delta: Delta) -> bytes:
    """Changes as JSON."""
    upserts = [candidate_out(candidate) for candidate in delta.upserts]
    return msgspec.json.encode(DeltaOut(delta.base, delta.version, upserts, delta.removals))


def score_from(said: SuggestionIn) -> Score:
    """A suggestion as the domain knows it."""
    return Score(UserId(said.id), said.total, msgspec.structs.asdict(said.terms))
