"""What a plan that was run may not have done, however many other people there are."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

LONGEST_PAGE = 101
"""Rows, with the one that says that there is more."""
SMALL = {
    "tenants": "an operator makes them by hand",
    "pool_versions": "one row a tenant",
    "pool_seals": "a few rows a tenant",
    "job_tallies": "as many rows as jobs were ever finished at once",
    "alembic_version": "one row",
}
"""Tables that may be read from end to end."""

Node = dict[str, Any]


def nodes(node: Node) -> Iterator[Node]:
    yield node
    for below in node.get("Plans", ()):
        yield from nodes(below)


def met(node: Node) -> float:
    """Rows that were looked at, passed on or not, over all the times that the node ran."""
    removed = sum(count for name, count in node.items() if name.startswith("Rows Removed by"))
    return float((node["Actual Rows"] + removed) * node["Actual Loops"])


def faults(plan: Node, most: int, page: int = LONGEST_PAGE) -> list[str]:
    """`most`: rows of one table that one statement may look at; `page`: rows that it may sort."""
    found, rows = [], Counter[str]()
    for node in nodes(plan):
        table = node.get("Relation Name") or node.get("Index Name")
        if table and not _small(table):
            rows[table] += round(met(node))
        if node["Node Type"] == "Seq Scan" and node["Actual Loops"] and not _small(table):
            found.append(f"reads all of {table}")
        if "Sort" in node["Node Type"] and node["Actual Loops"]:
            (below,) = [one for one in node["Plans"] if one["Parent Relationship"] == "Outer"]
            sorted_rows = below["Actual Rows"] * below["Actual Loops"] / node["Actual Loops"]
            if sorted_rows > page:
                found.append(f"sorts {sorted_rows:.0f} rows")
    found += [f"looks at {count} rows of {name}" for name, count in rows.items() if count > most]
    return found


def _small(table: str | None) -> bool:
    """Or the server's own, of which the driver asks about types, once a connection."""
    return table in SMALL or (table or "").startswith("pg_")
