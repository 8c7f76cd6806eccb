"""Packages of Python, for what looks at the modules of one."""

from pathlib import Path

import pytest


def a_package(folder: Path, monkeypatch: pytest.MonkeyPatch, **modules: str) -> str:
    """Makes one of modules with these texts in an empty folder, and says its name."""
    name = f"package_{folder.name}"
    (folder / name).mkdir()
    for module, text in {"__init__": "", **modules}.items():
        (folder / name / f"{module}.py").write_text(text, encoding="utf-8")
    monkeypatch.syspath_prepend(folder)
    return name
