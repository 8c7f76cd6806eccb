"""OpenAI's formats, as far as we read them, and the answer we ask for."""

import codecs
from collections.abc import Sequence
from typing import Any

import msgspec

from skillbridge.domain.ids import ModuleId, ResourceId, SkillId
from skillbridge.domain.roadmaps.outline import Module, Outline
from skillbridge.domain.text import tidied

THOUGHT_ENDS = "</think>"


class Part(msgspec.Struct, frozen=True):
    """A piece of an answer; what is no text, such as a thought, has none."""

    text: str | None = None


class Message(msgspec.Struct, frozen=True):
    content: str | list[Part] | None = None
    refusal: str | None = None

    @property
    def text(self) -> str | None:
        if isinstance(self.content, list):
            return "".join(part.text or "" for part in self.content)
        return self.content


class Choice(msgspec.Struct, frozen=True):
    message: Message
    finish_reason: str | None = None


class Completion(msgspec.Struct, frozen=True):
    choices: list[Choice]


class Told(msgspec.Struct, frozen=True):
    """What some servers send in place of a completion, with a status that says all is well."""

    error: Any = None


class DraftModule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    title: str
    summary: str
    skill: str
    minutes: int | float
    weight: int | float
    prerequisites: list[str]
    resources: list[str]


class Draft(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    title: str
    modules: list[DraftModule]


def read_completion(body: bytes) -> Completion:
    """Raises msgspec.MsgspecError for anything but a chat completion."""
    return msgspec.json.decode(_unmarked(body), type=Completion)


def read_error(body: bytes) -> Any:
    """The error that a body tells of; None when it tells of none, or cannot be read."""
    try:
        return msgspec.json.decode(_unmarked(body), type=Told).error or None
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None


def read_outline(answer: str) -> Outline:
    """Raises msgspec.MsgspecError for anything but the draft we asked for; it may be unsound."""
    draft = msgspec.json.decode(_bare(answer), type=Draft)
    modules = tuple(_module(place, entry) for place, entry in enumerate(draft.modules))
    return Outline(title=tidied(draft.title, lines=False), modules=modules)


def _unmarked(body: bytes) -> bytes:
    return body.removeprefix(codecs.BOM_UTF8)


def _bare(answer: str) -> str:
    """The object alone: without thoughts before it, fences or words around it, a mark in front."""
    said = answer.rpartition(THOUGHT_ENDS)[2]
    start, end = said.find("{"), said.rfind("}")
    return said[start : end + 1] if 0 <= start < end else said


def _module(place: int, entry: DraftModule) -> Module:
    return Module(
        id=ModuleId(entry.id),
        title=tidied(entry.title, lines=False),
        summary=tidied(entry.summary, lines=True),
        skill=SkillId(entry.skill),
        minutes=_whole(entry.minutes, f"$.modules[{place}].minutes"),
        weight=_whole(entry.weight, f"$.modules[{place}].weight"),
        prerequisites=tuple(ModuleId(needed) for needed in entry.prerequisites),
        resources=tuple(ResourceId(resource) for resource in entry.resources),
    )


def _whole(number: float, where: str) -> int:
    """`90.0` is 90. Raises msgspec.ValidationError for what is no whole number."""
    if int(number) != number:
        raise msgspec.ValidationError(f"Expected `int`, got `float` - at `{where}`")
    return int(number)


def schema(*, skills: Sequence[str], resources: Sequence[str]) -> dict[str, Any]:
    """The answer as strict JSON schema: every field required, only offered ids possible."""
    words = {"type": "string"}
    number = {"type": "integer"}
    module = _strict(
        id=words,
        title=words,
        summary=words,
        skill={"type": "string", "enum": list(skills)},
        minutes=number,
        weight=number,
        prerequisites={"type": "array", "items": words},
        resources={"type": "array", "items": {"type": "string", "enum": list(resources)}},
    )
    return _strict(title=words, modules={"type": "array", "items": module})


def _strict(**properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }
