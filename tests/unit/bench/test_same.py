"""Peers are compared by what they say, not by how they spell it."""

from typing import Any

import pytest
from bench.same import Differs, check

OURS = {"id": "a", "modules": [{"done": "2026-01-05T10:00:00+00:00"}], "next": None}


def test_order_of_fields_and_spelling_of_instants_do_not_matter() -> None:
    theirs = {"next": None, "modules": [{"done": "2026-01-05T10:00:00Z"}], "id": "a"}
    check(OURS, theirs)


def test_a_cursor_is_each_servers_own() -> None:
    check({"next": "AAZf2C"}, {"next": "MjAyNi0x"})
    with pytest.raises(Differs, match="next"):
        check({"next": "AAZf2C"}, {"next": None})


@pytest.mark.parametrize(
    ("theirs", "place"),
    [
        ({**OURS, "id": "b"}, "the body.id"),
        ({**OURS, "more": 1}, "more"),
        ({**OURS, "modules": []}, "the body.modules has 0 items and not 1"),
        ({**OURS, "modules": [{"done": "2026-01-05T10:00:01Z"}]}, r"the body.modules\[0\].done"),
        ({**OURS, "modules": {}}, "the body.modules is"),
    ],
)
def test_another_answer_is_refused_and_the_place_named(theirs: Any, place: str) -> None:
    with pytest.raises(Differs, match=place):
        check(OURS, theirs)
