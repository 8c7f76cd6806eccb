"""OpenAI's formats, as far as we read them, and the answer we ask for."""

from collections.abc import Sequence
from typing import Any

import msgspec

from skillbridge.domain.ids import ModuleId, ResourceId, SkillId
from skillbridge.domain.roadmaps.outline import Module, Outline


class Message(msgspec.Struct, frozen=True):
    content: str | None = None
    refusal: str | None = None


class Choice(msgspec.Struct, frozen=True):
    message: Message
    finish_reason: str | None = None


class Completion(msgspec.Struct, frozen=True):
    choices: list[Choice]


class DraftModule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    title: str
    summary: str
    skill: str
    minutes: int
    weight: int
    prerequisites: list[str]
    resources: list[str]


class Draft(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    title: str
    modules: list[DraftModule]


def read_completion(body: bytes) -> Completion:
    """Raises msgspec.MsgspecError for anything but a chat completion."""
    return msgspec.json.decode(body, type=Completion)


def read_outline(answer: str) -> Outline:
    """Raises msgspec.MsgspecError for anything but the draft we asked for; it may be unsound."""
    draft = msgspec.json.decode(answer, type=Draft)
    return Outline(title=draft.title, modules=tuple(_module(entry) for entry in draft.modules))


def _module(entry: DraftModule) -> Module:
    return Module(
        id=ModuleId(entry.id),
        title=entry.title,
        summary=entry.summary,
        skill=SkillId(entry.skill),
        minutes=entry.minutes,
        weight=entry.weight,
        prerequisites=tuple(ModuleId(needed) for needed in entry.prerequisites),
        resources=tuple(ResourceId(resource) for resource in entry.resources),
    )


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
