"""One ring of secrets, a different key for each purpose.

Every secret verifies. The newest whose time has come signs: a secret may be dated, so that all who
verify know it before its first signature. It is dropped once all that it signed has ended.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from hmac import compare_digest, digest

from skillbridge.application.ports.access_tokens import KeyRole

NO_DATES: Mapping[str, datetime] = {}


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, repr=False)
class Key:
    id: str
    value: bytes
    since: datetime | None = None
    """When it begins to sign; None for one that always did."""

    def sign(self, message: bytes) -> bytes:
        """HMAC-SHA256."""
        return digest(self.value, message, "sha256")


@dataclass(frozen=True, slots=True)
class KeyState:
    """What a key of the ring does now."""

    key: Key
    role: KeyRole
    until: datetime | None
    """When a previous one had ceased to sign; None where no date tells."""


@dataclass(frozen=True, slots=True, repr=False)
class KeyRing:
    """The keys of one purpose."""

    newest_first: tuple[Key, ...]
    clock: Callable[[], datetime] = utc_now

    @classmethod
    def of(
        cls,
        secrets: Sequence[str],
        purpose: str,
        *,
        since: Mapping[str, datetime] = NO_DATES,
        clock: Callable[[], datetime] = utc_now,
    ) -> "KeyRing":
        """Derived, so that what one purpose signs never verifies for another.

        The newest secret comes first; `since` dates those that do not sign yet, or did not always.
        """
        if not secrets:
            raise ValueError("a key ring needs at least one secret")
        return cls(tuple(_derived(one, purpose, since.get(one)) for one in secrets), clock)

    @property
    def signing(self) -> Key:
        """The newest whose time has come; the oldest where none has."""
        now = self.clock()
        begun = (key for key in self.newest_first if key.since is None or key.since <= now)
        return next(begun, self.newest_first[-1])

    @property
    def keys(self) -> tuple[Key, ...]:
        """All of them, the one that signs first."""
        signing = self.signing
        return (signing, *(key for key in self.newest_first if key is not signing))

    def states(self) -> tuple[KeyState, ...]:
        """All of them, the newest first: what comes before the one that signs waits for its time."""
        place = self.newest_first.index(self.signing)
        waiting, begun = self.newest_first[:place], self.newest_first[place:]
        found = [KeyState(key, KeyRole.NEXT, None) for key in waiting]
        for n, key in enumerate(begun):
            dates = [newer.since for newer in begun[:n] if newer.since is not None]
            role = KeyRole.PREVIOUS if n else KeyRole.SIGNING
            found.append(KeyState(key, role, min(dates, default=None)))
        return tuple(found)

    def sign(self, message: bytes) -> bytes:
        return self.signing.sign(message)

    def signed(self, message: bytes, signature: bytes) -> bool:
        """Whether any key of the ring made this signature."""
        return any(compare_digest(key.sign(message), signature) for key in self.keys)


def _derived(secret: str, purpose: str, since: datetime | None) -> Key:
    value = digest(secret.encode(), f"skillbridge/{purpose}".encode(), "sha256")
    return Key(sha256(b"id/" + value).hexdigest()[:12], value, since)
