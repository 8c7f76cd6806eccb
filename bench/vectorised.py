"""The same score as whole columns in numpy: what a good engineer would try before Rust.

Facts of the pool that do not depend on the learner are made once; equal totals are ordered by id,
as everywhere.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from skillbridge.domain.matching.availability import DAY_MINUTES
from skillbridge.domain.matching.candidate import Candidate
from skillbridge.domain.matching.countries import WHOLE, nearness
from skillbridge.domain.matching.need import Need
from skillbridge.domain.matching.score import HOURS_LOST, LEAST_OVERLAP, USUAL

Column = np.ndarray[Any, np.dtype[Any]]
WORDS = 6
"""64-bit words in a week of 336 half hours."""


@dataclass(frozen=True, slots=True)
class Columns:
    """A pool, one array a fact; rows are in the order of ids."""

    mentors: Sequence[Candidate]
    skills: dict[str, Column]
    languages: dict[str, Column]
    country: Column
    countries: Sequence[str | None]
    offset: Column
    availability: Column
    standing: Column
    free: Column

    @classmethod
    def of(cls, pool: Sequence[Candidate]) -> "Columns":
        rows = sorted(pool, key=lambda one: one.id.int)
        countries = sorted({one.country for one in rows}, key=str)
        return cls(
            mentors=rows,
            skills=_levels(rows),
            languages={
                name: np.array([name in one.languages for one in rows])
                for name in sorted({name for one in rows for name in one.languages})
            },
            country=np.array([countries.index(one.country) for one in rows]),
            countries=countries,
            offset=np.array([one.utc_offset for one in rows]),
            availability=np.array([words(one.availability) for one in rows], dtype=np.uint64),
            standing=np.array([_standing(one) for one in rows]),
            free=np.array([one.free > 0 for one in rows]),
        )


def rank(pool: Columns, need: Need, k: int) -> list[tuple[int, int]]:
    """Total and id of the `k` best."""
    totals = scores(pool, need)
    found = np.flatnonzero(totals >= 0)
    if len(found) > k:
        least = np.partition(totals[found], len(found) - k)[len(found) - k]
        found = found[totals[found] >= least]
    order = found[np.lexsort((found, -totals[found]))][:k]
    return [(int(totals[row]), pool.mentors[row].id.int) for row in order]


def scores(pool: Columns, need: Need) -> Column:
    """The total of each row; -1 where a hard rule excludes it."""
    skill, has = _skill(pool, need)
    common = np.bitwise_count(pool.availability & np.array(words(need.availability), np.uint64))
    overlap = common.sum(axis=1, dtype=np.int64)
    language = _language(pool, need)
    totals: Column = (
        skill
        + USUAL.availability * np.minimum(overlap, need.slots_needed) // need.slots_needed
        + language
        + USUAL.location * _location(pool, need) // WHOLE
        + pool.standing
    )
    suits = has & (overlap >= LEAST_OVERLAP) & (language > 0) & pool.free
    return np.where(suits, totals, -1)


def words(mask: int) -> list[int]:
    """A week as machine words."""
    return [mask >> (64 * word) & (2**64 - 1) for word in range(WORDS)]


def _levels(rows: Sequence[Candidate]) -> dict[str, Column]:
    found: dict[str, Column] = {}
    for row, one in enumerate(rows):
        for skill, level in one.skills.items():
            found.setdefault(skill, np.zeros(len(rows), np.int64))[row] = level
    return found


def _standing(one: Candidate) -> int:
    return (
        USUAL.rating * one.rating_share // WHOLE
        + USUAL.free * one.free_share // WHOLE
        + USUAL.experience * one.experience_share // WHOLE
    )


def _skill(pool: Columns, need: Need) -> tuple[Column, Column]:
    points = np.zeros(len(pool.mentors), np.int64)
    has = np.zeros(len(pool.mentors), bool)
    everything = sum(wanted.weight for wanted in need.skills)
    running = given = 0
    for wanted in sorted(need.skills, key=lambda one: one.skill.encode()):
        running += wanted.weight
        worth = USUAL.skill * running // everything - given
        given += worth
        level = pool.skills.get(wanted.skill)
        if level is not None:
            points += worth * np.minimum(level, wanted.target) // wanted.target
            has |= level > 0
    return points, has


def _language(pool: Columns, need: Need) -> Column:
    points = np.zeros(len(pool.mentors), np.int64)
    for place, name in reversed(list(enumerate(need.languages))):
        worth = USUAL.language if place == 0 else USUAL.language * 6 // 10
        if name in pool.languages:
            points[pool.languages[name]] = worth
    return points


def _location(pool: Columns, need: Need) -> Column:
    near = np.array([nearness(need.country, country) for country in pool.countries])
    apart = np.abs(need.utc_offset - pool.offset)
    apart = np.minimum(apart, np.abs(DAY_MINUTES - apart))
    hours = np.maximum(0, HOURS_LOST - apart) * WHOLE // HOURS_LOST
    located: Column = (6 * near[pool.country] + 4 * hours) // 10
    return located
