"""What every collection of profiles promises, on every backend."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from tests.support.given.world import World

from skillbridge.application.ports.transaction import Transaction
from skillbridge.application.profiles.ports import Profiles
from skillbridge.domain.actor import Actor
from skillbridge.domain.errors import StaleWrite
from skillbridge.domain.ids import SkillId
from skillbridge.domain.profiles.profile import Details, UnknownProfile, Window

pytestmark = pytest.mark.row("D1", "B9", "A9")

FULL = Details(
    name="Zoë \N{SNOWMAN}",
    bio="two\nlines",
    country="DE",
    time_zone="Europe/Berlin",
    languages=("de", "en"),
    skills={SkillId("python"): 5},
    availability=(Window(0, 0, 60), Window(6, 1380, 1440)),
)


@asynccontextmanager
async def profiles_as(world: World, actor: Actor) -> AsyncIterator[Profiles]:
    async with world.scope(actor) as scope:
        profiles: Profiles = await scope.get(Profiles)
        async with (await scope.get(Transaction))(actor):
            yield profiles


async def test_a_profile_comes_back_as_it_was_saved(world: World) -> None:
    actor = await world.learner()
    async with profiles_as(world, actor) as profiles:
        profile = await profiles.get(actor.user_id)
        profile.details = FULL
        await profiles.save(profile)
    async with profiles_as(world, actor) as profiles:
        assert await profiles.get(actor.user_id) == replace(profile, version=2)
        with pytest.raises(StaleWrite):
            await profiles.save(profile)


async def test_nobody_gets_another_ones_to_change(world: World) -> None:
    owner, other = await world.mentor(), await world.learner()
    async with profiles_as(world, other) as profiles:
        with pytest.raises(UnknownProfile):
            await profiles.get(owner.user_id)
