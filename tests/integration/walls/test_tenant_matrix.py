"""Two tenants, every route and every table: what people of one ask, the other's rows neither tell nor notice.

The routes come from the router and the tables from the catalogue, so a new one of either is in it. A cell is
one route, asked by one role, and one table of the other tenant: no row of it has changed, and none of what only
it says stands in the answer. `make prove P=tenancy` asks as each role and prints how many cells there are;
otherwise it is the administrator alone.
"""

import json
import os
from typing import Any
from uuid import UUID

import pytest
from tests.integration.walls.test_routes import BODIES, Endpoint, endpoints
from tests.integration.walls.town import OFFER, WISH, Town

from skillbridge.domain.actor import Actor, Role

pytestmark = pytest.mark.row("B2", "B11")

PROVE = bool(os.environ.get("PROVE"))
ROLES = (*Role,) if PROVE else (Role.ADMIN,)
CANARIES = ("From Kano.", str(OFFER["headline"]), str(WISH["goal"]), "most of us speak Hausa")
"""What she wrote herself."""
STREAMS = "/events"
LEFT_OUT = {
    "IsReady": "asks after the parts of a server, which a world has not",
    "Contract": "is the same for all, and its examples are of an Amina, too",
}


@pytest.mark.asvs("8.2.2", "8.4.1")
async def test_no_cell_of_two_tenants_leaks(town: Town) -> None:
    before, told = await town.rows(), await own_words(town)
    asked, cells, wrong = 0, 0, []
    for role in ROLES:
        foreigner = await town.abroad.person(*{Role.LEARNER, role})
        for endpoint in endpoints(town.app):
            for text in await answers(town, endpoint, foreigner):
                asked += 1
                leaks = [table for table, words in told.items() if holds(text, words)]
                wrong += [(role, endpoint.operation, table, "told") for table in leaks]
                cells += len(told)
        after = await town.rows()
        wrong += [
            (role, "any", table, "changed") for table in before if before[table] != after[table]
        ]
    told_of = f"{asked} requests of {len(ROLES)} roles, {len(before)} tables"
    print(f"\n{told_of}: {cells} cells, {len(wrong)} wrong")  # noqa: T201  the figures of the proof
    assert not wrong
    assert len(before) >= 28
    assert asked >= len(ROLES) * 80


async def answers(town: Town, endpoint: Endpoint, who: Actor) -> list[str]:
    """What the operation answers by the other tenant's ids, and, where it takes no id, as it is."""
    if endpoint.operation in LEFT_OUT:
        return []
    if endpoint.pattern.endswith(STREAMS) and not endpoint.parameters <= town.ids.keys():
        return []
    ids = {name: town.ids.get(name, "nothing") for name in endpoint.parameters}
    body = (
        BODIES.get(endpoint.operation, {}) if endpoint.method in {"POST", "PUT", "PATCH"} else None
    )
    headers = {"Authorization": f"Bearer {await town.token(who)}"}
    path = endpoint.pattern.format(**ids)
    answer = await town.client.request(endpoint.method, path, headers=headers, json=body)
    assert answer.status_code != 500, (endpoint, answer.text)
    asked = (path, town.world.slug, *ids.values())
    text = answer.text
    for one in asked:  # what was asked for may be said again
        text = text.replace(one, "")
    return [text]


async def own_words(town: Town) -> dict[str, set[str]]:
    """By table, all that stands in the first tenant's rows and nowhere else."""
    abroad = town.abroad.tenant_id
    found: dict[str, set[str]] = {}
    for table, rows in (await town.rows()).items():
        found[table] = {word for row in rows for word in words_of(json.loads(row))}
        others = await town.admin.fetch(
            f"select to_jsonb(t)::text from {table} as t where {whose(table)} = $1", abroad
        )
        found[table] -= {word for row in others for word in words_of(json.loads(row[0]))}
    return found


def whose(table: str) -> str:
    return "id" if table == "tenants" else "tenant_id"


def words_of(value: Any) -> list[str]:
    """Ids, hashes, addresses, and what she wrote: of the rest, words of ours, two rows may say the same."""
    if isinstance(value, dict):
        return [word for part in value.values() for word in words_of(part)]
    if isinstance(value, list):
        return [word for part in value for word in words_of(part)]
    if not isinstance(value, str):
        return []
    own = [value] if is_id(value) or value.startswith("\\x") or "@" in value else []
    return own + [one for one in CANARIES if one in value]


def is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def holds(text: str, words: set[str]) -> bool:
    return any(word in text for word in words)
