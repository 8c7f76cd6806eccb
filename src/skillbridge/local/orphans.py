"""Ending what a killed run left behind, and nothing else."""

import asyncio
import os
import signal
from contextlib import suppress
from pathlib import Path

import psutil

from skillbridge.local.home import Home
from skillbridge.local.records import (
    Record,
    began,
    boot_id,
    drop_record,
    group_members,
    records_in,
)
from skillbridge.local.waiting import until

GRACE = 5.0  # seconds an orphan gets to stop by itself; most are already doing so
LOOK_AGAIN = 0.02  # seconds; orphans are no children of ours, so nobody tells us when they end


async def end_orphans(home: Home, *, grace: float = GRACE) -> list[str]:
    """Stop the children of an earlier run that are still alive; return their names."""
    ended = []
    for record in records_in(home):
        if record.is_alive():
            await _end(record, grace)
            ended.append(record.name)
        for pid in _left_of_group(record, home.root):
            os.kill(pid, signal.SIGKILL)
        drop_record(home, record.name)
    return ended


async def _end(record: Record, grace: float) -> None:
    if not await _ends_by(record.signal, record, grace):
        await _ends_by(signal.SIGKILL, record, grace)


async def _ends_by(sign: signal.Signals, record: Record, grace: float) -> bool:
    with suppress(ProcessLookupError):
        os.kill(record.pid, sign)
    try:
        async with asyncio.timeout(grace):
            await until(lambda: not record.is_alive(), every=LOOK_AGAIN)
    except TimeoutError:
        return False
    return True


def _left_of_group(record: Record, root: Path) -> list[int]:
    """Return what is left of a dead leader's group: younger than it, and started for our folder."""
    if record.boot != boot_id() or began(record.pid) is not None:
        return []
    return [
        pid
        for pid in group_members(record.pid)
        if (began(pid) or 0) >= record.began and _serves(pid, root)
    ]


def _serves(pid: int, root: Path) -> bool:
    try:
        return psutil.Process(pid).environ().get("SKILLBRIDGE_HOME") == str(root)
    except psutil.Error:
        return False
