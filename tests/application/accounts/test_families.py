"""Sign-ins on bad networks, and thieves of their tokens, through use cases on each backend."""

import asyncio
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from tests.application.accounts.people import HOME, Visitor
from tests.application.accounts.test_sessions import revoked
from tests.support.given.device import Device
from tests.support.given.world import World

from skillbridge.application.accounts.administration import RevokeEverySession
from skillbridge.application.accounts.ports.sign_ins import BadProof, SignIns
from skillbridge.application.accounts.sessions import LogOut
from skillbridge.application.accounts.views import SignedIn
from skillbridge.application.ports.transaction import Transaction
from skillbridge.domain.accounts.sign_in import KeyMissing, Proof, SignInOver, TokenStolen, digest

pytestmark = pytest.mark.row("Z10", "C1")
DAYS = timedelta(days=1)


@dataclass
class Phone:
    """A visitor whose device has a key."""

    visitor: Visitor
    device: Device

    async def arrive(self) -> SignedIn:
        await self.visitor.register()
        await self.visitor.confirm()
        return await self.visitor.log_in(origin=self.device.origin())

    async def refresh(self, token: str) -> SignedIn:
        return await self.visitor.refresh(token, origin=self.device.refreshing(token))


@pytest.fixture
def phone(world: World) -> Phone:
    return Phone(Visitor(world), Device())


async def days_pass(world: World, token: str, days: int) -> None:
    """As if all that happened to this token's sign-in were so much longer ago."""
    anonymous, ago = world.pre_authentication(), days * DAYS
    async with world.scope(anonymous) as scope:
        sign_ins: SignIns = await scope.get(SignIns)
        async with (await scope.get(Transaction))(anonymous):
            sign_in = await sign_ins.presenting(digest(token))
            sign_in.expires_at -= ago
            sign_in.last_used_at -= ago
            for link in (sign_in.presented, sign_in.successor):
                if link is not None and link.used_at is not None:
                    link.used_at -= ago
            await sign_ins.save(sign_in)


async def test_an_answer_lost_and_asked_for_again_after_three_days_is_the_same(
    world: World, phone: Phone
) -> None:
    foo = await phone.arrive()
    bar = await phone.refresh(foo.refresh_token)
    await days_pass(world, foo.refresh_token, 3)
    again = await phone.refresh(foo.refresh_token)
    assert again.refresh_token == bar.refresh_token
    assert not await revoked(world, again.access_token)
    await phone.refresh(bar.refresh_token)


async def test_without_a_key_three_days_later_is_a_theft(world: World) -> None:
    amina = Visitor(world)
    foo = await amina.arrive()
    await amina.refresh(foo.refresh_token)
    await days_pass(world, foo.refresh_token, 3)
    with pytest.raises(TokenStolen):
        await amina.refresh(foo.refresh_token)


async def test_a_stolen_token_is_of_no_use_without_the_key_and_its_owner_goes_on(
    world: World, phone: Phone
) -> None:
    foo = await phone.arrive()
    thief = Device()
    for origin in (HOME, thief.refreshing(foo.refresh_token)):
        with pytest.raises(KeyMissing):
            await phone.visitor.refresh(foo.refresh_token, origin=origin)
    bar = await phone.refresh(foo.refresh_token)
    with pytest.raises(KeyMissing):
        await phone.visitor.refresh(foo.refresh_token, origin=thief.refreshing(foo.refresh_token))
    await phone.refresh(bar.refresh_token)
    assert not await revoked(world, foo.access_token)


async def test_a_proof_of_another_token_or_for_another_request_goes_nowhere(
    world: World, phone: Phone
) -> None:
    foo = await phone.arrive()
    bar = await phone.refresh(foo.refresh_token)
    for origin in (phone.device.refreshing(foo.refresh_token), phone.device.origin()):
        with pytest.raises(BadProof):
            await phone.visitor.refresh(bar.refresh_token, origin=origin)
    await phone.refresh(bar.refresh_token)


async def test_who_sends_a_token_and_its_proof_again_gets_no_more_than_was_given(
    world: World, phone: Phone
) -> None:
    """And once its successor was used, an end."""
    foo = await phone.arrive()
    overheard = phone.device.refreshing(foo.refresh_token)
    bar = await phone.visitor.refresh(foo.refresh_token, origin=overheard)
    again = await phone.visitor.refresh(foo.refresh_token, origin=overheard)
    assert again.refresh_token == bar.refresh_token
    await phone.refresh(bar.refresh_token)
    with pytest.raises(TokenStolen):
        await phone.visitor.refresh(foo.refresh_token, origin=overheard)


async def test_two_generations_old_ends_it_and_the_owner_is_told(
    world: World, phone: Phone
) -> None:
    foo = await phone.arrive()
    bar = await phone.refresh(foo.refresh_token)
    baz = await phone.refresh(bar.refresh_token)
    with pytest.raises(TokenStolen):
        await phone.visitor.refresh(foo.refresh_token)
    with pytest.raises(SignInOver):
        await phone.refresh(baz.refresh_token)
    assert await revoked(world, baz.access_token)
    await world.settle()
    assert (await phone.visitor.subjects())[0] == "We ended one of your sign-ins"


async def test_twenty_refreshes_with_the_key_at_once_find_one_successor(
    world: World, phone: Phone
) -> None:
    foo = await phone.arrive()
    answers = await asyncio.gather(*(phone.refresh(foo.refresh_token) for _ in range(20)))
    assert len({answer.refresh_token for answer in answers}) == 1
    await phone.refresh(answers[0].refresh_token)


async def test_a_bad_proof_at_the_log_in_is_refused_before_the_password_is_looked_at(
    world: World, phone: Phone
) -> None:
    await phone.arrive()
    wrong = replace(
        HOME, proof=Proof(phone.device.proof("/v1/auth/refresh"), "POST", "/v1/auth/login")
    )
    for _ in range(20):
        with pytest.raises(BadProof):
            await phone.visitor.log_in("wrong", origin=wrong)
    await phone.visitor.log_in()


async def test_a_device_that_lost_its_key_logs_out_and_in_again(world: World, phone: Phone) -> None:
    foo = await phone.arrive()
    assert await world.do(LogOut, world.pre_authentication(), foo.refresh_token) is not None
    assert await revoked(world, foo.access_token)
    phone.device = Device("Ed25519")
    await phone.refresh((await phone.visitor.log_in(origin=phone.device.origin())).refresh_token)


async def test_a_restored_backup_knows_no_newer_token_and_all_its_sign_ins_are_ended(
    world: World, phone: Phone
) -> None:
    """Until they are ended, the backup would believe a token that was used since."""
    if world.admin is None:
        pytest.skip("there is nothing to restore")
    foo = await phone.arrive()
    backup = await world.admin.fetch(
        "select hash, sign_in_id, parent, issued_at, used_at from refresh_tokens where tenant_id = $1",
        world.tenant_id,
    )
    bar = await phone.refresh(foo.refresh_token)
    await world.admin.execute("delete from refresh_tokens where tenant_id = $1", world.tenant_id)
    for row in backup:
        await world.admin.execute(
            "insert into refresh_tokens (tenant_id, hash, sign_in_id, parent, issued_at, used_at)"
            " values ($1, $2, $3, $4, $5, $6)",
            world.tenant_id,
            *row,
        )
    with pytest.raises(SignInOver, match="log in again"):
        await phone.refresh(bar.refresh_token)
    with pytest.raises(KeyMissing):
        await phone.visitor.refresh(foo.refresh_token)
    assert await world.do(RevokeEverySession, world.system()) == 1
    with pytest.raises(SignInOver):
        await phone.refresh(foo.refresh_token)
    assert await revoked(world, bar.access_token)
