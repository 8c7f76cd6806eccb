"""/.well-known/security.txt: whom to tell of a weakness (RFC 9116)."""

from datetime import UTC, datetime, timedelta
from typing import Any

from litestar import Request, Response, Router
from litestar.exceptions import NotFoundException

from skillbridge.entrypoints.http.server.auth import open_to_all
from skillbridge.entrypoints.http.server.operations import get

GOOD_FOR = timedelta(days=90)
"""Less than the year that the RFC allows: a copy that somebody keeps should not outlive the address."""
_DAY = {"Cache-Control": "max-age=86400, public"}


@get(
    "/security.txt",
    guards=[open_to_all],
    include_in_schema=False,
    media_type="text/plain",
)
async def security_contact(request: Request[Any, Any, Any]) -> Response[str]:
    """As the installation names it. Raises NotFoundException where it names nobody."""
    settings = request.app.state.settings
    if not settings.security_contact:
        raise NotFoundException
    expires = (datetime.now(UTC) + GOOD_FOR).strftime("%Y-%m-%dT00:00:00Z")
    fields = {
        "Contact": settings.security_contact,
        "Expires": expires,
        "Preferred-Languages": "en",
        "Canonical": f"{settings.public_url}/.well-known/security.txt",
    }
    text = "".join(f"{name}: {value}\n" for name, value in fields.items())
    return Response(text, headers=_DAY)


routes = Router("/.well-known", route_handlers=[security_contact])
