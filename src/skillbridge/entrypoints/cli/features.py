"""`skillbridge matching features`: what a model may learn from, as lines of JSON."""

import sys
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated

import msgspec
import typer
from dishka import AsyncContainer

from skillbridge.application.ranking.impressions import ExportExamples
from skillbridge.domain.actor import Actor
from skillbridge.entrypoints.cli.asking import Tenant, answer


class Format(StrEnum):
    """One JSON object a line."""

    JSONL = "jsonl"


def features(
    since: Annotated[datetime, typer.Option(help="Shown from then on, in UTC.")],
    until: Annotated[datetime | None, typer.Option(help="Shown before; without it, now.")] = None,
    shape: Annotated[Format, typer.Option("--format", help="How it is written.")] = Format.JSONL,
    tenant: Tenant = "",
) -> None:
    """Write every suggestion shown, its features and what became of it, without names."""
    assert shape is Format.JSONL

    async def write(scope: AsyncContainer, actor: Actor) -> None:
        export = await scope.get(ExportExamples)
        async for example in export(actor, _utc(since), until and _utc(until)):
            sys.stdout.write(msgspec.json.encode(example).decode() + "\n")

    answer(write, tenant=tenant)


def _utc(time: datetime) -> datetime:
    return time.replace(tzinfo=UTC)
