"""What several endpoints of accounts take in."""

from typing import Annotated, Any

import msgspec
from litestar import Request
from litestar.params import HeaderParameter

from skillbridge.domain.accounts.email_address import LONGEST
from skillbridge.domain.accounts.password import LONGEST as MOST
from skillbridge.domain.accounts.password import SHORTEST
from skillbridge.domain.accounts.sign_in import Origin, Proof

Email = Annotated[
    str,
    msgspec.Meta(
        max_length=320,
        examples=["amina@example.org"],
        extra_json_schema={"extra": {"format": "email", "max_length": LONGEST}},
    ),
]
Password = Annotated[
    str,
    msgspec.Meta(
        max_length=512,
        description="12 to 128 characters of any kind, hard to guess.",
        examples=["violet tractor hums at dawn"],
    ),
]
NewPassword = Annotated[
    Password,
    msgspec.Meta(extra_json_schema={"extra": {"min_length": SHORTEST, "max_length": MOST}}),
]
Code = Annotated[
    str,
    msgspec.Meta(
        max_length=64,
        description="Six digits of the authenticator app, or a recovery code; spaces and hyphens do "
        "not count.",
        examples=["492 039"],
    ),
]
MailedCode = Annotated[
    str,
    msgspec.Meta(
        max_length=20,
        description="Eight digits, however spaced, in any script.",
        examples=["4821 0937"],
    ),
]
Device = Annotated[
    str,
    msgspec.Meta(
        max_length=100,
        description="What an earlier log-in on this device answered: then this device is not "
        "locked out by what strangers try.",
    ),
]
RefreshToken = Annotated[str, msgspec.Meta(max_length=200)]
LinkToken = Annotated[str, msgspec.Meta(max_length=300)]


DPOP = "DPoP"
DpopProof = Annotated[
    str | None,
    HeaderParameter(
        name=DPOP,
        description=(
            "A proof of a key of the device (RFC 9449), ES256 or EdDSA: at the log-in it binds the sign-in to "
            "the key, and each refresh then brings one whose `ath` is BASE64URL(SHA-256(refresh_token)). Left "
            "out, the sign-in is bound to no key. `htu` is this path at the public address of the installation, "
            "`iat` may be five minutes off: the refusal says which address and time are right."
        ),
    ),
]


def origin_of(request: Request[Any, Any, Any], proof: str | None = None) -> Origin:
    """The address is the client's own also behind a proxy that the settings trust."""
    address = request.client.host if request.client else ""
    device = request.headers.get("user-agent", "")
    if proof is None:
        return Origin(address, device)
    written = ", ".join(request.headers.getall(DPOP))  # two are no proof
    return Origin(address, device, Proof(written, request.method, request.scope["path"]))
