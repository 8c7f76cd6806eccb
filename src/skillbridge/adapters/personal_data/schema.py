"""The JSON Schema of an export: draft 2020-12, made of the register."""

from typing import Any

from skillbridge.adapters.personal_data.register import register

VERSION = "1"
DIALECT = "https://json-schema.org/draft/2020-12/schema"


def export_schema() -> dict[str, Any]:
    """Of `data.json`: by context and table, each row with every column that its person is given."""
    contexts = {
        context: _object(
            {name: _rows(table.exported, table.purpose) for name, table in found.items()}
        )
        for context, tables in register().items()
        if (found := {name: table for name, table in tables.items() if table.exported})
    }
    about = {
        "version": {"const": VERSION},
        "person": {"type": "string", "format": "uuid"},
        "made_at": {"type": "string", "format": "date-time"},
        "data": _object(contexts),
    }
    return {"$schema": DIALECT, "title": "What SkillBridge keeps of one person", **_object(about)}


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": sorted(properties),
        "additionalProperties": False,
    }


def _rows(columns: tuple[str, ...], purpose: str) -> dict[str, Any]:
    row = _object({column: {} for column in columns})
    return {"type": "array", "description": purpose, "items": row}
