"""docs/generated/layers.md: the layers as they import each other, and where each context lives."""

from itertools import permutations
from pathlib import Path

import grimp

import skillbridge
from tools.docs.markdown import document, mermaid, table

LAYERS = ("entrypoints", "adapters", "application", "domain")
BESIDE = ("local", "settings")
"""Packages that belong to no layer: the local stack and what is set from outside."""
PLACES = (
    ("rules", "domain/{}"),
    ("use cases", "application/{}"),
    ("SQL", "adapters/postgres/{}"),
    ("memory", "adapters/memory/{}"),
    ("HTTP", "entrypoints/http/{}"),
)
PACKAGE = Path(skillbridge.__file__).parent

INTRODUCTION = """
Arrows are imports, read from the code. They point one way, inwards; `importlinter.ini` is the law
and `make check` holds it. Only `entrypoints.wiring` draws the arrow from entrypoints to adapters, and
`entrypoints.database` the one to the schema. `local`, which runs a whole stack on one machine, knows
programs and their settings alone.
"""
TEN_SECONDS = """
## Where a context lives

One word, spelled the same in every layer.
"""


def page() -> str:
    graph = grimp.build_graph("skillbridge", cache_dir=None)
    return document("Layers", INTRODUCTION, _diagram(graph), TEN_SECONDS, _contexts())


def _diagram(graph: grimp.ImportGraph) -> str:
    lines = ["flowchart TD"]
    for layer in LAYERS:
        lines.append(f"  subgraph {layer}")
        lines += [
            f"    {layer}_{name}[{name}]"
            for name in sorted(
                child.rpartition(".")[2] for child in graph.find_children(f"skillbridge.{layer}")
            )
        ]
        lines.append("  end")
    lines += [f"  {name}" for name in BESIDE]
    lines += [
        f"  {importer} --> {imported}"
        for importer, imported in permutations((*LAYERS, *BESIDE), 2)
        if graph.direct_import_exists(
            importer=f"skillbridge.{importer}",
            imported=f"skillbridge.{imported}",
            as_packages=True,
        )
    ]
    return mermaid(lines)


def _contexts() -> str:
    names = sorted(path.parent.name for path in PACKAGE.glob("domain/*/__init__.py"))
    rows = [[f"**{name}**", *(_link(place.format(name)) for _, place in PLACES)] for name in names]
    return table(["context", *(title for title, _ in PLACES)], rows)


def _link(place: str) -> str:
    """To the folder or else the file of that name."""
    found = (name for name in (place, f"{place}.py") if (PACKAGE / name).exists())
    return next((f"[{name}](../../src/skillbridge/{name})" for name in found), "")
