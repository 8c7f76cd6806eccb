"""`skillbridge matching features`: what a model may learn from, as lines of JSON."""

import asyncio
import os
import sys
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated

import msgspec
import typer

from skillbridge import settings as environment
from skillbridge.application.ports.tenants import Tenants
from skillbridge.application.ranking.impressions import ExportExamples
from skillbridge.domain.actor import Actor
from skillbridge.entrypoints.wiring import stack
from skillbridge.local.discovery import with_local_stack


class Format(StrEnum):
    """One JSON object a line."""

    JSONL = "jsonl"


def features(
    since: Annotated[datetime, typer.Option(help="Shown from then on, in UTC.")],
    until: Annotated[datetime | None, typer.Option(help="Shown before; without it, now.")] = None,
    shape: Annotated[Format, typer.Option("--format", help="How it is written.")] = Format.JSONL,
    tenant: Annotated[str, typer.Option(help="A slug; without it, the default tenant.")] = "",
) -> None:
    """Write every suggestion shown, its features and what became of it, without names."""
    assert shape is Format.JSONL
    asyncio.run(_write(_utc(since), until and _utc(until), tenant))


def _utc(time: datetime) -> datetime:
    return time.replace(tzinfo=UTC)


async def _write(since: datetime, until: datetime | None, tenant: str) -> None:
    settings = environment.load(with_local_stack(os.environ))
    container = stack.worker(settings)
    try:
        tenants: Tenants = await container.get(Tenants)
        actor = Actor.system(await tenants.by_slug(tenant or settings.default_tenant))
        async with container() as scope:
            export = await scope.get(ExportExamples)
            async for example in export(actor, since, until):
                sys.stdout.write(msgspec.json.encode(example).decode() + "\n")
    finally:
        await container.close()
