"""docs/generated/access.md: each route stands there, with those who are let in."""

from pathlib import Path
from typing import Any, cast

import pytest
from litestar.routes import HTTPRoute
from tests.http.server.test_scopes import OPEN, OPERATIONS, ROLES, UNAUTHENTICATED
from tests.support.http.asking import Asking

pytestmark = pytest.mark.row("C3")

PAGE = Path("docs/generated/access.md")
WHO = ("anonymous", "learner", "mentor", "moderator", "admin", "personal token", "service token")
NOT_FOR_TOKENS = ("security:", "users:", "privacy:")
PROGRAMS = {"personal token", "service token"}


def is_page(operation: str) -> bool:
    """A link that a person opens in a browser, which shows no token."""
    return operation.startswith("Open")


def rows() -> dict[tuple[str, str], dict[str, str]]:
    """Each line of the first table by method and path."""
    lines = PAGE.read_text(encoding="utf-8").partition("## Tables")[0].splitlines()
    heads, *found = (
        [cell.strip().strip("`") for cell in line.strip("|").split("|")]
        for line in lines
        if line.startswith("| ") and "---" not in line
    )
    return {(row[0], row[1]): dict(zip(heads, row, strict=True)) for row in found}


def test_each_route_of_the_application_stands_on_the_page(asking: Asking) -> None:
    there = {
        (method, route.path_format)
        for route in asking.app.routes
        for handler in cast("Any", route).route_handlers
        for method in handler.http_methods - {"OPTIONS"}
    }
    assert all(isinstance(route, HTTPRoute) for route in asking.app.routes)
    assert rows().keys() == there, (
        "run `make docs`; a route of a new kind goes into CONTRACT or PAGES"
    )


def test_who_is_let_in_is_what_the_table_of_scopes_says() -> None:
    """Which the application is asked about, role by role."""
    for row in rows().values():
        if (scope := OPERATIONS.get(row["operation"])) is None:
            continue
        let_in = {who for who in WHO if row[who] == "yes"}
        if scope in {OPEN, UNAUTHENTICATED}:
            shut = scope == UNAUTHENTICATED and not is_page(row["operation"])
            assert let_in == {*WHO} - (PROGRAMS if shut else set())
            continue
        assert row["scope"] == scope
        everybody = scope in ROLES["learner"]
        roles = {role for role, scopes in ROLES.items() if everybody or scope in scopes}
        tokens = set() if scope.startswith(NOT_FOR_TOKENS) else {"personal token"}
        services = {"service token"} if scope == "cohorts:read" else set()
        assert let_in == roles | tokens | services, row
