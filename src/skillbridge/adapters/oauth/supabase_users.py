"""The users of a Supabase project, by the administrators' interface of its GoTrue.

Source: supabase/auth, `openapi.yaml` (`/admin/users`) and `internal/api/admin.go`.
"""

import msgspec
import structlog

from skillbridge.adapters.oauth.fetching import Fetcher, NoAnswer, Reply, Waiting
from skillbridge.adapters.oauth.settings import SupabaseSettings
from skillbridge.application.accounts.ports.supabase import SupabaseAway, SupabaseUser
from skillbridge.domain.ids import UserId

log = structlog.get_logger()

FOR_GOOD = "876000h"
"""A hundred years, the way to ban somebody without an end; `none` ends it."""
AT_ONCE = 4
"""Of a worker's places: while the project hangs, mails go out by the others. Who finds none comes again."""
NOT_FOUND, UNFIT = 404, 422
TAKEN = frozenset({"email_exists", "user_already_exists"})


class _Error(msgspec.Struct, frozen=True):
    error_code: str = ""
    msg: str = ""


class NoUsers:
    """Where no project is in the settings, or no key to write its users with."""

    tenant: str | None = None

    async def put(self, user: SupabaseUser) -> bool:  # noqa: ARG002  nobody keeps it
        return True

    async def remove(self, user_id: UserId) -> None:
        """There is none."""


class GoTrueUsers:
    """By the service key, which opens all of the project: only workers have it."""

    def __init__(self, fetcher: Fetcher, settings: SupabaseSettings) -> None:
        self._fetcher = fetcher
        self._url = f"{settings.issuer}/admin/users"
        key = settings.service_key
        self._headers = {"apikey": key, "authorization": f"Bearer {key}"}
        self._waiting = Waiting(AT_ONCE)
        self.tenant: str | None = settings.tenant

    async def put(self, user: SupabaseUser) -> bool:
        address = {"email": user.email, "email_confirm": True}
        ban = {} if user.banned is None else {"ban_duration": FOR_GOOD if user.banned else "none"}
        said = {**(address if user.moved else {}), **ban}
        try:
            async with self._waiting.place():
                reply = await self._send("PUT", f"/{user.id}", said)
                if reply.status == NOT_FOUND:
                    reply = await self._send("POST", "", {"id": str(user.id), **address, **ban})
                return _taken_in(reply)
        except NoAnswer as error:
            raise _away(error) from error

    async def remove(self, user_id: UserId) -> None:
        try:
            async with self._waiting.place():
                reply = await self._send("DELETE", f"/{user_id}", {"should_soft_delete": False})
                if reply.status != NOT_FOUND:
                    _taken_in(reply)
        except NoAnswer as error:
            raise _away(error) from error

    async def _send(self, method: str, path: str, said: object) -> Reply:
        return await self._fetcher.send(method, f"{self._url}{path}", said, self._headers)


def _taken_in(reply: Reply) -> bool:
    """False for an address that is another user's. Raises NoAnswer for all else that is refused."""
    if reply.good:
        return True
    code = reply.read(_Error).error_code
    if reply.status == UNFIT and code in TAKEN:
        return False
    raise NoAnswer(f"refused: {code:.60} ({reply.status})")


def _away(error: NoAnswer) -> SupabaseAway:
    log.warning("supabase.users_away", reason=str(error))
    return SupabaseAway()
