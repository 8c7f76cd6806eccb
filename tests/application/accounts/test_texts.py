"""Codes go out as texts, each once."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from dishka import Provider, Scope
from tests.application.accounts.handset import OTHER, Handset
from tests.application.accounts.people import Visitor
from tests.support.given.world import memory_world

from skillbridge.adapters.memory.store import Store
from skillbridge.application.accounts.ports.phones import (
    OutcomeUnknown,
    Sms,
    SmsSender,
    SmsUnavailable,
)
from skillbridge.application.ports.jobs import JobState, RefusedForGood
from skillbridge.domain.accounts.phone import SmsOff, SmsRule, TextState
from skillbridge.domain.errors import TooMany

pytestmark = pytest.mark.row("J1", "C2")
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass
class Gateway:
    """Does one thing after the other, and the last again and again."""

    does: Sequence[Exception | None]
    sent: list[Sms] = field(default_factory=list)

    async def send(self, sms: Sms) -> None:
        self.sent.append(sms)
        error = self.does[min(len(self.sent), len(self.does)) - 1]
        if error is not None:
            raise error


@asynccontextmanager
async def texting(*does: Exception | None) -> AsyncIterator[tuple[Handset, Gateway]]:
    gateway, provider = Gateway(does), Provider(scope=Scope.APP)
    provider.provide(lambda: gateway, provides=SmsSender)
    async with memory_world(None, provider) as world:
        yield Handset(Visitor(world)), gateway


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (None, TextState.SENT),
        (OutcomeUnknown("no answer"), TextState.UNKNOWN),
        (RefusedForGood("opted out"), TextState.REFUSED),
        (SmsUnavailable("away"), TextState.WAITING),
        (ConnectionResetError(), TextState.SENDING),
    ],
)
async def test_its_owner_is_shown_what_became_of_a_text(
    error: Exception | None, state: TextState
) -> None:
    async with texting(error) as (phone, gateway):
        actor = await phone.actor(await phone.owner.arrive())
        await phone.begin(actor)
        assert (await phone.shown(actor)).text is state
        assert len(gateway.sent) == 1


async def run_again(phone: Handset) -> None:
    """The job that failed is due, or is replayed by an operator."""
    world = phone.world
    store = await world.api.get(Store)
    for row in store.jobs.values():
        if row.kind == "SendTextedCode":
            row.state, row.attempts, row.due_at = JobState.READY, 0, LONG_AGO
    await world.settle()


async def test_what_was_surely_not_sent_is_sent_later() -> None:
    async with texting(SmsUnavailable("away"), None) as (phone, gateway):
        actor = await phone.actor(await phone.owner.arrive())
        await phone.begin(actor)
        await run_again(phone)
        assert (await phone.shown(actor)).text is TextState.SENT
        first, second = gateway.sent
        assert first == second


@pytest.mark.parametrize("error", [None, OutcomeUnknown("no answer"), ConnectionResetError()])
async def test_what_may_have_been_sent_never_goes_out_again(error: Exception | None) -> None:
    async with texting(error) as (phone, gateway):
        actor = await phone.actor(await phone.owner.arrive())
        await phone.begin(actor)
        await run_again(phone)
        await run_again(phone)
        assert len(gateway.sent) == 1
        seen = (await phone.shown(actor)).text
        assert seen is (TextState.UNKNOWN if error else TextState.SENT)
        await phone.begin(actor)
        assert len(gateway.sent) == 2
        assert gateway.sent[0].text != gateway.sent[1].text


async def test_codes_that_nobody_types_use_up_a_range_and_those_that_are_typed_do_not() -> None:
    async with texting(None) as (phone, gateway):
        world = phone.world

        async def ask(n: int, *, typed: bool) -> None:
            other = Handset(Visitor(world, f"p{n}@example.org"), f"+234803123{4000 + n}")
            actor = await other.actor(await other.owner.arrive())
            await other.begin(actor)
            if typed:
                code = gateway.sent[-1].text.split(":")[1].split(".")[0]
                await other.finish(actor, code)

        for n in range(4):
            await ask(n, typed=True)
        for n in range(4, 14):
            await ask(n, typed=False)
        with pytest.raises(TooMany):
            await ask(14, typed=False)
        elsewhere = Handset(Visitor(world), OTHER)
        await elsewhere.begin(await elsewhere.actor(await elsewhere.owner.arrive()))


@pytest.mark.asvs("16.2.5")
async def test_jobs_and_events_hold_no_number_and_no_code() -> None:
    async with texting(None) as (phone, gateway):
        actor = await phone.actor(await phone.owner.arrive())
        await phone.begin(actor)
        await phone.finish(actor, gateway.sent[0].text.split(":")[1].split(".")[0])
        store = await phone.world.api.get(Store)
        said = f"{store.events}{store.jobs}"
        assert "8031234567" not in said
        assert gateway.sent[0].text.split(":")[1].split(".")[0].strip() not in said


@pytest.mark.asvs("6.6.1")
async def test_nobody_is_texted_until_an_installation_turns_it_on() -> None:
    off = Provider(scope=Scope.APP)
    rule = SmsRule()
    off.provide(lambda: rule, provides=SmsRule)
    async with memory_world(None, off) as world:
        phone = Handset(Visitor(world))
        with pytest.raises(SmsOff):
            await phone.begin(await phone.actor(await phone.owner.arrive()))
        assert await phone.texts() == []
