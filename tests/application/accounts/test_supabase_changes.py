"""What happens to the users of a Supabase project reaches their accounts here, once and in any order."""

import asyncio
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

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

from skillbridge.application.accounts.ports.identities import IdentityReads
from skillbridge.application.accounts.ports.sign_ins import SignInReads, SignIns
from skillbridge.application.accounts.ports.supabase import Delivery
from skillbridge.application.accounts.ports.users import AccountReads
from skillbridge.application.accounts.supabase import SupabaseVisitors
from skillbridge.application.accounts.supabase_changes import TakeSupabaseChange
from skillbridge.application.accounts.views import LoggedIn
from skillbridge.application.paging import PageRequest
from skillbridge.application.ports.transaction import Transaction
from skillbridge.domain.accounts.identity import AddressHasAccount, IdentityClaims
from skillbridge.domain.accounts.second_factor import ChallengeOver, SecondFactorNeeded
from skillbridge.domain.accounts.sign_in import SignInOver
from skillbridge.domain.accounts.supabase import (
    BadSupabaseToken,
    BadWebhook,
    NoSupabaseProject,
    SupabaseChange,
)
from skillbridge.domain.actor import Actor
from skillbridge.domain.errors import StaleWrite
from skillbridge.domain.ids import TenantId, UserId

pytestmark = pytest.mark.row("C4")
__all__ = [
    "supabase",
    "supabase_on_memory",
    "supabase_on_postgres",
    "town_on_memory",
    "town_on_postgres",
]
AMINA = "amina@example.org"


async def told(
    town: SupabaseTown, user: str, *, id_: str = "", email: str | None = AMINA, **more: Any
) -> None:
    change = SupabaseChange(UUID(user), email, "Amina Bello", **more)
    said = town.project.headers(b"{}", id_ or str(uuid4()))
    delivery = Delivery(
        said["webhook-id"], said["webhook-timestamp"], said["webhook-signature"], b"{}"
    )
    await town.world.do(TakeSupabaseChange, town.world.pre_authentication(), delivery, change)


async def accounts(town: SupabaseTown) -> list[tuple[str, str]]:
    found = await town.world.ask(AccountReads, "newest", town.world.system(), limit=9)
    return [(str(one.id), one.email) for one in found]


async def lives(town: SupabaseTown, actor: Actor) -> bool:
    anonymous = town.world.pre_authentication()
    async with town.world.scope(anonymous) as scope:
        sign_ins: SignIns = await scope.get(SignIns)
        async with (await scope.get(Transaction))(anonymous) as tx:
            try:
                await sign_ins.must_live(actor.user_id, actor.session_id, at=await tx.now())
            except SignInOver:
                return False
    return True


async def test_a_new_user_has_an_account_however_often_it_is_told(supabase: SupabaseTown) -> None:
    user = supabase.project.signs_up()
    for id_ in ("a", "a", "b"):
        await told(supabase, user, id_=id_)
    assert await accounts(supabase) == [(user, AMINA)]
    assert (await supabase.actor(await supabase.come(user))).user_id == UUID(user)


async def test_two_messages_at_once_make_one_account(supabase: SupabaseTown) -> None:
    user = supabase.project.signs_up()
    await asyncio.gather(*(told(supabase, user) for _ in range(2)), supabase.come(user))
    assert await accounts(supabase) == [(user, AMINA)]


@pytest.mark.parametrize("email", [None, "a\0@b.example", "x" * 400])
async def test_a_user_without_a_verified_address_has_none(
    supabase: SupabaseTown, email: str | None
) -> None:
    await told(supabase, supabase.project.signs_up(), email=email)
    assert await accounts(supabase) == []


async def test_an_address_with_an_account_is_never_joined_by_itself(supabase: SupabaseTown) -> None:
    amina = Visitor(supabase.world, AMINA)
    await amina.register()
    await amina.confirm()
    actor, user = await Phone(amina).actor(), supabase.project.signs_up()
    await told(supabase, user)
    assert await accounts(supabase) == [(str(actor.user_id), AMINA)]
    with pytest.raises(AddressHasAccount):
        await supabase.come(user)
    await told(supabase, user, banned=True)
    await told(supabase, user, gone=True)
    assert await lives(supabase, actor)


async def test_an_id_that_is_taken_takes_nothing(supabase: SupabaseTown) -> None:
    amina = Visitor(supabase.world, "bola@example.org")
    await amina.register()
    await amina.confirm()
    actor = await Phone(amina).actor()
    await told(supabase, str(actor.user_id))
    assert await accounts(supabase) == [(str(actor.user_id), "bola@example.org")]


async def test_who_is_banned_there_is_signed_out_here_and_may_come_again_after(
    supabase: SupabaseTown,
) -> None:
    user = supabase.project.signs_up()
    actor = await supabase.actor(await supabase.come(user))
    await told(supabase, user, banned=True)
    assert not await lives(supabase, actor)
    again = await supabase.actor(await supabase.come(user))
    assert again.user_id == actor.user_id
    await told(supabase, user)
    assert await lives(supabase, again)


async def test_who_is_deleted_there_is_signed_out_and_no_longer_linked(
    supabase: SupabaseTown,
) -> None:
    user = supabase.project.signs_up()
    actor = await supabase.actor(await supabase.come(user))
    for _ in range(2):
        await told(supabase, user, gone=True)
    assert not await lives(supabase, actor)
    assert await supabase.world.ask(IdentityReads, "of", actor) == []
    assert await accounts(supabase) == [(user, AMINA)]


async def test_a_message_that_comes_again_counts_once(supabase: SupabaseTown) -> None:
    user = supabase.project.signs_up()
    await supabase.come(user)
    await told(supabase, user, id_="ban", banned=True)
    again = await supabase.actor(await supabase.come(user))
    await told(supabase, user, id_="ban", banned=True)
    assert await lives(supabase, again)


async def test_an_address_that_changes_there_changes_nothing_here(supabase: SupabaseTown) -> None:
    user = supabase.project.signs_up()
    await supabase.come(user)
    await told(supabase, user, email="amina@new.example")
    assert await accounts(supabase) == [(user, AMINA)]


async def test_nobody_else_is_believed(supabase: SupabaseTown) -> None:
    user = supabase.project.signs_up()
    change = SupabaseChange(UUID(user), AMINA)
    anonymous = supabase.world.pre_authentication()
    with pytest.raises(BadWebhook):
        await supabase.world.do(
            TakeSupabaseChange, anonymous, Delivery("a", "0", "v1,AAAA", b""), change
        )
    elsewhere = replace(anonymous, tenant_id=TenantId(uuid4()))
    with pytest.raises(NoSupabaseProject):
        await supabase.world.do(
            TakeSupabaseChange, elsewhere, Delivery("a", "0", "v1,AAAA", b""), change
        )
    assert await accounts(supabase) == []


def shut_between(
    town: SupabaseTown, monkeypatch: pytest.MonkeyPatch, user: str, *, lifted: bool = False
) -> None:
    """The project answers that all is well, and bans the user while the exchange goes on."""
    shown = SupabaseVisitors.shown
    asked: list[str] = []

    async def then_banned(
        self: SupabaseVisitors, tenant_id: TenantId, token: str
    ) -> IdentityClaims:
        found = await shown(self, tenant_id, token)
        asked.append(token)
        if len(asked) == 1:
            forever = None if lifted else "infinity"
            town.project.users[user]["banned_until"] = forever
            await told(town, user, banned=True)
        return found

    monkeypatch.setattr(SupabaseVisitors, "shown", then_banned)


@pytest.mark.parametrize("known", [True, False], ids=["an account", "the first time"])
async def test_a_ban_during_an_exchange_ends_its_sign_in(
    supabase: SupabaseTown, monkeypatch: pytest.MonkeyPatch, *, known: bool
) -> None:
    user = supabase.project.signs_up()
    if known:
        await supabase.come(user)
    shut_between(supabase, monkeypatch, user)
    with pytest.raises(BadSupabaseToken):
        await supabase.come(user)
    assert [id_ for id_, _ in await accounts(supabase)] == [user]
    assert await living(supabase) == 0


async def test_the_ban_of_somebody_else_during_an_exchange_ends_nothing(
    supabase: SupabaseTown, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = supabase.project.signs_up()
    shut_between(supabase, monkeypatch, user, lifted=True)
    assert await lives(supabase, await supabase.actor(await supabase.come(user)))


async def test_a_ban_ends_half_a_log_in(supabase: SupabaseTown) -> None:
    user = supabase.project.signs_up()
    await told(supabase, user)
    amina = Visitor(supabase.world, AMINA)
    await amina.forgot()
    await amina.reset(password=amina.password)
    phone = Phone(amina)
    actor = await phone.actor(await amina.log_in())
    await phone.enrol(actor)
    await phone.confirm(actor)
    await phone.later(actor)
    with pytest.raises(SecondFactorNeeded) as half:
        await supabase.come(user)
    await told(supabase, user, banned=True)
    with pytest.raises(ChallengeOver):
        await phone.verify(half.value.challenge)
    with pytest.raises(SecondFactorNeeded) as half:
        await supabase.come(user)
    await phone.verify(half.value.challenge)


async def test_bans_and_exchanges_at_once_leave_nobody_signed_in(supabase: SupabaseTown) -> None:
    user = supabase.project.signs_up()
    await supabase.come(user)

    async def ban() -> None:
        supabase.project.users[user]["banned_until"] = "infinity"
        await told(supabase, user, banned=True)

    came = (supabase.come(user) for _ in range(6))
    found = await asyncio.gather(*came, ban(), return_exceptions=True)
    assert {type(one) for one in found} <= {type(None), LoggedIn, BadSupabaseToken, StaleWrite}
    assert await living(supabase) == 0


async def living(town: SupabaseTown) -> int:
    """Sign-ins of the account that anybody could go on with."""
    system = town.world.system()
    (account,) = await accounts(town)
    who = Actor.person(UserId(UUID(account[0])), system.tenant_id, system.roles, None)
    return len(await town.world.items(SignInReads, "newest", who, PageRequest(50), here=()))
