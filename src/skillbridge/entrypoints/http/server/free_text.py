"""Text of people as the contract shows it.

The domain decides, after it has tidied the text: so nothing is checked here, and a text that is
too long as it was typed may still fit as it is kept. One that is too short stays so: beside other
faults of a body it is told at once.
"""

from typing import Any

import msgspec
from litestar.params import QueryParameter

from skillbridge.domain.text import Text


def in_body(rule: Text, *examples: str) -> Any:
    """Beside the type of a field of a body, with examples."""
    return msgspec.Meta(
        description=_told(rule),
        examples=list(examples) or None,
        extra_json_schema={"extra": _bounds(rule), "minLength": rule.least},
    )


def in_query(rule: Text, name: str, description: str) -> Any:
    """Beside the type of a parameter of a query."""
    return QueryParameter(
        name=name, description=f"{description} {_told(rule)}", schema_extra=_bounds(rule)
    )


def _bounds(rule: Text) -> dict[str, Any]:
    bounds = {"max_length": rule.most, "pattern": rule.pattern}
    return bounds | ({"min_length": rule.least} if rule.least else {})


def _told(rule: Text) -> str:
    shape = "Lines end with `\\n`" if rule.lines else "One line: its end is a blank"
    links = "" if rule.links else " No links, no addresses of sites."
    markdown = "Markdown (CommonMark). " if rule.markdown else ""
    return (
        f"{markdown}Kept in Unicode's form NFC, its length counted in code points after that. {shape}; "
        "every space is a blank, and none is kept at either end. Signs beyond U+FFFF that nobody "
        f"sees are refused too.{links}"
    )
