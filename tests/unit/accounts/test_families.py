"""Families of tokens that are bound to a key of their device, and whatever a thief may do to them."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from skillbridge.domain.accounts.device import DeviceKind, kind_of
from skillbridge.domain.accounts.sign_in import (
    KeyMissing,
    Link,
    SignIn,
    SignInOver,
    TokenStolen,
    Use,
    digest,
)
from skillbridge.domain.errors import Unproven
from skillbridge.domain.ids import SessionId, UserId

pytestmark = pytest.mark.row("Z10", "C1")

START = datetime(2026, 1, 1, tzinfo=UTC)
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
GRACE, IDLE, ABSOLUTE = 10 * SECOND, 14 * DAY, 30 * DAY
KEY, OTHER = b"k" * 32, b"o" * 32
FOO = digest("foo")


def after(token: bytes) -> bytes:
    return digest(token.hex())


BAR, BAZ = after(FOO), after(after(FOO))


@dataclass
class Family:
    """The rows that an adapter would keep."""

    key: bytes | None = KEY
    row: SignIn = field(init=False)
    links: dict[bytes, Link] = field(init=False)

    def __post_init__(self) -> None:
        use = Use(self.key)
        self.row = SignIn.start(SessionId(uuid4()), UserId(uuid4()), FOO, use, device="", at=START)
        self.links = {FOO: self.row.presented}

    def refresh(self, token: bytes, at: datetime, key: bytes | None = KEY) -> bytes:
        """The successor. Raises as the use case does, after what was found is kept."""
        children = (link for link in self.links.values() if link.parent == token)
        successor = next((replace(link) for link in children), None)
        seen = replace(self.row, presented=replace(self.links[token]), successor=successor)
        theft = seen.refresh((after(token),), Use(key), at=at)
        self.row = seen
        self.links |= {link.hash: link for link in (seen.presented, seen.successor) if link}
        if theft:
            raise TokenStolen(seen.id)
        assert seen.successor is not None
        return seen.successor.hash


@pytest.mark.parametrize("later", [timedelta(), GRACE + SECOND, 3 * DAY, IDLE - SECOND])
def test_a_lost_answer_is_given_again_to_the_same_key_at_any_later_time(later: timedelta) -> None:
    family = Family()
    family.refresh(FOO, START)
    for _ in range(3):
        assert family.refresh(FOO, START + later) == BAR
    assert family.refresh(BAR, START + later) == BAZ


@pytest.mark.asvs("10.4.5")
@pytest.mark.parametrize("key", [KEY, OTHER, None])
@pytest.mark.parametrize("later", [timedelta(), 3 * DAY])
def test_a_token_whose_successor_was_used_ends_the_family_whoever_comes_with_it(
    key: bytes | None, later: timedelta
) -> None:
    family = Family()
    family.refresh(FOO, START)
    family.refresh(BAR, START)
    with pytest.raises(TokenStolen):
        family.refresh(FOO, START + later, key)
    with pytest.raises(SignInOver):
        family.refresh(BAZ, START + later)


@pytest.mark.asvs("10.4.5")
@pytest.mark.parametrize("key", [OTHER, None])
def test_a_token_alone_is_refused_and_ends_nothing(key: bytes | None) -> None:
    family = Family()
    before = replace(family.row, presented=replace(family.row.presented))
    with pytest.raises(KeyMissing, match="send a DPoP proof of that key, or log in again"):
        family.refresh(FOO, START + SECOND, key)
    assert family.row == before
    family.refresh(FOO, START + SECOND)
    with pytest.raises(KeyMissing):
        family.refresh(FOO, START + 2 * SECOND, key)
    assert family.refresh(BAR, START + 2 * SECOND) == BAZ


def test_nobody_binds_a_family_that_has_no_key() -> None:
    """Whoever stole its token could shut its owner out, who would not be told."""
    family = Family(key=None)
    family.refresh(FOO, START, OTHER)
    assert family.row.key is None
    assert family.refresh(BAR, START, None) == BAZ


@pytest.mark.asvs("7.3.2", "10.4.8")
def test_each_use_moves_the_end_but_never_over_thirty_days() -> None:
    family = Family()
    assert family.row.expires_at == START + IDLE
    family.refresh(FOO, START + DAY)
    assert (family.row.last_used_at, family.row.expires_at) == (START + DAY, START + DAY + IDLE)
    family.refresh(FOO, START + 10 * DAY)
    family.refresh(BAR, START + 20 * DAY)
    assert family.row.expires_at == START + ABSOLUTE
    family.row.revoke(at=START + 21 * DAY)
    assert family.row.expires_at == family.row.revoked_at == START + 21 * DAY


def test_what_ended_by_itself_can_be_revoked_and_ends_no_later() -> None:
    family = Family()
    assert family.row.revoke(at=START + ABSOLUTE)
    assert family.row.expires_at == START + IDLE


class Thieves(RuleBasedStateMachine):
    """The owner's phone and somebody who copies its storage, in every order and at every pace.

    The phone keeps the newest token whose answer came, as a client does; the thief has any token that
    they copied from its storage or were given themselves, but not its key.
    """

    bound = True

    @initialize()
    def log_in(self) -> None:
        self.family = Family(KEY if self.bound else None)
        self.now, self.stored = START, FOO
        self.stolen: list[bytes] = []
        self.took: dict[bytes, list[tuple[datetime, str]]] = {}
        """Who was given a successor for a token, and when."""
        self.dead = False

    @rule(seconds=st.sampled_from([0, 1, 10, 11, 600, 3 * 86_400]))
    def time_passes(self, seconds: int) -> None:
        self.now += seconds * SECOND

    @rule(arrives=st.booleans())
    def the_phone_refreshes(self, arrives: bool) -> None:
        given = self.present(self.stored, "owner", KEY)
        if given is not None and arrives:
            self.stored = given

    @rule()
    def the_thief_copies_what_is_stored(self) -> None:
        self.stolen.append(self.stored)

    @rule(which=st.integers(0, 99), key=st.sampled_from([None, OTHER]))
    def the_thief_refreshes(self, which: int, key: bytes | None) -> None:
        if self.stolen:
            given = self.present(self.stolen[which % len(self.stolen)], "thief", key)
            if given is not None:
                self.stolen.append(given)

    def present(self, token: bytes, who: str, key: bytes | None) -> bytes | None:
        was_dead = self.dead
        try:
            given = self.family.refresh(token, self.now, key)
        except TokenStolen:
            assert not was_dead
            self.dead = True
            return None
        except KeyMissing:
            assert self.bound
            assert who == "thief"
            return None
        except Unproven:
            self.dead = True
            return None
        assert not was_dead, "what has ended gives nothing any more"
        self.took.setdefault(token, []).append((self.now, who))
        return given

    @invariant()
    def one_token_at_most_can_go_on(self) -> None:
        assert sum(link.used_at is None for link in self.family.links.values()) == 1


class BoundThieves(Thieves):
    """A thief without the key is given nothing, ever."""

    @invariant()
    def the_thief_has_nothing_but_copies(self) -> None:
        assert all(who == "owner" for taken in self.took.values() for _, who in taken)


class UnboundThieves(Thieves):
    """Both go on only while they take each token within the grace of each other."""

    bound = False

    @invariant()
    def whoever_is_late_ends_it(self) -> None:
        for taken in self.took.values():
            first = taken[0][0]
            assert all(at - first <= GRACE for at, _ in taken)


TestBoundThieves = BoundThieves.TestCase
TestUnboundThieves = UnboundThieves.TestCase
for machine in (TestBoundThieves, TestUnboundThieves):
    machine.settings = settings(max_examples=200, stateful_step_count=30)


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        (
            "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 Chrome/126.0.0.0 Mobile Safari/537.36",
            "phone",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Version/17.5 Mobile/15E148",
            "phone",
        ),
        ("Opera/9.80 (J2ME/MIDP; Opera Mini/7.1; U; en) Presto/2.8.119", "phone"),
        ("okhttp/4.12.0", "phone"),
        (
            "Mozilla/5.0 (Linux; Android 13; SM-X200) AppleWebKit/537.36 Chrome/126.0 Safari/537.36",
            "tablet",
        ),
        ("Mozilla/5.0 (iPad; CPU OS 16_6 like Mac OS X) Version/16.6 Mobile/15E148", "tablet"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Gecko/20100101 Firefox/127.0", "computer"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Safari/605.1.15", "computer"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Firefox/127.0", "computer"),
        ("curl/8.5.0", "other"),
        ("<b>your bank</b>", "other"),
        ("", "other"),
    ],
)
def test_of_what_kind_a_device_is(said: str, kind: str) -> None:
    assert kind_of(said) == DeviceKind(kind)
