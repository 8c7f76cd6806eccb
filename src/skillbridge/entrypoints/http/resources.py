"""/v1/domains and /v1/resources: what can be learnt, and from what.

The catalogue changes with a release and is the same for all, so clients and proxies may keep it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from dishka import FromDishka
from litestar import Response, Router
from litestar.params import FromPath, QueryParameter

from skillbridge.domain.ids import DomainId, ResourceId, SkillId
from skillbridge.domain.level import Level
from skillbridge.domain.resources.catalogue import (
    Catalogue,
    UnknownDomain,
    UnknownResource,
    UnknownSkill,
)
from skillbridge.domain.resources.learning_domain import Skill
from skillbridge.domain.resources.resource import Resource
from skillbridge.entrypoints.http.server.answers import Json
from skillbridge.entrypoints.http.server.auth import open_to_all
from skillbridge.entrypoints.http.server.faults.parameters import Rule
from skillbridge.entrypoints.http.server.operations import get

KEEP = {"Cache-Control": "public, max-age=86400"}


@dataclass(frozen=True, slots=True)
class DomainView:
    """A field of study, with its skills in an order in which they can be learnt."""

    id: DomainId
    title: str
    summary: str
    skills: Sequence[Skill]


@get("/domains", guards=[open_to_all], security=[{}])
async def list_domains(catalogue: FromDishka[Catalogue]) -> Response[Sequence[DomainView]]:
    """Every field that a roadmap can be asked for."""
    found = [DomainView(d.id, d.title, d.summary, d.skills) for d in catalogue.domains]
    return Json(found, headers=KEEP)


@get("/resources", guards=[open_to_all], security=[{}], refuses=[UnknownDomain, UnknownSkill])
async def list_resources(
    catalogue: FromDishka[Catalogue],
    domain: Annotated[
        str,
        QueryParameter(description="Of this domain."),
        Rule(lambda said, catalogue: catalogue.domain(DomainId(said))),
    ],
    skill: Annotated[
        str | None,
        QueryParameter(description="About this skill."),
        Rule(lambda said, catalogue: catalogue.skill(SkillId(said))),
    ] = None,
    level: Annotated[Level | None, QueryParameter(description="Of this level.")] = None,
) -> Response[Sequence[Resource]]:
    """All free resources of a domain, with the minutes and megabytes that each will cost."""
    known = catalogue.domain(DomainId(domain))
    found = [
        resource
        for resource in catalogue.resources
        if resource.domain == known.id
        and (skill is None or SkillId(skill) in resource.skills)
        and (level is None or resource.level is level)
    ]
    return Json(found, headers=KEEP)


@get("/resources/{resource_id:str}", guards=[open_to_all], security=[{}], refuses=[UnknownResource])
async def get_resource(
    resource_id: FromPath[str], catalogue: FromDishka[Catalogue]
) -> Response[Resource]:
    """One resource; its lighter twin, where it has one, is `text_twin`."""
    return Json(catalogue.resource(ResourceId(resource_id)), headers=KEEP)


routes = Router(
    "/v1", route_handlers=[list_domains, list_resources, get_resource], tags=["resources"]
)
