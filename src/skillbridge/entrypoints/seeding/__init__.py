"""The first data of an installation, made by the use cases that people would use."""

from skillbridge.entrypoints.seeding.demo import PASSWORD, accounts, read_people
from skillbridge.entrypoints.seeding.people import Person, Seeder

__all__ = ["PASSWORD", "Person", "Seeder", "accounts", "read_people"]
