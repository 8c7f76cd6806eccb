"""How a server wants the question written. What it refuses it names, and is not asked for again."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from skillbridge.adapters.openai.conversation import PROMPT, Message

NAME = PROMPT.replace(".", "_")
LIMITS = ("max_completion_tokens", "max_tokens", "")
"""The names of the longest answer, today's first; at last it is not named."""
FORMS = ("json_schema", "json_object", "")
"""How the answer's form is demanded; where no schema is taken it is said in words."""
_LIMIT = {name: re.compile(rf"\b{name}\b") for name in LIMITS if name}
_FORM = re.compile(
    r"response_format|json_schema|json_object|structured.output|grammar", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Dialect:
    limit: str = LIMITS[0]
    form: str = FORMS[0]

    def question(
        self, model: str, messages: Sequence[Message], schema: Mapping[str, Any], most: int
    ) -> dict[str, Any]:
        """The body of a request."""
        question: dict[str, Any] = {"model": model, "messages": [*messages]}
        if self.limit:
            question[self.limit] = most
        if self.form == FORMS[0]:
            schema_of = {"name": NAME, "strict": True, "schema": schema}
            question["response_format"] = {"type": self.form, "json_schema": schema_of}
            return question
        if self.form:
            question["response_format"] = {"type": self.form}
        told = (
            f"Answer with one JSON object, and nothing else, of this schema:\n{json.dumps(schema)}"
        )
        first, *others = messages
        question["messages"] = [{**first, "content": f"{first['content']}\n\n{told}"}, *others]
        return question

    def without(self, words: str, refused: set[str]) -> "Dialect | None":
        """Another way to ask, after a refusal in these words; None where they name no reason.

        `refused` is what this question was refused for, and grows: so a server that changes its
        mind is followed in either direction, and none is asked for ever.
        """
        if self.limit and _LIMIT[self.limit].search(words):
            refused.add(self.limit)
            return replace(self, limit=next(name for name in LIMITS if name not in refused))
        if self.form and _FORM.search(words):
            refused.add(self.form)
            return replace(self, form=next(form for form in FORMS if form not in refused))
        return None
