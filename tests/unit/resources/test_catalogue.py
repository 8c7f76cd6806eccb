"""The catalogue as a whole."""

import pytest
from tests.unit.resources.test_learning_domain import a_domain, a_skill
from tests.unit.roadmaps.examples import a_resource

from skillbridge.domain.ids import DomainId, ResourceId, SkillId
from skillbridge.domain.resources.catalogue import (
    Catalogue,
    UnfitCatalogue,
    UnknownDomain,
    UnknownResource,
)
from skillbridge.domain.resources.learning_domain import LearningDomain
from skillbridge.domain.resources.resource import Resource

pytestmark = pytest.mark.row("E1", "E7")

ALL = ("flour", "dough", "bread")


def a_book(name: str = "book", **changes: object) -> Resource:
    return a_resource(name, **({"skills": ALL, "megabytes": 5} | changes))


def a_catalogue(*resources: Resource, domains: tuple[LearningDomain, ...] = ()) -> Catalogue:
    return Catalogue(domains or (a_domain(),), resources or (a_book(),))


def test_things_are_found_by_id_and_by_skill() -> None:
    other = a_book("other", skills=("dough",))
    catalogue = a_catalogue(a_book(), other)
    assert catalogue.domain(DomainId("baking")) == a_domain()
    assert catalogue.resource(ResourceId("other")) == other
    assert catalogue.find(ResourceId("missing")) is None
    assert catalogue.about(SkillId("dough")) == (a_book(), other)
    assert catalogue.about(SkillId("flying")) == ()


def test_what_is_not_there_is_said() -> None:
    with pytest.raises(UnknownResource, match="no resource 'missing'"):
        a_catalogue().resource(ResourceId("missing"))
    with pytest.raises(UnknownDomain, match="choose one of baking"):
        a_catalogue().domain(DomainId("flying"))


@pytest.mark.parametrize(
    ("resources", "rule"),
    [
        ([a_book(), a_book(url="https://example.org/2")], "resource 'book' is there twice"),
        ([a_book(), a_book("two", url=a_book().url)], "URL 'https://example.org/book' is there"),
        ([a_book(skills=("flour",))], "skill 'dough' has no resource"),
        ([a_book(skills=(*ALL, "flying"))], "teaches 'flying', which no domain has"),
        ([a_book(text_twin="missing")], "a twin that is not there"),
        ([a_book(text_twin="two"), a_book("two", megabytes=5)], "a twin that is not lighter"),
    ],
)
def test_its_parts_agree(resources: list[Resource], rule: str) -> None:
    with pytest.raises(UnfitCatalogue, match=rule):
        a_catalogue(*resources)


def test_a_lighter_twin_is_welcome() -> None:
    book, light = a_book(text_twin="two"), a_book("two", megabytes=4)
    assert a_catalogue(book, light).resource(book.id).text_twin == light.id


def test_domains_may_share_a_skill_by_the_same_title() -> None:
    shared = a_domain(id=DomainId("cooking"))
    assert len(a_catalogue(domains=(a_domain(), shared)).domains) == 2
    renamed = a_domain(
        a_skill("flour", title="Meal"), a_skill("dough"), a_skill("bread"), id=DomainId("cooking")
    )
    with pytest.raises(UnfitCatalogue, match="skill 'flour' has two titles"):
        a_catalogue(domains=(a_domain(), renamed))


def test_a_domain_is_there_once() -> None:
    with pytest.raises(UnfitCatalogue, match="domain 'baking' is there twice"):
        a_catalogue(domains=(a_domain(), a_domain()))
