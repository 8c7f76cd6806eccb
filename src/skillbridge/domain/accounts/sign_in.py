"""A sign-in: the family of refresh tokens that grew from one log-in on one device.

Each token is used once and names its successor, and a lost answer may be asked for again as long as
that successor was never used. A family that is bound to a key of its device is given it at any later
time, for only that device can ask. One without a key is given it for 10 s: after that, whoever comes
with a used token may be a thief, or have been robbed by one, and the two would take turns unseen. A
token whose successor was used ends the family in any case (RFC 9700 section 4.14.2). Tokens are known
here by their SHA-256 only, a key by its thumbprint (RFC 7638).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from skillbridge.domain.errors import NotFound, Unproven
from skillbridge.domain.events.accounts import SessionStolen
from skillbridge.domain.events.event import Event
from skillbridge.domain.ids import SessionId, UserId
from skillbridge.domain.network import network_of

GRACE = timedelta(seconds=10)
IDLE = timedelta(days=14)
ABSOLUTE = timedelta(days=30)
KEPT = timedelta(days=1)
"""So long a sign-in is kept after its end: its access tokens, which live for minutes, are still refused."""


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


class KeyMissing(Unproven):
    """A token of a family that is bound to a key came without a proof of that key."""

    def __init__(self) -> None:
        super().__init__(
            "this sign-in is bound to a key of its device: send a DPoP proof of that key, or log in again"
        )


class UnknownSignIn(NotFound):
    """No such sign-in of yours, or it has ended."""

    def __init__(self) -> None:
        super().__init__("you have no such sign-in, or it has ended: see GET /v1/me/sessions")


def digest(token: str) -> bytes:
    """All that is kept of a refresh token."""
    return sha256(token.encode("utf-8", "surrogatepass")).digest()


@dataclass(frozen=True, slots=True)
class Proof:
    """What shows that a request comes from who holds a key: its header `DPoP` (RFC 9449)."""

    written: str
    method: str
    path: str
    """Of the request that it came with."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a request comes from, as far as it can be told."""

    address: str
    device: str = ""
    """As it names itself."""
    proof: Proof | None = None

    @property
    def network(self) -> str:
        """What one household or attacker has."""
        return network_of(self.address)


@dataclass(frozen=True, slots=True)
class Use:
    """By whom and where a sign-in is started or refreshed."""

    key: bytes | None = None
    """The thumbprint of the key that was proved."""
    network: bytes = b""
    """Stands for the network, which is not kept itself."""


UNKNOWN = Use()


@dataclass(slots=True)
class Link:
    """One token of the family."""

    hash: bytes
    issued_at: datetime
    used_at: datetime | None = None
    parent: bytes | None = None


@dataclass(slots=True)
class SignIn:
    """The family as one request sees it: the token it presents, and the one that follows."""

    id: SessionId
    user_id: UserId
    created_at: datetime
    expires_at: datetime
    """14 days after the last use, 30 days after the log-in, or when it was revoked."""
    last_used_at: datetime
    presented: Link
    device: str = ""
    key: bytes | None = None
    """Without this one's proof nobody refreshes it. Bound at the log-in or never."""
    network: bytes = b""
    """Of the last use."""
    revoked_at: datetime | None = None
    successor: Link | None = None

    @classmethod
    def start(
        cls,
        id_: SessionId,
        user_id: UserId,
        token: bytes,
        use: Use = UNKNOWN,
        *,
        device: str,
        at: datetime,
    ) -> "SignIn":
        """A new family of one token, by its hash."""
        return cls(
            id=id_,
            user_id=user_id,
            created_at=at,
            expires_at=at + IDLE,
            last_used_at=at,
            presented=Link(token, at),
            device="".join(filter(str.isprintable, device))[:200],
            key=use.key,
            network=use.network,
        )

    def refresh(
        self, successors: Sequence[bytes], use: Use = UNKNOWN, *, at: datetime
    ) -> tuple[Event, ...]:
        """Moves the family on by one token, or repeats the move whose answer was lost.

        `successors` are the hashes that may follow the presented token, the newest key's first.
        A theft revokes the family and returns SessionStolen: the caller must commit that
        before it refuses. Raises SignInOver, and KeyMissing, which changes nothing.
        """
        if at >= self.expires_at:
            raise SignInOver
        if self._is_stolen(at):
            self.revoke(at=at)
            return (SessionStolen(user_id=self.user_id, at=at),)
        if self.key is not None and self.key != use.key:
            raise KeyMissing
        if self.successor is None:
            self.presented.used_at = at
            self.successor = Link(successors[0], at, parent=self.presented.hash)
        elif self.successor.hash not in successors:
            raise SignInOver
        self.last_used_at, self.network = at, use.network
        self.expires_at = min(self.created_at + ABSOLUTE, at + IDLE)
        return ()

    def revoke(self, *, at: datetime) -> bool:
        """Ends the family; False when it was ended before."""
        if self.revoked_at is not None:
            return False
        self.revoked_at, self.expires_at = at, min(self.expires_at, at)
        return True

    def _is_stolen(self, at: datetime) -> bool:
        used_at, nxt = self.presented.used_at, self.successor
        if used_at is None or nxt is None:
            return False
        return nxt.used_at is not None or (self.key is None and at - used_at > GRACE)
