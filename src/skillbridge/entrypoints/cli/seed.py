"""`skillbridge seed`: the first tenant, and on a laptop people to try things with."""

import asyncio
import os
from pathlib import Path

import msgspec

from skillbridge import settings as environment
from skillbridge.entrypoints.cli.asking import opened
from skillbridge.entrypoints.cli.terminal import wide_console
from skillbridge.entrypoints.seeding import PASSWORD, Person, Seeder, accounts, read_people
from skillbridge.local.keys import write_private

console = wide_console()


def seed() -> None:
    """Make the default tenant and, locally, demo people; running it again changes nothing."""
    settings = environment.load(program="seed")
    people = read_people() if not settings.on_server else []
    made = asyncio.run(_seed(settings, people))
    console.print(f"tenant {settings.default_tenant}: {made} of {len(people)} people are new")
    if people and (path := os.environ.get("SKILLBRIDGE_DEMO_FILE")):  # for `up` to print
        write_private(Path(path), msgspec.json.encode(accounts(people)).decode())


async def _seed(settings: environment.Settings, people: list[Person]) -> int:
    async with opened(settings) as container:
        seeder = Seeder(container, PASSWORD)
        return await seeder(settings.default_tenant, "SkillBridge", people)
