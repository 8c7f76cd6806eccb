"""docs/generated/components.cdx.json: what the program is made of, as CycloneDX 1.6 has it, from the locks.

Of the matcher the lock holds also what its tests and benchmarks use.
"""

import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

PYTHON, RUST = "requirements.lock", "matcher-rs/Cargo.lock"
_PIN = re.compile(r"(?P<name>[a-z0-9._-]+)==(?P<version>[^\s;\\]+)")


def page(root: Path) -> str:
    found = sorted([*_python(root), *_rust(root)], key=lambda one: str(one["purl"]))
    document = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": {"type": "application", "name": "skillbridge"}},
        "components": found,
    }
    return json.dumps(document, indent=1) + "\n"


def _python(root: Path) -> Iterator[dict[str, Any]]:
    for line in (root / PYTHON).read_text(encoding="utf-8").splitlines():
        if pin := _PIN.match(line):
            yield _component("pypi", pin["name"], pin["version"])


def _rust(root: Path) -> Iterator[dict[str, Any]]:
    lock = tomllib.loads((root / RUST).read_text(encoding="utf-8"))
    for crate in lock["package"]:
        if "source" in crate:  # else it is ours
            made = _component("cargo", crate["name"], crate["version"])
            yield made | {"hashes": [{"alg": "SHA-256", "content": crate["checksum"]}]}


def _component(kind: str, name: str, version: str) -> dict[str, Any]:
    return {
        "type": "library",
        "name": name,
        "version": version,
        "purl": f"pkg:{kind}/{name}@{version}",
    }
