"""Hashing passwords, and judging them."""

import asyncio

import pytest
from argon2 import PasswordHasher, extract_parameters
from argon2.low_level import Type

from skillbridge.adapters.crypto import passwords
from skillbridge.adapters.crypto.passwords import Argon2Hasher, ZxcvbnStrength
from skillbridge.domain.errors import Unavailable

pytestmark = pytest.mark.row("C1")


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


async def test_a_storm_of_log_ins_is_turned_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "MOST_WAITING", 3)
    hasher = Argon2Hasher()
    done = await asyncio.gather(*(hasher.hash("x") for _ in range(5)), return_exceptions=True)
    assert sum(isinstance(one, Unavailable) for one in done) == 2
    assert await hasher.hash("x")


async def test_guessable_passwords_score_low() -> None:
    strength = ZxcvbnStrength()
    common = await strength("password1234", ())
    assert common.score < 3
    assert common.warning
    assert (await strength("skillbridge1", ())).score < 3
    assert (await strength("amina.bello12", ("amina.bello@example.org", "Amina"))).score < 3
    assert (await strength("a" * 128, ())).score < 3
    assert (await strength("violet tractor hums at dawn", ())).score == 4
