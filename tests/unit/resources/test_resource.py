"""What may be a resource."""

from typing import Any

import pytest
from tests.unit.roadmaps.examples import a_resource

from skillbridge.domain.resources.resource import Kind, UnfitResource

pytestmark = pytest.mark.row("E7", "Z14")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("id", "Not A Slug"),
        ("title", ""),
        ("title", "x" * 121),
        ("url", "http://example.org/"),
        ("url", "https://user@example.org/"),
        ("url", "https://localhost/"),
        ("url", "https://example.org/a b"),
        ("url", "https://Example.org/"),
        ("url", "https://faß.de/"),
        ("url", "https://[bad/"),
        ("url", "javascript:alert(1)"),
        ("skills", ()),
        ("minutes", 0),
        ("minutes", 20_001),
        ("megabytes", -1),
        ("megabytes", 50_001),
        ("language", "English"),
        ("provider", ""),
        ("text_twin", "thing"),
    ],
)
def test_each_rule_names_the_resource_and_the_field(field: str, value: object) -> None:
    changes: dict[str, Any] = {field: value}
    with pytest.raises(UnfitResource, match=f"{field} must") as refusal:
        a_resource(**changes)
    assert refusal.value.field == field


@pytest.mark.parametrize("language", ["en", "sw", "pt-BR", "yor"])
def test_languages_are_codes(language: str) -> None:
    assert a_resource(language=language).language == language


def test_exercises_and_projects_are_hands_on() -> None:
    assert [kind for kind in Kind if a_resource(kind=kind).hands_on] == [
        Kind.EXERCISE,
        Kind.PROJECT,
    ]
