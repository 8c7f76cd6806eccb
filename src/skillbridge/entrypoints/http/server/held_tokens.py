"""What tokens of programs prove, remembered for a while as verified access tokens are."""

import asyncio
import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256

import structlog

from skillbridge.application.outages import Outage
from skillbridge.application.ports.access_tokens import Claims
from skillbridge.application.ports.api_tokens import (
    USED_EVERY,
    ApiTokenText,
    BadApiToken,
    Held,
    HeldTokens,
)
from skillbridge.application.ports.clock import Clock
from skillbridge.domain.errors import SkillBridgeError
from skillbridge.domain.ids import ApiTokenId, SessionId

log = structlog.get_logger()

REST = 30.0
"""Seconds for which roles and scopes hold as they were found, if nobody tells of a change."""
REMEMBERED = 10_000
OVER = (
    "this token is unknown, was revoked or has run out; its owner makes another by "
    "PUT /v1/me/tokens/{name}"
)


@dataclass(slots=True)
class KnownTokens:
    """One question to the database in `rest` seconds, not in each request.

    Whether a token was ended is asked like that of a sign-in, by `Revocations`, which is told at once.
    """

    text: ApiTokenText
    held: HeldTokens
    clock: Clock
    rest: float = REST
    seconds: Callable[[], float] = time.monotonic
    _known: dict[bytes, tuple[float, Claims]] = field(init=False, repr=False, default_factory=dict)
    _uses: set[asyncio.Task[None]] = field(init=False, repr=False, default_factory=set)
    _unkept: Outage = field(init=False, default_factory=Outage)

    async def claims(self, token: str) -> Claims:
        """Raises BadApiToken, and Unavailable where the database does not answer."""
        claims = self._remembered(key := _key(token)) or await self._asked(key, token)
        if claims.expires_at <= self.clock():
            raise BadApiToken(OVER)
        return claims

    def remembers(self, token: str) -> bool:
        """Whether `claims` asks nobody."""
        return self._remembered(_key(token)) is not None

    def look_again(self, session_id: SessionId) -> None:
        """The next request asks the database."""
        for key in [key for key, (_, it) in self._known.items() if it.session_id == session_id]:
            del self._known[key]

    async def settle(self) -> None:
        """Once every use that was seen is written, or could not be."""
        if self._uses:
            await asyncio.wait(self._uses)

    def _remembered(self, key: bytes) -> Claims | None:
        until, claims = self._known.get(key, (-math.inf, None))
        return claims if self.seconds() < until else None

    async def _asked(self, key: bytes, token: str) -> Claims:
        shown, asked_at = self.text.read(token), self.seconds()
        held = await self.held.holding(shown)
        if held is None:
            self._known.pop(key, None)
            raise BadApiToken(OVER)
        if len(self._known) >= REMEMBERED:
            self._known.clear()
        self._known[key] = (asked_at + self.rest, held.claims)
        self._note(held)
        return held.claims

    def _note(self, held: Held) -> None:
        """Beside the request: a read writes nothing."""
        now = self.clock()
        if held.last_used_at is None or held.last_used_at <= now - USED_EVERY:
            use = asyncio.create_task(self._use(held.claims))
            self._uses.add(use)
            use.add_done_callback(self._uses.discard)

    async def _use(self, claims: Claims) -> None:
        """One that could not be kept is lost: it is told to nobody but the owner."""
        try:
            await self.held.used(claims.tenant_id, ApiTokenId(claims.session_id), at=self.clock())
        except SkillBridgeError as error:
            if self._unkept.begins():
                log.warning("tokens.use_unkept", reason=str(error))
        else:
            if lost := self._unkept.ends():
                log.info("tokens.use_kept", lost=lost)


def _key(token: str) -> bytes:
    return sha256(token.encode("utf-8", "surrogatepass")).digest()
