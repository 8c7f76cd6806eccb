"""A request to a provider to say who somebody is: begun in one place, and finished there once.

Whoever begins keeps a secret: a browser in a cookie, an app by itself, somebody who is signed in by the
sign-in. The request knows its SHA-256 alone, and the answer of the provider is worth nothing without it.
Sources: RFC 9700 section 4.7 (state and its browser), RFC 7636 (the same between us and the provider).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from hmac import compare_digest

from skillbridge.domain.errors import Unproven
from skillbridge.domain.ids import AuthorizationId, SessionId, TenantId, UserId

LIFE = timedelta(minutes=10)


class AuthorizationOver(Unproven):
    """It was begun elsewhere, for another provider or too long ago, or has been finished."""

    def __init__(self) -> None:
        super().__init__(
            "this sign-in was begun in another browser or app, for another provider, or more than ten minutes "
            "ago, or is finished already: begin it again"
        )


class NotAuthorized(Unproven):
    """The provider does not accept the code, or says that it is for somebody else."""

    def __init__(self, provider: str) -> None:
        super().__init__(f"{provider} did not confirm this sign-in: begin it again")


@dataclass(frozen=True, slots=True)
class AuthorizationRequest:
    id: AuthorizationId
    tenant_id: TenantId
    provider: str
    binding: bytes
    """SHA-256 of the secret that whoever began it keeps."""
    expires_at: datetime
    user_id: UserId | None = None
    """Whose account the identity shall be linked to; None where it shall sign somebody in."""
    return_to: str | None = None
    """The page of the front end that goes on."""
    pace: int | None = None
    """Seconds between two questions to the provider, where a code is typed in; None where a browser returns."""
    asked_again_at: datetime | None = None
    """Not sooner."""

    def must_be(
        self, provider: str, binding: bytes, user_id: UserId | None, *, at: datetime
    ) -> None:
        """Raises AuthorizationOver for whoever did not begin it, elsewhere and later."""
        begun = (self.provider, self.user_id) == (provider, user_id)
        if not begun or not compare_digest(self.binding, binding) or at >= self.expires_at:
            raise AuthorizationOver


def binding(secret: str) -> bytes:
    return sha256(secret.encode("utf-8", "surrogatepass")).digest()


def bound_to(session_id: SessionId) -> bytes:
    """What is begun by a sign-in is finished by the same one."""
    return sha256(session_id.bytes).digest()
