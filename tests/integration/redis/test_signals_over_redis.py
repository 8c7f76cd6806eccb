"""Security signals over PostgreSQL and a Redis that is there: guesses at once are one signal and one mail."""

import asyncio
from collections import Counter
from contextlib import suppress

import pytest
from tests.application.accounts.people import Visitor
from tests.conftest import Urls
from tests.support.given.world import postgres_world
from tests.support.timing.patience import PATIENCE

from skillbridge.adapters.redis import shared
from skillbridge.adapters.redis.provider import RedisProvider
from skillbridge.application.audit.ports import AuditReads
from skillbridge.application.audit.views import Search
from skillbridge.application.paging import PageRequest
from skillbridge.domain.accounts.sign_in import Origin
from skillbridge.domain.accounts.user import WrongCredentials
from skillbridge.domain.actor import Role
from skillbridge.domain.errors import TooMany

pytestmark = [pytest.mark.row("C6"), pytest.mark.asvs("16.3.3")]


async def test_guesses_from_everywhere_at_once_are_one_signal_and_one_mail(
    urls: Urls, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared, "PATIENCE", PATIENCE)
    async with postgres_world(urls, signals=RedisProvider(redis_url)) as world:
        await world.person(Role.ADMIN, email="boss@example.org")
        amina = Visitor(world)
        await amina.arrive()
        before = len(await world.mails())

        async def guess(number: int) -> None:
            with suppress(WrongCredentials, TooMany):
                await amina.log_in("wrong", origin=Origin(f"198.51.100.{number}"))

        await asyncio.gather(*map(guess, range(40)))
        await world.settle()
        asked = Search(action="SecuritySignalRaised")
        found = await world.items(AuditReads, "search", world.system(), asked, PageRequest(50))
        assert Counter(one.details["kind"] for one in found) == {"guessing": 1}
        new = (await world.mails())[: len(await world.mails()) - before]
        assert [mail.to for mail in new if "signal" in mail.subject] == ["boss@example.org"]
