"""Who somebody is, in words, as far as the actor may see them."""

from skillbridge.adapters.memory.store import MemorySession
from skillbridge.application.matching.views import FORMER, Someone
from skillbridge.domain.actor import Actor
from skillbridge.domain.ids import UserId


def someone(session: MemorySession, actor: Actor, user_id: UserId) -> Someone:
    known = session.table("profiles", of=actor).get(user_id)
    return Someone(id=user_id, name=known.details.name if known else FORMER)
