"""docs/generated/access.md: who may call what, and which login may do what to which table."""

import re
from collections.abc import Iterator

from litestar.enums import MediaType
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute

from skillbridge.adapters.memory import visibility
from skillbridge.adapters.migrations import migrations
from skillbridge.adapters.postgres.tables import metadata
from skillbridge.application.ports.access_tokens import NotForTokens
from skillbridge.domain.actor import Role
from skillbridge.domain.scopes import FOR_SERVICES, FOR_TOKENS, scopes_of
from skillbridge.entrypoints.http.app import CONTRACT, PAGES
from skillbridge.entrypoints.http.server.auth import scope_of
from tools.docs.markdown import document, table

INTRODUCTION = """
Made from the guards of the routes, and from the grants and policies of the database. A test of
`tests/http/server/test_access_page.py` finds a route that is not here, and one of
`tests/integration/walls/test_access_page.py` holds the second table to the catalogue of a migrated database.
"""
ROUTES = """
## Routes

The first of three walls. Every person is a learner first, so each column of a role has what learners have. A
personal access token opens no more than its owner's roles do, and of that what it was made for; a service token
is nobody's.
"""
TABLES = """
## Tables

The third wall. What a login was granted: with `some`, of some columns only. Which rows it then sees and changes,
the policies say by who it acts for: the last column names their shapes, for reading. What signing in finds and
changes it does by functions ([decision 36](../decisions/0036-signing-in-calls-functions.md)).
"""
LOGINS = ("skillbridge_app", "skillbridge_auth", "skillbridge_worker")
RIGHTS = ("select", "insert", "update", "delete")
YES = "yes"
PEOPLE = [role.value for role in Role]
NOBODYS = ("alembic_version",)
"""Of the migrations, and in no module of ours."""

_GRANT = re.compile(r"^grant\s+([^;]+?)\s+on\s+([^;(]+?)\s+to\s+([^;]+?);", re.MULTILINE)
_RIGHT = re.compile(r"(\w+)\s*(\([^)]*\))?")


def page() -> str:
    heads = ["method", "path", "operation", "scope", "anonymous", *PEOPLE, "personal token"]
    heads.append("service token")
    logins = ["table", *(f"`{login}`" for login in LOGINS), "rows"]
    return document(
        "Access",
        INTRODUCTION,
        ROUTES,
        table(heads, routes()),
        TABLES,
        table(logins, tables()),
    )


def routes() -> Iterator[list[str]]:
    """One of each method of each path, by path."""
    handlers = [
        (route.path_format, method, handler)
        for router in (*CONTRACT, *PAGES)
        for route in router.routes
        if isinstance(route, HTTPRoute)
        for handler in route.route_handlers
        for method in handler.http_methods - {"OPTIONS"}
    ]
    for path, method, handler in sorted(handlers, key=lambda it: (it[0], str(it[1]))):
        name = handler.operation_id if isinstance(handler.operation_id, str) else ""
        yield [str(method), f"`{path}`", name, *_who(handler)]


def _who(handler: HTTPRouteHandler) -> list[str]:
    scope = scope_of(handler)
    if scope is None:
        page = handler.media_type == MediaType.HTML
        refused = {kind for it in handler.resolve_guards() for kind in getattr(it, "refuses", ())}
        return ["", YES, *[YES] * len(PEOPLE), *[_if(page or NotForTokens not in refused)] * 2]
    roles = [scope in scopes_of(frozenset({Role.LEARNER, role})) for role in Role]
    programs = [scope in FOR_TOKENS, scope in FOR_SERVICES]
    return [f"`{scope}`", "", *map(_if, roles), *map(_if, programs)]


def _if(may: bool) -> str:
    return YES if may else ""


def tables() -> Iterator[list[str]]:
    granted = grants()
    for name in sorted([*metadata.tables, *NOBODYS]):
        cells = [", ".join(granted.get((name, login), ())) for login in LOGINS]
        yield [f"`{name}`", *cells, ", ".join(_rows(name))]


def grants() -> dict[tuple[str, str], list[str]]:
    """What a login may do to a table, in the words of the page."""
    text = (migrations() / "sql" / "current" / "grants.sql").read_text(encoding="utf-8")
    text = re.sub(r"--.*", "", text)
    found: dict[tuple[str, str], set[str]] = {}
    for rights, on, to in _GRANT.findall(text):
        if on.split()[0] in {"schema", "function"}:
            continue
        words = {f"{right} (some)" if some else right for right, some in _RIGHT.findall(rights)}
        for name in re.findall(r"\w+", on):
            for login in re.findall(r"\w+", to):
                found.setdefault((name, login), set()).update(words)
    return {
        key: [word for right in RIGHTS for word in (right, f"{right} (some)") if word in words]
        for key, words in found.items()
    }


def _rows(name: str) -> Iterator[str]:
    shapes = {policy.shape for policy in visibility.policies().get(name, ())}
    rules = {rule.replace("_", " ") for rule in visibility.RULES.get(name, ())}
    yield from sorted(shapes | rules)
