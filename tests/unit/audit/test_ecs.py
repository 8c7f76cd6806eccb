"""Documents for programs that watch: only names that the schema has, and ours under a name of our own."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from skillbridge.application.audit.ecs import TYPES, document
from skillbridge.domain.audit.chain import Seal, Sealed, Written
from skillbridge.domain.audit.entry import ActorKind, Entry
from skillbridge.domain.events.event import Category
from skillbridge.domain.ids import EventId, UserId

pytestmark = pytest.mark.row("C6")

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
FIELDS = {
    "@timestamp", "ecs.version", "event.kind", "event.category", "event.type", "event.action",
    "event.id", "event.sequence", "event.hash", "event.ingested", "event.module", "event.dataset",
    "event.reason", "service.name", "organization.name", "user.id", "user.name", "user.target.id",
    "http.request.id", "trace.id",
}  # fmt: skip
"""Of ECS 8.17, by its field reference."""
EXPECTED = {
    "authentication": {"start", "end", "info"},
    "configuration": {"access", "change", "creation", "deletion", "info"},
    "iam": {"admin", "change", "creation", "deletion", "group", "info", "user"},
    "intrusion_detection": {"allowed", "denied", "info"},
}
"""The types that ECS 8.17 expects of each category."""


def entry(category: Category, **details: Any) -> Sealed:
    made = Entry(
        EventId(UUID(int=1)),
        "RoleGranted",
        category,
        ActorKind.PERSON,
        UserId(UUID(int=2)),
        UserId(UUID(int=3)),
        "amina",
        "192.0.2.0/24",
        "0123456789abcdef",
        "the client's own",
        details,
    )
    return Sealed(Written(made, NOW), Seal(7, bytes(32)), NOW + timedelta(seconds=1))


def names(found: dict[str, Any], before: str = "") -> Iterator[str]:
    for name, value in found.items():
        yield from names(value, f"{before}{name}.") if isinstance(value, dict) else [before + name]


@pytest.mark.parametrize("category", Category)
def test_every_name_is_of_the_schema_or_under_our_own(category: Category) -> None:
    found = document(entry(category, reason="Was asked to help"), "here")
    told = set(names(found))
    assert {name for name in told if not name.startswith("skillbridge.audit.")} == FIELDS
    assert set(TYPES[category]) <= EXPECTED[category]
    assert found["event"]["kind"] == ("alert" if category is Category.INTRUSION else "event")


def test_what_is_not_known_is_left_out() -> None:
    found = document(entry(Category.IAM))
    assert "organization" not in found
    assert "reason" not in found["event"]
