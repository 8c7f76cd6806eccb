"""Notices pushed to a Supabase project: to its function `notice-created`, which tells Realtime.

Signed as Standard Webhooks asks (github.com/standard-webhooks).
"""

from collections.abc import Sequence

import msgspec
import structlog

from skillbridge.adapters.oauth.fetching import Fetcher, NoAnswer, Waiting
from skillbridge.adapters.oauth.settings import SupabaseSettings
from skillbridge.adapters.oauth.supabase_hooks import signature
from skillbridge.application.ports.clock import Clock
from skillbridge.domain.notifications.notice import Notice

log = structlog.get_logger()

AT_ONCE = 4
"""Of a worker's places: while the project hangs, the others go on, and what finds none is not pushed."""


class NoPush:
    """Where no secret is in the settings: people look for themselves."""

    tenant: str | None = None

    async def push(self, notices: Sequence[Notice]) -> None:
        """Nobody is told."""


class SignedNotices:
    def __init__(self, fetcher: Fetcher, settings: SupabaseSettings, clock: Clock) -> None:
        self._fetcher, self._clock, self._key = fetcher, clock, settings.notices_key
        self._url = f"{settings.url}/functions/v1/notice-created"
        self._waiting = Waiting(AT_ONCE)
        self.tenant: str | None = settings.tenant

    async def push(self, notices: Sequence[Notice]) -> None:
        told = [{"id": it.id, "user_id": it.user_id, "kind": it.kind} for it in notices]
        body = msgspec.json.encode({"notices": told})
        id_, at = f"msg_{notices[0].id}", str(int(self._clock().timestamp()))
        headers = {
            "webhook-id": id_,
            "webhook-timestamp": at,
            "webhook-signature": signature(self._key, id_, at, body).decode(),
        }
        try:
            async with self._waiting.place():
                reply = await self._fetcher.send("POST", self._url, msgspec.Raw(body), headers)
            trouble = None if reply.good else f"refused ({reply.status})"
        except NoAnswer as error:
            trouble = str(error)
        if trouble is not None:
            log.warning("supabase.notices_not_pushed", reason=trouble, notices=len(notices))
