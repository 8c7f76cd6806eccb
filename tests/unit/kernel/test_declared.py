"""What contexts declare is joined: nothing twice, and nothing forgotten."""

from pathlib import Path

import pytest
from tests.support.given.packages import a_package

from skillbridge.domain.declared import joined

pytestmark = pytest.mark.row("A1")

ROSES = "KINDS = {'dog rose': 5}"


def test_each_part_is_in_the_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lilies = "KINDS = {'martagon': 6, 'regale': 6}"
    package = a_package(tmp_path, monkeypatch, roses=ROSES, lilies=lilies)
    assert joined(package, "KINDS") == {"martagon": 6, "regale": 6, "dog rose": 5}


def test_what_two_declare_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    thorns = "KINDS = {'sloe': 5, 'dog rose': 5}"
    package = a_package(tmp_path, monkeypatch, roses=ROSES, thorns=thorns)
    with pytest.raises(ValueError, match=r"thorns: {'dog rose'} stands in another KINDS too"):
        joined(package, "KINDS")


def test_who_declares_nothing_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = a_package(tmp_path, monkeypatch, roses=ROSES, stones="")
    with pytest.raises(AttributeError, match=r"stones.*KINDS"):
        joined(package, "KINDS")
