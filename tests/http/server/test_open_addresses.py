"""What answers whoever asks, and where secrets may stand: each is known here by its name."""

from typing import Any

import pytest
from litestar.routes import HTTPRoute
from tests.support.http.asking import Asking
from tests.support.http.wire import operations

pytestmark = pytest.mark.row("C5", "C3")

OPEN = {
    "/", "/favicon.ico", "/docs", "/openapi.json", "/problems",
    "/.well-known/jwks.json", "/.well-known/security.txt",
    "/health/live", "/health/ready",
    "/mailbox",  # on one's own machine alone
    "/v1/auth/verify", "/v1/auth/reset", "/v1/auth/email",
    "/v1/auth/providers", "/v1/domains", "/v1/resources", "/v1/privacy/keys",
}  # fmt: skip
"""Addresses without an id that answer nobody; the pages of mails say what is wrong with their link."""
IN_AN_ADDRESS = {
    "OpenVerificationLink": {"token"},
    "OpenResetLink": {"token"},
    "OpenAddressLink": {"token"},
}
"""What opens a mail stands in its link, and is good once."""
TELLING = ("token", "password", "code", "secret", "email", "challenge", "key")


@pytest.mark.asvs("13.4.5")
async def test_who_is_nobody_finds_only_what_is_meant_for_everybody(ask: Asking) -> None:
    found = set()
    for route in ask.app.routes:
        if isinstance(route, HTTPRoute) and "GET" in route.methods and "{" not in route.path:
            if route.path == "/health/ready":
                found.add(
                    route.path
                )  # it asks after a server's parts, which a world in memory has not
                continue
            answer = await ask.client.get(route.path)
            if answer.status_code != 401:
                found.add(route.path)
    assert found == OPEN


@pytest.mark.asvs("14.2.1")
def test_no_secret_stands_in_an_address_but_that_of_a_mailed_link(ask: Asking) -> None:
    found = {}
    for methods in ask.app.state.contract.document["paths"].values():
        for operation in methods.values():
            names = {
                one["name"]
                for one in operation.get("parameters", [])
                if one["in"] in {"query", "path"}
                and not one["name"].endswith("_id")
                and any(word in one["name"].lower() for word in TELLING)
                and not one["name"].endswith("_id")  # which names it, and opens nothing
            }
            if names:
                found[operation["operationId"]] = names
    assert found == IN_AN_ADDRESS
    assert len(list(operations(ask.app))) >= 60


@pytest.mark.asvs("14.2.2")
def test_no_answer_is_kept_by_the_server_for_the_next_one_who_asks(ask: Asking) -> None:
    handlers: list[Any] = [
        handler
        for route in ask.app.routes
        for handler in getattr(route, "route_handlers", ())
        if hasattr(handler, "cache")
    ]
    assert len(handlers) >= 60
    assert [handler.operation_id for handler in handlers if handler.cache] == []
