"""What privacy needs from outside."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from skillbridge.application.privacy.views import ExportView, PrivacyRequestView, Term, VerifyingKey
from skillbridge.domain.actor import Actor
from skillbridge.domain.ids import PrivacyRequestId, UserId
from skillbridge.domain.privacy.request import PrivacyRequest, RequestKind

Rows = Sequence[Mapping[str, object]]


class PersonalData(Protocol):
    """What each context keeps of a person, by the classes of its columns; for the system."""

    def contexts(self) -> Sequence[str]:
        """In the order of erasing: no row goes before those that point at it."""
        ...

    async def export(self, context: str, user_id: UserId) -> Mapping[str, Rows]:
        """By table. Secrets are withheld."""
        ...

    async def erase(self, context: str, user_id: UserId, *, at: datetime) -> Mapping[str, int]:
        """Deletes and overwrites; how many rows of each table. A second time finds none to delete."""
        ...

    async def left(self, context: str, user_id: UserId) -> int:
        """Rows that an erasure would still find something in."""
        ...


class Retention(Protocol):
    """The schedule by which rows are deleted by their age; for the system."""

    def terms(self) -> Sequence[Term]: ...

    async def due(self, term: Term, at: datetime) -> int:
        """How many rows are past it."""
        ...

    async def forget(self, term: Term, at: datetime, *, limit: int) -> int:
        """Deletes some of them, the oldest first; returns how many."""
        ...


class PrivacyRequests(Protocol):
    """The register of people's requests. A person sees their own."""

    async def add(self, request: PrivacyRequest) -> bool:
        """False, and nothing is stored, where the person has an open one of the kind."""
        ...

    async def newest(self, user_id: UserId, kind: RequestKind) -> PrivacyRequest | None:
        """Of the person who asks; without a lock."""
        ...

    async def get(self, request_id: PrivacyRequestId) -> PrivacyRequest | None:
        """For the system: held until the transaction ends."""
        ...

    async def overdue(self, at: datetime, *, limit: int) -> Sequence[PrivacyRequest]:
        """Erasures whose days to think again are over, longest ago first, held; skips what is held."""
        ...

    async def cancel(self, request: PrivacyRequest) -> None:
        """What its person may save of it. Raises StaleWrite where it does not wait any more."""

    async def save(self, request: PrivacyRequest) -> None:
        """For the system."""


class Exports(Protocol):
    """The archives, one of each person at most."""

    async def put(self, request: PrivacyRequest, archive: bytes, expires_at: datetime) -> None: ...


class PrivacyReads(Protocol):
    async def export(self, actor: Actor) -> ExportView:
        """The actor's newest. Raises NoExport."""
        ...

    async def archive(self, actor: Actor) -> bytes:
        """Raises NoExport, also once it has run out."""
        ...

    async def erasure(self, actor: Actor) -> PrivacyRequestView:
        """The actor's, as long as it is open. Raises NoErasure."""
        ...

    async def register(self, actor: Actor, *, limit: int) -> Sequence[PrivacyRequestView]:
        """For operators: the open ones, those whose clock runs out first before the others."""
        ...


class Archives(Protocol):
    """Packs and signs, so that everybody can verify where it came from."""

    def pack(self, user_id: UserId, data: Mapping[str, Mapping[str, Rows]], at: datetime) -> bytes:
        """A ZIP of `data.json`, its JSON Schema, and the signature of both."""
        ...

    def certify(self, said: Mapping[str, object]) -> str:
        """A JWS of what was said."""
        ...

    def keys(self) -> Sequence[VerifyingKey]:
        """By which all of that is verified, the newest first."""
        ...
