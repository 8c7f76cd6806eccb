"""Builders for matching: people with profiles, mentors with offers."""

from typing import Any

from tests.support.given.world import World

from skillbridge.application.mentors.offers import OfferMentoring
from skillbridge.application.ports.transaction import Transaction
from skillbridge.application.profiles.ports import Profiles
from skillbridge.domain.actor import Actor
from skillbridge.domain.mentors.mentor import Offer
from skillbridge.domain.profiles.profile import Details, Window

MORNINGS = tuple(Window(day, 8 * 60, 12 * 60) for day in range(5))


async def told(world: World, actor: Actor, **details: Any) -> Actor:
    """The actor's profile says this."""
    async with world.scope(actor) as scope:
        profiles, transaction = await scope.get(Profiles), await scope.get(Transaction)
        async with transaction(actor):
            profile = await profiles.get(actor.user_id)
            profile.details = Details(**{"name": "Amina", **details})
            await profiles.save(profile)
    return actor


async def learner(world: World, **details: Any) -> Actor:
    return await told(world, await world.learner(), **details)


async def mentor(
    world: World,
    *,
    capacity: int = 1,
    headline: str = "Here to help",
    accepting: bool = True,
    years: int = 0,
    **details: Any,
) -> Actor:
    """A person with an offer."""
    actor = await told(world, await world.mentor(), **details)
    offer = Offer(headline=headline, capacity=capacity, accepting=accepting, experience_years=years)
    await world.do(OfferMentoring, actor, offer)
    return actor
