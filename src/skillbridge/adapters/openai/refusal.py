"""What a server says instead of an answer, by its status or in the body of a good one."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any

from skillbridge.adapters.openai.conversation import Failure

TRANSIENT = frozenset({408, 409, 429})
MALFORMED = frozenset({400, 404, 415, 422, 501})
"""Statuses by which servers say that they do not take what the question holds."""
QUOTA = "insufficient_quota"
LONGEST = 300
"""Letters of a server's words that are kept."""


@dataclass(eq=False)
class Refusal(Exception):
    """`words` are the server's own, for the log and to learn from: not for the learner."""

    status: int
    words: str
    code: str = ""
    retry_after: float | None = None

    @property
    def transient(self) -> bool:
        return self.status in TRANSIENT or self.status >= HTTPStatus.INTERNAL_SERVER_ERROR

    def failure(self) -> Failure:
        """What it means for whoever asked."""
        if self.code == QUOTA:
            return Failure("the model's quota is used up")
        if self.status == HTTPStatus.TOO_MANY_REQUESTS:
            reason = "the model is busy"
        elif self.transient:
            reason = "the model's server is in trouble"
        else:
            return Failure(f"the model's server refused the question ({self.status})")
        return Failure(reason, transient=True, retry_after=self.retry_after)


def told_in(error: Any, status: int, headers: Mapping[str, str], *, key: str) -> Refusal:
    """Of an `error` in any of the forms that servers give it; `key` is taken out of its words."""
    fields = error if isinstance(error, dict) else {}
    code = fields.get("code")
    if status < HTTPStatus.BAD_REQUEST:
        status = code if isinstance(code, int) and code >= HTTPStatus.BAD_REQUEST else 400
    words = fields.get("message") or fields.get("detail") or error
    return Refusal(status, readable(str(words), key), str(code), retry_after(headers))


def readable(words: str, key: str) -> str:
    """In one line, bounded, without the key."""
    line = " ".join("".join(s if s.isprintable() else " " for s in words[:4000]).split())
    return (line.replace(key, "***") if key else line)[:LONGEST]


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds from now: from the header in milliseconds, the one in seconds, or its date."""
    for name, per_second in (("retry-after-ms", 1000), ("retry-after", 1)):
        try:
            seconds = float(headers[name]) / per_second
        except (KeyError, ValueError):
            continue
        if seconds >= 0:
            return seconds
    return _until(headers.get("retry-after", ""), headers.get("date", ""))


def _until(moment: str, now: str) -> float | None:
    """By the server's own clock where it tells it: ours may differ."""
    then = _date(moment)
    if then is None:
        return None
    seconds = (then - (_date(now) or datetime.now(UTC))).total_seconds()
    return max(0.0, math.ceil(seconds))


def _date(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
