"""Signing in with an access token of Supabase, and linking one of its users, on every backend."""

import asyncio
import json
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest
from joserfc.jws import extract_compact
from tests.application.accounts.identity_town import stale, town_on_memory, town_on_postgres
from tests.application.accounts.people import HOME, Visitor
from tests.application.accounts.phone import Phone
from tests.application.accounts.supabase_town import (
    SupabaseTown,
    supabase,
    supabase_on_memory,
    supabase_on_postgres,
)
from tests.support.timing.racing import race

from skillbridge.adapters.postgres.accounts.identities import PostgresIdentities
from skillbridge.application.accounts.administration import DisableAccount
from skillbridge.application.accounts.own_identities import UnlinkIdentity
from skillbridge.application.accounts.own_sign_ins import EndSession
from skillbridge.application.accounts.ports.identities import IdentityReads, ProviderAway
from skillbridge.application.accounts.ports.users import AccountReads
from skillbridge.application.accounts.second_step import VerifySecondFactor
from skillbridge.application.accounts.supabase import SignInWithSupabase
from skillbridge.application.accounts.views import LoggedIn
from skillbridge.application.accounts.ways_in import UnlinkIdentityOf
from skillbridge.application.ports.access_tokens import Tokens
from skillbridge.application.profiles.ports import ProfileReads
from skillbridge.domain.accounts.identity import (
    AddressHasAccount,
    IdentityTaken,
    NoVerifiedAddress,
    ProviderLinked,
)
from skillbridge.domain.accounts.second_factor import SecondFactorNeeded
from skillbridge.domain.accounts.sign_in import SignInOver
from skillbridge.domain.accounts.supabase import BadSupabaseToken, NoSupabaseProject
from skillbridge.domain.accounts.user import AccountDisabled
from skillbridge.domain.accounts.ways_in import UnknownWayIn
from skillbridge.domain.actor import Actor
from skillbridge.domain.authentication import StepUpNeeded
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


def said(tokens: LoggedIn) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(extract_compact(tokens.access_token.encode()).payload)
    return found


async def registered(town: SupabaseTown, email: str = "bola@example.org") -> Actor:
    bola = Visitor(town.world, email)
    await bola.register()
    await bola.confirm()
    return await Phone(bola).actor()


async def test_a_first_token_makes_an_account_of_the_same_id_and_the_next_finds_it(
    supabase: SupabaseTown,
) -> None:
    user = supabase.project.signs_up()
    first = await supabase.actor(await supabase.come(user))
    again = await supabase.actor(await supabase.come(user))
    assert first.user_id == again.user_id == UUID(user)
    assert first.session_id != again.session_id
    me = await supabase.world.ask(ProfileReads, "me", first)
    assert (me.name, me.email) == ("Amina Bello", AMINA)
    (kept,) = await supabase.world.ask(IdentityReads, "of", first)
    assert (kept.issuer, kept.subject) == (supabase.project.issuer, user)


async def test_two_at_once_make_one_account(supabase: SupabaseTown) -> None:
    user = supabase.project.signs_up()
    both = await asyncio.gather(*(supabase.come(user) for _ in range(2)))
    assert {(await supabase.actor(one)).user_id for one in both} == {UserId(UUID(user))}


async def test_who_asks_while_another_makes_the_account_finds_it(supabase: SupabaseTown) -> None:
    """Between the question for the identity and that for the address both came to be there."""
    admin = supabase.world.admin
    if admin is None:
        pytest.skip("the store in memory is asked by one at a time")
    user = supabase.project.signs_up()
    first, second = await race(
        admin, supabase.come(user), PostgresIdentities.found, supabase.come(user)
    )
    for one in (first, second):
        assert (await supabase.actor(one.value)).user_id == UserId(UUID(user))


@pytest.mark.parametrize("aal", ["aal1", "aal2"])
async def test_a_token_of_elsewhere_is_no_fresh_proof(supabase: SupabaseTown, aal: str) -> None:
    user = supabase.project.signs_up()
    await supabase.come(user)
    tokens = await supabase.world.do(
        SignInWithSupabase,
        supabase.world.pre_authentication(),
        supabase.project.token(user, aal=aal),
        origin=HOME,
    )
    assert said(tokens).keys().isdisjoint({"amr", "acr", "auth_time"})
    actor = await supabase.actor(tokens)
    assert actor.proved_at is None
    with pytest.raises(StepUpNeeded):
        await supabase.link_user(actor, user)


async def test_roles_are_ours_whatever_the_token_says(supabase: SupabaseTown) -> None:
    user = supabase.project.signs_up(
        app_metadata={"roles": ["admin"], "role": "admin"}, user_metadata={"roles": ["admin"]}
    )
    assert (await supabase.actor(await supabase.come(user))).roles == {"learner"}


@pytest.mark.asvs("6.8.1")
async def test_an_address_with_an_account_is_never_joined_by_itself(supabase: SupabaseTown) -> None:
    bola = await registered(supabase, AMINA)
    with pytest.raises(AddressHasAccount, match="/v1/me/identities/supabase"):
        await supabase.come(supabase.project.signs_up())
    assert await supabase.world.ask(IdentityReads, "of", bola) == []


async def test_the_id_of_an_account_does_not_open_it(supabase: SupabaseTown) -> None:
    """Whoever may choose ids at the project opens no account by that."""
    bola = await registered(supabase)
    user = supabase.project.signs_up(AMINA, id=bola.user_id)
    came = await supabase.actor(await supabase.come(user))
    assert came.user_id != bola.user_id
    assert (await supabase.actor(await supabase.come(user))).user_id == came.user_id
    assert (await supabase.world.ask(ProfileReads, "me", bola)).email == "bola@example.org"


async def test_an_address_that_is_not_verified_makes_no_account(supabase: SupabaseTown) -> None:
    user = supabase.project.signs_up(email_confirmed_at=None)
    with pytest.raises(NoVerifiedAddress, match="Supabase"):
        await supabase.come(user)
    assert not await supabase.world.ask(AccountReads, "newest", supabase.world.system(), limit=9)


async def test_an_operator_unlinks_a_user_by_the_name_of_the_provider(
    supabase: SupabaseTown,
) -> None:
    actor = await supabase.actor(await supabase.come(supabase.project.signs_up()))
    system = supabase.world.system()
    with pytest.raises(UnknownWayIn, match="supabase"):
        await supabase.world.do(UnlinkIdentityOf, system, AMINA, "github", reason="A test")
    await supabase.world.do(UnlinkIdentityOf, system, AMINA, "supabase", reason="A test")
    assert await supabase.world.ask(IdentityReads, "of", actor) == []


async def test_a_user_is_linked_and_unlinked_by_the_owner(supabase: SupabaseTown) -> None:
    bola, user = await registered(supabase), supabase.project.signs_up()
    with pytest.raises(StepUpNeeded):
        await supabase.link_user(stale(bola), user)
    for _ in range(2):
        await supabase.link_user(bola, user)
    assert (await supabase.actor(await supabase.come(user))).user_id == bola.user_id
    with pytest.raises(ProviderLinked):
        await supabase.link_user(bola, supabase.project.signs_up("bola@elsewhere.example"))
    eve = await registered(supabase, "eve@example.org")
    with pytest.raises(IdentityTaken):
        await supabase.link_user(eve, user)
    (one,) = await supabase.world.ask(IdentityReads, "of", bola)
    await supabase.world.do(UnlinkIdentity, bola, one.id)
    assert (await supabase.actor(await supabase.come(user))).user_id != bola.user_id
    await supabase.world.do(EndSession, bola, bola.session_id)
    with pytest.raises(SignInOver):
        await supabase.link_user(bola, supabase.project.signs_up("bola@elsewhere.example"))


async def test_an_account_that_left_its_user_behind_is_not_found_by_its_id(
    supabase: SupabaseTown,
) -> None:
    user = supabase.project.signs_up()
    left = await supabase.actor(await supabase.come(user))
    amina = Visitor(supabase.world, AMINA)
    await amina.forgot()
    await amina.reset(password=amina.password)
    fresh = await Phone(amina).actor()
    (one,) = await supabase.world.ask(IdentityReads, "of", fresh)
    await supabase.world.do(UnlinkIdentity, fresh, one.id)
    supabase.project.users[user]["email"] = "amina@elsewhere.example"
    assert (await supabase.actor(await supabase.come(user))).user_id != left.user_id


async def test_a_second_factor_of_ours_is_asked_for(supabase: SupabaseTown) -> None:
    amina = Visitor(supabase.world, "bola@example.org")
    await amina.register()
    await amina.confirm()
    phone = Phone(amina)
    actor = await phone.actor()
    user = supabase.project.signs_up()
    await supabase.link_user(actor, user)
    await phone.enrol(actor)
    codes = await phone.confirm(actor)
    with pytest.raises(SecondFactorNeeded) as asked:
        await supabase.world.do(
            SignInWithSupabase,
            supabase.world.pre_authentication(),
            supabase.project.token(user, aal="aal2"),
            origin=HOME,
        )
    tokens = await supabase.world.do(
        VerifySecondFactor,
        supabase.world.pre_authentication(),
        asked.value.challenge,
        codes.codes[0],
        origin=HOME,
    )
    assert (await supabase.world.api.get(Tokens)).verify(tokens.access_token).user_id == (
        actor.user_id
    )


async def test_an_account_that_is_disabled_stays_shut(supabase: SupabaseTown) -> None:
    user = supabase.project.signs_up()
    await supabase.come(user)
    await supabase.world.do(DisableAccount, supabase.world.system(), AMINA, reason="A test")
    with pytest.raises(AccountDisabled):
        await supabase.come(user)


async def test_a_project_has_the_people_of_one_tenant(supabase: SupabaseTown) -> None:
    user = supabase.project.signs_up()
    for slug in (None, "another", "nobody"):
        await supabase.of_tenant(slug)
        with pytest.raises(NoSupabaseProject):
            await supabase.come(user)
    await supabase.of_tenant(supabase.world.slug)
    elsewhere = replace(supabase.world.pre_authentication(), tenant_id=TenantId(uuid4()))
    with pytest.raises(NoSupabaseProject):
        await supabase.world.do(
            SignInWithSupabase, elsewhere, supabase.project.token(user), origin=HOME
        )
    assert not supabase.project.asked


async def test_a_session_that_ended_there_starts_none_here(supabase: SupabaseTown) -> None:
    user = supabase.project.signs_up()
    supabase.project.ended = True
    with pytest.raises(BadSupabaseToken):
        await supabase.come(user)
    supabase.project.away = True
    with pytest.raises(ProviderAway):
        await supabase.come(user)
