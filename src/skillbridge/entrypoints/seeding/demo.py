"""The people of an installation that is there to be tried."""

from collections.abc import Sequence
from importlib.resources import files

import msgspec

from skillbridge.entrypoints.seeding.people import Person

PASSWORD = "learn-together-every-day"  # noqa: S105  of people who exist on a laptop only
_PEOPLE = files("skillbridge.entrypoints.seeding").joinpath("people.toml")


def read_people() -> list[Person]:
    return msgspec.toml.decode(_PEOPLE.read_bytes(), type=dict[str, list[Person]])["people"]


def accounts(people: Sequence[Person]) -> list[dict[str, str]]:
    """The first account of each role, with its password, to be shown to whoever tries."""
    shown: dict[str, Person] = {}
    for person in people:
        shown.setdefault(person.role, person)
    return [
        {"role": role, "email": person.email, "password": PASSWORD}
        for role, person in shown.items()
    ]
