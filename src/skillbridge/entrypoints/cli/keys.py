"""`skillbridge keys`: the keys that sign: which there are, putting a new one in front, dropping an old one."""

import os
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path
from secrets import token_urlsafe
from typing import Annotated, NoReturn

import typer
from rich.table import Table

from skillbridge.application.ports.access_tokens import KeyRole, PublicKey, Tokens
from skillbridge.domain.accounts.sign_in import ABSOLUTE
from skillbridge.entrypoints.cli.asking import answer_of
from skillbridge.entrypoints.cli.terminal import wide_console
from skillbridge.local.discovery import with_local_stack
from skillbridge.settings import file_of, rewriting, variable

console = wide_console()
keys = typer.Typer(help=__doc__, no_args_is_help=True)

PUBLISHED_BEFORE = timedelta(hours=24)
"""So long everybody who verifies has to learn of a key before it signs."""
LONGEST_LIFE = ABSOLUTE
"""What a key made longest: the answer of a refresh, for as long as its sign-in may live."""
RING = variable("secret_keys")
ENDS = (
    "with it end links in mails (they live 24 hours), and sign-ins whose last refresh was not heard of "
    "(30 days); devices are asked as new ones"
)


@keys.command("list")
def list_keys() -> None:
    """Each key by its id in tokens and in /.well-known/jwks.json, and what it does; no secret."""
    table = Table("key", "role", "signs from", "signed until")
    for key in _published():
        table.add_row(key.id, key.role.value, _said(key.since), _said(key.until))
    console.print(table)
    console.print(f"from {_file() or RING}", markup=False, soft_wrap=True)


@keys.command()
def rotate(
    *, now: Annotated[bool, typer.Option("--now", help="Signs at once: a key leaked.")] = False
) -> None:
    """Put a new key in front. All who verify learn of it first: it signs a day later."""
    since = datetime.now(UTC) + (timedelta() if now else PUBLISHED_BEFORE)
    entry = f"{since:%Y-%m-%dT%H:%MZ}:{token_urlsafe(32)}"
    with _entries() as entries:
        waiting = [key for key in _published() if key.role is KeyRole.NEXT]
        if waiting and not now:
            _refuse(f"{waiting[0].id} is next already: it signs from {_said(waiting[0].since)}")
        entries.insert(0, entry)
    _tell(f"put this in front of {RING}, which only you can change, with a comma: {entry}")
    when = "now" if now else f"before {_said(since)}, when the new key begins to sign"
    console.print(f"restart each API and worker {when}", soft_wrap=True)


@keys.command()
def retire(
    key_id: Annotated[str, typer.Argument(metavar="KEY", help="From `skillbridge keys list`.")],
    *,
    now: Annotated[
        bool, typer.Option("--now", help="Though what it signed may live: the key leaked.")
    ] = False,
) -> None:
    """Drop a key that has ceased to sign, once nothing that it signed may be alive."""
    with _entries() as entries:
        found = _published()
        place = next((n for n, key in enumerate(found) if key.id == key_id), None)
        if place is None:
            _refuse(f"there is no key {key_id}: see `skillbridge keys list`")
        _look_at(found[place], even_now=now)
        del entries[place : place + 1]
    _tell(f"take entry {place + 1} out of {RING}, which only you can change")
    console.print("restart each API and worker: until then they believe it", soft_wrap=True)


def _look_at(key: PublicKey, *, even_now: bool) -> None:
    if key.role is KeyRole.SIGNING:
        _refuse(f"{key.id} signs: `skillbridge keys rotate` first")
    if key.role is KeyRole.NEXT or even_now:
        return
    if key.until is None:
        _refuse(
            f"nobody knows since when {key.id} signs no more: {ENDS}. If that is long ago, add --now"
        )
    free = key.until + LONGEST_LIFE
    if free > datetime.now(UTC):
        _refuse(
            f"what {key.id} signed may live until {_said(free)}: {ENDS}. If it leaked, add --now"
        )


def _published() -> Sequence[PublicKey]:
    async def published(tokens: Tokens) -> Sequence[PublicKey]:
        return tokens.published()

    return answer_of(Tokens, published)


def _file() -> Path | None:
    return file_of("secret_keys", with_local_stack(os.environ))


def _entries() -> AbstractContextManager[list[str]]:
    """Those of the file, which is changed; of a variable there is nothing to change."""
    path = _file()
    return rewriting(path) if path else nullcontext([])


def _tell(by_hand: str) -> None:
    path = _file()
    console.print(f"{path} is changed" if path else by_hand, markup=False, soft_wrap=True)


def _refuse(words: str) -> NoReturn:
    console.print(words, style="red", markup=False, soft_wrap=True)
    raise typer.Exit(1)


def _said(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC" if at else "-"
