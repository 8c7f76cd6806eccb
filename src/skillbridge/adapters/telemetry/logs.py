"""One line an event: JSON for machines, colours for a person at a terminal.

Secrets do not get in: values under telling names are replaced, and so is whatever looks like a
token or an address wherever it stands. At a terminal, foreign text moves no cursor and forges no line:
JSON writes such signs by their numbers anyway.
"""

import io
import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any, TextIO, cast

import structlog

from skillbridge.adapters.telemetry.ecs import as_ecs
from skillbridge.domain import signs

HIDDEN = "***"
_NAMES = re.compile(r"pass|token|secret|authorization|cookie|otp|e?mail|api_?key", re.IGNORECASE)
_TRACES = frozenset({"exception", "stack"})
_VALUES = re.compile(
    r"(?<![\w-])(?=[\w-]*?eyJ)[\w-]++\.[\w-]++\.[\w-]++"  # a JWT
    r"|\b(?:sb(?:[cdhr]|_pat|_svc)_|gh[pousr]_|sk-|AKIA)[\w-]{8,}+"  # ours, keys of GitHub, OpenAI, AWS
    r"|(?<=://)[^\s/@:]++:[^\s/@]++(?=@)"  # a login inside of an address
    r"|(?<![\w.+-])[\w.+-]++@[\w-]++\.[\w.-]++"  # an e-mail address
)
"""Begins only where a word does and gives nothing back: whatever it reads, it reads a few times."""


class StandardError(io.TextIOBase):
    """Whatever standard error is at the moment of writing."""

    def write(self, text: str, /) -> int:
        return sys.stderr.write(text)

    def flush(self) -> None:
        sys.stderr.flush()


def configure(*, level: str, pretty: bool, ecs: bool = False, for_good: bool = True) -> None:
    """Sets up structlog, and routes what libraries log the same way.

    `ecs`: each line is a document of the Elastic Common Schema, also where a person would read it.

    `for_good`: each logger keeps this set-up from its first line on, which is faster.
    """
    shared: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        redact,
    ]
    rendered: list[structlog.types.Processor]
    if ecs:
        rendered = [as_ecs, structlog.processors.JSONRenderer()]
    elif pretty:
        rendered = [tamed, structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())]
    else:
        rendered = [structlog.processors.JSONRenderer()]
    number = logging.getLevelNamesMapping()[level.upper()]
    structlog.configure(
        processors=[*shared, *rendered],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(cast("TextIO", StandardError())),
        cache_logger_on_first_use=for_good,
    )
    handler = logging.StreamHandler(StandardError())
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.ExtraAdder(), *shared],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *rendered],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(max(number, logging.WARNING))
    logging.getLogger("skillbridge").setLevel(number)  # our own, where no framework is known


def tamed(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Shows what a terminal would obey; what is within others `repr` shows. A traceback has lines."""
    for name, value in event.items():
        if isinstance(value, str):
            event[name] = signs.shown(value, lines=name in _TRACES)
    return event


def redact(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Replaces what must not be read in a log, at any depth."""
    for name, value in event.items():
        event[name] = HIDDEN if _NAMES.search(name) else _clean(value)
    return event


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return _VALUES.sub(HIDDEN, value)
    if isinstance(value, dict):
        return {k: HIDDEN if _NAMES.search(str(k)) else _clean(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(item) for item in value]
    return value
