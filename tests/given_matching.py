"""Builders for matching: people with profiles, mentors with offers."""

from dataclasses import dataclass, field
from typing import Any

import msgspec
from tests.given import World

from skillbridge.adapters.memory.store import Store
from skillbridge.application.matching.offers import OfferMentoring
from skillbridge.domain.actor import Actor, Role
from skillbridge.domain.matching.mentor import Offer


@dataclass
class Told:
    """What someone tells of themselves."""

    name: str = "Amina"
    bio: str = ""
    country: str | None = None
    time_zone: str = "UTC"
    languages: tuple[str, ...] = ("en",)
    skills: dict[str, int] = field(default_factory=dict)
    availability: tuple[dict[str, int], ...] = ()


@dataclass
class Row:
    """A row as the store in memory keeps it."""

    details: Told = field(default_factory=Told)
    roles: frozenset[Role] = frozenset({Role.LEARNER})
    version: int = 1


async def told(world: World, actor: Actor, **details: Any) -> Actor:
    """The actor's profile says this."""
    say = Told(**details)
    if world.admin is None:
        store = await world.api.get(Store)
        store.rows.setdefault((actor.tenant_id, "profiles"), {})[actor.user_id] = Row(say)
        store.rows.setdefault((actor.tenant_id, "users"), {}).setdefault(actor.user_id, Row())
        return actor
    await world.admin.set_type_codec(
        "jsonb", schema="pg_catalog", encoder=_to_json, decoder=msgspec.json.decode
    )
    await world.admin.execute(
        """update profiles set name = $2, bio = $3, country = $4, time_zone = $5, languages = $6,
        skills = $7, availability = $8 where user_id = $1""",
        actor.user_id,
        say.name,
        say.bio,
        say.country,
        say.time_zone,
        list(say.languages),
        say.skills,
        list(say.availability),
    )
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


def _to_json(value: Any) -> str:
    return msgspec.json.encode(value).decode()
