"""Ports and adapters are joined so that mypy looks whether they fit."""

from importlib import import_module
from pathlib import Path

import pytest
from dishka import Scope, make_container
from dishka.provider import Provider
from mypy import api
from tests.support.given.packages import a_package

from skillbridge.adapters.binding import Binding, bind, joined
from skillbridge.adapters.memory import provider as memory
from skillbridge.adapters.postgres import provider as postgres

pytestmark = pytest.mark.row("A8")

PORT = """\
from typing import Protocol
from skillbridge.adapters.binding import Binding, Bindings
class Shelf(Protocol):
    async def take(self, name: str) -> int: ...
"""
WOOD = """
class Wood{number}:
    {method}
BINDINGS{number}: Bindings = (Binding[Shelf](Wood{number}),)
"""
METHODS = {
    "async def take(self, name: str) -> int: return 1": True,
    "async def grab(self, name: str) -> int: return 1": False,
    "colour = 'brown'": False,
    "async def take(self, name: bytes) -> int: return 1": False,
    "async def take(self, name: str, where: str) -> int: return 1": False,
    "async def take(self, name: str) -> str: return ''": False,
    "def take(self, name: str) -> int: return 1": False,
}
"""Whether an adapter with this method fits."""


def test_mypy_refuses_what_does_not_fit_and_nothing_else(tmp_path: Path) -> None:
    woods = (WOOD.format(number=number, method=method) for number, method in enumerate(METHODS))
    (file := tmp_path / "shelf.py").write_text(PORT + "".join(woods))
    cache = f"--cache-dir={tmp_path / 'cache'}"
    told, _, _ = api.run([str(file), "--strict", "--follow-imports=silent", cache])
    refused = {number for number in range(len(METHODS)) if f'"type[Wood{number}]"' in told}
    assert refused == {number for number, fits in enumerate(METHODS.values()) if not fits}


def test_one_is_made_for_the_port_in_the_brackets() -> None:
    provider = Provider()
    bind(provider, [Binding[object](str, singleton=True)])
    provider.provide(lambda: "", provides=str, scope=Scope.APP)
    assert make_container(provider).get(object) == ""


BOUND = """\
from skillbridge.adapters.binding import Binding
BINDINGS = (Binding[{}](dict),)
"""


def test_what_the_modules_of_a_package_bind_is_joined_and_each_port_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    some, others = BOUND.format("dict"), BOUND.format("object")
    package = import_module(a_package(tmp_path, monkeypatch, some=some, none="", others=others))
    assert {one.port for one in joined(package)} == {dict, object}
    with pytest.raises(ValueError, match="has another adapter already"):
        joined(package, package)


def test_both_stores_fill_the_same_ports() -> None:
    """Those that each makes in its own way stand beside the bindings."""
    of_memory, of_postgres = ({it.port for it in store.BINDINGS} for store in (memory, postgres))
    assert {port.__name__ for port in of_memory ^ of_postgres} == {"ImpressionLog"}
