"""Authenticator apps by pyotp: the secret is sealed at rest, in the name of its account."""

from base64 import b32encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hmac import compare_digest
from secrets import token_bytes

from pyotp import TOTP

from skillbridge.application.accounts.ports.second_factors import NewSecret
from skillbridge.application.ports.field_encryption import KEY_ID, FieldEncryption, NotOpened
from skillbridge.application.sealed_columns import TOTP_SECRET
from skillbridge.domain.accounts.second_factor import (
    BESIDE,
    DIGITS,
    RECOVERY_CODES,
    STEP,
    SecondFactor,
)
from skillbridge.domain.ids import UserId

ISSUER = "SkillBridge"
_SECRET, _RECOVERY = 20, 10
"""Bytes: what RFC 4226 section 4 asks for, and 16 letters of base 32."""


@dataclass(frozen=True, slots=True)
class TotpAuthenticators:
    encryption: FieldEncryption

    def new_secret(self, user_id: UserId) -> NewSecret:
        secret = token_bytes(_SECRET)
        return NewSecret(b32encode(secret).decode(), self._sealed(secret, user_id))

    def uri(self, secret: str, email: str) -> str:
        return _totp(secret).provisioning_uri(name=email, issuer_name=ISSUER)

    def step_of(self, factor: SecondFactor, code: str, *, at: datetime) -> int | None:
        try:
            secret = self._opened(factor)
        except NotOpened:  # by a key that was retired: a recovery code is the way in
            return None
        totp = _totp(b32encode(secret).decode())
        present = int(at.timestamp() // STEP.total_seconds())
        said = code.encode("utf-8", "surrogatepass")
        steps = range(present + BESIDE, present - BESIDE - 1, -1)
        same = [step for step in steps if compare_digest(totp.generate_otp(step).encode(), said)]
        return same[0] if same else None

    def sealed_anew(self, factor: SecondFactor) -> bytes:
        if factor.sealed_secret[:KEY_ID] not in self.encryption.older_keys:
            return factor.sealed_secret
        try:
            return self._sealed(self._opened(factor), factor.user_id)
        except NotOpened:
            return factor.sealed_secret

    def recovery_codes(self) -> Sequence[str]:
        return [b32encode(token_bytes(_RECOVERY)).decode() for _ in range(RECOVERY_CODES)]

    def _sealed(self, secret: bytes, user_id: UserId) -> bytes:
        return self.encryption.seal(secret, TOTP_SECRET, user_id)

    def _opened(self, factor: SecondFactor) -> bytes:
        return self.encryption.open(factor.sealed_secret, TOTP_SECRET, factor.user_id)


def _totp(secret: str) -> TOTP:
    return TOTP(secret, digits=DIGITS, interval=int(STEP.total_seconds()))
