"""Requests that were refused are seen: many by one who is signed in, and any that the database refused."""

from typing import Any

from dishka import AsyncContainer

from skillbridge.application.ports.sightings import Sightings
from skillbridge.application.security_signals import (
    SecuritySignals,
    Sighting,
    probing,
    refused_by_database,
)
from skillbridge.domain.actor import NOBODY, Actor, PrincipalKind
from skillbridge.domain.errors import Forbidden, SkillBridgeError
from skillbridge.entrypoints.http.server.inject import ACTOR
from skillbridge.entrypoints.http.server.quotas import SAFE


async def see(error: Exception, scope: Any) -> None:
    """After an error that leaves: who is let in never comes here."""
    actor: Actor | None = scope.get(ACTOR)
    if actor is None or not isinstance(error, SkillBridgeError):
        return
    if isinstance(error, Forbidden) and error.by_database:
        await _count(scope, actor, refused_by_database(actor))
    elif error.of_others and _is_known(actor):
        await _count(scope, actor, probing(actor, _what(scope)))


def _is_known(actor: Actor) -> bool:
    return actor.user_id != NOBODY or actor.principal_kind is PrincipalKind.SERVICE


def _what(scope: Any) -> str:
    """A client that asks for one address again and again looks for nothing; what is written counts each time."""
    if scope["method"] in SAFE:
        return f"{scope['path']}?{scope['query_string'].decode('latin-1')}"
    return str(scope["own_request_id"])


async def _count(scope: Any, actor: Actor, seen: Sighting) -> None:
    state = scope["litestar_app"].state
    sightings: Sightings = state.sightings
    if await seen.makes_a_signal(sightings):
        container: AsyncContainer = state.container
        async with container() as opened:
            signals = await opened.get(SecuritySignals)
            await signals.raised(actor, seen)
