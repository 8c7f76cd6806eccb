"""Signing in with an identity of somebody else's, on every backend."""

import asyncio
import json
from datetime import UTC, datetime
from secrets import token_urlsafe
from typing import Any
from uuid import uuid4

import pytest
from joserfc.jws import extract_compact
from tests.application.accounts.holder import Holder
from tests.application.accounts.identity_town import (
    IdentityTown,
    town,
    town_on_memory,
    town_on_postgres,
)
from tests.application.accounts.people import HOME, Visitor
from tests.application.accounts.phone import Phone

from skillbridge.application.accounts.administration import DisableAccount
from skillbridge.application.accounts.authorizing import FindReturn, ForgetAuthorizations
from skillbridge.application.accounts.identities import BeginSignIn
from skillbridge.application.accounts.passwords import ByLink, RequestPasswordReset, ResetPassword
from skillbridge.application.accounts.ports.identities import AuthorizationRequests, IdentityReads
from skillbridge.application.accounts.ports.users import AccountReads, Registrations
from skillbridge.application.accounts.second_step import VerifySecondFactor
from skillbridge.application.ports.access_tokens import Tokens
from skillbridge.application.ports.transaction import Transaction
from skillbridge.application.profiles.ports import ProfileReads
from skillbridge.domain.accounts.authorization import (
    AuthorizationOver,
    AuthorizationRequest,
    NotAuthorized,
    binding,
)
from skillbridge.domain.accounts.identity import (
    AddressHasAccount,
    NoVerifiedAddress,
    UnknownProvider,
)
from skillbridge.domain.accounts.second_factor import SecondFactorNeeded
from skillbridge.domain.accounts.user import AccountDisabled, WrongCredentials
from skillbridge.domain.ids import AuthorizationId

pytestmark = pytest.mark.row("C4")
__all__ = ["town", "town_on_memory", "town_on_postgres"]
PROVIDERS = ["github", "campus"]
AMINA = "amina@example.org"


@pytest.mark.parametrize("provider", PROVIDERS)
async def test_a_first_sign_in_makes_the_account_and_the_next_one_finds_it(
    town: IdentityTown, provider: str
) -> None:
    first = await town.actor(await town.sign_in(provider))
    again = await town.actor(await town.sign_in(provider))
    assert first.user_id == again.user_id
    assert first.session_id != again.session_id
    me = await town.world.ask(ProfileReads, "me", first)
    assert (me.name, me.email) == ("Amina Bello", AMINA)
    (kept,) = await town.world.ask(IdentityReads, "of", first)
    known = {
        "github": ("583231", town.beside.github.url),
        "campus": ("7f3a", town.beside.campus.issuer),
    }
    assert (kept.subject, kept.issuer) == known[provider]


async def test_who_changes_login_name_or_address_is_still_the_same(town: IdentityTown) -> None:
    before = await town.actor(await town.sign_in("github"))
    github = town.beside.github
    github.user |= {"login": "somebody", "name": None}
    github.emails = []
    assert (await town.actor(await town.sign_in("github"))).user_id == before.user_id


@pytest.mark.asvs("6.8.1")
async def test_who_took_over_a_login_name_or_an_address_is_somebody_else(
    town: IdentityTown,
) -> None:
    await town.sign_in("github")
    town.beside.github.user["id"] = 7
    with pytest.raises(AddressHasAccount):
        await town.sign_in("github")


async def test_an_address_with_an_account_is_never_joined_by_itself(town: IdentityTown) -> None:
    amina = Visitor(town.world, AMINA)
    await amina.register()
    await amina.confirm()
    for provider in PROVIDERS:
        with pytest.raises(AddressHasAccount, match="link"):
            await town.sign_in(provider)
    signed_in = await Phone(amina).actor()
    assert await town.world.ask(IdentityReads, "of", signed_in) == []


async def test_a_squatted_registration_neither_blocks_nor_keeps_anything(
    town: IdentityTown,
) -> None:
    squatter = Visitor(town.world, AMINA)
    await squatter.register()
    actor = await town.actor(await town.sign_in("github"))
    me = await town.world.ask(ProfileReads, "me", actor)
    assert me.name == "Amina Bello"
    with pytest.raises(WrongCredentials):
        await squatter.log_in()
    anonymous = town.world.pre_authentication()
    async with town.world.scope(anonymous) as scope:
        waiting: Registrations = await scope.get(Registrations)
        async with (await scope.get(Transaction))(anonymous) as tx:
            assert not await waiting.of_address(AMINA, at=await tx.now(), limit=9)


@pytest.mark.asvs("6.8.1")
@pytest.mark.parametrize(
    "emails",
    [
        [],
        [{"email": AMINA, "primary": True, "verified": False}],
        [{"email": AMINA, "primary": False, "verified": True}],
        [{"email": "amina\0@example.org", "primary": True, "verified": True}],
        [{"email": "a" * 10_000 + "@example.org", "primary": True, "verified": True}],
    ],
)
async def test_github_vouches_for_its_verified_primary_address_alone(
    town: IdentityTown, emails: list[dict[str, object]]
) -> None:
    town.beside.github.emails = emails
    with pytest.raises(NoVerifiedAddress, match="GitHub"):
        await town.sign_in("github")
    assert not await town.world.ask(AccountReads, "newest", town.world.system(), limit=9)


@pytest.mark.parametrize("verified", [False, None, "false", 0])
async def test_an_openid_provider_must_have_verified_the_address(
    town: IdentityTown, verified: object
) -> None:
    person = town.beside.campus.person
    person.pop("email_verified")
    if verified is not None:
        person["email_verified"] = verified
    with pytest.raises((NoVerifiedAddress, NotAuthorized)):
        await town.sign_in("campus")
    person["email_verified"] = "true"
    await town.sign_in("campus")


@pytest.mark.parametrize(
    ("claimed", "name"),
    [
        ("Amina Bello", "Amina Bello"),
        ("", "amina"),
        ("x" * 500, "x" * 80),
        ("visit https://evil.example now", "amina"),
        ("<b>Amina</b>", "amina"),
        ("\u202eanimA", "amina"),
    ],
)
async def test_a_name_of_elsewhere_obeys_our_rules(
    town_on_memory: IdentityTown, claimed: str, name: str
) -> None:
    town_on_memory.beside.campus.person["name"] = claimed
    actor = await town_on_memory.actor(await town_on_memory.sign_in("campus"))
    kept = (await town_on_memory.world.ask(ProfileReads, "me", actor)).name
    assert kept == name or (claimed.startswith("\u202e") and kept in {"animA", "amina"})


@pytest.mark.asvs("10.2.1")
async def test_a_state_is_good_once(town: IdentityTown) -> None:
    brought = await town.brought("campus", "s")
    await town.finish("campus", brought, "s")
    asked = list(town.beside.campus.asked)
    with pytest.raises(AuthorizationOver):
        await town.finish("campus", brought, "s")
    assert town.beside.campus.asked == asked


@pytest.mark.asvs("10.2.1")
async def test_a_state_is_for_the_browser_that_began(town: IdentityTown) -> None:
    brought = await town.brought("campus", "the victim's")
    for secret in ("the attacker's", ""):
        with pytest.raises(AuthorizationOver):
            await town.finish("campus", brought, secret)
    await town.finish("campus", brought, "the victim's")


async def test_the_answers_of_two_providers_are_not_mixed_up(town: IdentityTown) -> None:
    brought = await town.brought("campus", "s")
    for other in ("rival", "github"):
        with pytest.raises(AuthorizationOver):
            await town.finish(other, brought, "s")
    assert "/token" not in town.beside.rival.asked
    await town.finish("campus", brought, "s")


@pytest.mark.parametrize("state", ["", "x", "é", "A" * 86, "A" * 300])
async def test_what_is_no_state_of_ours_begins_nothing(town: IdentityTown, state: str) -> None:
    with pytest.raises(AuthorizationOver):
        await town.finish("campus", {"state": state, "code": "c"}, "s")
    with pytest.raises(AuthorizationOver):
        await town.world.do(FindReturn, town.world.pre_authentication(), "campus", state)


async def test_a_state_that_was_turned_opens_nothing(town: IdentityTown) -> None:
    brought = await town.brought("campus", "s")
    state = brought["state"]
    for place in (0, 30, 50, 80):
        turned = state[:place] + ("A" if state[place] != "A" else "B") + state[place + 1 :]
        with pytest.raises(AuthorizationOver):
            await town.finish("campus", {**brought, "state": turned}, "s")


async def test_a_request_waits_for_ten_minutes(town: IdentityTown) -> None:
    anonymous = town.world.pre_authentication()
    id_ = AuthorizationId(uuid4())
    async with town.world.scope(anonymous) as scope:
        requests: AuthorizationRequests = await scope.get(AuthorizationRequests)
        async with (await scope.get(Transaction))(anonymous) as tx:
            over = AuthorizationRequest(
                id_, town.world.tenant_id, "campus", binding("s"), await tx.now()
            )
            await requests.add(over)
            at = await tx.now()
            assert not await requests.take(id_, "campus", binding("s"), None, at=at)
    await town.brought("campus", "s")
    await town.world.do(ForgetAuthorizations, town.world.system(), "a slot")
    async with town.world.scope(anonymous) as scope:
        requests = await scope.get(AuthorizationRequests)
        async with (await scope.get(Transaction))(anonymous):
            assert await requests.get(id_) is None


async def test_however_many_nobody_finished_are_forgotten_in_batches(
    town: IdentityTown, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("skillbridge.application.accounts.authorizing.FORGOTTEN_AT_ONCE", 2)
    anonymous = town.world.pre_authentication()
    for left in (0, 1):  # an odd number, and one that is full to the last batch
        ids = [AuthorizationId(uuid4()) for _ in range(5 - left)]
        async with town.world.scope(anonymous) as scope:
            requests: AuthorizationRequests = await scope.get(AuthorizationRequests)
            async with (await scope.get(Transaction))(anonymous) as tx:
                now = await tx.now()
                for id_ in ids:
                    await requests.add(
                        AuthorizationRequest(id_, town.world.tenant_id, "campus", binding("s"), now)
                    )
        await town.world.do(ForgetAuthorizations, town.world.system(), "a slot")
        async with town.world.scope(anonymous) as scope:
            requests = await scope.get(AuthorizationRequests)
            async with (await scope.get(Transaction))(anonymous):
                assert [await requests.get(id_) for id_ in ids] == [None] * len(ids)


@pytest.mark.parametrize("provider", PROVIDERS)
async def test_a_code_of_another_is_worth_nothing(town: IdentityTown, provider: str) -> None:
    """Injected codes: PKCE and the nonce bind a code to the request that it answers."""
    theirs = await town.brought(provider, "the thief's")
    ours = await town.brought(provider, "s")
    with pytest.raises(NotAuthorized):
        await town.finish(provider, {**ours, "code": theirs["code"]}, "s")


async def test_two_first_sign_ins_at_once_are_one_account(town: IdentityTown) -> None:
    tokens = await asyncio.gather(*(town.sign_in("github") for _ in range(4)))
    actors = [await town.actor(one) for one in tokens]
    assert len({one.user_id for one in actors}) == 1
    assert len(await town.world.ask(AccountReads, "newest", town.world.system(), limit=9)) == 1


async def test_a_second_factor_is_asked_for_afterwards(town: IdentityTown) -> None:
    amina = Visitor(town.world, AMINA)
    await amina.register()
    await amina.confirm()
    phone, holder = Phone(amina), Holder(amina)
    actor = await phone.actor()
    await town.link(actor, "github")
    await holder.add(actor)
    await phone.enrol(actor)
    codes = await phone.confirm(actor)
    with pytest.raises(SecondFactorNeeded) as asked:
        await town.sign_in("github")
    half = asked.value.challenge
    by_passkey = await holder.verify(half, holder.device.get(await holder.second_challenge(half)))
    assert said(by_passkey.access_token)["amr"] == ["fed", "mfa", "pop", "user"]
    tokens = await town.world.do(
        VerifySecondFactor,
        town.world.pre_authentication(),
        asked.value.challenge,
        codes.codes[0],
        origin=HOME,
    )
    claims = (await town.world.api.get(Tokens)).verify(tokens.access_token)
    assert claims.user_id == actor.user_id
    assert claims.proved_at is not None
    assert said(tokens.access_token)["amr"] == ["fed", "otp"]
    assert said(tokens.access_token)["acr"] == "aal2"


async def test_its_token_says_how_it_was_proved(town_on_memory: IdentityTown) -> None:
    tokens = await town_on_memory.sign_in("github")
    found = said(tokens.access_token)
    assert (found["amr"], found["acr"]) == (["fed"], "aal1")
    assert abs(found["auth_time"] - datetime.now(UTC).timestamp()) < 60


async def test_a_disabled_account_stays_closed(town: IdentityTown) -> None:
    await town.sign_in("github")
    await town.world.do(DisableAccount, town.world.system(), AMINA, reason="A test")
    with pytest.raises(AccountDisabled):
        await town.sign_in("github")


async def test_an_account_without_a_password_is_given_one_by_mail_alone(
    town: IdentityTown,
) -> None:
    await town.sign_in("github")
    amina = Visitor(town.world, AMINA)
    for wrong in ("", "x", "None", amina.password):
        with pytest.raises(WrongCredentials):
            await Visitor(town.world, AMINA, wrong).log_in()
    anonymous = town.world.pre_authentication()
    await town.world.do(RequestPasswordReset, anonymous, AMINA, origin=HOME)
    await town.world.settle()
    answer = ByLink((await amina.links())[0])
    await town.world.do(ResetPassword, anonymous, answer, amina.password, origin=HOME)
    by_password = await town.actor(await amina.log_in())
    assert by_password.user_id == (await town.actor(await town.sign_in("github"))).user_id


async def test_a_provider_that_is_not_configured_is_none(town: IdentityTown) -> None:
    for name in ("gitlab", "", "GitHub", "../github"):
        with pytest.raises(UnknownProvider):
            await town.world.do(
                BeginSignIn, town.world.pre_authentication(), name, binding(token_urlsafe())
            )


def said(token: str) -> dict[str, Any]:

    found: dict[str, Any] = json.loads(extract_compact(token.encode()).payload)
    return found
