"""What goes to a provider and comes back: state, PKCE verifier and nonce, derived from the request's id."""

from base64 import urlsafe_b64encode
from dataclasses import dataclass
from functools import partial
from hmac import compare_digest
from struct import Struct
from uuid import UUID

from skillbridge.adapters.crypto.keys import Key, KeyRing
from skillbridge.adapters.crypto.signed_text import believed, written
from skillbridge.application.accounts.ports.identities import Asked, Returned
from skillbridge.domain.accounts.authorization import AuthorizationOver
from skillbridge.domain.ids import AuthorizationId, TenantId

_SAID = Struct(">16s16s")


@dataclass(frozen=True, slots=True)
class DerivedAuthorizationSecrets:
    """HMAC-SHA256 of purpose, tenant and id. State and nonce are shown; the verifier goes with the code."""

    ring: KeyRing

    def asked(self, tenant_id: TenantId, request_id: AuthorizationId) -> Asked:
        return _asked(self.ring.signing, _SAID.pack(tenant_id.bytes, request_id.bytes))

    def returned(self, state: str) -> Returned:
        """By the key that signed it: the ring may have turned meanwhile."""
        for key in self.ring.keys:
            said = believed(state, _SAID.size, partial(_signed, key))
            if said is not None:
                tenant, request = _SAID.unpack(said)
                ids = TenantId(UUID(bytes=tenant)), AuthorizationId(UUID(bytes=request))
                return Returned(*ids, _asked(key, said))
        raise AuthorizationOver


def _asked(key: Key, said: bytes) -> Asked:
    state = written(said, _of(key, b"state", said))
    return Asked(state, _text(_of(key, b"verifier", said)), _text(_of(key, b"nonce", said)))


def _signed(key: Key, said: bytes, signature: bytes) -> bool:
    return compare_digest(_of(key, b"state", said), signature)


def _of(key: Key, purpose: bytes, said: bytes) -> bytes:
    return key.sign(purpose + b"/" + said)


def _text(value: bytes) -> str:
    return urlsafe_b64encode(value).rstrip(b"=").decode()
