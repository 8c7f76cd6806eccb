"""The chain of a tenant's entries: each seal holds the one before it, so that no past can be rewritten.

Source of the shape: Schneier and Kelsey, "Secure Audit Logs to Support Computer Forensics" (1999),
section 3, without its secret: whoever can write the whole table can make a whole chain anew, and is
found by an anchor, a signed copy of a seal that is kept outside of the database.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from hashlib import sha256

from skillbridge.domain.audit.entry import Entry
from skillbridge.domain.ids import TenantId

RETIRED = "AuditRetired"
"""The action that says that older entries went with their term: `through` and `hash` of the last."""


@dataclass(frozen=True, slots=True)
class Written:
    """An entry, and when the store took it."""

    entry: Entry
    at: datetime


@dataclass(frozen=True, slots=True)
class Seal:
    """The place of an entry in the chain of its tenant, from 1 on."""

    n: int
    hash: bytes
    """SHA-256, 32 bytes."""


EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LATE = timedelta(days=1)
"""So much later than it was written an entry may be sealed, at the turn of a month."""

NONE = Seal(0, bytes(32))
"""What the first entry follows."""


@dataclass(frozen=True, slots=True)
class Retired:
    """The last of the entries that went with their term, all of them written before this time."""

    seal: Seal
    before: datetime


@dataclass(frozen=True, slots=True)
class Sealed:
    """An entry with its seal and when it got it."""

    written: Written
    seal: Seal
    at: datetime


@dataclass(frozen=True, slots=True)
class Anchor:
    """A seal that was shown outside of the database."""

    tenant_id: TenantId
    seal: Seal
    at: datetime


class Fault(StrEnum):
    """What has become of the trail."""

    EDITED = "edited"
    """An entry is not what was sealed; or was moved, or put in by somebody who made no chain anew."""
    MISSING = "missing"
    TWICE = "twice"
    """Two entries have one place."""
    CUT = "cut"
    """The newest entries are missing."""
    RESTORED = "restored"
    """The whole database is older than an anchor, as after a backup was restored."""
    REWRITTEN = "rewritten"
    """An anchor shows another seal for its place: the chain was made anew."""
    FORGED = "forged"
    """An anchor was not signed by this installation."""
    WAITING = "waiting"
    """An entry has waited for its seal longer than any worker lets it."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A fault, and the place where it shows."""

    fault: Fault
    n: int


def seal(tenant_id: TenantId, before: Seal, written: Written, at: datetime) -> Seal:
    """The seal of what follows upon `before`: SHA-256 of that hash and of the entry as a JSON array.

    An array, since fields that a sign parts could be parted elsewhere to the same text.
    """
    entry, n = written.entry, before.n + 1
    told = [
        n,
        str(tenant_id),
        str(entry.id),
        _micros(written.at),
        _micros(at),
        entry.action,
        entry.category,
        entry.actor_kind,
        *(None if it is None else str(it) for it in (entry.actor_id, entry.subject_id)),
        entry.operator,
        entry.network,
        entry.request_id,
        entry.correlation_id,
        entry.details,
    ]
    text = json.dumps(told, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return Seal(n, sha256(before.hash + text.encode()).digest())


def sealed(
    tenant_id: TenantId, head: Seal, waiting: Sequence[Written], at: datetime
) -> list[Sealed]:
    """Those that wait, in the order in which they follow upon the head."""
    done = []
    for written in waiting:
        head = seal(tenant_id, head, written, at)
        done.append(Sealed(written, head, at))
    return done


class Verifier:
    """Reads a chain from its first kept entry to its last, in the order of their places."""

    def __init__(
        self, tenant_id: TenantId, retired: Retired | None, anchors: Iterable[Anchor]
    ) -> None:
        first = retired.seal if retired else NONE
        self.tenant_id = tenant_id
        self.last = first
        self.read = 0
        self.findings: list[Finding] = []
        self._first = first.n
        self._shown: dict[int, set[bytes]] = defaultdict(set)
        for anchor in anchors:
            if anchor.seal.n >= first.n:
                self._shown[anchor.seal.n].add(anchor.seal.hash)
            elif retired and anchor.at > retired.before + LATE:
                self._find(Fault.MISSING, anchor.seal.n + 1)  # what came after it was younger
        self._compare(first)

    def take(self, one: Sealed) -> None:
        n = one.seal.n
        if n <= self._first:  # sealed late, and kept with those of its month
            return
        self.read += 1
        if n <= self.last.n:
            self._find(Fault.TWICE, n)
            return
        if n > self.last.n + 1:
            self._find(Fault.MISSING, self.last.n + 1)
        elif seal(self.tenant_id, self.last, one.written, one.at) != one.seal:
            self._find(Fault.EDITED, n)
        self.last = one.seal
        self._compare(one.seal)

    def end(self, head: Seal) -> list[Finding]:
        """`head` is what the sealer remembers."""
        if head.n > self.last.n:
            self._find(Fault.CUT, self.last.n + 1)
        elif head != self.last:
            self._find(Fault.REWRITTEN, head.n)
        if (newest := max(self._shown, default=0)) > self.last.n:
            self._find(Fault.RESTORED, newest)
        return self.findings

    def _compare(self, found: Seal) -> None:
        if self._shown.get(found.n, {found.hash}) != {found.hash}:
            self._find(Fault.REWRITTEN, found.n)

    def _find(self, fault: Fault, n: int) -> None:
        self.findings.append(Finding(fault, n))


def _micros(at: datetime) -> int:
    return (at - EPOCH) // timedelta(microseconds=1)
