"""`skillbridge demo`: the whole story, told through the API of a running stack."""

import asyncio
import contextlib
import os
from collections.abc import Iterator
from typing import Annotated

import typer
from rich.progress import BarColumn, Progress, TextColumn
from rich.table import Table

from skillbridge.entrypoints.cli.story import Answer, Story, StoryBroken
from skillbridge.entrypoints.cli.terminal import wide_console
from skillbridge.entrypoints.seeding import PASSWORD
from skillbridge.local.discovery import with_local_stack

console = wide_console()


def demo(
    url: Annotated[
        str,
        typer.Option(
            envvar="SKILLBRIDGE_URL",
            help="Where the API is; without it, the one that `skillbridge up` runs here.",
        ),
    ] = "",
    goal: Annotated[
        str, typer.Option(help="What the learner wants.")
    ] = "Become a data analyst in a clinic",
    domain: Annotated[str, typer.Option(help="One of /v1/domains.")] = "data-analysis",
) -> None:
    """A learner registers, gets a roadmap, completes modules, finds a mentor, earns a badge.

    Exits with 1 at the first thing that is not as it should be, saying what.
    """
    try:
        asyncio.run(_tell(url or _here(), goal, domain))
    except StoryBroken as error:
        console.print(f"[red]the story broke:[/] {error}")
        raise typer.Exit(1) from None


def _here() -> str:
    port = with_local_stack(os.environ).get("PORT", "8000")
    return f"http://127.0.0.1:{port}"


async def _tell(url: str, goal: str, domain: str) -> None:
    async with Story.at(url, mentor_password=PASSWORD) as story:
        with _chapter("A learner registers, opens the link in the mail, signs in"):
            who = await story.register_and_sign_in()
        console.print(f"  {who['name']}, {who['email']}")
        with _chapter("tells about themselves"):
            await story.fill_in_profile()
        with _bar(f"asks for a roadmap: “{goal}”") as show:
            async for step in story.follow_roadmap(goal, domain):
                show(step["stage"], step["percent"])
        roadmap = await story.roadmap()
        _show_roadmap(roadmap)
        with _bar("completes three modules") as show:
            async for progress in story.complete_modules(roadmap, 3):
                show(f"{progress['percent']} % of the roadmap", progress["percent"])
        with _chapter("is shown mentors"):
            suggestions = await story.suggestions()
        _show_suggestions(suggestions)
        with _chapter("asks the first; the mentor accepts"):
            match = await story.match_with_the_best(suggestions)
        console.print(f"  the match is [bold]{match['status']}[/]")
        with _chapter("earns badges"):
            badges = await story.badges({"first-step", "connected"})
        for badge in badges:
            console.print(f"  ★ {badge['title']}: {badge['description']}")
        with _chapter("and was told of it all"):
            notices = await story.notices(at_least=4)
        for notice in notices:
            console.print(f"  · {notice['title']}")
    console.print("[bold green]The whole story works.[/]")


@contextlib.contextmanager
def _chapter(title: str) -> Iterator[None]:
    with console.status(title):
        yield
    console.print(f"[green]✓[/] {title}")


@contextlib.contextmanager
def _bar(title: str) -> Iterator["_Show"]:
    columns = (
        TextColumn("  {task.description:<28}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
    )
    with Progress(*columns, console=console) as progress:
        yield _Show(progress)
    console.print(f"[green]✓[/] {title}")


class _Show:
    """Moves the bar and says what is happening."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._task = progress.add_task("waiting", total=100)

    def __call__(self, what: str, percent: int) -> None:
        self._progress.update(self._task, description=what, completed=percent)


def _show_roadmap(roadmap: Answer) -> None:
    drawn = (
        "by the model"
        if roadmap["author"] == "model"
        else f"from the template ({roadmap['reason']})"
    )
    table = Table("module", "skill", "hours", "due", title=f"{roadmap['title']}, drawn {drawn}")
    for module in roadmap["modules"]:
        hours = f"{module['minutes'] / 60:.0f}"
        table.add_row(module["title"], module["skill"], hours, module["due_on"])
    console.print(table)


def _show_suggestions(suggestions: Answer) -> None:
    how = (
        "by the fallback, for the matcher is away"
        if suggestions["degraded"]
        else f"by the {suggestions['source']}"
    )
    table = Table("mentor", "headline", "score", "why", title=f"mentors, ranked {how}")
    for one in suggestions["items"][:5]:
        mentor, parts = one["mentor"], " ".join(one["reasons"][:2])
        table.add_row(mentor["name"], mentor["headline"], f"{one['total'] / 100:.1f} %", parts)
    console.print(table)
