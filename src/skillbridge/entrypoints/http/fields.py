"""What several endpoints of accounts take in."""

from typing import Annotated, Any

import msgspec
from litestar import Request

from skillbridge.domain.accounts.email_address import LONGEST
from skillbridge.domain.accounts.password import LONGEST as MOST
from skillbridge.domain.accounts.password import SHORTEST
from skillbridge.domain.accounts.sign_in import Origin

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
RefreshToken = Annotated[str, msgspec.Meta(max_length=200)]
LinkToken = Annotated[str, msgspec.Meta(max_length=300)]


def origin_of(request: Request[Any, Any, Any]) -> Origin:
    """The address is the client's own also behind a proxy that the settings trust."""
    address = request.client.host if request.client else ""
    return Origin(address, request.headers.get("user-agent", ""))
