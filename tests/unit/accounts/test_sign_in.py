"""A chain of refresh tokens, move by move."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillbridge.domain.accounts.sign_in import Link, Origin, SignIn, SignInOver, digest
from skillbridge.domain.errors import Unproven
from skillbridge.domain.events.accounts import SessionStolen
from skillbridge.domain.ids import SessionId, UserId

ABSOLUTE = timedelta(days=30)
GRACE = timedelta(seconds=10)
IDLE = timedelta(days=14)

pytestmark = pytest.mark.row("C1")

START = datetime(2026, 1, 1, tzinfo=UTC)
FOO, BAR, BAZ = (digest(name) for name in ("foo", "bar", "baz"))
NEXT = {FOO: BAR, BAR: BAZ, BAZ: digest("qux")}
SECOND = timedelta(seconds=1)


class Family:
    """The rows that an adapter would keep."""

    def __init__(self) -> None:
        self.row = SignIn.start(SessionId(uuid4()), UserId(uuid4()), FOO, device="", at=START)
        self.links: dict[bytes, Link] = {FOO: self.row.presented}

    def refresh(self, token: bytes, at: datetime) -> bytes | None:
        """The successor; None when the chain was found stolen."""
        children = (link for link in self.links.values() if link.parent == token)
        seen = replace(
            self.row,
            presented=replace(self.links[token]),
            successor=next((replace(link) for link in children), None),
        )
        nxt = NEXT.get(token, digest(token.hex()))
        events = seen.refresh((nxt,), at=at)
        self.row = seen
        for link in (seen.presented, seen.successor):
            if link is not None:
                self.links[link.hash] = link
        if events:
            assert events == (SessionStolen(user_id=seen.user_id, at=at),)
            assert seen.revoked_at == at
            return None
        assert seen.successor is not None
        return seen.successor.hash


def test_each_token_names_its_successor() -> None:
    family = Family()
    assert family.refresh(FOO, START) == BAR
    assert family.refresh(BAR, START + SECOND) == BAZ


@pytest.mark.parametrize("after", [timedelta(), SECOND, GRACE])
def test_a_lost_response_is_repeated_within_the_grace(after: timedelta) -> None:
    family = Family()
    family.refresh(FOO, START)
    assert family.refresh(FOO, START + after) == BAR
    assert family.refresh(BAR, START + after) == BAZ


@pytest.mark.asvs("10.4.5")
def test_a_parent_after_the_grace_is_a_theft() -> None:
    family = Family()
    family.refresh(FOO, START)
    assert family.refresh(FOO, START + GRACE + SECOND) is None
    with pytest.raises(SignInOver):
        family.refresh(BAR, START + GRACE + SECOND)


def test_a_parent_whose_successor_was_used_is_a_theft_even_within_the_grace() -> None:
    family = Family()
    family.refresh(FOO, START)
    family.refresh(BAR, START + SECOND)
    assert family.refresh(FOO, START + 2 * SECOND) is None
    with pytest.raises(SignInOver):
        family.refresh(BAZ, START + 2 * SECOND)


@pytest.mark.asvs("10.4.5")
def test_a_grandparent_is_a_theft_however_old() -> None:
    family = Family()
    family.refresh(FOO, START)
    family.refresh(BAR, START + IDLE - SECOND)
    assert family.refresh(FOO, START + IDLE + SECOND) is None


def test_a_successor_of_another_key_ring_cannot_be_repeated() -> None:
    family = Family()
    family.refresh(FOO, START)
    seen = replace(family.row, presented=family.links[FOO], successor=family.links[BAR])
    with pytest.raises(SignInOver):
        seen.refresh((BAZ,), at=START)
    assert seen.revoked_at is None, "nobody has stolen anything"


def test_a_successor_by_an_older_key_is_repeated() -> None:
    family = Family()
    family.refresh(FOO, START)
    seen = replace(family.row, presented=family.links[FOO], successor=family.links[BAR])
    assert seen.refresh((BAZ, BAR), at=START) == ()
    assert seen.successor is not None
    assert seen.successor.hash == BAR


@pytest.mark.asvs("7.3.1")
def test_it_ends_when_idle_for_a_fortnight() -> None:
    assert Family().refresh(FOO, START + IDLE - SECOND) == BAR
    with pytest.raises(SignInOver, match="log in again"):
        Family().refresh(FOO, START + IDLE)


@pytest.mark.asvs("7.3.2", "10.4.8")
def test_it_ends_after_thirty_days_however_busy() -> None:
    family, token, now = Family(), FOO, START
    while (now := now + timedelta(days=5)) < START + ABSOLUTE:
        token = family.refresh(token, now) or b""
    with pytest.raises(SignInOver):
        family.refresh(token, now)


def test_revoking_twice_is_once() -> None:
    sign_in = Family().row
    assert sign_in.revoke(at=START)
    assert not sign_in.revoke(at=START + SECOND)
    assert sign_in.revoked_at == START
    with pytest.raises(SignInOver):
        sign_in.refresh((BAR,), at=START)


@given(
    st.lists(
        st.tuples(st.integers(0, 6), st.sampled_from([0, 3, 10, 11, 600, 86_400])), max_size=30
    )
)
def test_at_most_one_unused_token_lives_and_a_theft_ends_all(moves: list[tuple[int, int]]) -> None:
    """Whoever presents whichever known token in whatever order and pace."""
    family, now, known = Family(), START, [FOO]
    for which, seconds in moves:
        now += timedelta(seconds=seconds)
        token = known[which % len(known)]
        was_used, was_dead = family.links[token].used_at, family.row.revoked_at is not None
        try:
            successor = family.refresh(token, now)
        except Unproven:
            assert was_dead or now >= family.row.expires_at or was_used is None
            continue
        assert not was_dead
        if successor is None:
            assert was_used is not None
            continue
        assert was_used is None or now - was_used <= GRACE
        if successor not in known:
            known.append(successor)
        assert sum(link.used_at is None for link in family.links.values()) == 1


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("64:ff9b::192.0.2.7", "192.0.2.7"),
        ("64:ff9b:1::192.0.2.7", "192.0.2.7"),
        ("64:ff9b:1:abcd:ef01::c000:207", "192.0.2.7"),
        ("64:ff9b:1:c000:2:700::", "192.0.2.7"),
        ("2002:c000:207:1::9", "192.0.2.7"),
        ("fe80::1%eth0", "fe80::/64"),
        ("64:ff9b:2::1", "64:ff9b:2::/64"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("a proxy's nonsense", "unknown"),
    ],
)
def test_attempts_are_counted_by_network(address: str, network: str) -> None:
    assert Origin(address).network == network


def test_a_device_is_kept_short_and_printable() -> None:
    sign_in = SignIn.start(
        SessionId(uuid4()), UserId(uuid4()), FOO, device="Fire\nfox\0" + "x" * 500, at=START
    )
    assert sign_in.device.startswith("Firefox")
    assert len(sign_in.device) == 200
