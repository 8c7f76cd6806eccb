"""`skillbridge matching`: what a model may learn from, as lines of JSON."""

import asyncio
import json
from uuid import uuid4

import asyncpg
import pytest
from tests.conftest import Urls
from tests.integration.cli.conftest import Invoke

pytestmark = pytest.mark.row("G8")


def show_a_mentor(url: str, *, days_ago: int) -> None:
    """A seeded mentor, shown to another seeded person."""

    async def run() -> None:
        connection = await asyncpg.connect(url)
        await connection.execute(
            "insert into impressions"
            " select $1, 1, u.tenant_id, u.id, m.user_id, $3, 'base', 'matcher', false,"
            " now() - make_interval(days => $2)"
            " from users u join mentors m on m.tenant_id = u.tenant_id and m.user_id <> u.id"
            " limit 1",
            uuid4(),
            days_ago,
            json.dumps({"skill": 4000, "total": 9000}),
        )
        await connection.close()

    asyncio.run(run())


def test_features_are_written_a_line_each_from_a_day_on(invoke: Invoke, installation: Urls) -> None:
    invoke("migrate")
    invoke("seed")
    for days in (30, 2):
        show_a_mentor(installation.admin, days_ago=days)
    written = invoke("matching", "features", "--since", "2020-01-01", "--format", "jsonl")
    old, new = [json.loads(line) for line in written.output.splitlines() if line.startswith("{")]
    assert set(old) == {
        "list",
        "learner",
        "mentor",
        "position",
        "shown_at",
        "model",
        "source",
        "degraded",
        "features",
        "outcome",
        "label",
        "open",
    }
    assert (old["features"], old["label"], old["outcome"]) == (
        {"skill": 4000, "total": 9000},
        0,
        None,
    )
    assert (old["open"], new["open"]) == (False, True)
    assert old["shown_at"] < new["shown_at"]
    later = invoke("matching", "features", "--since", new["shown_at"][:19])
    assert [json.loads(line)["shown_at"] for line in later.output.splitlines()] == [new["shown_at"]]
    before = invoke("matching", "features", "--since", "2020-01-01", "--until", "2020-02-01")
    assert before.output == ""
