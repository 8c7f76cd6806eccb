"""What is said to a model and what it may answer, whatever speaks to it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any, Protocol

from skillbridge.adapters.openai.wire import schema
from skillbridge.domain.roadmaps.brief import Brief
from skillbridge.domain.roadmaps.language import language_of
from skillbridge.domain.roadmaps.syllabus import Syllabus, Topic, to_learn, within_reach

PROMPT = "roadmap.v2"
MAX_COMPLAINTS = 20
MAX_ECHO = 40_000
Message = Mapping[str, str]


class Failure(Exception):
    """No answer came. `transient` says whether asking again makes sense, and not before when."""

    def __init__(
        self, reason: str, *, transient: bool = False, retry_after: float | None = None
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.transient = transient
        self.retry_after = retry_after


class Model(Protocol):
    async def answer(self, messages: Sequence[Message], schema: Mapping[str, Any]) -> str:
        """The text of a finished answer, asked for once. Raises Failure."""
        ...

    async def close(self) -> None: ...


@dataclass(slots=True)
class Conversation:
    """The messages so far. What stays the same for everyone comes first, so it can be cached."""

    messages: list[Message]
    schema: Mapping[str, Any]
    complaints: int = field(default=0)

    def complain(self, answer: str, faults: Sequence[object]) -> None:
        """Show the model its answer, as far as it is worth the money, and what is wrong with it."""
        self.complaints += 1
        said = "\n".join(f"- {fault}" for fault in faults[:MAX_COMPLAINTS])
        self.messages.append({"role": "assistant", "content": answer[:MAX_ECHO]})
        self.messages.append(
            {
                "role": "user",
                "content": f"Send the whole roadmap again with this put right:\n{said}",
            }
        )


def begin(brief: Brief, syllabus: Syllabus) -> Conversation:
    """Raises Invalid when the brief's domain is unknown."""
    topics = to_learn(syllabus.domain(brief.domain), brief)
    offer = {topic.id: _offer(topic, brief, syllabus) for topic in topics}
    resources = sorted({item["id"] for topic in offer.values() for item in topic["resources"]})
    return Conversation(
        messages=[
            {"role": "system", "content": prompt()},
            {"role": "user", "content": json.dumps({"skills": offer}, ensure_ascii=False)},
            {"role": "user", "content": json.dumps({"learner": _learner(brief)})},
        ],
        schema=schema(skills=list(offer), resources=resources),
    )


def prompt() -> str:
    return (files(__package__) / "prompts" / f"{PROMPT}.md").read_text("utf-8")


def _offer(topic: Topic, brief: Brief, syllabus: Syllabus) -> dict[str, Any]:
    return {
        "title": topic.title,
        "requires": list(topic.requires),
        "usual_hours": topic.hours_at(brief.level),
        "resources": [
            {
                "id": item.id,
                "title": item.title,
                "level": item.level.value,
                "minutes": item.minutes,
                "megabytes": item.megabytes,
                "practice": item.hands_on,
            }
            for item in within_reach(syllabus.about(topic.id), brief.level)
        ],
    }


def _learner(brief: Brief) -> dict[str, Any]:
    return {
        "goal": brief.goal,
        "language": language_of(brief.goal) or "the language of the goal",
        "level": brief.level.value,
        "hours_per_week": brief.hours_per_week,
        "known_skills": sorted(brief.known),
    }
