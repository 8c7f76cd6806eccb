"""The link and the code of a one-time proof, derived from its id."""

from dataclasses import dataclass
from struct import Struct
from uuid import UUID

from skillbridge.adapters.crypto import mailed_codes
from skillbridge.adapters.crypto.keys import KeyRing
from skillbridge.adapters.crypto.links import broken
from skillbridge.adapters.crypto.signed_text import believed, written
from skillbridge.application.accounts.ports.proofs import MailedProof
from skillbridge.domain.accounts.one_time_proof import CodeRefused, OneTimeProof, Purpose
from skillbridge.domain.ids import ProofId, TenantId

PATHS = {
    Purpose.RESET_PASSWORD: "/v1/auth/reset",
    Purpose.CHANGE_ADDRESS: "/v1/auth/email",
}
PREFIX = "sbo_"
_SAID = Struct(">16s16s")


@dataclass(frozen=True, slots=True)
class DerivedProofSecrets:
    """HMAC-SHA256 of the proof's purpose, tenant and id, the code cut to eight digits.

    Whoever reads the table alone, or a copy of it, has nothing to guess with: every guess wants the
    key. `public_url` comes from the settings and never from a request.
    """

    ring: KeyRing
    public_url: str

    def link(self, proof: OneTimeProof) -> str:
        said = _SAID.pack(proof.tenant_id.bytes, proof.id.bytes)
        token = written(said, self.ring.sign(_link(proof.purpose, said)))
        return f"{self.public_url.rstrip('/')}{PATHS[proof.purpose]}?token={token}"

    def code(self, proof: OneTimeProof) -> str:
        return mailed_codes.shown(self.ring, _code(proof))

    def opened(self, token: str, purpose: Purpose) -> MailedProof:
        said = believed(token, _SAID.size, lambda it, by: self.ring.signed(_link(purpose, it), by))
        if said is None:
            raise broken()
        return _mailed(said)

    def challenge(self, proof: OneTimeProof) -> str:
        said = _SAID.pack(proof.tenant_id.bytes, proof.id.bytes)
        return PREFIX + written(said, self.ring.sign(_challenge(proof.purpose, said)))

    def asked(self, challenge: str, purpose: Purpose) -> MailedProof:
        said = believed(
            challenge.removeprefix(PREFIX),
            _SAID.size,
            lambda it, by: self.ring.signed(_challenge(purpose, it), by),
        )
        if said is None:
            raise CodeRefused
        return _mailed(said)

    def is_code(self, said: str, proof: OneTimeProof) -> bool:
        return mailed_codes.is_shown(self.ring, _code(proof), said)


def _link(purpose: Purpose, said: bytes) -> bytes:
    return b"link/" + purpose.encode() + b"/" + said


def _challenge(purpose: Purpose, said: bytes) -> bytes:
    return b"challenge/" + purpose.encode() + b"/" + said


def _mailed(said: bytes) -> MailedProof:
    tenant, proof = _SAID.unpack(said)
    return MailedProof(TenantId(UUID(bytes=tenant)), ProofId(UUID(bytes=proof)))


def _code(proof: OneTimeProof) -> bytes:
    return b"code/" + proof.purpose.encode() + b"/" + proof.tenant_id.bytes + proof.id.bytes
