"""Parameters as they are published: what Litestar says of them, without what says nothing."""

from typing import Any

from skillbridge.entrypoints.http.contract.shapes import NO_NUL

Schema = dict[str, Any]


def tidy(parameter: Schema) -> Schema:
    """An address cannot hold `null`: what may be left out is not required, and that is all."""
    schema = dict(parameter["schema"])
    if choices := schema.pop("oneOf", None):
        (one,) = (choice for choice in choices if choice.get("type") != "null")
        schema = {**one, **schema}
    schema.pop("description", None)
    if schema.get("type") == "string" and not schema.keys() & {"format", "enum", "pattern"}:
        schema["pattern"] = NO_NUL
    told = {name: value for name, value in parameter.items() if value is not False}
    return {**told, "required": parameter["required"], "schema": schema}
