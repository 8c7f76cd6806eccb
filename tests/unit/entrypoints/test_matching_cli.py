"""The operator's commands about cohorts."""

import asyncio
import json
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

import pytest
from dishka import AsyncContainer
from tests.support.given.cohorts import a_guide, a_seeker
from tests.support.given.world import World
from typer.testing import CliRunner, Result

from skillbridge.adapters.matcher.fallback import FallbackMatcher
from skillbridge.adapters.memory.store import Store
from skillbridge.application.cohorts.ports import Assignment
from skillbridge.domain.actor import Actor
from skillbridge.domain.cohorts.cohort import CohortStatus
from skillbridge.domain.ids import TenantId
from skillbridge.entrypoints import wiring
from skillbridge.entrypoints.cli.matching import matching
from skillbridge.entrypoints.http.server.inject import HttpProvider
from skillbridge.entrypoints.wiring import memory, stack
from skillbridge.settings import Settings

pytestmark = pytest.mark.row("G2", "L2")

T = TypeVar("T")
cli = CliRunner(env={"COLUMNS": "200"})


@dataclass
class Installation:
    """One tenant in memory: two learners of two countries, one mentor with one place."""

    home: Path
    tenant: TenantId = field(default_factory=lambda: TenantId(uuid4()))
    store: Store = field(default_factory=Store)

    def container(self, _: Settings | None = None) -> AsyncContainer:
        beside = wiring.outside(Settings(env="test", home=self.home))
        return wiring.make_container(*memory.providers(self.store), *beside, HttpProvider())

    @contextmanager
    def world(self) -> Iterator[World]:
        container = self.container()
        yield World("memory", self.tenant, container, container)

    def people(self) -> list[Actor]:
        async def arrive(world: World) -> list[Actor]:
            await a_guide(world)
            return [await a_seeker(world, country=country) for country in ("NG", "KE")]

        with self.world() as world:
            return run(arrive(world))

    def settle(self) -> int:
        with self.world() as world:
            return run(world.settle())

    def statuses(self) -> list[CohortStatus]:
        return [
            one.status for one in self.store.rows.get((self.tenant, "cohort_runs"), {}).values()
        ]


def run(work: Awaitable[T]) -> T:
    async def awaited() -> T:
        return await work

    return asyncio.run(awaited())


@pytest.fixture
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Installation:
    made = Installation(tmp_path)
    made.store.tenants["skillbridge"] = made.tenant
    monkeypatch.setattr(stack, "worker", made.container)
    return made


def cohort(*words: str) -> Result:
    return cli.invoke(matching, ["cohort", *words])


def row(output: str, name: str) -> list[str]:
    """The cells of one line of the table."""
    (line,) = [line for line in output.splitlines() if line.strip("│ ").startswith(name)]
    return [cell.strip() for cell in line.strip("│").split("│")][1:]


def test_two_ways_are_compared_and_nothing_is_kept(installation: Installation) -> None:
    installation.people()
    done = cohort("--mode", "optimal", "--mode", "stable", "--k", "5", "--gap", "100")
    assert done.exit_code == 0, done.output
    assert row(done.output, "learners")[0] == "2"
    assert row(done.output, "assigned") == ["1", "1"]
    assert row(done.output, "unassigned") == ["1", "1"]
    assert row(done.output, "without any eligible mentor") == ["0", "0"]
    assert row(done.output, "gap") == ["0.0000 %", "0.0000 %"]
    assert row(done.output, "lowest score") == row(done.output, "mean score")
    assert row(done.output, "Gini of scores") == ["0.5000", "0.5000"]
    countries = [row(done.output, country) for country in ("NG", "KE")]
    assert sorted(countries) == [
        ["1", "0 (0.0 %)", "0 (0.0 %)"],
        ["1", "1 (100.0 %)", "1 (100.0 %)"],
    ]
    assert row(done.output, "en") == ["2", "1 (50.0 %)", "1 (50.0 %)"]
    assert "nothing was kept" in done.output
    assert installation.statuses() == []


def test_programs_get_json(installation: Installation) -> None:
    installation.people()
    done = cohort("--json", "--mode", "greedy", "--weights", "skill=5000,availability=1000")
    told = json.loads(done.stdout)
    assert told["greedy"]["placed"] == 1
    assert told["greedy"]["objective"] == told["greedy"]["bound"]
    assert told["greedy"]["fairness"]["learners"] == 2


def test_learners_come_from_a_file(installation: Installation, tmp_path: Path) -> None:
    first, _ = installation.people()
    listed = tmp_path / "learners"
    listed.write_text(f"# the pilot\n{first.user_id}  # Ada\n\n{uuid4()}\n", "utf-8")
    done = cohort("--learners", str(listed))
    assert row(done.output, "learners")[0] == "1"
    assert row(done.output, "named, but need no mentor") == ["1"]
    listed.write_text("Ada\n", "utf-8")
    wrong = cohort("--learners", str(listed))
    assert wrong.exit_code == 1
    assert "holds a line that is no id" in wrong.output


def test_a_run_is_ordered_listed_and_confirmed_or_discarded(installation: Installation) -> None:
    installation.people()
    ordered = cohort("--order", "--deadline", "1.5")
    assert ordered.exit_code == 0, ordered.output
    run_id, (status,) = ordered.output.split()[0], installation.statuses()
    assert (status, "is queued" in ordered.output) == (CohortStatus.QUEUED, True)
    again = cohort("--order", "--deadline", "1.5", "--json")
    assert json.loads(again.stdout)["id"] == run_id
    early = cli.invoke(matching, ["confirm", run_id])
    assert (early.exit_code, "cannot confirm what is queued" in early.output) == (1, True)
    installation.settle()
    listed = cli.invoke(matching, ["runs"])
    assert row(listed.output, run_id)[0] == "proposed"
    assert row(listed.output, run_id)[3:] == ["2", "1"]
    assert f"{run_id} is confirmed" in cli.invoke(matching, ["confirm", run_id]).output
    installation.settle()
    assert installation.statuses() == [CohortStatus.APPLIED]
    other = cohort("--order", "--mode", "greedy").output.split()[0]
    assert f"{other} is discarded" in cli.invoke(matching, ["discard", other]).output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--weights", "skill=1"], "sum to 10000"),
        (["--weights", "charm=10"], "are no weights"),
        (["--weights", "skill"], "are no weights"),
        (["--order", "--mode", "greedy", "--mode", "stable"], "give --mode once"),
        (["--tenant", "nowhere"], "no tenant 'nowhere'"),
        ([], "nobody of this selection"),
    ],
)
def test_what_is_not_possible_ends_with_a_word_and_a_status(
    installation: Installation, words: list[str], said: str
) -> None:
    done = cohort(*words)
    assert (done.exit_code, said in done.output) == (1, True), done.output


def test_an_answer_of_the_fallback_is_shown_as_such(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    installation.people()
    share = FallbackMatcher.assign

    async def alone(self: FallbackMatcher, *args: Any) -> Assignment:
        return replace(await share(self, *args), degraded=True)

    monkeypatch.setattr(FallbackMatcher, "assign", alone)
    assert "its fallback answered" in cohort().output
