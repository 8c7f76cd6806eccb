"""What a cohort would get, as tables."""

from collections.abc import Callable, Iterator, Mapping, Sequence

import msgspec
import typer
from rich.table import Column, Table

from skillbridge.domain.cohorts.assignment import AssignMode
from skillbridge.domain.cohorts.fairness import Fairness, Group
from skillbridge.domain.cohorts.order import Outcome
from skillbridge.entrypoints.cli.terminal import wide_console

console = wide_console()


def show_outcomes(found: Mapping[AssignMode, Outcome], *, as_json: bool) -> None:
    """Beside each other, each way of sharing in a column; for programs as JSON."""
    if as_json:
        typer.echo(msgspec.json.encode(found).decode())
        return
    table = Table("", *(Column(mode.value, justify="right") for mode in found))
    lines = [dict(_lines(outcome)) for outcome in found.values()]
    for name in lines[0]:
        table.add_row(name, *(line[name] for line in lines))
    console.print(table)
    _show_groups("country", found, lambda fair: fair.by_country)
    _show_groups("language", found, lambda fair: fair.by_language)
    if any(outcome.degraded for outcome in found.values()):
        console.print("[yellow]the matcher is away: its fallback answered[/]")
    console.print("nothing was kept; --order has a worker match the cohort to be confirmed")


def _lines(outcome: Outcome) -> Iterator[tuple[str, str]]:
    """What is told of one way to share, from the people to the proof."""
    fair = outcome.fairness
    yield "learners", str(outcome.learners)
    yield "named, but need no mentor", str(outcome.left_out)
    yield "assigned", str(outcome.placed)
    yield "unassigned", str(outcome.without_candidates + outcome.without_place)
    yield "  without any eligible mentor", str(outcome.without_candidates)
    yield "  without a place", str(outcome.without_place)
    yield "objective", str(outcome.objective)
    yield "bound", str(outcome.bound)
    yield "gap", f"{outcome.gap_ppm / 10_000:.4f} %"
    yield "proven optimal", f"yes, over the {outcome.scope}" if outcome.optimal else "no"
    yield "blocking pairs", str(outcome.blocking_pairs)
    yield "lowest score", str(fair.minimum)
    yield "fifth percentile", str(fair.fifth_percentile)
    yield "mean score", str(fair.mean)
    yield "Gini of scores", f"{fair.gini_score / 10_000:.4f}"
    yield "Gini of loads", f"{fair.gini_load / 10_000:.4f}"
    yield "answered by", f"{outcome.source}, {outcome.answered_by}"


def _show_groups(
    title: str,
    found: Mapping[AssignMode, Outcome],
    groups: Callable[[Fairness], Sequence[Group]],
) -> None:
    """The share of each group that stays without a mentor."""
    by_mode = [
        {group.key: group for group in groups(outcome.fairness)} for outcome in found.values()
    ]
    table = Table(
        title, "learners", *(Column(f"unassigned, {mode}", justify="right") for mode in found)
    )
    for key, group in by_mode[0].items():
        shares = (f"{one[key].unassigned} ({_share(one[key])})" for one in by_mode if key in one)
        table.add_row(key or "not told", str(group.learners), *shares)
    if by_mode[0]:
        console.print(table)


def _share(group: Group) -> str:
    return f"{100 * group.unassigned / group.learners:.1f} %"
