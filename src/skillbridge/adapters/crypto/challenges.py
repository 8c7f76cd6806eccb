"""Halves of log-ins that prove themselves: who, until when, upon which password, and a signature."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import UTC, datetime
from struct import Struct
from uuid import UUID

from skillbridge.adapters.crypto.keys import KeyRing
from skillbridge.domain.accounts.second_factor import Challenge, ChallengeOver
from skillbridge.domain.ids import TenantId, UserId

PREFIX = "sbc_"
_SAID = Struct(">16s16sQ16s")


@dataclass(frozen=True, slots=True)
class SignedChallenges:
    """HMAC-SHA256; nothing is stored, for a code that was accepted is good no second time."""

    ring: KeyRing

    def written(self, challenge: Challenge) -> str:
        said = _SAID.pack(
            challenge.tenant_id.bytes,
            challenge.user_id.bytes,
            int(challenge.expires_at.timestamp()),
            challenge.password,
        )
        return PREFIX + urlsafe_b64encode(said + self.ring.sign(said)).rstrip(b"=").decode()

    def read(self, text: str) -> Challenge:
        try:
            raw = urlsafe_b64decode(text.removeprefix(PREFIX).encode("ascii") + b"==")
        except ValueError:
            raw = b""
        said, signature = raw[: _SAID.size], raw[_SAID.size :]
        if len(said) != _SAID.size or not self.ring.signed(said, signature):
            raise ChallengeOver
        tenant, user, seconds, password = _SAID.unpack(said)
        expires_at = datetime.fromtimestamp(seconds, UTC)
        return Challenge(
            TenantId(UUID(bytes=tenant)), UserId(UUID(bytes=user)), expires_at, password
        )
