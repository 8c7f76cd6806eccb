"""The statements by themselves: without any policy, who is not of the tenant finds and changes nothing.

Each method of an adapter is called by whom it is for, who must find what is asked for, and by those
whom its conditions have to keep out. What the former changes is undone; the latter change nothing.
"""

import inspect
import pkgutil
from collections.abc import AsyncIterator, Mapping
from importlib import import_module
from typing import Any
from uuid import uuid4

import pytest
from tests.integration.walls.conftest import without_policies
from tests.integration.walls.facts import Facts, gathered
from tests.integration.walls.tries import TRIES

from skillbridge.adapters import postgres
from skillbridge.application.notifications.views import Unread
from skillbridge.application.paging import Page
from skillbridge.application.ports.transaction import Transaction
from skillbridge.domain.accounts.sign_in import digest
from skillbridge.domain.errors import SkillBridgeError
from skillbridge.domain.matching.pair_status import PairStatus

pytestmark = pytest.mark.row("B2", "B11")

OF_ALL_TENANTS = {
    "Months",
    "Unsealed",
    "Jobs",
    "Processes",
    "Tenants",
    "TenantRows",
    "ImpressionLog",
}
"""Ledgers of the installation, and what only ever inserts."""
INSERTS = {"add", "award", "spend"}
"""Nothing is looked for: keys and policies say what may come in."""
SAYS_NOTHING = {
    "save", "put", "remove", "replace", "revoke", "must_live", "mark_read", "mark_all_read",
    "used", "let_go", "cancel", "move", "begin_text", "end_text",
}  # fmt: skip
"""Their answer is the change that they make."""


@pytest.fixture(scope="module")
async def facts(server: str) -> AsyncIterator[Facts]:
    async with without_policies(server) as town:
        yield await gathered(town)


class Undone(Exception):
    """Ends a transaction of which nothing shall stay, with what was found in it."""


async def called(facts: Facts, name: str, who: str) -> Any:
    kind, _, call = TRIES[name]
    actor = facts.actor(who)
    async with facts.town.world.scope(actor) as scope:
        port: Any = await scope.get(kind)
        async with (await scope.get(Transaction))(actor):
            return await call(port, facts, actor)


async def called_in_vain(facts: Facts, name: str, who: str) -> Any:
    """As above, and whatever it changed is undone."""
    kind, _, call = TRIES[name]
    actor = facts.actor(who)
    async with facts.town.world.scope(actor) as scope:
        port: Any = await scope.get(kind)
        transaction = await scope.get(Transaction)
        with pytest.raises(Undone) as caught:
            async with transaction(actor):
                raise Undone(await call(port, facts, actor))
    return caught.value.args[0]


def nothing(found: Any) -> bool:
    if isinstance(found, Page):
        return not found.items
    if isinstance(found, Mapping):
        return not any(found.values())
    return not found or found in (PairStatus(learner_here=False), Unread(0))


async def test_every_method_that_looks_for_something_is_tried() -> None:
    found = set()
    for module in pkgutil.walk_packages(postgres.__path__, f"{postgres.__name__}."):
        for name, kind in vars(import_module(module.name)).items():
            port = name.removeprefix("Postgres")
            if name != port and inspect.isclass(kind) and port not in OF_ALL_TENANTS:
                found |= {
                    f"{port}.{method}"
                    for method, what in vars(kind).items()
                    if not method.startswith("_")
                    and (inspect.iscoroutinefunction(what) or inspect.isasyncgenfunction(what))
                    and (method not in INSERTS or f"{port}.{method}" in TRIES)
                }
    assert found - {"Tx.now"} == TRIES.keys(), "each has its case in tries.py"


async def test_a_token_of_another_tenant_is_nobodys_successor_here(facts: Facts) -> None:
    admin, session, token = facts.town.admin, uuid4(), digest("abroad")
    stranger = facts.town.foreigner
    await admin.execute(
        "insert into sign_ins (id, tenant_id, user_id, expires_at) values ($1, $2, $3, now())",
        *(session, stranger.tenant_id, stranger.user_id),
    )
    await admin.execute(
        "insert into refresh_tokens (hash, tenant_id, sign_in_id, parent) values ($1, $2, $3, $4)",
        *(token, stranger.tenant_id, session, facts.token),
    )
    try:
        found = await called_in_vain(facts, "SignIns.presenting", "door")
    finally:
        await admin.execute("delete from refresh_tokens where hash = $1", token)
        await admin.execute("delete from sign_ins where id = $1", session)
    assert (found.presented.hash, found.successor) == (facts.token, None)


@pytest.mark.asvs("7.5.2", "8.4.1")
@pytest.mark.parametrize("name", TRIES)
async def test_the_conditions_of_a_statement_keep_everybody_out_whom_they_have_to(
    facts: Facts, name: str
) -> None:
    _, (rightful, strangers), _ = TRIES[name]
    before = await facts.town.rows()
    for stranger in strangers:
        try:
            found = await called(facts, name, stranger)
        except SkillBridgeError:
            found = None
        assert nothing(found), stranger
        assert await facts.town.rows() == before, stranger
    there = await called_in_vain(facts, name, rightful)
    assert name.partition(".")[2] in SAYS_NOTHING or not nothing(there), (
        "it finds nothing; if it only changes something, name it in SAYS_NOTHING"
    )
