"""`skillbridge matching`: what a cohort would get and running it; what a model may learn from."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Annotated
from uuid import UUID

import msgspec
import typer
from dishka import AsyncContainer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Column, Table

from skillbridge.application.cohorts.gathering import GatherNeeds
from skillbridge.application.cohorts.orders import (
    ConfirmCohortRun,
    DiscardCohortRun,
    OrderCohortRun,
)
from skillbridge.application.cohorts.preview import PreviewCohort
from skillbridge.application.cohorts.reading import ListCohortRuns
from skillbridge.application.cohorts.views import CohortView
from skillbridge.application.paging import Key, Page, PageRequest
from skillbridge.domain.actor import Actor
from skillbridge.domain.cohorts.assignment import AssignMode, AssignOptions
from skillbridge.domain.cohorts.order import CohortOrder, Outcome
from skillbridge.domain.errors import Invalid
from skillbridge.domain.ids import CohortId, UserId
from skillbridge.domain.ranking.score import USUAL, Weights
from skillbridge.entrypoints.cli.asking import Tenant, answer, answer_by
from skillbridge.entrypoints.cli.features import features
from skillbridge.entrypoints.cli.outcomes import show_outcomes
from skillbridge.entrypoints.cli.terminal import wide_console

console = wide_console()
matching = typer.Typer(help=__doc__, no_args_is_help=True)
matching.command()(features)

RunId = Annotated[UUID, typer.Argument(help="From `skillbridge matching runs`.")]
Modes = Annotated[
    list[AssignMode], typer.Option("--mode", help="How to share; twice, to compare two ways.")
]
Length = Annotated[
    int | None, typer.Option("--k", min=1, max=100, help="Mentors on each learner's list.")
]
Gap = Annotated[
    int | None,
    typer.Option("--gap", min=0, max=1_000_000, help="Good enough, in parts per million."),
]
Shares = Annotated[
    str,
    typer.Option(help="skill=5000,availability=1000: basis points, 10 000 with the usual others."),
]
Seconds = Annotated[
    float | None, typer.Option("--deadline", min=0.001, max=120, help="Seconds to think.")
]
ListFile = Annotated[
    Path | None,
    typer.Option(
        "--learners", exists=True, dir_okay=False, help="One id a line; # begins a remark."
    ),
]
Order = Annotated[bool, typer.Option("--order", help="Order the run; without it nothing is kept.")]
AsJson = Annotated[bool, typer.Option("--json", help="For programs.")]


@matching.command()
def cohort(
    mode: Modes = [AssignMode.OPTIMAL],  # noqa: B006  typer copies it
    k: Length = None,
    gap: Gap = None,
    weights: Shares = "",
    deadline: Seconds = None,
    learners: ListFile = None,
    tenant: Tenant = "",
    order: Order = False,
    as_json: AsJson = False,
) -> None:
    """What if a cohort were matched now: who would be placed, how well and how evenly."""

    def wish(how: AssignMode) -> CohortOrder:
        options = AssignOptions(
            mode=how,
            k=k,
            gap_ppm=gap,
            weights=_weights(weights),
            deadline=timedelta(seconds=deadline) if deadline else None,
        )
        return CohortOrder(options=options, learner_ids=_ids(learners))

    async def ask(scope: AsyncContainer, actor: Actor) -> None:
        wishes = [wish(how) for how in mode]
        if order:
            _show_order(await _ordered(scope, actor, wishes), as_json=as_json)
        else:
            show_outcomes(await _previewed(scope, actor, wishes), as_json=as_json)

    answer(ask, tenant=tenant)


@matching.command()
def runs(limit: Annotated[int, typer.Option(min=1, max=100)] = 20, tenant: Tenant = "") -> None:
    """The cohort runs of a tenant, newest first."""
    table = Table(
        Column("id", no_wrap=True, min_width=36), "status", "mode", "ordered", "learners", "placed"
    )
    found: Page[CohortView, Key] = answer_by(
        ListCohortRuns, tenant, lambda list_runs, actor: list_runs(actor, PageRequest(limit))
    )
    for run in found.items:
        outcome = run.outcome
        numbers = (str(outcome.learners), str(outcome.placed)) if outcome else ("", "")
        ordered = run.ordered_at.isoformat(timespec="seconds")
        table.add_row(str(run.id), run.status.value, run.mode.value, ordered, *numbers)
    console.print(table)


@matching.command()
def confirm(run_id: RunId, tenant: Tenant = "") -> None:
    """Let the mentors of a run be asked; a worker does it."""
    _decide(ConfirmCohortRun, run_id, tenant)


@matching.command()
def discard(run_id: RunId, tenant: Tenant = "") -> None:
    """Let nothing come of a run, also while it is being matched."""
    _decide(DiscardCohortRun, run_id, tenant)


async def _previewed(
    scope: AsyncContainer, actor: Actor, wishes: Sequence[CohortOrder]
) -> Mapping[AssignMode, Outcome]:
    """Everyone is collected once, so that two ways are compared on the same people."""
    gather, preview = await scope.get(GatherNeeds), await scope.get(PreviewCohort)
    named = wishes[0].learner_ids
    found: dict[AssignMode, Outcome] = {}
    with _bar() as bar:
        task = bar.add_task("collecting learners", total=1 + len(wishes))
        needs = await gather(actor, named)
        for wish in wishes:
            how = wish.options.mode
            bar.update(task, advance=1, description=f"matching {len(needs)} learners: {how}")
            found[how] = await preview(actor, needs, wish.options, named=len(named or ()))
        bar.update(task, advance=1, description="matched")
    return found


async def _ordered(
    scope: AsyncContainer, actor: Actor, wishes: Sequence[CohortOrder]
) -> CohortView:
    if len(wishes) != 1:
        raise Invalid("order a run in one mode: give --mode once", field="mode")
    order: OrderCohortRun = await scope.get(OrderCohortRun)
    return await order(actor, wishes[0])


def _decide(
    kind: type[ConfirmCohortRun] | type[DiscardCohortRun], run_id: UUID, tenant: str
) -> None:
    run: CohortView = answer_by(kind, tenant, lambda decide, actor: decide(actor, CohortId(run_id)))
    console.print(f"{run.id} is {run.status.value}")


def _weights(said: str) -> Weights | None:
    """The usual ones with these in their place. Raises Invalid for what is none."""
    if not said:
        return None
    try:
        parts = dict(part.split("=") for part in said.split(","))
        shares = {name.strip(): int(share) for name, share in parts.items()}
        return Weights(**{**asdict(USUAL), **shares})
    except (ValueError, TypeError):
        raise Invalid(
            f"{said!r} are no weights; write them as skill=5000,availability=1000", field="weights"
        ) from None


def _ids(path: Path | None) -> tuple[UserId, ...] | None:
    """The ids of a file. Raises Invalid for a line that is none."""
    if path is None:
        return None
    lines = (line.partition("#")[0].strip() for line in path.read_text("utf-8").splitlines())
    try:
        return tuple(UserId(UUID(line)) for line in lines if line)
    except ValueError as error:
        raise Invalid(f"{path} holds a line that is no id: {error}", field="learners") from None


def _show_order(run: CohortView, *, as_json: bool) -> None:
    if as_json:
        typer.echo(msgspec.json.encode(run).decode())
        return
    console.print(
        f"{run.id} is {run.status.value}: see `skillbridge matching runs`, then confirm or discard"
    )


def _bar() -> Progress:
    """On the error stream, so that a pipe gets the answer alone."""
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    return Progress(*columns, console=Console(stderr=True), transient=True)
