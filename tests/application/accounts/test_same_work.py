"""Whether an address has an account costs whoever asks the same: statements, rows, and jobs that follow."""

from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import pytest
from tests.application.accounts.people import HOME, PASSWORD, Visitor
from tests.support.given.world import World
from tests.support.measures import round_trips

from skillbridge.application.accounts.passwords import ByCode, RequestPasswordReset, ResetPassword
from skillbridge.application.accounts.registration import RegisterUser, ResendVerification
from skillbridge.application.accounts.registration_codes import VerifyEmailByCode
from skillbridge.application.accounts.sessions import LogIn
from skillbridge.application.accounts.sign_in_codes import RequestSignInCode, VerifySignInCode
from skillbridge.domain.errors import SkillBridgeError

pytestmark = [pytest.mark.row("C1"), pytest.mark.asvs("6.3.8")]
Work = tuple[list[str], Counter[str], int]
WRONG = "0000 0000"
TABLES = "select table_name from information_schema.columns where table_schema = 'public' and column_name = 'tenant_id'"


async def registered(who: Visitor) -> None:
    await who.register()


async def nothing(_: Visitor) -> None:
    """Nobody has asked for anything before."""


WAYS: dict[str, tuple[Callable[[Visitor], Awaitable[None]], type[Any], tuple[object, ...]]] = {
    "register": (nothing, RegisterUser, (PASSWORD, "Amina")),
    "register again": (registered, RegisterUser, (PASSWORD, "Amina")),
    "a mail to confirm": (nothing, ResendVerification, ()),
    "another mail to confirm": (registered, ResendVerification, ()),
    "a code to confirm": (nothing, VerifyEmailByCode, (WRONG, PASSWORD)),
    "a code to confirm what was registered": (registered, VerifyEmailByCode, (WRONG, PASSWORD)),
    "a password": (registered, LogIn, ("not this one",)),
    "forgotten": (nothing, RequestPasswordReset, ()),
    "a code to sign in": (nothing, RequestSignInCode, ()),
}


async def work(world: World, use_case: type[Any], *words: object) -> Work:
    """What it asks of the database, how many rows of which tables it writes, and how many jobs follow."""
    anonymous = world.pre_authentication()
    before = await versions(world)
    async with world.scope(anonymous) as scope:
        asked = await scope.get(use_case)
        with round_trips.counted() as trips, suppress(SkillBridgeError):
            await asked(anonymous, *words, origin=HOME)
    written = Counter(table for table, _, _ in await versions(world) - before)
    return trips.made, written, await world.settle()


async def versions(world: World) -> set[tuple[str, str, str]]:
    """Every version of a row of the tenant; none of a world in memory."""
    if world.admin is None:
        return set()
    tables = [row["table_name"] for row in await world.admin.fetch(TABLES)]
    each = (
        f"select '{one}' as name, ctid::text as place, xmin::text as by from {one} where tenant_id = $1"  # names of the catalogue
        for one in sorted(set(tables))
    )
    rows = await world.admin.fetch(" union all ".join(each), world.tenant_id)
    return {(row["name"], row["place"], row["by"]) for row in rows}


async def both(world: World) -> tuple[Visitor, Visitor]:
    """One who has an account, and an address that nobody has."""
    amina = Visitor(world)
    await amina.register()
    await amina.confirm()
    await world.settle()
    return amina, Visitor(world, email="nobody@example.org")


@pytest.mark.parametrize("way", WAYS)
async def test_an_address_without_an_account_costs_the_same(world: World, way: str) -> None:
    before, use_case, words = WAYS[way]
    found = []
    for who in await both(world):
        await before(who)
        found.append(await work(world, use_case, who.email, *words))
    assert found[0] == found[1]


async def test_so_does_a_wrong_code_of_a_mail_that_sets_a_password(world: World) -> None:
    found = []
    for who in await both(world):
        await who.forgot()
        answer = ByCode(who.email, WRONG)
        found.append(await work(world, ResetPassword, answer, "brown ladder sings at noon"))
    assert found[0] == found[1]


async def test_so_does_a_wrong_code_to_sign_in(world: World) -> None:
    found = []
    for who in await both(world):
        challenge = await who.ask_for_code()
        found.append(await work(world, VerifySignInCode, challenge, WRONG))
    assert found[0] == found[1]


async def test_what_was_registered_beside_an_account_is_mailed_to_nobody(world: World) -> None:
    """Its owner is told once that somebody tried; no link and no code makes anything of it."""
    amina, _ = await both(world)
    before = await amina.links()
    await amina.register("brown ladder sings at noon")
    await amina.ask_again()
    assert await amina.links() == before
    assert (await amina.subjects()).count("You already have a SkillBridge account") == 1
    await amina.log_in()
