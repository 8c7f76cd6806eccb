"""/openapi.json and /docs: the contract, and a page to try it on, with nothing from outside.

Making the contract takes a fifth of a second: it is made with the application, and no request waits.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from mimetypes import guess_type
from pathlib import Path
from typing import Any

from litestar import Litestar, Request, Response
from litestar.exceptions import NotFoundException
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, Contact, License, SecurityScheme, Server
from litestar.params import FromPath
from litestar.router import Router
from litestar.routes import BaseRoute
from litestar.serialization import encode_json, get_serializer
from litestar.types import ControllerRouterHandler

import skillbridge
from skillbridge.entrypoints.http.contract.document import ContractConfig, published, tags
from skillbridge.entrypoints.http.server.auth import open_to_all
from skillbridge.entrypoints.http.server.operations import get
from skillbridge.entrypoints.http.server.versions import IfNoneMatch, etag, unchanged, version_of
from skillbridge.settings import Settings

ASSETS = "/docs/assets"
KEPT = 7 * 24 * 3600
"""Seconds for which a browser need not ask for an asset again."""
VERSION = "0.1.0"

DESCRIPTION = """
Roadmaps, progress, mentors and badges for digital learners.

Sign in with `POST /v1/auth/login`, send the access token as `Authorization: Bearer …`.
A program that acts for somebody sends a personal access token in its place (`PUT /v1/me/tokens/{name}`): it opens
its scopes and nothing of how one signs in. Each operation names the scope that it needs in its `x-scope`, and
403 `missing-scope` names it, too.
Errors are `application/problem+json` (RFC 9457) and say the way out; the `type` of each leads to
a page that explains it. Lists are pages by key:
send the `next` of one page as the `after` of the following. A query has the parameters of its
operation, each once; any other is refused with 400 `unknown-parameter`.

Every operation has quotas, in its `x-rate-limits`: so many at once, each of which comes back after its share
of the window. Answers tell them by `RateLimit-Policy`, and what is left by `RateLimit`:
`"reads";r=599;t=1` is 599, and one more in a second. 429 says by `Retry-After` when to come back.

Where answers are lost: every POST of somebody who is signed in takes `Idempotency-Key`, a name of your own
for the request (case counts). Sent again with it within 24 hours and the same content, it is answered as
the first time, marked `Idempotency-Replayed: true`, and has no second effect. 409 `key-in-flight`: the
first is still at work, ask again in a second. 422 `key-reused`: the content is another. What was refused
is not kept. PUT and DELETE can be sent again as they are: what was done then is refused as done (a password
that is not the present one any more, a code that was used, a sign-in that has ended), which tells that it was.
`/v1/auth` ignores the key.
"""


JSON = "application/vnd.oai.openapi+json"


PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>SkillBridge</title>
<link rel="icon" href="{here}/favicon.ico">
<link rel="stylesheet" href="{here}{assets}/swagger-ui.css">
<link rel="stylesheet" href="{here}{assets}/docs.css">
</head>
<body>
<div id="contract"></div>
<script src="{here}{assets}/swagger-ui-bundle.js"></script>
<script src="{here}{assets}/docs.js"></script>
</body>
</html>
"""
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Scripts and styles are files of ours alone."""


class NoPages(Router):
    """Takes none of Litestar's own pages: they would make the contract when somebody asks."""

    def register(self, value: ControllerRouterHandler) -> list[BaseRoute]:
        """Nothing is there."""
        del value
        return []


@dataclass(frozen=True, slots=True)
class Written:
    """The contract of one installation."""

    document: dict[str, Any]
    text: bytes
    version: int
    """Made of the text: for the `ETag`."""


_written: dict[str, Written] = {}
"""By the public URL, the one thing in it that is not the program's own."""


def written(app: Litestar, public_url: str) -> Written:
    """The contract of this application; made once in a process."""
    if public_url not in _written:
        document = app.openapi_schema.to_schema()
        text = encode_json(document, serializer=get_serializer())
        _written[public_url] = Written(document, text, version_of(text))
    return _written[public_url]


@get("/openapi.json", guards=[open_to_all], include_in_schema=False)
async def contract(
    request: Request[Any, Any, Any], if_none_match: IfNoneMatch = None
) -> Response[bytes]:
    """For programs, who may keep it and ask each time whether it is still so."""
    made: Written = request.app.state.contract
    answer = unchanged(made.version, if_none_match) or Response(
        made.text, media_type=JSON, headers={"ETag": etag(made.version)}
    )
    answer.headers["Cache-Control"] = "no-cache"
    return answer


@get("/docs", guards=[open_to_all], include_in_schema=False, media_type="text/html")
async def page(request: Request[Any, Any, Any]) -> Response[str]:
    """For people."""
    made = PAGE.format(here=request.app.state.prefix, assets=ASSETS)
    return Response(made, media_type="text/html", headers={"Content-Security-Policy": POLICY})


def openapi(settings: Settings, routers: Sequence[Router]) -> OpenAPIConfig:
    operations = published(routers)
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
        openapi_router=NoPages(
            "/", route_handlers=[], guards=[open_to_all], include_in_schema=False
        ),
        render_plugins=[JsonRenderPlugin()],
        components=Components(
            security_schemes={
                "bearer": SecurityScheme(type="http", scheme="bearer", bearer_format="JWT")
            }
        ),
        security=[{"bearer": []}],
    )


@dataclass(frozen=True, slots=True)
class Asset:
    """A file of Swagger UI, or of ours beside it."""

    content: bytes
    media_type: str
    version: int


@cache
def _files() -> Mapping[str, Path]:
    """By their names; the package that brings them is found, never imported."""
    found = find_spec("flask_swagger_ui")
    if found is None or found.origin is None:
        raise LookupError("flask-swagger-ui is not installed: run `make setup`")
    theirs, ours = Path(found.origin).parent / "dist", Path(__file__).parent
    return {one.name: one for one in (*theirs.iterdir(), ours / "docs.js", ours / "docs.css")}


@cache
def _asset(name: str) -> Asset:
    """Read when it is first asked for. Raises NotFoundException."""
    if (file := _files().get(name)) is None:
        raise NotFoundException
    content = file.read_bytes()
    return Asset(content, guess_type(name)[0] or "text/plain", version_of(content))


@get(f"{ASSETS}/{{name:str}}", guards=[open_to_all], include_in_schema=False)
async def asset(name: FromPath[str], if_none_match: IfNoneMatch = None) -> Response[bytes]:
    """For browsers, who may keep it."""
    made = _asset(name)
    answer = unchanged(made.version, if_none_match) or Response(
        made.content, media_type=made.media_type, headers={"ETag": etag(made.version)}
    )
    answer.headers["Cache-Control"] = f"max-age={KEPT}, public"
    return answer


routes = Router("/", route_handlers=[contract, page, asset])
