"""An entry of the trail as a document of the Elastic Common Schema (ECS).

Source: https://www.elastic.co/guide/en/ecs/8.17/ecs-field-reference.html. What ECS has no field for stands
under `skillbridge.audit`, as its guidelines for custom fields have it: a proper name of one's own.
"""

from collections.abc import Mapping
from typing import Any

from skillbridge.domain.audit.chain import Sealed
from skillbridge.domain.events.event import Category

VERSION = "8.17.0"
TYPES: Mapping[Category, tuple[str, ...]] = {
    Category.AUTHENTICATION: ("info",),
    Category.CONFIGURATION: ("change",),
    Category.IAM: ("change",),
    Category.INTRUSION: ("info",),
}
"""`event.type` by `event.category`; values that ECS allows for each."""


def document(one: Sealed, tenant: str = "") -> dict[str, Any]:
    """What is not known is left out."""
    entry = one.written.entry
    alert = entry.category is Category.INTRUSION
    return _without_nothing(
        {
            "@timestamp": one.written.at.isoformat(),
            "ecs": {"version": VERSION},
            "event": {
                "kind": "alert" if alert else "event",
                "category": [entry.category.value],
                "type": list(TYPES[entry.category]),
                "action": entry.action,
                "id": str(entry.id),
                "sequence": one.seal.n,
                "hash": one.seal.hash.hex(),
                "ingested": one.at.isoformat(),
                "module": "skillbridge",
                "dataset": "skillbridge.audit",
                "reason": entry.details.get("reason"),
            },
            "service": {"name": "skillbridge"},
            "organization": {"name": tenant or None},
            "user": {
                "id": _text(entry.actor_id),
                "name": entry.operator,
                "target": {"id": _text(entry.subject_id)},
            },
            "http": {"request": {"id": entry.request_id}},
            "trace": {"id": entry.correlation_id},
            "skillbridge": {
                "audit": {
                    "actor_kind": entry.actor_kind.value,
                    "network": entry.network,
                    "details": dict(entry.details),
                }
            },
        }
    )


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _without_nothing(found: dict[str, Any]) -> dict[str, Any]:
    kept = {k: _without_nothing(v) if isinstance(v, dict) else v for k, v in found.items()}
    return {name: value for name, value in kept.items() if value not in (None, {})}
