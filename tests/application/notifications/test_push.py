"""What is new is pushed to the programs of people, and of the project's tenant alone."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

import pytest
from dishka import Provider, Scope
from tests.conftest import Urls
from tests.support.given.learning import NOW
from tests.support.given.world import World, memory_world, postgres_world

from skillbridge.application.notifications.notices import NotifyPeople
from skillbridge.application.notifications.ports import NoticePush
from skillbridge.domain.actor import Actor
from skillbridge.domain.events.gamification import BadgeAwarded
from skillbridge.domain.ids import BadgeId
from skillbridge.domain.notifications.notice import Notice

pytestmark = pytest.mark.row("J2", "B8")


@dataclass
class Heard:
    tenant: str | None = None
    notices: list[Notice] = field(default_factory=list)

    async def push(self, notices: Sequence[Notice]) -> None:
        self.notices += notices


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def instead(heard: Heard) -> Provider:
    provider = Provider(scope=Scope.APP)
    provider.provide(lambda: heard, provides=NoticePush, override=True)
    return provider


@pytest.fixture
async def heard_on_memory(instead: Provider) -> AsyncIterator[World]:
    async with memory_world(None, instead) as made:
        yield made


@pytest.fixture
async def heard_on_postgres(urls: Urls, instead: Provider) -> AsyncIterator[World]:
    async with postgres_world(urls, instead) as made:
        yield made


@pytest.fixture(params=["memory", "postgres"])
def world(request: pytest.FixtureRequest) -> World:
    made: World = request.getfixturevalue(f"heard_on_{request.param}")
    return made


def badge(of: Actor) -> BadgeAwarded:
    return BadgeAwarded(user_id=of.user_id, badge_id=BadgeId("first"), title="First", at=NOW)


async def test_what_is_new_is_pushed_and_what_was_told_before_is_not(
    world: World, heard: Heard
) -> None:
    heard.tenant, amina = world.slug, await world.learner()
    event = badge(amina)
    for _ in range(2):
        await world.do(NotifyPeople, world.system(), event)
    (notice,) = heard.notices
    assert (notice.user_id, notice.kind) == (amina.user_id, "BadgeAwarded")


@pytest.mark.parametrize("tenant", [None, "another", ""])
async def test_people_of_other_tenants_are_not_pushed_to(
    world: World, heard: Heard, tenant: str | None
) -> None:
    heard.tenant, amina = tenant, await world.learner()
    await world.do(NotifyPeople, world.system(), badge(amina))
    assert heard.notices == []
