"""The API as a server loads it: settings from the environment, every adapter the real one."""

from granian.utils.proxies import wrap_asgi_with_proxy_headers
from litestar.types import ASGIApp

from skillbridge.entrypoints import settings as environment
from skillbridge.entrypoints import wiring
from skillbridge.entrypoints.http.app import create_app


def app() -> ASGIApp:
    """Made once in each process of the server."""
    settings = environment.load(program="api")
    wiring.configure_logs(settings)
    made = create_app(wiring.api(settings), settings)
    if not settings.trusted_proxies:
        return made
    return wrap_asgi_with_proxy_headers(made, trusted_hosts=list(settings.trusted_proxies))  # type: ignore[no-any-return]  # untyped in granian
