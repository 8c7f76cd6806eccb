"""Access tokens and those who would forge them."""

import base64
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import OctKey

from skillbridge.adapters.crypto import access_tokens
from skillbridge.adapters.crypto.access_tokens import AUDIENCE, JwtTokens
from skillbridge.adapters.crypto.keys import KeyRing
from skillbridge.adapters.crypto.refresh_tokens import DerivedRefreshTokens
from skillbridge.application.ports.access_tokens import BadAccessToken
from skillbridge.domain.accounts.user import User
from skillbridge.domain.actor import Role
from skillbridge.domain.ids import SessionId, TenantId, UserId

ACCESS_LIFE = timedelta(minutes=10)

pytestmark = pytest.mark.row("C1")

ISSUER = "https://api.example.org"
RING = KeyRing.of(["first secret, long enough for tests"], "access")
START = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass
class MovableClock:
    now: datetime = START

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def tokens(clock: MovableClock) -> JwtTokens:
    return JwtTokens(RING, ISSUER, clock)


@pytest.fixture
def user() -> User:
    roles = frozenset({Role.LEARNER, Role.MENTOR})
    return User(UserId(uuid4()), TenantId(uuid4()), "amina@example.org", "hash", roles)


def forged(*, header: dict[str, Any] | None = None, ring: KeyRing = RING, **claims: Any) -> str:
    """A token signed by `ring` that is right but for what is given."""
    payload: dict[str, object] = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": str(uuid4()),
        "tid": str(uuid4()),
        "sid": str(uuid4()),
        "iat": int(START.timestamp()),
        "exp": int((START + ACCESS_LIFE).timestamp()),
        "roles": ["learner"],
    }
    head = {"alg": "HS256", "typ": "at+jwt", "kid": ring.newest.id, **(header or {})}
    payload = {name: value for name, value in (payload | claims).items() if value is not None}
    head = {name: value for name, value in head.items() if value is not None}
    key = OctKey.import_key(ring.newest.value)
    return jwt.encode(head, payload, key, algorithms=["HS256", "HS512"])


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
    token = tokens.issue(user.id, user.tenant_id, SessionId(uuid4()), user.roles)
    clock.now = START + timedelta(minutes=10) - timedelta(seconds=1)
    tokens.verify(token)
    clock.now = START + timedelta(minutes=10)
    for _ in range(2):
        with pytest.raises(BadAccessToken, match="refresh it"):
            tokens.verify(token)


def test_the_forger_of_these_tests_can_make_a_good_one(tokens: JwtTokens) -> None:
    assert tokens.verify(forged()).roles == {Role.LEARNER}


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://evil.example"},
        {"aud": "another-api"},
        {"aud": ["skillbridge-api"]},
        {"sub": "1"},
        {"tid": None},
        {"sid": None},
        {"exp": None},
        {"exp": "never"},
        {"exp": int(START.timestamp())},
        {"exp": 2**62},
        {"roles": ["emperor"]},
        {"roles": "admin"},
    ],
)
def test_a_wrong_claim_is_refused(tokens: JwtTokens, claims: dict[str, Any]) -> None:
    with pytest.raises(BadAccessToken):
        tokens.verify(forged(**claims))


@pytest.mark.parametrize(
    "header",
    [{"typ": "JWT"}, {"typ": None}, {"kid": "another"}, {"kid": None}, {"alg": "HS512"}],
)
def test_a_wrong_header_is_refused(tokens: JwtTokens, header: dict[str, Any]) -> None:
    with pytest.raises(BadAccessToken):
        tokens.verify(forged(header=header))


def test_no_signature_is_no_token(tokens: JwtTokens) -> None:
    _, payload, _ = forged().split(".")
    for algorithm in ("none", "None", "HS256"):
        head = json.dumps({"alg": algorithm, "typ": "at+jwt", "kid": RING.newest.id}).encode()
        start = base64.urlsafe_b64encode(head).rstrip(b"=").decode()
        with pytest.raises(BadAccessToken):
            tokens.verify(f"{start}.{payload}.")


def test_a_changed_payload_is_refused(tokens: JwtTokens) -> None:
    head, _, signature = forged().split(".")
    _, other, _ = forged(roles=["admin"]).split(".")
    with pytest.raises(BadAccessToken):
        tokens.verify(f"{head}.{other}.{signature}")


def test_a_refresh_token_is_no_access_token(tokens: JwtTokens) -> None:
    refresh = DerivedRefreshTokens(RING).first(TenantId(uuid4()))
    with pytest.raises(BadAccessToken):
        tokens.verify(refresh)


def test_what_another_purpose_signed_is_no_access_token(tokens: JwtTokens) -> None:
    other = KeyRing.of(["first secret, long enough for tests"], "verify")
    with pytest.raises(BadAccessToken):
        tokens.verify(forged(ring=other, header={"kid": RING.newest.id}))


@given(st.text(max_size=200))
def test_nonsense_is_refused_as_nonsense(text: str) -> None:
    with pytest.raises(BadAccessToken):
        JwtTokens(RING, ISSUER, MovableClock()).verify(text)


def test_an_endless_token_is_not_even_read(tokens: JwtTokens) -> None:
    with pytest.raises(BadAccessToken):
        tokens.verify(forged(padding="x" * 8000))


@pytest.mark.row("A3")
def test_the_newest_key_signs_and_every_key_verifies(user: User, clock: MovableClock) -> None:
    old = JwtTokens(KeyRing.of(["old"], "access"), ISSUER, clock)
    both = JwtTokens(KeyRing.of(["new", "old"], "access"), ISSUER, clock)
    new = JwtTokens(KeyRing.of(["new"], "access"), ISSUER, clock)
    session_id = SessionId(uuid4())
    by_old, by_both = (
        old.issue(user.id, user.tenant_id, session_id, user.roles),
        both.issue(user.id, user.tenant_id, session_id, user.roles),
    )
    assert both.verify(by_old).user_id == user.id
    assert new.verify(by_both).user_id == user.id
    for ring, token in ((old, by_both), (new, by_old)):
        with pytest.raises(BadAccessToken):
            ring.verify(token)


def test_only_so_many_tokens_are_remembered(
    tokens: JwtTokens, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(access_tokens, "REMEMBERED", 3)
    issued = [
        tokens.issue(user.id, user.tenant_id, SessionId(uuid4()), user.roles) for _ in range(5)
    ]
    for token in issued * 2:
        assert tokens.verify(token).user_id == user.id
    assert len(tokens._verified) == 3


def test_keys_do_not_show_themselves() -> None:
    assert "secret" not in repr(RING)
    assert repr(RING.newest.value) not in repr(RING.newest)


def test_a_ring_without_a_key_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        KeyRing.of([], "access")
