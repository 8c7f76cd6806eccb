"""What happens to accounts reaches the Supabase project, by jobs that may run late, twice and in any order."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from tests.application.accounts.identity_town import town_on_memory, town_on_postgres
from tests.application.accounts.people import Visitor
from tests.application.accounts.phone import Phone
from tests.application.accounts.supabase_town import (
    SupabaseTown,
    supabase,
    supabase_on_memory,
    supabase_on_postgres,
)

from skillbridge.application.accounts.administration import DisableAccount, EnableAccount
from skillbridge.application.accounts.ports.supabase import (
    SupabaseAway,
    SupabaseUser,
)
from skillbridge.application.accounts.supabase_users import SyncSupabaseUser
from skillbridge.domain.actor import Actor
from skillbridge.domain.events.accounts import EmailVerified
from skillbridge.domain.ids import UserId

pytestmark = pytest.mark.row("C4")
__all__ = [
    "supabase",
    "supabase_on_memory",
    "supabase_on_postgres",
    "town_on_memory",
    "town_on_postgres",
]
BOLA = "bola@example.org"


async def registered(town: SupabaseTown) -> tuple[Visitor, Actor]:
    bola = Visitor(town.world, BOLA)
    await bola.register()
    await bola.confirm()
    await town.world.settle()
    return bola, await Phone(bola).actor()


async def sync(town: SupabaseTown, user_id: UserId) -> None:
    event = EmailVerified(user_id=user_id, at=datetime.now(UTC))
    await town.world.do(SyncSupabaseUser, town.world.system(), event)


async def test_a_new_account_has_a_user_there_that_opens_nothing_until_it_is_linked(
    supabase: SupabaseTown,
) -> None:
    _, actor = await registered(supabase)
    (user,) = supabase.project.users.values()
    assert (user["id"], user["email"]) == (str(actor.user_id), BOLA)
    with pytest.raises(Exception, match="link Supabase"):
        await supabase.come(user["id"])
    await supabase.link_user(actor, user["id"])
    assert (await supabase.actor(await supabase.come(user["id"]))).user_id == actor.user_id


async def test_a_registration_that_waits_has_none(supabase: SupabaseTown) -> None:
    await Visitor(supabase.world, BOLA).register()
    await supabase.world.settle()
    assert supabase.project.users == {}


async def test_a_job_that_runs_twice_does_no_more_than_once(supabase: SupabaseTown) -> None:
    _, actor = await registered(supabase)
    before = dict(supabase.project.users)
    await sync(supabase, actor.user_id)
    assert supabase.project.users == before


async def test_who_came_from_there_keeps_their_user(supabase: SupabaseTown) -> None:
    user = supabase.project.signs_up()
    before = dict(supabase.project.users[user])
    await supabase.come(user)
    await supabase.world.settle()
    (after,) = supabase.project.users.values()
    assert (after["id"], after["email"]) == (user, before["email"])


async def test_an_address_that_changes_changes_there(supabase: SupabaseTown) -> None:
    bola, actor = await registered(supabase)
    await bola.change_address(actor, "bola@new.example")
    await supabase.world.settle()
    (code,) = await bola.codes("bola@new.example")
    await bola.confirm_address_by_code(actor, code)
    await supabase.world.settle()
    (user,) = supabase.project.users.values()
    assert user["email"] == "bola@new.example"


async def test_who_is_disabled_is_banned_there_until_they_are_enabled(
    supabase: SupabaseTown,
) -> None:
    await registered(supabase)
    (user,) = supabase.project.users.values()
    await supabase.world.do(DisableAccount, supabase.world.system(), BOLA, reason="A test")
    await supabase.world.settle()
    assert user["banned_until"] is not None
    await supabase.world.do(EnableAccount, supabase.world.system(), BOLA, reason="A test")
    await supabase.world.settle()
    assert user["banned_until"] is None


async def test_who_is_no_more_is_removed_there(supabase: SupabaseTown) -> None:
    gone = supabase.project.signs_up()
    await sync(supabase, UserId(uuid4()))
    assert gone in supabase.project.users
    for _ in range(2):
        await sync(supabase, UserId(type(uuid4())(gone)))
    assert supabase.project.users == {}


async def test_a_project_that_is_away_fails_the_job_and_nothing_of_ours(
    supabase: SupabaseTown,
) -> None:
    supabase.project.away = True
    _, actor = await registered(supabase)
    with pytest.raises(SupabaseAway):
        await sync(supabase, actor.user_id)
    supabase.project.away = False
    await sync(supabase, actor.user_id)
    assert list(supabase.project.users) == [str(actor.user_id)]


async def test_people_of_another_tenant_are_nothing_to_the_project(supabase: SupabaseTown) -> None:
    for slug in (None, "another"):
        await supabase.of_tenant(slug)
        await sync(supabase, UserId(uuid4()))
    assert supabase.project.asked == []


async def test_an_address_of_another_user_there_is_left_to_them(supabase: SupabaseTown) -> None:
    other = supabase.project.signs_up(BOLA)
    await registered(supabase)
    assert list(supabase.project.users) == [other]


@dataclass
class Overtaken:
    """The account changes while the project is being told, as by another job."""

    town: SupabaseTown
    tenant: str
    told: list[SupabaseUser]

    async def put(self, user: SupabaseUser) -> bool:
        if not self.told:
            await self.town.world.do(
                DisableAccount, self.town.world.system(), user.email, reason="A test"
            )
        self.told.append(user)
        return True

    async def remove(self, user_id: UserId) -> None:
        raise AssertionError(user_id)


async def test_a_job_that_was_overtaken_tells_what_is_true_now(supabase: SupabaseTown) -> None:
    _, actor = await registered(supabase)
    overtaken = Overtaken(supabase, supabase.world.slug, [])
    async with supabase.world.scope(supabase.world.system()) as scope:
        sync_user: Any = replace(await scope.get(SyncSupabaseUser), supabase=overtaken)
        await sync_user(
            supabase.world.system(), EmailVerified(user_id=actor.user_id, at=datetime.now(UTC))
        )
    assert [user.banned for user in overtaken.told] == [None, True]
