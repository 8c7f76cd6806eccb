"""`skillbridge seed`: the first tenant, and on a laptop people to try things with."""

import asyncio
import os
from importlib.resources import files
from pathlib import Path

import msgspec

from skillbridge.entrypoints import settings as environment
from skillbridge.entrypoints import wiring
from skillbridge.entrypoints.cli.terminal import wide_console
from skillbridge.entrypoints.local.keys import write_private
from skillbridge.entrypoints.seeding import Person, Seeder

console = wide_console()

PEOPLE = files("skillbridge.entrypoints.seeding").joinpath("people.toml")
PASSWORD = "learn-together-every-day"  # noqa: S105  of people who exist on a laptop only


def seed() -> None:
    """Make the default tenant and, locally, demo people; running it again changes nothing."""
    settings = environment.load(program="seed")
    people = read_people() if not settings.on_server else []
    made = asyncio.run(_seed(settings, people))
    console.print(f"tenant {settings.default_tenant}: {made} of {len(people)} people are new")
    if people and (accounts := os.environ.get("SKILLBRIDGE_DEMO_FILE")):
        _write_accounts(Path(accounts), people)


def read_people() -> list[Person]:
    return msgspec.toml.decode(PEOPLE.read_bytes(), type=dict[str, list[Person]])["people"]


async def _seed(settings: environment.Settings, people: list[Person]) -> int:
    container = wiring.worker(settings)
    try:
        seeder = Seeder(container, PASSWORD)
        return await seeder(settings.default_tenant, "SkillBridge", people)
    finally:
        await container.close()


def _write_accounts(path: Path, people: list[Person]) -> None:
    """For `skillbridge up` to print: one account of each role."""
    shown: dict[str, Person] = {}
    for person in people:
        shown.setdefault(person.role, person)
    accounts = [
        {"role": role, "email": person.email, "password": PASSWORD}
        for role, person in shown.items()
    ]
    write_private(path, msgspec.json.encode(accounts).decode())
