"""What matching needs from outside."""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple, Protocol

from skillbridge.application.matching.views import (
    CohortView,
    MatchView,
    MentorCard,
    PlacementView,
)
from skillbridge.application.paging import Key
from skillbridge.domain.actor import Actor
from skillbridge.domain.cohorts.assignment import USUALLY, AssignMode, AssignOptions
from skillbridge.domain.cohorts.cohort import CohortRun
from skillbridge.domain.cohorts.fairness import Fairness
from skillbridge.domain.cohorts.order import CohortOrder
from skillbridge.domain.cohorts.placement import CohortPlacement, PlacementState
from skillbridge.domain.ids import CohortId, ImpressionListId, MatchId, SkillId, TenantId, UserId
from skillbridge.domain.matching.match import Match, MatchStatus, Side
from skillbridge.domain.matching.pair_status import PairStatus
from skillbridge.domain.mentors.mentor import Mentor
from skillbridge.domain.ranking.candidate import Candidate
from skillbridge.domain.ranking.learner import Learner
from skillbridge.domain.ranking.need import Need
from skillbridge.domain.ranking.score import Score
from skillbridge.domain.text import Text, UnfitText


class UnfitSearch(UnfitText):
    """A search has 200 letters at most."""


SEARCH = Text(what="a search", refusal=UnfitSearch, most=200)


class Mentors(Protocol):
    async def find(self, user_id: UserId) -> Mentor | None:
        """Held until the transaction ends; only the mentor and the system can hold one."""
        ...

    async def look_up(self, user_id: UserId) -> Mentor | None:
        """As they are at this moment, not held."""
        ...

    async def add(self, mentor: Mentor) -> None:
        """Makes the user a mentor too. Raises Conflict when they were added meanwhile."""

    async def save(self, mentor: Mentor) -> None:
        """Saves the offer; the load and the ratings follow from matches and reviews.

        Raises StaleWrite when someone else saved since.
        """


class Matches(Protocol):
    """A match that is saved as active, or no longer so, moves the load of its mentor."""

    async def get(self, match_id: MatchId) -> Match:
        """Held until the transaction ends.

        Raises UnknownMatch when there is none, or when the actor is on neither side.
        """
        ...

    async def waiting_of(self, learner_id: UserId) -> int:
        """How many requests of this learner wait for an answer.

        Until the transaction ends nobody else is told a number for the same learner, so that two
        requests at once cannot both be the last one allowed.
        """
        ...

    async def open_between(self, learner_id: UserId, mentor_id: UserId) -> MatchId | None:
        """The one match of these two that waits for an answer or is active; None without one."""
        ...

    async def pair_status(self, learner_id: UserId, mentor_id: UserId) -> PairStatus:
        """What stands between the two now; only for the system.

        Until the transaction ends nobody else is told for the same learner.
        """
        ...

    async def overdue(self, at: datetime, *, limit: int) -> Sequence[Match]:
        """Requests whose time to answer is over, longest ago first, held; skips what is held."""
        ...

    async def add(self, match: Match) -> None:
        """Raises AlreadyAsked when the two have an open match."""

    async def save(self, match: Match) -> None:
        """Raises StaleWrite when someone else saved since, and MentorFull when there is no place."""


class CohortRuns(Protocol):
    """Used inside of a transaction, by administrators of the tenant and by the system."""

    async def add(self, run: CohortRun) -> None: ...

    async def at_work_on(self, order: CohortOrder) -> CohortRun | None:
        """The newest run of an equal order that is queued or running; None without one.

        Until the transaction ends nobody else of the tenant is told, so that the same order sent
        twice at once cannot be kept twice.
        """
        ...

    async def get(self, cohort_id: CohortId) -> CohortRun:
        """Held until the transaction ends. Raises UnknownCohort."""
        ...

    async def overdue(self, at: datetime, *, limit: int) -> Sequence[CohortRun]:
        """Open runs whose time to be confirmed is over, held; skips what is held."""
        ...

    async def save(self, run: CohortRun) -> None:
        """Raises StaleWrite when someone else saved since."""


class Placements(Protocol):
    """What a run found for each learner. Used inside of a transaction, by the system."""

    async def add(self, placements: Sequence[CohortPlacement]) -> None:
        """At most some thousands at a time."""

    async def waiting(self, cohort_id: CohortId, *, limit: int) -> Sequence[UserId]:
        """Learners whose placements are still only proposed, in the order of their ids."""
        ...

    async def get(self, cohort_id: CohortId, learner_id: UserId) -> CohortPlacement:
        """Held until the transaction ends. Raises UnknownCohort."""
        ...

    async def save(self, placement: CohortPlacement) -> None: ...

    async def counts(self, cohort_id: CohortId) -> Mapping[PlacementState, int]:
        """How many of the run's placements are in each state; states without one are left out."""
        ...


class CohortReads(Protocol):
    """For administrators of the tenant, and for the system; others find nothing."""

    async def one(self, actor: Actor, cohort_id: CohortId) -> CohortView:
        """Raises UnknownCohort."""
        ...

    async def several(self, actor: Actor, *, after: Key | None, limit: int) -> Sequence[CohortView]:
        """Newest order first, by (ordered_at, id)."""
        ...

    async def placements(
        self,
        actor: Actor,
        cohort_id: CohortId,
        *,
        state: PlacementState | None,
        after: UserId | None,
        limit: int,
    ) -> Sequence[PlacementView]:
        """By falling id of the learner."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class MentorSearch:
    """Every part that is given must hold. `text` is words from name, headline and bio."""

    text: str | None = None
    skill: SkillId | None = None
    language: str | None = None
    country: str | None = None
    free_only: bool = False
    """Only who accepts requests and has a free place."""

    def __post_init__(self) -> None:
        """Raises UnfitSearch."""
        if self.text is not None:
            object.__setattr__(self, "text", SEARCH(self.text, "q"))


class Learners(Protocol):
    async def learner(self, actor: Actor) -> Learner:
        """The actor as a learner, from their profile, roadmaps and matches.

        Raises UnknownLearner when they have no profile.
        """
        ...

    def unmatched(
        self, actor: Actor, among: Sequence[UserId] | None = None
    ) -> AsyncIterator[Sequence[Learner]]:
        """Learners of the tenant who neither are with a mentor nor wait for one's answer.

        With a verified address, a profile and an open module in a roadmap; all of them, or those
        `among` these; in batches. Only for the system.
        """
        ...


class MentorReads(Protocol):
    """Mentors who pause are seen by nobody but themselves and those who have a match with them."""

    async def search(
        self, actor: Actor, search: MentorSearch, *, after: Key | None, limit: int
    ) -> Sequence[MentorCard]:
        """Newest mentor first, by (since, id)."""
        ...

    async def one(self, actor: Actor, mentor_id: UserId) -> MentorCard:
        """Raises UnknownMentor."""
        ...

    async def several(
        self, actor: Actor, mentor_ids: Collection[UserId]
    ) -> Mapping[UserId, MentorCard]:
        """Those of them that the actor may see."""
        ...

    async def own(self, actor: Actor) -> Mentor | None:
        """What the actor offers; None before the first offer."""
        ...


class MatchReads(Protocol):
    async def mine(
        self,
        actor: Actor,
        *,
        side: Side | None,
        status: MatchStatus | None,
        after: Key | None,
        limit: int,
    ) -> Sequence[MatchView]:
        """The matches in which the actor is on `side`, or on either; newest request first."""
        ...

    async def one(self, actor: Actor, match_id: MatchId) -> MatchView:
        """Raises UnknownMatch, also when the actor is on neither side."""
        ...


class Source(StrEnum):
    """Who answered."""

    MATCHER = "matcher"
    FALLBACK = "fallback"


@dataclass(frozen=True, slots=True)
class Ranking:
    """The best mentors first. Degraded: the matcher should have answered and could not."""

    suggestions: tuple[Score, ...]
    degraded: bool
    source: Source


@dataclass(frozen=True, slots=True)
class Placement:
    """A learner and the mentor found for them."""

    learner_id: UserId
    mentor: Score


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """A cohort shared among mentors."""

    placements: tuple[Placement, ...]
    without_candidates: tuple[UserId, ...]
    """Learners whom no mentor suits."""
    without_place: tuple[UserId, ...]
    """Learners whom mentors suit, but not enough places."""
    objective: int
    """Sum of the scores."""
    bound: int
    """No other way within `scope` has a higher sum."""
    gap_ppm: int
    """What is missing to the bound, in parts per million of it."""
    optimal: bool
    """Proven: the objective is the bound."""
    scope: str
    """`pool`: over all pairs; `lists`: over the learners' lists of best mentors."""
    answered_by: AssignMode
    """How it was shared, which may be simpler than asked."""
    hurried: bool = False
    """The deadline was near: the answer is greedy."""
    rounds: int = 1
    blocking_pairs: int = 0
    """Learners and mentors on their lists who would both rather have each other."""
    fairness: Fairness
    """None from a matcher that does not tell."""
    version: int
    """Of the pool of mentors."""
    degraded: bool
    source: Source


class Matcher(Protocol):
    """Ranks and assigns by the rules of `domain.ranking.score`; always answers.

    Raises Invalid for a question out of bounds, before anyone is asked.
    """

    async def rank(self, tenant_id: TenantId, need: Need, k: int) -> Ranking:
        """The `k` (1 to 100) best mentors for one learner."""
        ...

    async def assign(
        self, tenant_id: TenantId, needs: Sequence[Need], options: AssignOptions = USUALLY
    ) -> Assignment:
        """Shares at most 100 000 learners, each named once, among mentors within their free places."""
        ...


class Snapshot(NamedTuple):
    """All mentors of a tenant at a version."""

    version: int
    candidates: Sequence[Candidate]


class Delta(NamedTuple):
    """What leads from version `base` to `version`; a mentor is in one of the two lists."""

    base: int
    version: int
    upserts: Sequence[Candidate]
    removals: Sequence[UserId]


class Seal(NamedTuple):
    """What a pool at a version must hold: see `domain.ranking.digest`, in 16 digits."""

    version: int
    digest: str


class Known(NamedTuple):
    """Which of some mentors are in the pool, the version it has reached, and the seal of another."""

    version: int
    mentors: frozenset[UserId]
    digest: str | None
    """Of the version that was asked about; None when it has no seal."""


class MentorPool(Protocol):
    """The mentors of a tenant who can be suggested at all, as matching sees them.

    The version is a whole number from 0 to 2^53 that grows with every change that matters to a
    score. Masks and offsets hold for one week, so a new week is a change of everyone: `changes_since`
    answers None across it.
    """

    async def candidates(self, tenant_id: TenantId) -> Snapshot:
        """Everyone, and the version this is."""
        ...

    async def changes_since(self, tenant_id: TenantId, version: int) -> Delta | None:
        """What changed after `version`: an empty delta when nothing did.

        None when only a snapshot helps: too long ago, or a version this pool never had.
        """
        ...

    async def seal(self, tenant_id: TenantId) -> Seal:
        """Seals the present version, and tells its digest; as much work as there were changes.

        Every version that is sent to a matcher is sealed first. The seals of some versions before
        are kept, for answers that were made before the last change.
        """
        ...

    async def known(self, tenant_id: TenantId, mentor_ids: Sequence[UserId], said: int) -> Known:
        """Those of `mentor_ids` (at most 100 000) who are in the pool now, and its version.

        And what was sealed of version `said`; a large pool makes it no more work.
        """
        ...


class PoolFeed(Protocol):
    """Keeps the matcher's copy of a tenant's mentors up to date."""

    async def push(self, tenant_id: TenantId) -> None:
        """Brings the copy to the present version; repeating it is harmless.

        Raises Unavailable when the matcher is there and cannot be brought to it.
        """


class Option(NamedTuple):
    """A mentor whom the hard rules let through, and what a model may know: see `features`."""

    mentor_id: UserId
    features: Mapping[str, int]


class RankingContext(NamedTuple):
    """When somebody asks, for how many mentors, and who ranked them."""

    at: datetime
    limit: int
    degraded: bool


class RankedList(NamedTuple):
    """Mentors as they are to be shown, and the model that said so."""

    mentors: tuple[UserId, ...]
    model: str


BASE = "base"
"""The model that is none: the order of the totals."""


class ReRanker(Protocol):
    """Puts what the rules rank into another order; it adds nobody and leaves nobody out.

    Never raises and answers in bounded time: a model that is slow, fails or says something else
    leaves the base order, which only the log tells.
    """

    def reach(self, limit: int) -> int:
        """How many of the best (at most 100) it wants to choose `limit` from."""
        ...

    async def order(
        self, need: Need, options: Sequence[Option], context: RankingContext
    ) -> RankedList:
        """All of `options`, which come in the base order."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ImpressionList:
    """A list of suggestions as a learner saw it, the first at the top."""

    id: ImpressionListId
    at: datetime
    model: str
    source: Source
    degraded: bool
    options: tuple[Option, ...]


class ImpressionLog(Protocol):
    """Keeps what was shown, best effort: nobody waits for it, and it never raises."""

    def note(self, actor: Actor, impression_list: ImpressionList) -> None:
        """Keeps a list that was shown to `actor`, a little later."""

    async def settle(self) -> None:
        """Waits until what was noted so far is kept or given up."""


class Impressions(Protocol):
    async def forget(self, before: datetime, *, limit: int) -> int:
        """Deletes up to `limit` of the tenant's impressions from before; how many it were."""
        ...


class Place(NamedTuple):
    """Where an impression stands among all of a tenant."""

    shown_at: datetime
    list_id: ImpressionListId
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PastImpression:
    """One mentor in one list that was shown, and what became of it."""

    place: Place
    learner_id: UserId
    mentor_id: UserId
    model: str
    source: str
    degraded: bool
    features: Mapping[str, int]
    outcome: MatchStatus | None
    """Of the request that the impression led to: the learner's first to this mentor since, in time,
    before the mentor was shown to them again."""


class ImpressionReads(Protocol):
    """Only the system reads impressions."""

    async def page(
        self,
        actor: Actor,
        since: datetime,
        until: datetime,
        *,
        within: timedelta,
        after: Place | None,
        limit: int,
    ) -> Sequence[PastImpression]:
        """Of the actor's tenant, oldest first; requests count `within` so long of the impression."""
        ...
