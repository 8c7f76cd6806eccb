"""The data files, and what is said of a broken one."""

from pathlib import Path

import pytest
from dishka import make_container

from skillbridge.adapters.catalogue.catalogue import BrokenCatalogue, load
from skillbridge.adapters.catalogue.provider import CatalogueProvider
from skillbridge.domain.level import Level
from skillbridge.domain.resources.catalogue import Catalogue
from skillbridge.domain.resources.resource import Kind
from skillbridge.domain.roadmaps.syllabus import Syllabus

pytestmark = pytest.mark.row("E1", "E7", "Z14")

CATALOGUE = load()
DOMAINS = {
    "python",
    "web-front-end",
    "back-end-apis",
    "data-analysis",
    "machine-learning",
    "mobile",
    "devops-cloud",
    "cybersecurity",
}
GOOD = """
title = "Baking"
summary = "Bread."
[[skills]]
id = "flour"
title = "Flour"
requires = []
hours = { beginner = 1, intermediate = 1, advanced = 1 }
[[skills]]
id = "dough"
title = "Dough"
requires = ["flour"]
hours = { beginner = 1, intermediate = 1, advanced = 1 }
[[skills]]
id = "bread"
title = "Bread"
requires = ["dough"]
hours = { beginner = 1, intermediate = 1, advanced = 1 }
[[resources]]
id = "book"
title = "The Book"
url = "https://example.org/book"
skills = ["flour", "dough", "bread"]
level = "beginner"
kind = "book"
minutes = 60
megabytes = 1
language = "en"
provider = "Example"
"""


def test_all_domains_are_there() -> None:
    assert {domain.id for domain in CATALOGUE.domains} == DOMAINS


def test_there_are_many_resources_for_each() -> None:
    assert len(CATALOGUE.resources) >= 160
    for domain in DOMAINS:
        assert sum(item.domain == domain for item in CATALOGUE.resources) >= 20, domain


def test_every_skill_can_be_learnt_without_being_advanced() -> None:
    for domain in CATALOGUE.domains:
        for skill in domain.skills:
            levels = {item.level for item in CATALOGUE.about(skill.id)}
            assert levels & {Level.BEGINNER, Level.INTERMEDIATE} or not skill.hours_at(
                Level.BEGINNER
            ), skill.id


def test_every_level_and_kind_is_there() -> None:
    assert {item.level for item in CATALOGUE.resources} == set(Level)
    assert {item.kind for item in CATALOGUE.resources} == set(Kind)


def test_what_is_heavy_has_a_light_twin() -> None:
    heavy = [item for item in CATALOGUE.resources if item.megabytes >= 1000]
    with_twin = [item for item in heavy if item.text_twin is not None]
    assert len(with_twin) >= 0.8 * len(heavy), {item.id for item in heavy} - {
        item.id for item in with_twin
    }


def test_it_is_provided_once_under_both_names() -> None:
    container = make_container(CatalogueProvider())
    assert container.get(Catalogue) is container.get(Syllabus)
    container.close()


def test_other_files_of_the_folder_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "baking.toml").write_text(GOOD)
    (tmp_path / "README.md").write_text("not data")
    assert [domain.id for domain in load(tmp_path).domains] == ["baking"]


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ('title = "Baking"', "title = ", "baking.toml: Invalid value"),
        ('title = "Baking"', "title = 5", "baking.toml: Expected `str`, got `int`"),
        ('title = "Baking"', 'name = "Baking"', "baking.toml: Object contains unknown field"),
        ("minutes = 60", 'minutes = "60"', r"baking.toml: resource book: Expected `int`"),
        ("minutes = 60", "minutes = 0", "baking.toml: resource 'book': minutes must be"),
        (
            'kind = "book"',
            'kind = "film"',
            r"baking.toml: resource book: Invalid enum value 'film'",
        ),
        ('id = "book"', "", "baking.toml: resource number 1: Object missing required field `id`"),
        ('id = "book"', 'id = "book"\nprice = 5', "resource book: .*unknown field `price`"),
        ("beginner = 1", "novice = 1", "baking.toml: skill flour: Invalid enum value 'novice'"),
        ('["flour"]', '["bread"]', "skill 'dough' requires 'bread', which must stand before it"),
        ('["flour", "dough", "bread"]', '["flour"]', "contradicts itself: skill 'dough' has no"),
    ],
)
def test_a_broken_file_is_named_with_its_entry(
    tmp_path: Path, old: str, new: str, complaint: str
) -> None:
    (tmp_path / "baking.toml").write_text(GOOD.replace(old, new, 1))
    with pytest.raises(BrokenCatalogue, match=complaint):
        load(tmp_path)
