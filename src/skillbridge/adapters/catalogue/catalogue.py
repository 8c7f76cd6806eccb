"""From data files to the catalogue."""

import tomllib
from collections.abc import Iterable
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import TypeVar

import msgspec

from skillbridge.adapters.catalogue.wire import DomainFile, ResourceEntry, SkillEntry
from skillbridge.domain.errors import Invalid
from skillbridge.domain.ids import DomainId
from skillbridge.domain.resources.catalogue import Catalogue
from skillbridge.domain.resources.learning_domain import LearningDomain, Skill
from skillbridge.domain.resources.resource import Resource

DATA = files(__package__) / "data"
SUFFIX = ".toml"
Entry = TypeVar("Entry", SkillEntry, ResourceEntry)


class BrokenCatalogue(Exception):
    """A data file cannot be used; the message names the file and the entry."""


def load(folder: Traversable = DATA) -> Catalogue:
    """Read every `<domain>.toml` of a folder. Raises BrokenCatalogue."""
    paths = sorted(
        (path for path in folder.iterdir() if path.name.endswith(SUFFIX)),
        key=lambda path: path.name,
    )
    domains: list[LearningDomain] = []
    resources: list[Resource] = []
    for path in paths:
        domain, listed = _read(path)
        domains.append(domain)
        resources.extend(listed)
    try:
        return Catalogue(tuple(domains), tuple(resources))
    except Invalid as error:
        raise BrokenCatalogue(f"the catalogue contradicts itself: {error}") from error


def _read(path: Traversable) -> tuple[LearningDomain, list[Resource]]:
    domain_id = DomainId(path.name.removesuffix(SUFFIX))
    try:
        raw = msgspec.convert(tomllib.loads(path.read_text("utf-8")), DomainFile)
        skills = tuple(_skill(entry) for entry in _entries(raw.skills, SkillEntry))
        domain = LearningDomain(id=domain_id, title=raw.title, summary=raw.summary, skills=skills)
        listed = [_resource(domain_id, entry) for entry in _entries(raw.resources, ResourceEntry)]
    except (ValueError, Invalid) as error:  # TOML and msgspec errors are ValueErrors
        raise BrokenCatalogue(f"{path.name}: {error}") from error
    return domain, listed


def _entries(raw: Iterable[dict[str, object]], kind: type[Entry]) -> Iterable[Entry]:
    for number, entry in enumerate(raw, start=1):
        try:
            yield msgspec.convert(entry, kind)
        except msgspec.ValidationError as error:
            name = entry.get("id", f"number {number}")
            raise ValueError(f"{kind.WHAT} {name}: {error}") from error


def _skill(entry: SkillEntry) -> Skill:
    return Skill(id=entry.id, title=entry.title, requires=entry.requires, hours=entry.hours)


def _resource(domain_id: DomainId, entry: ResourceEntry) -> Resource:
    return Resource(domain=domain_id, **msgspec.structs.asdict(entry))
