"""Hashing passwords."""

import asyncio
import threading

import pytest
from argon2 import PasswordHasher, extract_parameters
from argon2.low_level import Type
from tests.support.timing.patience import PATIENCE

from skillbridge.adapters.crypto.passwords import Argon2Hasher
from skillbridge.application.accounts.ports.passwords import TooBusy

pytestmark = pytest.mark.row("C1")


@pytest.mark.asvs("11.4.2")
async def test_the_parameters_are_those_of_owasp() -> None:
    made = extract_parameters(await Argon2Hasher().hash("four words and spaces"))
    assert (made.type, made.memory_cost, made.time_cost, made.parallelism) == (
        Type.ID,
        19_456,
        2,
        1,
    )


async def test_only_the_password_itself_matches() -> None:
    hasher = Argon2Hasher()
    kept = await hasher.hash("four words and spaces \N{SNOWMAN}")
    assert await hasher.matches("four words and spaces \N{SNOWMAN}", kept)
    assert not await hasher.matches("four words and spaces", kept)
    assert not await hasher.matches("four words and spaces", "no hash at all")


async def test_nobodys_password_matches_nothing_after_the_same_work(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hasher, verified = Argon2Hasher(), []
    same = Argon2Hasher._same

    def counted(self: Argon2Hasher, kept: str, password: str) -> bool:
        verified.append(extract_parameters(kept).memory_cost)
        return same(self, kept, password)

    monkeypatch.setattr(Argon2Hasher, "_same", counted)
    assert not await hasher.matches("nobody's password", None)
    assert not await hasher.matches("nobody's password", None)
    assert verified == [19_456, 19_456]


async def test_a_weaker_hash_is_outdated() -> None:
    hasher = Argon2Hasher()
    weak = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash("password")
    assert hasher.outdated(weak)
    assert not hasher.outdated(await hasher.hash("password"))


async def test_a_flood_of_registrations_takes_no_place_of_a_log_in(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """All their threads and places are taken, and none of it is waited for."""
    hasher, go_on = Argon2Hasher(), threading.Event()
    kept = await hasher.hash("four words and spaces")
    monkeypatch.setattr(hasher, "_argon2", Stalled(go_on))
    flood = [
        asyncio.create_task(hasher.hash("x", network=f"192.0.2.{n}"))
        for n in range(hasher.registrations.most)
    ]
    await asyncio.sleep(0)
    with pytest.raises(TooBusy):
        await hasher.hash("x", network="another")
    assert await hasher.matches("four words and spaces", kept, network="192.0.2.1")
    go_on.set()
    await asyncio.gather(*flood)
    hasher.close()


class Stalled:
    """Hashes nothing until it is told to, and compares as ever."""

    def __init__(self, go_on: threading.Event) -> None:
        self.go_on = go_on
        self.verify = PasswordHasher().verify

    def hash(self, _: str) -> str:
        assert self.go_on.wait(PATIENCE)
        return ""
