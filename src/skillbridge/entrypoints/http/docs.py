"""/openapi.json and /docs: the contract, and a page to try it on, with nothing from outside."""

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

from litestar.datastructures import CacheControlHeader
from litestar.handlers import BaseRouteHandler
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin, SwaggerRenderPlugin
from litestar.openapi.spec import Components, Contact, License, SecurityScheme, Server
from litestar.router import Router
from litestar.routes import BaseRoute
from litestar.static_files import create_static_files_router
from litestar.types import ControllerRouterHandler

import skillbridge
from skillbridge.entrypoints.http.auth import open_to_all
from skillbridge.entrypoints.http.contract import ContractConfig, published, tags
from skillbridge.entrypoints.settings import Settings

ASSETS = "/docs/assets"
KEPT = 7 * 24 * 3600
"""Seconds for which a browser need not ask for an asset again."""
VERSION = "0.1.0"

DESCRIPTION = """
Roadmaps, progress, mentors and badges for digital learners.

Sign in with `POST /v1/auth/login`, send the access token as `Authorization: Bearer …`.
Errors are `application/problem+json` (RFC 9457) and say the way out; the `type` of each leads to
a page that explains it. Lists are pages by key:
send the `next` of one page as the `after` of the following.
"""


class Pages(Router):
    """Takes the pages, at their own addresses only: not at `/`, nor for every other word."""

    def register(self, value: ControllerRouterHandler) -> list[BaseRoute]:
        if isinstance(value, BaseRouteHandler):
            value.paths = set(value.paths) - {"/", "/{path:str}"}
            if not value.paths:
                return []
        return super().register(value)


def openapi(settings: Settings, routers: Sequence[Router]) -> OpenAPIConfig:
    here, operations = urlsplit(settings.public_url).path.rstrip("/"), published(routers)
    return ContractConfig(
        handlers=operations,
        servers=[Server(settings.public_url)],
        tags=tags(operations),
        contact=Contact("The SkillBridge developers", settings.public_url),
        license=License("Apache-2.0", "Apache-2.0"),
        title="SkillBridge",
        version=VERSION,
        use_handler_docstrings=True,
        description=f"{skillbridge.__doc__}\n{DESCRIPTION}",
        openapi_router=Pages("/", route_handlers=[], guards=[open_to_all], include_in_schema=False),
        render_plugins=[
            JsonRenderPlugin(path="/openapi.json"),
            SwaggerRenderPlugin(
                path="/docs",
                js_url=f"{here}{ASSETS}/swagger-ui-bundle.js",
                css_url=f"{here}{ASSETS}/swagger-ui.css",
                standalone_preset_js_url=f"{here}{ASSETS}/swagger-ui-standalone-preset.js",
                favicon=f"<link rel='icon' href='{here}/favicon.ico'>",
            ),
        ],
        components=Components(
            security_schemes={
                "bearer": SecurityScheme(type="http", scheme="bearer", bearer_format="JWT")
            }
        ),
        security=[{"bearer": []}],
    )


def assets() -> Router:
    """The files of Swagger UI; the package that brings them is found, never imported."""
    found = find_spec("flask_swagger_ui")
    if found is None or found.origin is None:
        raise LookupError("flask-swagger-ui is not installed: run `make setup`")
    return create_static_files_router(
        path=ASSETS,
        directories=[Path(found.origin).parent / "dist"],
        guards=[open_to_all],
        include_in_schema=False,
        cache_control=CacheControlHeader(public=True, max_age=KEPT),
    )
