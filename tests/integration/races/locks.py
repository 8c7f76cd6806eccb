"""The locks of the database adapters and of the schema, and how to take one away.

`@needs("profiles.writes.LOCK_PROFILE")` runs a race as it is, and once more without that lock: there it has
to be lost, or the test fails. A statement that skips what is locked is also tried waiting for it. A
name that begins with `app.` is that of a function in the database.
"""

import pkgutil
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from functools import wraps
from importlib import import_module
from inspect import Parameter, signature
from typing import Any, cast
from unittest.mock import patch

import asyncpg
import pytest

from skillbridge.adapters import postgres
from skillbridge.adapters.postgres.engine.statements import Query

WITHIN = f"{postgres.__name__}."
LOST = (AssertionError, pytest.fail.Exception)
ROWS = re.compile(r"\s+FOR (NO KEY )?(UPDATE|SHARE)( SKIP LOCKED)?\b", re.IGNORECASE)
SKIPS = re.compile(r"\s+SKIP LOCKED\b", re.IGNORECASE)
WEAK = re.compile(r"\bNO KEY ", re.IGNORECASE)
ADVISORY = re.compile(r"\bpg_(try_)?advisory_xact_lock\(", re.IGNORECASE)

Race = Callable[..., Awaitable[None]]
Taken = tuple[str, re.Pattern[str]]


def statements() -> dict[str, Query]:
    """The adapters' statements that take a lock, by each name that a module has for them."""
    return {
        f"{module.name.removeprefix(WITHIN)}.{key}": query
        for module in pkgutil.walk_packages(postgres.__path__, WITHIN)
        for name, value in vars(import_module(module.name)).items()
        for key, query in _queries(name, value)
        if ROWS.search(query.sql) or ADVISORY.search(query.sql)
    }


def _queries(name: str, value: object) -> Iterator[tuple[str, Query]]:
    if isinstance(value, Query):
        yield name, value
    elif isinstance(value, dict):
        for key, one in value.items():
            yield from _queries(f"{name}[{key}]", one)


def needs(*locks: str, weak: str | None = None) -> Callable[[Race], Race]:
    """Of a race that is won by these locks, by none of them less, and by `weak` not any stronger."""

    def of(test: Race) -> Race:
        @wraps(test)
        async def tried(*args: Any, taken_away: Taken | None, **named: Any) -> None:
            if taken_away is None:
                await test(*args, **named)
                return
            try:
                async with without(named["admin"], *taken_away):
                    await test(*args, **named)
            except LOST:
                return
            pytest.fail("the race is won all the same")

        plain = signature(test)
        more = Parameter("taken_away", Parameter.KEYWORD_ONLY)
        tried.__signature__ = plain.replace(  # type: ignore[attr-defined]  # how pytest is told
            parameters=[*plain.parameters.values(), more]
        )
        ways = pytest.mark.parametrize("taken_away", list(_ways(locks, weak)))
        return cast("Race", ways(tried))

    return of


def _ways(locks: tuple[str, ...], weak: str | None) -> Iterator[Any]:
    yield pytest.param(None, id="held")
    if weak is not None:
        yield pytest.param((weak, WEAK), id=f"stronger {weak}")
    for name in locks:
        sql = "" if name.startswith("app.") else statements()[name].sql
        yield pytest.param((name, ADVISORY if ADVISORY.search(sql) else ROWS), id=f"without {name}")
        if SKIPS.search(sql):
            yield pytest.param((name, SKIPS), id=f"waiting for {name}")


@asynccontextmanager
async def without(
    admin: asyncpg.Connection, name: str, what: re.Pattern[str]
) -> AsyncIterator[None]:
    if name.startswith("app."):
        whole = await admin.fetchval("select pg_get_functiondef($1::regproc)", name)
        await admin.execute(_bare(ADVISORY if ADVISORY.search(whole) else what, whole))
        try:
            yield
        finally:
            await admin.execute(whole)
    else:
        query = statements()[name]
        with patch.object(query, "sql", _bare(what, query.sql)):
            yield


def _bare(what: re.Pattern[str], sql: str) -> str:
    """An advisory lock is not waited for then, but what it is of is still worked out."""
    bare = what.sub("abs(" if what is ADVISORY else "", sql)
    assert bare != sql, "there is no such lock in it"
    return bare
