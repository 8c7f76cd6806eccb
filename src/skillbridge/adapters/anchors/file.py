"""A file to which a signed line is added for each anchor, and of which nothing is ever changed.

A line is an object of JSON: `tenant`, `n`, `hash` in hex, `at` in ISO 8601, `key` and `signature` in hex;
the signature is over the first four as an array. On a machine of one's own `chattr +a` lets nobody but
root do more than add; a bucket with object lock takes a copy of the file a day.
"""

import asyncio
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

import msgspec

from skillbridge.application.audit.ports import Anchored, AnchorKeys
from skillbridge.domain.audit.chain import Anchor, Seal
from skillbridge.domain.errors import Unavailable
from skillbridge.domain.ids import TenantId

AWAY = "the file of anchors of the audit trail cannot be read or written"


class _Line(msgspec.Struct):
    tenant: UUID
    n: int
    hash: str
    at: datetime
    key: str
    signature: str

    @property
    def message(self) -> bytes:
        return msgspec.json.encode([str(self.tenant), self.n, self.hash, self.at.isoformat()])


@dataclass(frozen=True, slots=True)
class FileAnchors:
    path: Path
    keys: AnchorKeys

    async def add(self, anchor: Anchor) -> None:
        line = _Line(
            anchor.tenant_id, anchor.seal.n, anchor.seal.hash.hex(), anchor.at, key="", signature=""
        )
        line.key, signature = self.keys.sign(line.message)
        line.signature = signature.hex()
        try:
            await asyncio.to_thread(self._append, msgspec.json.encode(line) + b"\n")
        except OSError as error:
            raise Unavailable(AWAY) from error

    async def of(self, tenant_id: TenantId) -> Anchored:
        try:
            lines = await asyncio.to_thread(self._lines)
        except OSError as error:
            raise Unavailable(AWAY) from error
        anchors, forged = [], 0
        for line in lines:
            signed = line is not None and self._signed(line)
            if line is None or signed is False:
                forged += 1
            elif signed and line.tenant == tenant_id:
                seal = Seal(line.n, bytes.fromhex(line.hash))
                anchors.append(Anchor(tenant_id, seal, line.at))
        return Anchored(anchors, forged)

    def _signed(self, line: _Line) -> bool | None:
        """None for an older key, which was dropped from the ring since."""
        try:
            return self.keys.signed(line.key, line.message, bytes.fromhex(line.signature))
        except ValueError:
            return False

    def _append(self, line: bytes) -> None:
        """Whole: one write of so few bytes is not parted, and a power cut after it takes nothing back."""
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = os.open(self.path, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)
        try:
            os.write(file, line)
            os.fsync(file)
        finally:
            os.close(file)

    def _lines(self) -> list[_Line | None]:
        if not self.path.exists():
            return []
        return list(_read(self.path.read_bytes()))


def _read(content: bytes) -> Iterator[_Line | None]:
    """None for what is no line of ours; the last may be half of one, where the power went."""
    *whole, _ = content.split(b"\n")
    for line in whole:
        try:
            yield msgspec.json.decode(line, type=_Line)
        except msgspec.DecodeError:
            yield None
