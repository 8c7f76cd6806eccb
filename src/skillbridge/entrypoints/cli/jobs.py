"""`skillbridge jobs`: what waits, what runs, what died, and making the dead try again."""

from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar
from uuid import UUID

import typer
from rich.markup import escape
from rich.table import Column, Table

from skillbridge.application.ports.jobs import Jobs, JobState
from skillbridge.domain.ids import JobId
from skillbridge.entrypoints.cli.asking import answer_of
from skillbridge.entrypoints.cli.terminal import foreign, wide_console

console = wide_console()
jobs = typer.Typer(help=__doc__, no_args_is_help=True)

T = TypeVar("T")
MOST = 100_000
"""Dead jobs that are looked at when a kind of them is replayed."""


@jobs.command()
def counts() -> None:
    """How many jobs are in each state."""
    found = _with_ledger(lambda ledger: ledger.counts())
    table = Table("state", "jobs")
    for state, number in found.items():
        table.add_row(state.value, str(number))
    console.print(table)


@jobs.command("list")
def list_jobs(
    state: Annotated[JobState, typer.Argument(help="Which ones.")] = JobState.DEAD,
    limit: Annotated[int, typer.Option(min=1, max=1000)] = 50,
) -> None:
    """The jobs in a state, newest first, with their last error."""
    table = Table(Column("id", no_wrap=True, min_width=36), "kind", "attempts", "due", "error")
    for job in _with_ledger(lambda ledger: ledger.report(state, limit=limit)):
        due = job.due_at.isoformat(timespec="seconds")
        table.add_row(str(job.id), job.kind, str(job.attempts), due, foreign(job.error or ""))
    console.print(table)


@jobs.command()
def replay(
    job_id: Annotated[UUID | None, typer.Argument(help="From `skillbridge jobs list`.")] = None,
    kind: Annotated[str, typer.Option(help="Every dead job of a kind, as DraftRoadmap.")] = "",
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Without asking.")] = False,
) -> None:
    """Let a dead job, or all of a kind, try again, with all their attempts."""
    if (job_id is None) == (not kind):
        raise typer.BadParameter("name one dead job by its id, or all of a kind by --kind")
    if job_id is None:
        _replay_all(kind, yes=yes)
        return
    if not _with_ledger(lambda ledger: ledger.replay(JobId(job_id))):
        console.print(f"[red]{job_id} is not among the dead:[/] see `skillbridge jobs list dead`")
        raise typer.Exit(1)
    console.print(f"{job_id} is ready again")


def _replay_all(kind: str, *, yes: bool) -> None:
    dead = _with_ledger(lambda ledger: ledger.report(JobState.DEAD, limit=MOST))
    ids = [job.id for job in dead if job.kind == kind]
    if not ids:
        kinds = ", ".join(sorted({job.kind for job in dead}))
        others = f"the dead are of {kinds}" if kinds else "none of any kind is dead"
        console.print(f"[red]no dead job of kind {escape(kind)}:[/] {others}")
        raise typer.Exit(1)
    if not yes:
        typer.confirm(f"{len(ids)} dead jobs of kind {kind} try again?", abort=True)

    async def each(ledger: Jobs) -> int:
        return sum([await ledger.replay(job_id) for job_id in ids])

    console.print(f"{_with_ledger(each)} jobs of kind {escape(kind)} are ready again")


def _with_ledger(ask: Callable[[Jobs], Awaitable[T]]) -> T:
    return answer_of(Jobs, ask)
