"""A sign-in: the chain of refresh tokens that grew from one log-in on one device.

Each token is used once and names its successor. A lost response may be asked for again within
a grace of 10 s, and gives the same successor; any later use of a used token means that two
parties hold the chain, and all of it ends (RFC 9700 section 4.14.2). Tokens are known here by
their SHA-256 only.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from skillbridge.domain.errors import Unproven
from skillbridge.domain.events.accounts import SessionStolen
from skillbridge.domain.events.event import Event
from skillbridge.domain.ids import SessionId, UserId
from skillbridge.domain.network import network_of

GRACE = timedelta(seconds=10)
IDLE = timedelta(days=14)
ABSOLUTE = timedelta(days=30)


class SignInOver(Unproven):
    """Expired, idle for too long, logged out or never there: the way out is to log in."""

    def __init__(self) -> None:
        super().__init__("this sign-in has ended; log in again")


class TokenStolen(Unproven):
    """A refresh token came back after its successor was taken."""

    def __init__(self, session_id: SessionId) -> None:
        super().__init__(
            "this refresh token was used before, so the sign-in was ended for safety; log in again"
        )
        self.session_id = session_id


def digest(token: str) -> bytes:
    """All that is kept of a refresh token."""
    return sha256(token.encode("utf-8", "surrogatepass")).digest()


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a request comes from, as far as it can be told."""

    address: str
    device: str = ""

    @property
    def network(self) -> str:
        """What one household or attacker has."""
        return network_of(self.address)


@dataclass(slots=True)
class Link:
    """One token of the chain."""

    hash: bytes
    issued_at: datetime
    used_at: datetime | None = None
    parent: bytes | None = None


@dataclass(slots=True)
class SignIn:
    """The chain as one request sees it: the token it presents, and the one that follows."""

    id: SessionId
    user_id: UserId
    created_at: datetime
    expires_at: datetime
    presented: Link
    device: str = ""
    revoked_at: datetime | None = None
    successor: Link | None = None

    @classmethod
    def start(
        cls, id_: SessionId, user_id: UserId, token: bytes, *, device: str, at: datetime
    ) -> "SignIn":
        """A new chain of one token, by its hash."""
        printable = "".join(filter(str.isprintable, device))[:200]
        return cls(id_, user_id, at, at + ABSOLUTE, Link(token, at), printable)

    def refresh(self, successors: Sequence[bytes], *, at: datetime) -> tuple[Event, ...]:
        """Moves the chain on by one token, or repeats the move of a moment ago.

        `successors` are the hashes that may follow the presented token, the newest key's first.
        A replay revokes the chain and returns SessionStolen: the caller must commit that
        before it refuses. Raises SignInOver.
        """
        if self.revoked_at is not None or at >= self.expires_at:
            raise SignInOver
        if self.presented.used_at is None:
            if at - self.presented.issued_at > IDLE:
                raise SignInOver
            self.presented.used_at = at
            self.successor = Link(successors[0], at, parent=self.presented.hash)
            return ()
        if self._response_was_lost(self.presented.used_at, successors, at):
            return ()
        self.revoked_at = at
        return (SessionStolen(user_id=self.user_id, at=at),)

    def revoke(self, *, at: datetime) -> bool:
        """Ends the chain; False when it had ended before."""
        if self.revoked_at is not None:
            return False
        self.revoked_at = at
        return True

    def _response_was_lost(
        self, used_at: datetime, successors: Sequence[bytes], at: datetime
    ) -> bool:
        nxt = self.successor
        fresh = nxt is not None and nxt.used_at is None and nxt.hash in successors
        return fresh and at - used_at <= GRACE
