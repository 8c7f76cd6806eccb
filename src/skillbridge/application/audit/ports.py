"""What the audit trail needs from outside. Entries themselves are written by the transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from skillbridge.application.audit.views import AuditEntry, Search, SignalCount
from skillbridge.application.paging import Key, Page, PageRequest
from skillbridge.domain.actor import Actor
from skillbridge.domain.audit.chain import Anchor, Retired, Seal, Sealed, Written
from skillbridge.domain.ids import TenantId


class Unsealed(Protocol):
    """Whose entries wait for their seals."""

    async def tenants(self) -> Sequence[TenantId]: ...


class Seals(Protocol):
    """The end of a tenant's chain; only the system seals."""

    async def hold(self) -> Seal:
        """The newest seal, or `NONE`: nobody else adds one until this transaction ends."""
        ...

    async def waiting(self, limit: int) -> Sequence[Written]:
        """The oldest entries that have no seal, by when they were written."""
        ...

    async def put(self, sealed: Sequence[Sealed]) -> None:
        """The last of them is the newest from then on. Raises StaleWrite for what has a seal already."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a chain should begin and end with, as the store says."""

    head: Seal
    last: int
    """The last place that an entry has, which should be that of the head."""
    retired: Retired | None
    waiting_since: datetime | None
    """When the oldest entry was written that has no seal."""
    now: datetime


@dataclass(frozen=True, slots=True)
class Told:
    """When administrators were warned last, and of signals up to which place of the chain."""

    at: datetime
    through: int


class RaisedSignals(Protocol):
    """The security signals of a tenant, for the system."""

    async def last_told(self) -> Told | None: ...

    async def after(self, n: int) -> Mapping[str, int]:
        """How many of each kind have a later place in the chain."""
        ...


class SignalReads(Protocol):
    """For administrators, and for the system."""

    async def counts(self, actor: Actor, since: datetime) -> Sequence[SignalCount]:
        """By the names of the kinds; those of which there was none are left out."""
        ...


class AuditReads(Protocol):
    """The trail of a tenant: for its administrators, and for the system."""

    async def search(
        self, actor: Actor, asked: Search, page: PageRequest[Key]
    ) -> Page[AuditEntry, Key]:
        """The newest first."""
        ...

    async def chain(self, actor: Actor, after: int, through: int) -> Sequence[Sealed]:
        """In the order of the chain, those after one place and up to another."""
        ...

    async def bounds(self, actor: Actor) -> Bounds:
        """For the system alone."""
        ...


class Months(Protocol):
    """The entries of each month stand together, so that a month can go as a whole."""

    async def prepare(self, today: date, ahead: int) -> None:
        """Makes room for this month and so many after it, where there is none yet."""

    async def retire(self, before: date) -> Sequence[str]:
        """Lets the sealed months before this day go, and writes into each chain that they went.

        Returns their names. One that is younger than the term of the database stays, whatever is asked.
        """
        ...


@dataclass(frozen=True, slots=True)
class Anchored:
    """What stands outside of the database about one tenant."""

    anchors: Sequence[Anchor]
    forged: int
    """Lines that are not as this installation signed them."""


class Anchors(Protocol):
    """Signed seals outside of the database; nothing there is ever changed."""

    async def add(self, anchor: Anchor) -> None:
        """Raises Unavailable."""

    async def of(self, tenant_id: TenantId) -> Anchored:
        """Raises Unavailable."""
        ...


class AnchorKeys(Protocol):
    """Signs what is shown outside; whoever has the public keys verifies it."""

    def sign(self, message: bytes) -> tuple[str, bytes]:
        """The id of the key, and the signature."""
        ...

    def signed(self, key_id: str, message: bytes, signature: bytes) -> bool | None:
        """None for a key that is none of this installation's any more."""
        ...
