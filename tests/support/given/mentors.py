"""Learners and mentors for the tests of matching: builders, strategies, a pool in memory."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from skillbridge.application.ranking.ports.pool import Delta, Known, Seal, Snapshot
from skillbridge.domain.ids import SkillId, TenantId, UserId
from skillbridge.domain.ranking.candidate import Candidate
from skillbridge.domain.ranking.digest import pool_digest, written
from skillbridge.domain.ranking.need import Need, Wanted

ALL_WEEK = (1 << 672) - 1
SLOTS = 672

PYTHON = SkillId("python")
TENANT = TenantId(UUID(int=7))

A_NEED = Need(
    learner_id=UserId(UUID(int=1)),
    skills=(Wanted(PYTHON, 5),),
    languages=("en",),
    country="NG",
    utc_offset=60,
    availability=ALL_WEEK,
    slots_needed=8,
)
A_MENTOR = Candidate(
    id=UserId(UUID(int=10)),
    skills={PYTHON: 5},
    languages=frozenset({"en"}),
    country="NG",
    utc_offset=60,
    availability=ALL_WEEK,
    capacity=2,
    taken=0,
    rating_sum=0,
    rating_count=0,
    experience_months=12,
)


def user(number: int) -> UserId:
    return UserId(UUID(int=number))


def a_need(number: int = 1, **facts: Any) -> Need:
    return replace(A_NEED, learner_id=user(number), **facts)


def a_mentor(number: int = 10, **facts: Any) -> Candidate:
    return replace(A_MENTOR, id=user(number), **facts)


SKILLS = st.sampled_from(["css", "go", "python", "sql", "日本", "z", "Z"]).map(SkillId)
LANGUAGES = st.sampled_from(["en", "fr", "ha", "sw"])
COUNTRIES = st.sampled_from([None, "NG", "GH", "KE", "FR", "US", "XX"])
OFFSETS = st.integers(-720, 840)
MASKS = st.sets(st.integers(0, 20) | st.integers(0, SLOTS - 1), max_size=24).map(
    lambda slots: sum(1 << slot for slot in slots)
)


@st.composite
def mentors(draw: st.DrawFn) -> Candidate:
    reviews = draw(st.integers(0, 50))
    return Candidate(
        id=user(draw(st.integers(10, 60))),
        skills=draw(st.dictionaries(SKILLS, st.integers(1, 10), max_size=5)),
        languages=draw(st.frozensets(LANGUAGES)),
        country=draw(COUNTRIES),
        utc_offset=draw(OFFSETS),
        availability=draw(MASKS),
        capacity=draw(st.integers(0, 5)),
        taken=draw(st.integers(0, 5)),
        rating_sum=reviews * draw(st.integers(1, 5)),
        rating_count=reviews,
        experience_months=draw(st.integers(0, 90)),
        consents=draw(st.integers(0, 9)) > 0,
        minors=draw(st.booleans()),
    )


@st.composite
def needs(draw: st.DrawFn, number: int = 1) -> Need:
    wanted = draw(st.lists(SKILLS, min_size=1, max_size=4, unique=True))
    return Need(
        learner_id=user(number),
        skills=tuple(
            Wanted(skill, draw(st.integers(1, 10)), draw(st.integers(1, 100))) for skill in wanted
        ),
        languages=tuple(draw(st.lists(LANGUAGES, min_size=1, unique=True))),
        country=draw(COUNTRIES),
        utc_offset=draw(OFFSETS),
        availability=draw(MASKS),
        slots_needed=draw(st.integers(1, 24)),
        blocked=draw(st.frozensets(st.integers(10, 60).map(user), max_size=4)),
        minor=draw(st.booleans()),
    )


@st.composite
def suitable_pairs(draw: st.DrawFn) -> tuple[Need, Candidate]:
    """A learner and a mentor whom no hard rule keeps apart."""
    need = replace(draw(needs()), blocked=frozenset())
    mentor = draw(mentors())
    common = need.availability | 0b1111
    skill = draw(st.sampled_from(need.skills)).skill
    mentor = replace(
        mentor,
        skills={**mentor.skills, skill: draw(st.integers(1, 10))},
        languages=mentor.languages | {draw(st.sampled_from(need.languages))},
        availability=mentor.availability | 0b1111,
        capacity=draw(st.integers(1, 5)),
        taken=0,
        consents=True,
        minors=mentor.minors or need.minor,
    )
    return replace(need, availability=common), mentor


@dataclass
class ListedPool:
    """A pool whose mentors and history are lists; `asked` counts whole readings."""

    mentors: dict[UserId, Candidate] = field(default_factory=dict)
    history: list[UserId] = field(default_factory=list)
    oldest: int = 0
    asked: int = 0
    seals: dict[int, str] = field(default_factory=dict)

    @classmethod
    def of(cls, *mentors: Candidate) -> "ListedPool":
        pool = cls()
        for mentor in mentors:
            pool.change(mentor)
        return pool

    def change(self, mentor: Candidate) -> None:
        self.mentors[mentor.id] = mentor
        self.history.append(mentor.id)

    def drop(self, mentor_id: UserId) -> None:
        del self.mentors[mentor_id]
        self.history.append(mentor_id)

    async def candidates(self, tenant_id: TenantId) -> Snapshot:
        self.asked += 1
        return Snapshot(len(self.history), list(self.mentors.values()))

    async def changes_since(self, tenant_id: TenantId, version: int) -> Delta | None:
        if not self.oldest <= version <= len(self.history):
            return None
        touched = set(self.history[version:])
        here = [self.mentors[one] for one in touched if one in self.mentors]
        return Delta(version, len(self.history), here, sorted(touched - self.mentors.keys()))

    async def seal(self, tenant_id: TenantId) -> Seal:
        seal = Seal(len(self.history), written(pool_digest(self.mentors.values())))
        self.seals[seal.version] = seal.digest
        return seal

    async def known(self, tenant_id: TenantId, mentor_ids: Sequence[UserId], said: int) -> Known:
        here = frozenset(mentor_ids) & self.mentors.keys()
        return Known(len(self.history), here, self.seals.get(said))
