"""What is dear to do: each of it has a quota, an end, and a bound of how many are done at once."""

from dataclasses import dataclass

import pytest
from tests.support import rules
from tests.support.http.asking import Asking

from skillbridge.adapters.images import process, reader
from skillbridge.adapters.mail import smtp
from skillbridge.adapters.matcher import provider as matcher
from skillbridge.adapters.oauth import fetching
from skillbridge.adapters.openai import client as model
from skillbridge.adapters.postgres.engine import database
from skillbridge.entrypoints.http.server import admission, quotas, streams
from skillbridge.entrypoints.worker import dispatch

pytestmark = [pytest.mark.row("C7"), pytest.mark.asvs("15.2.2")]


@dataclass(frozen=True)
class Dear:
    operations: frozenset[str]
    seconds: float
    """After which it is given up."""
    at_once: int
    """In one process."""


def dear(seconds: float, at_once: int, *operations: str) -> Dear:
    return Dear(frozenset(operations), seconds, at_once)


TABLE = {
    "a provider of identities is asked": dear(
        fetching.LONGEST_WAIT,
        fetching.MOST_WAITING,
        *("BeginSignIn", "BeginDeviceSignIn", "BeginLink", "BeginDeviceLink"),
        *("SignInWithIdentity", "SignInByDevice", "SignInWithSupabase"),
        *("LinkIdentity", "LinkByDevice", "LinkSupabase"),
    ),
    "the matcher ranks": dear(matcher.OUTGOING.deadline, admission.AT_ONCE, "SuggestMentors"),
    "a cohort is matched": dear(
        (2 * rules.MINUTE).total_seconds(), dispatch.AT_ONCE, "OrderCohortRun"
    ),
    "a model writes": dear(model.OUTGOING.deadline, dispatch.AT_ONCE, "RequestRoadmap"),
    "mentors are ranked anew": dear(
        database.COMMAND_SECONDS,
        dispatch.AT_ONCE,
        *("AmendProfile", "UpdateProfile", "OfferMentoring"),
    ),
    "all of a person's rows are gone through": dear(
        database.COMMAND_SECONDS,
        dispatch.AT_ONCE,
        *("RequestExport", "RequestErasure", "CancelErasure"),
    ),
    "somebody else is mailed": dear(smtp.SECONDS, dispatch.AT_ONCE, "RequestMatch"),
    "a picture is read": dear(reader.SECONDS, process.AT_ONCE, "BeginAvatar"),
    "a stream is held open": dear(
        (10 * rules.MINUTE).total_seconds(), streams.IN_ALL, "FollowGeneration", "FollowCohortRun"
    ),
}
"""Hashing a password has neither: what one costs is fixed, and a bounded pool does it, which turns others away."""
USUAL = {
    one.name
    for one in (
        *(quotas.USUAL, quotas.READS, quotas.OPEN_READS, quotas.UNAUTHENTICATED, quotas.OF_TENANT),
    )
}


def test_whatever_has_a_quota_of_its_own_is_in_the_table(ask: Asking) -> None:
    listed = [name for row in TABLE.values() for name in row.operations]
    assert len(listed) == len(set(listed))
    limited = {
        operation["operationId"]: {one["name"] for one in operation.get("x-rate-limits", [])}
        for methods in ask.app.state.contract.document["paths"].values()
        for operation in methods.values()
        if "operationId" in operation
    }
    narrow = {name for name, its in limited.items() if its - USUAL}
    assert narrow <= set(listed)
    assert [name for name in listed if not limited[name]] == []


@pytest.mark.parametrize("what", TABLE)
def test_it_ends_and_is_done_so_often_at_once(what: str) -> None:
    row = TABLE[what]
    assert 0 < row.seconds <= 3600
    assert 0 < row.at_once <= 2_000
