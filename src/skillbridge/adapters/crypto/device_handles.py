"""Handles of sign-ins by a typed code: tenant and request, and the provider's secret, sealed."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from struct import Struct
from uuid import UUID

from skillbridge.adapters.crypto.sealing import Sealer
from skillbridge.application.accounts.ports.device_flow import HandleContent
from skillbridge.application.ports.field_encryption import NotOpened
from skillbridge.domain.accounts.authorization import AuthorizationOver
from skillbridge.domain.ids import AuthorizationId, TenantId

PREFIX = "sbh_"
_SAID = Struct(">16s16s")


@dataclass(frozen=True, slots=True)
class SealedDeviceHandles:
    """The secret is authenticated with the request that it belongs to: moved to another, it opens nothing."""

    sealer: Sealer

    def written(self, handed: HandleContent) -> str:
        said = _SAID.pack(handed.tenant_id.bytes, handed.request_id.bytes)
        sealed = self.sealer.seal(handed.secret.encode(), _place(said))
        return PREFIX + urlsafe_b64encode(said + sealed).rstrip(b"=").decode()

    def read(self, handle: str) -> HandleContent:
        try:
            value = urlsafe_b64decode(handle.removeprefix(PREFIX) + "==")
            said, sealed = value[: _SAID.size], value[_SAID.size :]
            secret = self.sealer.open(sealed, _place(said)).decode()
        except (NotOpened, ValueError) as error:
            raise AuthorizationOver from error
        tenant, request = _SAID.unpack(said)
        return HandleContent(
            TenantId(UUID(bytes=tenant)), AuthorizationId(UUID(bytes=request)), secret
        )


def _place(said: bytes) -> bytes:
    return b"device-code/" + said
