"""Access tokens, the keys that sign them, and those who would forge them."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import KeySet
from joserfc.jws import deserialize_compact
from tests.support.http.forgeries import Forger

from skillbridge.adapters.crypto import access_tokens
from skillbridge.adapters.crypto.access_tokens import JwtTokens
from skillbridge.adapters.crypto.keys import KeyRing
from skillbridge.adapters.crypto.refresh_tokens import DerivedRefreshTokens
from skillbridge.application.ports.access_tokens import BadAccessToken, KeyRole
from skillbridge.domain.accounts.user import User
from skillbridge.domain.actor import Role
from skillbridge.domain.ids import SessionId, TenantId, UserId

ACCESS_LIFE = timedelta(minutes=10)

pytestmark = pytest.mark.row("C1")

ISSUER = "https://api.example.org"
SECRET = "first secret, long enough for tests"
PURPOSE = "access/ed25519"
START = datetime(2026, 1, 1, tzinfo=UTC)
SOMEBODY = {"sub": str(uuid4()), "tid": str(uuid4()), "sid": str(uuid4()), "roles": ["learner"]}
FORGER = Forger(SECRET, ISSUER, START, SOMEBODY)
ATTACKS = FORGER.attacks()


@dataclass
class MovableClock:
    now: datetime = START

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


def tokens_of(*secrets: str, clock: MovableClock, **since: datetime) -> JwtTokens:
    return JwtTokens(KeyRing.of(secrets, PURPOSE, since=since, clock=clock), ISSUER, clock)


@pytest.fixture
def tokens(clock: MovableClock) -> JwtTokens:
    return tokens_of(SECRET, clock=clock)


@pytest.fixture
def user() -> User:
    roles = frozenset({Role.LEARNER, Role.MENTOR})
    return User(UserId(uuid4()), TenantId(uuid4()), "amina@example.org", "hash", roles)


def issued(tokens: JwtTokens, user: User) -> str:
    return tokens.issue(user.id, user.tenant_id, SessionId(uuid4()), user.roles)


def test_a_token_says_who_where_and_what(tokens: JwtTokens, user: User) -> None:
    session_id = SessionId(uuid4())
    claims = tokens.verify(tokens.issue(user.id, user.tenant_id, session_id, user.roles))
    assert (claims.user_id, claims.tenant_id) == (user.id, user.tenant_id)
    assert claims.session_id == session_id
    assert claims.roles == user.roles
    assert claims.expires_at == START + ACCESS_LIFE


def test_it_ends_after_ten_minutes_also_when_remembered(
    tokens: JwtTokens, user: User, clock: MovableClock
) -> None:
    token = issued(tokens, user)
    clock.now = START + timedelta(minutes=10) - timedelta(seconds=1)
    tokens.verify(token)
    clock.now = START + timedelta(minutes=10)
    for _ in range(2):
        with pytest.raises(BadAccessToken, match="refresh it"):
            tokens.verify(token)


def test_the_forger_of_these_tests_can_make_a_good_one(tokens: JwtTokens) -> None:
    assert tokens.verify(FORGER.token()).roles == {Role.LEARNER}
    assert tokens.verify(FORGER.saying(nbf=int(START.timestamp()), more="x")).roles == {
        Role.LEARNER
    }
    assert len(ATTACKS) >= 40


@pytest.mark.asvs("9.1.1", "9.1.2", "9.1.3", "9.2.1", "9.2.2", "9.2.3", "9.2.4")
@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_is_refused(tokens: JwtTokens, name: str) -> None:
    for _ in range(2):
        with pytest.raises(BadAccessToken):
            tokens.verify(ATTACKS[name])


def test_a_clock_may_be_half_a_minute_ahead_and_no_more(tokens: JwtTokens) -> None:
    at = int(START.timestamp())
    tokens.verify(FORGER.saying(iat=at + 30, exp=at + 630))
    with pytest.raises(BadAccessToken):
        tokens.verify(FORGER.saying(iat=at + 31, exp=at + 631))


def test_a_refresh_token_is_no_access_token(tokens: JwtTokens) -> None:
    with pytest.raises(BadAccessToken):
        tokens.verify(
            DerivedRefreshTokens(KeyRing.of([SECRET], "refresh")).first(TenantId(uuid4()))
        )


@given(st.text(max_size=200))
def test_nonsense_is_refused_as_nonsense(text: str) -> None:
    with pytest.raises(BadAccessToken):
        tokens_of(SECRET, clock=MovableClock()).verify(text)


@given(st.binary(max_size=100), st.booleans())
def test_nonsense_that_is_signed_is_refused_too(raw: bytes, in_header: bool) -> None:
    tokens = tokens_of(SECRET, clock=MovableClock())
    with pytest.raises(BadAccessToken):
        tokens.verify(FORGER.token(header=raw) if in_header else FORGER.token(raw))


@pytest.mark.row("A3")
def test_a_newer_key_signs_and_every_key_verifies(user: User, clock: MovableClock) -> None:
    old, both, new = (tokens_of(*ring, clock=clock) for ring in (["old"], ["new", "old"], ["new"]))
    by_old, by_both = issued(old, user), issued(both, user)
    assert both.verify(by_old).user_id == user.id
    assert new.verify(by_both).user_id == user.id
    for ring, token in ((old, by_both), (new, by_old)):
        with pytest.raises(BadAccessToken):
            ring.verify(token)


@pytest.mark.row("A3")
def test_a_key_is_published_and_believed_before_it_signs(user: User, clock: MovableClock) -> None:
    tomorrow = START + timedelta(days=1)
    tokens = tokens_of("new", "old", clock=clock, new=tomorrow)
    ahead = tokens_of("new", clock=clock)
    said = [(key.role, key.since, key.until) for key in tokens.published()]
    assert said == [(KeyRole.NEXT, tomorrow, None), (KeyRole.SIGNING, None, None)]
    assert tokens.verify(issued(ahead, user)).user_id == user.id
    with pytest.raises(BadAccessToken):
        ahead.verify(issued(tokens, user))
    clock.now = tomorrow
    assert ahead.verify(issued(tokens, user)).user_id == user.id
    said = [(key.role, key.since, key.until) for key in tokens.published()]
    assert said == [(KeyRole.SIGNING, tomorrow, None), (KeyRole.PREVIOUS, None, tomorrow)]


def test_the_oldest_signs_where_none_has_begun(user: User, clock: MovableClock) -> None:
    tokens = tokens_of("a", "b", clock=clock, a=START + ACCESS_LIFE, b=START + timedelta(1))
    assert tokens_of("b", clock=clock).verify(issued(tokens, user)).user_id == user.id


def test_a_key_had_ceased_when_the_first_newer_one_began(clock: MovableClock) -> None:
    dates = {"c": START - timedelta(days=1), "b": START - timedelta(days=9)}
    found = tokens_of("c", "b", "a", clock=clock, **dates).published()
    assert [key.until for key in found] == [None, dates["c"], dates["b"]]
    assert [key.until for key in tokens_of("b", "a", clock=clock).published()] == [None, None]


@pytest.mark.filterwarnings("ignore:EdDSA is deprecated:joserfc.errors.SecurityWarning")
def test_others_verify_a_token_with_what_is_published_alone(tokens: JwtTokens, user: User) -> None:
    [key] = tokens.published()
    jwk: Any = {"kty": "OKP", "crv": "Ed25519", "kid": key.id, "x": key.point}
    read = jwt.decode(issued(tokens, user), KeySet.import_key_set({"keys": [jwk]}), ["EdDSA"])
    assert read.header == {"typ": "at+jwt", "alg": "EdDSA", "kid": key.id}
    assert read.claims["sub"] == str(user.id)


def test_what_is_published_is_made_of_the_secret_alone(tokens: JwtTokens) -> None:
    [key] = tokens.published()
    assert key.id == FORGER.header["kid"]
    assert key.point == FORGER.point


def test_only_so_many_tokens_are_remembered(
    tokens: JwtTokens, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(access_tokens, "REMEMBERED", 3)
    many = [issued(tokens, user) for _ in range(5)]
    for token in many * 2:
        assert tokens.verify(token).user_id == user.id
    assert len(tokens._verified) == 3


def test_a_signature_is_looked_at_once(
    tokens: JwtTokens, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = []

    def counted(*given: Any, **named: Any) -> Any:
        looks.append(given)
        return deserialize_compact(*given, **named)

    monkeypatch.setattr(access_tokens, "deserialize_compact", counted)
    token = issued(tokens, user)
    for _ in range(3):
        tokens.verify(token)
    assert len(looks) == 1


def test_keys_do_not_show_themselves(tokens: JwtTokens) -> None:
    key = tokens.ring.signing
    for shown in (repr(tokens), repr(tokens.ring), repr(tokens.ring.states()), repr(key)):
        assert "secret" not in shown
        assert repr(key.value) not in shown


def test_a_ring_without_a_key_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        KeyRing.of([], PURPOSE)
