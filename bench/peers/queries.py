"""Ranking by others: `python -m bench.peers.queries NAME FOLDER`, then a line for each few learners.

The columns are those of the Rust program, each in its smallest type, and rows are in the order of
ids. A learner's wishes are made into tables before the clock starts: it runs for the search alone.
"""

import sys
import time
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from pathlib import Path
from typing import Any, Protocol

import duckdb
import msgspec
import numpy as np

from bench.peers.protocol import Answer, Array, array, serve
from skillbridge.domain.ranking.availability import DAY_MINUTES
from skillbridge.domain.ranking.countries import WHOLE, nearness
from skillbridge.domain.ranking.score import HOURS_LOST, LEAST_OVERLAP, USUAL

SKILLS = 200
MET = 1 << 15
"""This bit tells that a row has a wanted skill; below are the points."""
WORDS = 11
"""64-bit words in a week of 672 quarter hours."""


@dataclass(frozen=True, slots=True)
class Query:
    """A learner's wishes as tables over the columns."""

    skills: Sequence[tuple[int, int, int]]
    """Number of the skill, its target, and the points it is worth."""
    preferred: int
    spoken: int
    places: Sequence[int]
    """The points of each distinct (country, offset)."""
    week: Sequence[int]
    slots: int
    k: int


class Names(msgspec.Struct):
    languages: dict[str, int]
    places: list[tuple[str | None, int]]


class Ranker(Protocol):
    @abstractmethod
    def __init__(self, folder: Path) -> None: ...
    @abstractmethod
    def rank(self, query: Query) -> list[tuple[int, int]]:
        """Total and row of the best."""


class Columns:
    """numpy over whole columns: every term for every row, then the best."""

    def __init__(self, folder: Path) -> None:
        self.levels = array(folder, "levels").reshape(SKILLS, -1)
        self.languages = array(folder, "languages")
        self.places = array(folder, "places")
        self.weeks = np.ascontiguousarray(array(folder, "availability").reshape(-1, WORDS).T)
        self.free = array(folder, "free") > 0
        self.standing = _standing(folder).astype(np.uint16)

    def rank(self, query: Query) -> list[tuple[int, int]]:
        skill = self.skill(query)
        overlap = _overlap(self.weeks, query)
        preferred = (self.languages & np.uint32(query.preferred)) > 0
        totals = (
            (skill & np.uint16(MET - 1))
            + _availability(query)[overlap]
            + LANGUAGE[preferred.view(np.uint8)]
            + np.array(query.places, np.uint16)[self.places]
            + self.standing
        )
        suits = (skill >= MET) & (overlap >= LEAST_OVERLAP) & self.free
        suits &= (self.languages & np.uint32(query.spoken)) > 0
        return _best(totals * suits, np.arange(len(totals)), query.k)

    def skill(self, query: Query) -> Array:
        level = np.arange(11)
        points: Array = np.zeros(self.levels.shape[1], np.uint16)
        met: Array = np.zeros(self.levels.shape[1], np.uint8)
        for number, target, worth in query.skills:
            table = (worth * np.minimum(level, target) // target).astype(np.uint16)
            points += table[self.levels[number]]
            met |= self.levels[number]
        points |= (met > 0).astype(np.uint16) * np.uint16(MET)
        return points


class Filtered(Columns):
    """numpy in two steps: hard rules on whole columns, the terms for the rows that are left."""

    def rank(self, query: Query) -> list[tuple[int, int]]:
        skill = self.skill(query)
        spoken = (self.languages & np.uint32(query.spoken)) > 0
        (rows,) = np.nonzero((skill >= MET) & spoken & self.free)
        overlap = _overlap(self.weeks[:, rows], query)
        kept = overlap >= LEAST_OVERLAP
        rows, overlap = rows[kept], overlap[kept]
        preferred = (self.languages[rows] & np.uint32(query.preferred)) > 0
        totals = (
            (skill[rows] & np.uint16(MET - 1))
            + _availability(query)[overlap]
            + LANGUAGE[preferred.view(np.uint8)]
            + np.array(query.places, np.uint16)[self.places[rows]]
            + self.standing[rows]
        )
        return _best(totals, rows, query.k)


class DuckDb:
    """DuckDB, every core: one statement with the wishes written into it."""

    def __init__(self, folder: Path) -> None:
        levels = array(folder, "levels").reshape(SKILLS, -1)
        weeks = array(folder, "availability").reshape(-1, WORDS)
        columns = {f"s{number}": levels[number] for number in range(SKILLS)}
        columns |= {f"w{number}": np.ascontiguousarray(weeks[:, number]) for number in range(WORDS)}
        columns |= {
            "languages": array(folder, "languages"),
            "place": array(folder, "places"),
            "free": array(folder, "free"),
            "standing": _standing(folder),
            "id": np.arange(levels.shape[1], dtype=np.uint32),
        }
        self.connection = duckdb.connect()
        self.connection.register("columns", columns)
        self.connection.execute("CREATE TABLE mentors AS SELECT * FROM columns")
        self.connection.unregister("columns")

    def rank(self, query: Query) -> list[tuple[int, int]]:
        found = self.connection.execute(_statement(query)).fetchall()
        return [(int(total), int(row)) for total, row in found]


RANKERS: dict[str, type[Ranker]] = {"columns": Columns, "filtered": Filtered, "duckdb": DuckDb}


LANGUAGE = np.array([USUAL.language * 6 // 10, USUAL.language], np.uint16)


def _overlap(weeks: Array, query: Query) -> Array:
    """Common quarter hours per column of `weeks`; words without a free hour are not read."""
    found: Array = np.zeros(weeks.shape[1], np.uint16)
    for word, wanted in zip(weeks, query.week, strict=True):
        if wanted:
            found += np.bitwise_count(word & np.uint64(wanted))
    return found


def _availability(query: Query) -> Array:
    """The points of each number of common quarter hours."""
    common = np.arange(WORDS * 64 + 1)
    points: Array = USUAL.availability * np.minimum(common, query.slots) // query.slots
    return points.astype(np.uint16)


def _statement(query: Query) -> str:
    skill = " + ".join(
        f"{worth} * least(s{number}, {target})::INTEGER // {target}"
        for number, target, worth in query.skills
    )
    met = " OR ".join(f"s{number} > 0" for number, _, _ in query.skills)
    overlap = " + ".join(
        f"bit_count(w{number} & {word}::UBIGINT)" for number, word in enumerate(query.week) if word
    )
    places = " ".join(f"WHEN {number} THEN {worth}" for number, worth in enumerate(query.places))
    return f"""
        SELECT {skill}
             + {USUAL.availability} * least(overlap, {query.slots}) // {query.slots}
             + CASE WHEN languages & {query.preferred} > 0
                    THEN {USUAL.language} ELSE {USUAL.language * 6 // 10} END
             + CASE place {places} END + standing AS total, id
        FROM (SELECT *, ({overlap or 0})::INTEGER AS overlap FROM mentors
              WHERE ({met}) AND languages & {query.spoken} > 0 AND free > 0)
        WHERE overlap >= {LEAST_OVERLAP}
        ORDER BY total DESC, id LIMIT {query.k}"""


def _standing(folder: Path) -> Array:
    """The points that are alike for every learner."""
    terms = {"rating": USUAL.rating, "free": USUAL.free, "experience": USUAL.experience}
    shares = [weight * array(folder, name).astype(np.int32) for name, weight in terms.items()]
    return np.sum([share // WHOLE for share in shares], axis=0).astype(np.int32)


def _best(totals: Array, rows: Array, k: int) -> list[tuple[int, int]]:
    if len(totals) > k:
        least = max(1, np.partition(totals, len(totals) - k)[len(totals) - k])
        kept = np.flatnonzero(totals >= least)
        totals, rows = totals[kept], rows[kept]
    order = np.lexsort((rows, -totals.astype(np.int64)))[:k]
    return [(int(totals[at]), int(rows[at])) for at in order]


def query(need: Mapping[str, Any], names: Names, k: int) -> Query:
    """A learner of `needs.json`, ready."""
    numbers = [names.languages[name] for name in need["languages"] if name in names.languages]
    week = int(need["availability"], 16)
    return Query(
        skills=_shared_out(need["skills"]),
        preferred=1 << names.languages.get(need["languages"][0], 63),
        spoken=reduce(or_, (1 << number for number in numbers), 0),
        places=[_location(need, country, offset) for country, offset in names.places],
        week=[week >> (64 * word) & (2**64 - 1) for word in range(WORDS)],
        slots=need["slots_needed"],
        k=k,
    )


def _shared_out(wanted: Sequence[Mapping[str, Any]]) -> list[tuple[int, int, int]]:
    everything = sum(one["weight"] for one in wanted)
    running = given = 0
    points = []
    for one in sorted(wanted, key=lambda one: one["skill"].encode()):
        running += one["weight"]
        worth = USUAL.skill * running // everything - given
        given += worth
        points.append((int(one["skill"].removeprefix("skill-")), one["target"], worth))
    return points


def _location(need: Mapping[str, Any], country: str | None, offset: int) -> int:
    apart = abs(need["utc_offset"] - offset)
    hours = max(0, HOURS_LOST - min(apart, abs(DAY_MINUTES - apart))) * WHOLE // HOURS_LOST
    share = (6 * nearness(need["country"], country) + 4 * hours) // 10
    return USUAL.location * share // WHOLE


def main(name: str, folder: Path) -> None:
    ranker = RANKERS[name](folder)
    names = msgspec.json.decode((folder / "names.json").read_bytes(), type=Names)
    needs = msgspec.json.decode((folder / "needs.json").read_bytes())

    def rank(start: int, count: int, k: int) -> Answer:
        seconds, answers = [], []
        for need in needs[start : start + count]:
            ready = query(need, names, k)
            began = time.perf_counter()
            found = ranker.rank(ready)
            seconds.append(time.perf_counter() - began)
            answers.append(found)
        return {"seconds": seconds, "answers": answers}

    serve(rank)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
