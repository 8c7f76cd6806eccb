"""The Litestar application."""

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import structlog
from dishka import AsyncContainer
from litestar import Litestar
from litestar.config.cors import CORSConfig

from skillbridge.application.known_tenants import KnownTenants
from skillbridge.application.ports.access_tokens import EndedSignIns, Tokens
from skillbridge.application.ports.api_tokens import ApiTokenText, HeldTokens
from skillbridge.application.ports.clock import Clock
from skillbridge.application.ports.fanout import Fanout
from skillbridge.application.ports.processes import Part
from skillbridge.application.ports.rate_limit import RateLimit
from skillbridge.application.ports.sightings import Sightings
from skillbridge.domain.errors import SkillBridgeError
from skillbridge.domain.resources.catalogue import Catalogue
from skillbridge.entrypoints.heartbeat import beating
from skillbridge.entrypoints.http import (
    accounts,
    audit,
    cohorts,
    credentials,
    device_flow,
    gamification,
    identities,
    mailed_codes,
    matching,
    mentors,
    notifications,
    passkeys,
    personal_tokens,
    phones,
    privacy,
    profiles,
    progress,
    ranking,
    resources,
    roadmaps,
    second_factor,
    sign_in_codes,
    supabase,
    supabase_webhook,
    tenancy,
    texted_codes,
    uploads,
)
from skillbridge.entrypoints.http.about import (
    docs,
    health,
    mailbox,
    problem_pages,
    public_keys,
    security_contact,
    welcome,
)
from skillbridge.entrypoints.http.contract.document import published
from skillbridge.entrypoints.http.server.admission import Admission
from skillbridge.entrypoints.http.server.answers import Json
from skillbridge.entrypoints.http.server.api import Api
from skillbridge.entrypoints.http.server.browsers import of_each
from skillbridge.entrypoints.http.server.faults.parameters import Parameters
from skillbridge.entrypoints.http.server.held_tokens import KnownTokens
from skillbridge.entrypoints.http.server.limits import after_exception
from skillbridge.entrypoints.http.server.meter import Meter
from skillbridge.entrypoints.http.server.middleware import PlainRequest, RefuseMalformed, spelled
from skillbridge.entrypoints.http.server.overload import Refusals
from skillbridge.entrypoints.http.server.problems import to_problem
from skillbridge.entrypoints.http.server.revocation import Revocations, hearing_of_ends
from skillbridge.entrypoints.http.server.signals import see
from skillbridge.settings import Settings

log = structlog.get_logger()

MEBIBYTE = 1024 * 1024
CONTRACT = (
    health.routes,
    public_keys.routes,
    accounts.routes,
    credentials.routes,
    sign_in_codes.routes,
    second_factor.routes,
    mailed_codes.routes,
    phones.routes,
    texted_codes.routes,
    passkeys.routes,
    personal_tokens.routes,
    identities.routes,
    device_flow.routes,
    supabase.routes,
    supabase_webhook.routes,
    profiles.routes,
    resources.routes,
    roadmaps.routes,
    progress.routes,
    mentors.routes,
    ranking.routes,
    matching.routes,
    cohorts.routes,
    gamification.routes,
    notifications.routes,
    tenancy.routes,
    audit.routes,
    privacy.routes,
    uploads.routes,
)
"""What is published."""
PAGES = (
    problem_pages.routes,
    docs.routes,
    welcome.routes,
    security_contact.routes,
    mailbox.routes,
)
"""For people; the last of them on one's own machine alone."""
ASKED = (
    "Authorization",
    "Content-Type",
    "DPoP",
    "Idempotency-Key",
    "If-Match",
    "If-None-Match",
    "If-Range",
    "Last-Event-ID",
    "Range",
    "Tus-Resumable",
    "Upload-Checksum",
    "Upload-Length",
    "Upload-Metadata",
    "Upload-Offset",
    "X-Request-Id",
    "X-Tenant",
)
"""Headers that a page of another origin may send, besides those that every page may."""
TOLD = (
    "Accept-Ranges",
    "Content-Disposition",
    "Content-Range",
    "Cache-Control",
    "Allow",
    "ETag",
    "Idempotency-Replayed",
    "Location",
    "RateLimit",
    "RateLimit-Policy",
    "Retry-After",
    "Tus-Resumable",
    "Tus-Version",
    "Upload-Expires",
    "Upload-Length",
    "Upload-Offset",
    "WWW-Authenticate",
    "Accept",
    "Accept-Encoding",
    "Accept-Patch",
    "Vary",
    "X-Degraded",
    "X-Request-Id",
)
"""Headers of an answer that such a page may read."""


def create_app(container: AsyncContainer, settings: Settings) -> Litestar:
    """The whole API over a container that has every port, and `HttpProvider`."""

    @asynccontextmanager
    async def present(app: Litestar) -> AsyncIterator[None]:
        state = app.state
        ends = hearing_of_ends(
            await container.get(Fanout), lambda: (state.revocations, state.known_tokens)
        )
        tenants = await container.get(KnownTenants)
        async with beating(container, Part.API), ends, tenants.hearing():
            yield
        await app.state.known_tokens.settle()

    async def start(app: Litestar) -> None:
        try:
            await connect(app, container, settings)
        except Exception:
            log.exception("api.cannot_start")  # the server ends without a word of its own
            raise
        _settle_memory()

    async def stop() -> None:
        await container.close()

    app = Api(
        [
            *CONTRACT,
            *(PAGES[:-1] if settings.on_server else PAGES),
        ],
        middleware=[RefuseMalformed],
        request_class=PlainRequest,
        response_class=Json,
        after_exception=[after_exception, see],
        exception_handlers={Exception: to_problem, SkillBridgeError: to_problem},
        openapi_config=docs.openapi(settings, CONTRACT),
        cors_config=_cors(settings),
        request_max_body_size=MEBIBYTE,
        lifespan=[present],
        on_startup=[start],
        on_shutdown=[stop],
        before_request=spelled,
        logging_config=None,
    )
    public = urlsplit(settings.public_url)
    app.prefix = app.state.prefix = public.path.rstrip("/")
    app.host = (b"host", public.netloc.encode())
    app.state.origin = f"{public.scheme}://{public.netloc}".encode()
    app.state.contract = docs.written(app, settings.public_url)
    app.state.parameters = Parameters(app.state.contract.document, published(CONTRACT))
    app.admission = Admission(settings.requests_at_once, settings.request_wait_seconds)
    app.of_each = of_each(settings.public_url)
    app.refusals = Refusals(app.cors_config, app.of_each)
    return app


async def connect(app: Litestar, container: AsyncContainer, settings: Settings) -> None:
    """What guards and handlers find in the application's state: the ports that they always ask."""
    app.state.settings = settings
    app.state.container = container
    app.state.tokens = await container.get(Tokens)
    app.state.known_tenants = await container.get(KnownTenants)
    app.state.catalogue = await container.get(Catalogue)
    app.state.rate_limit = await container.get(RateLimit)
    app.state.sightings = await container.get(Sightings)
    app.state.meter = Meter(app.state.rate_limit, settings.limit_factor)
    app.state.revocations = Revocations(await container.get(EndedSignIns))
    app.state.known_tokens = KnownTokens(
        await container.get(ApiTokenText),
        await container.get(HeldTokens),
        await container.get(Clock),
    )


def _cors(settings: Settings) -> CORSConfig | None:
    """Without a foreign origin to let in there is nothing to do on each request."""
    if not settings.cors_origins:
        return None
    return CORSConfig(
        allow_origins=list(settings.cors_origins),
        allow_headers=list(ASKED),
        expose_headers=list(TOLD),
    )


def _settle_memory() -> None:
    """What is there now stays: the collector need not look at it again. Measured: -12 % CPU."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    gc.enable()
