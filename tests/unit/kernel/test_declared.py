"""What contexts declare is joined: nothing twice, and nothing forgotten."""

from collections.abc import Callable
from pathlib import Path

import pytest

from skillbridge.domain.declared import joined

pytestmark = pytest.mark.row("A1")

Package = Callable[..., str]


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Package:
    """Makes a package of modules with these texts, and says its name."""

    def made(**modules: str) -> str:
        name = tmp_path.name.replace("-", "_")
        (folder := tmp_path / name).mkdir()
        for module, text in {"__init__": "", **modules}.items():
            (folder / f"{module}.py").write_text(text, encoding="utf-8")
        monkeypatch.syspath_prepend(tmp_path)
        return name

    return made


def test_each_part_is_in_the_whole(package: Package) -> None:
    parts = package(roses="KINDS = {'dog rose': 5}", lilies="KINDS = {'martagon': 6, 'regale': 6}")
    assert joined(parts, "KINDS") == {"martagon": 6, "regale": 6, "dog rose": 5}


def test_what_two_declare_is_refused(package: Package) -> None:
    parts = package(roses="KINDS = {'dog rose': 5}", thorns="KINDS = {'dog rose': 5, 'sloe': 5}")
    with pytest.raises(ValueError, match=r"thorns: .*dog rose.* stands in another KINDS too"):
        joined(parts, "KINDS")


def test_whoever_declares_nothing_is_refused(package: Package) -> None:
    parts = package(roses="KINDS = {'dog rose': 5}", stones="KIND = {}")
    with pytest.raises(AttributeError, match=r"stones.*KINDS"):
        joined(parts, "KINDS")
