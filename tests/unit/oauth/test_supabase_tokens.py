"""What is believed of a Supabase project's tokens: those of its people, made lately, and still living there."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hmac import digest
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey
from tests.support.identities.providers import Spoken
from tests.support.identities.supabase_double import (
    ANON_KEY,
    KEY,
    SECRET,
    TENANT,
    Json,
    SupabaseDouble,
)

from skillbridge.adapters.oauth.fetching import Fetcher
from skillbridge.adapters.oauth.settings import SupabaseSettings
from skillbridge.adapters.oauth.supabase_tokens import NoProject, SupabaseTokens
from skillbridge.application.accounts.ports.identities import ProviderAway
from skillbridge.domain.accounts.identity import IdentityClaims
from skillbridge.domain.accounts.supabase import BadSupabaseToken, NoSupabaseProject, NotAPerson
from skillbridge.domain.ids import UserId

pytestmark = pytest.mark.row("C4")
URL = "https://abc.supabase.test"


@dataclass
class Beside:
    double: SupabaseDouble
    settings: SupabaseSettings
    now: datetime

    def __post_init__(self) -> None:
        fetcher = Fetcher(Spoken({"abc.supabase.test": self.double.handle}))
        self.tokens = SupabaseTokens(fetcher, self.settings, lambda: self.now)


def _beside(jwt_secret: str = SECRET) -> Beside:
    settings = SupabaseSettings(URL, TENANT, ANON_KEY, jwt_secret)
    return Beside(SupabaseDouble(URL), settings, datetime.now(UTC))


@pytest.fixture
def beside() -> Beside:
    return _beside()


async def test_a_living_token_shows_who_came(beside: Beside) -> None:
    user = beside.double.signs_up()
    shown = IdentityClaims(
        f"{URL}/auth/v1",
        user,
        "amina@example.org",
        "Amina Bello",
        account_id=UserId(UUID(user)),
    )
    assert await beside.tokens.shown(beside.double.token(user)) == shown
    by_secret = beside.double.signed_by_secret(beside.double.claims(user))
    assert await beside.tokens.shown(by_secret) == shown
    assert beside.double.asked.count("GET /auth/v1/.well-known/jwks.json") == 1


@pytest.mark.parametrize("aud", [["authenticated"], ["other", "authenticated"]])
async def test_an_audience_may_be_a_list(beside: Beside, aud: list[str]) -> None:
    user = beside.double.signs_up()
    assert (await beside.tokens.shown(beside.double.token(user, aud=aud))).subject == user


NOW = datetime.now(UTC).timestamp()
LIES: dict[str, Json] = {
    "another project": {"iss": "https://xyz.supabase.test/auth/v1"},
    "the issuer of its keys": {"iss": "supabase"},
    "the issuer with a slash": {"iss": f"{URL}/auth/v1/"},
    "another audience": {"aud": "anon"},
    "no audience": {"aud": []},
    "ended": {"exp": NOW - 3600},
    "made an hour ago": {"iat": NOW - 3600},
    "made tomorrow": {"iat": NOW + 86_400},
    "good tomorrow": {"nbf": NOW + 86_400},
    "an empty subject": {"sub": ""},
    "a subject that is no UUID": {"sub": "amina"},
    "a subject in capitals": {"sub": "7F3A0000-0000-4000-8000-00000000000A"},
    "a subject in braces": {"sub": "{7f3a0000-0000-4000-8000-00000000000a}"},
    "a number for a subject": {"sub": 7},
    "a list for a role": {"role": ["authenticated"]},
    "a text for an end": {"exp": "9999999999"},
    "true for an end": {"exp": True},
    "a number for a mark": {"is_anonymous": 0},
    "an object for an issuer": {"iss": {}},
}


@pytest.mark.asvs("6.8.2")
@pytest.mark.parametrize("lie", LIES)
async def test_a_token_of_other_claims_signs_nobody_in(beside: Beside, lie: str) -> None:
    user = beside.double.signs_up()
    with pytest.raises(BadSupabaseToken):
        await beside.tokens.shown(beside.double.token(user, **LIES[lie]))
    assert "GET /auth/v1/user" not in beside.double.asked


@pytest.mark.parametrize("missing", ["iss", "sub", "aud", "exp", "iat"])
async def test_a_token_that_says_too_little_signs_nobody_in(beside: Beside, missing: str) -> None:
    claims = beside.double.claims(beside.double.signs_up())
    del claims[missing]
    with pytest.raises(BadSupabaseToken):
        await beside.tokens.shown(beside.double.signed(claims))


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "supabase", "ref": "abc", "role": "service_role", "iat": NOW, "exp": NOW + 9e8},
        {"iss": "supabase", "ref": "abc", "role": "anon", "iat": NOW, "exp": NOW + 9e8},
        {"iss": f"{URL}/auth/v1", "role": "supabase_admin", "exp": NOW + 60, "iat": NOW},
        {"iss": f"{URL}/auth/v1", "exp": NOW + 60, "iat": NOW},
    ],
)
async def test_a_key_of_the_project_is_no_person(beside: Beside, claims: Json) -> None:
    for token in (beside.double.signed_by_secret(claims), beside.double.signed(claims)):
        with pytest.raises(NotAPerson):
            await beside.tokens.shown(token)


async def test_an_anonymous_user_is_no_person(beside: Beside) -> None:
    user = beside.double.signs_up(None)
    for said in (beside.double.token(user), beside.double.token(user, is_anonymous=False)):
        with pytest.raises(NotAPerson):
            await beside.tokens.shown(said)
    before = beside.double.token(user)
    beside.double.users[user]["is_anonymous"] = False
    with pytest.raises(NotAPerson):
        await beside.tokens.shown(before)


@pytest.mark.asvs("6.8.1")
async def test_only_the_project_says_whether_an_address_is_verified(beside: Beside) -> None:
    """`user_metadata` of a token is written by its user."""
    user = beside.double.signs_up(email_confirmed_at=None)
    token = beside.double.token(user, email_verified=True, email="victim@example.org")
    assert (await beside.tokens.shown(token)).email is None
    beside.double.users[user]["email"] = "a\0@b.example"
    beside.double.users[user]["email_confirmed_at"] = "2026-01-02T03:04:05Z"
    assert (await beside.tokens.shown(token)).email is None


def _plain(part: Any) -> str:
    return urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()


def _by_secret(secret: bytes, header: Json, claims: Json, by: str = "sha256") -> str:
    said = f"{_plain(header)}.{_plain(claims)}"
    return f"{said}.{_plain_bytes(digest(secret, said.encode(), by))}"


def _plain_bytes(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def _twice(claims: Json) -> str:
    payload = json.dumps(claims)[:-1] + ', "role": "authenticated"}'
    said = f"{_plain({'alg': 'HS256'})}.{_plain_bytes(payload.encode())}"
    return f"{said}.{_plain_bytes(digest(SECRET.encode(), said.encode(), 'sha256'))}"


OTHER = ECKey.generate_key("P-256", {"kid": "first"})
RSA = RSAKey.generate_key(2048, {"kid": "first"})
FORGERIES: dict[str, Callable[[Json], str]] = {
    "no algorithm": lambda c: f"{_plain({'alg': 'none'})}.{_plain(c)}.",
    "none, spelled otherwise": lambda c: f"{_plain({'alg': 'NonE', 'kid': 'first'})}.{_plain(c)}.",
    "HS256 by the public key": lambda c: _by_secret(
        KEY.as_pem(private=False), {"alg": "HS256", "kid": "first"}, c
    ),
    "HS256 by nothing": lambda c: _by_secret(b"", {"alg": "HS256"}, c),
    "HS512 by the secret": lambda c: _by_secret(SECRET.encode(), {"alg": "HS512"}, c, "sha512"),
    "ES256 by the secret": lambda c: _by_secret(SECRET.encode(), {"alg": "ES256"}, c),
    "another key of the same name": lambda c: jwt.encode(
        {"alg": "ES256", "kid": "first"}, c, OTHER, ["ES256"]
    ),
    "another kind of key": lambda c: jwt.encode({"alg": "RS256", "kid": "first"}, c, RSA),
    "its own key in the header": lambda c: jwt.encode(
        {"alg": "ES256", "jwk": OTHER.as_dict(private=False)}, c, OTHER, ["ES256"]
    ),
    "keys from elsewhere": lambda c: jwt.encode(
        {"alg": "ES256", "kid": "first", "jku": "https://evil.test"}, c, KEY, ["ES256"]
    ),
    "keys from elsewhere, by the secret": lambda c: _by_secret(
        SECRET.encode(), {"alg": "HS256", "jku": "https://evil.test"}, c
    ),
    "a name that stands twice": _twice,
    "nothing": lambda _: "",
    "no token": lambda _: "a.b",
    "bytes": lambda _: "\x00.\xff.é",
    "a header that is a list": lambda c: f"{_plain([])}.{_plain(c)}.AAAA",
    "a name of a key that is none": lambda c: f"{_plain({'alg': 'ES256', 'kid': 7})}.{_plain(c)}.A",
    "100 kB": lambda c: jwt.encode(
        {"alg": "ES256", "kid": "first"}, {**c, "more": "x" * 100_000}, KEY, ["ES256"]
    ),
    "a list for claims": lambda _: _by_secret(SECRET.encode(), {"alg": "HS256"}, [1]),  # type: ignore[arg-type]  # that is the lie
}


@pytest.mark.asvs("9.1.1", "9.1.2")
@pytest.mark.parametrize("forgery", FORGERIES)
async def test_a_forged_token_signs_nobody_in(beside: Beside, forgery: str) -> None:
    claims = beside.double.claims(beside.double.signs_up())
    with pytest.raises(BadSupabaseToken):
        await beside.tokens.shown(FORGERIES[forgery](claims))
    assert "GET /auth/v1/user" not in beside.double.asked


async def test_without_the_secret_nothing_is_signed_with_one() -> None:
    beside = _beside(jwt_secret="")
    claims = beside.double.claims(beside.double.signs_up())
    with pytest.raises(BadSupabaseToken):
        await beside.tokens.shown(beside.double.signed_by_secret(claims))


async def test_who_is_gone_there_is_not_signed_in_here(beside: Beside) -> None:
    user = beside.double.signs_up()
    token = beside.double.token(user)
    beside.double.users[user]["banned_until"] = (beside.now + timedelta(days=1)).isoformat()
    with pytest.raises(BadSupabaseToken):
        await beside.tokens.shown(token)
    beside.double.users[user]["banned_until"] = "2020-01-01T00:00:00"
    await beside.tokens.shown(token)
    beside.double.ended = True
    with pytest.raises(BadSupabaseToken):
        await beside.tokens.shown(token)


async def test_a_gateway_that_knows_no_key_of_ours_says_nothing_about_who_came(
    beside: Beside,
) -> None:
    user = beside.double.signs_up()
    keyless = Beside(beside.double, SupabaseSettings(URL, TENANT, "", SECRET), beside.now)
    with pytest.raises(ProviderAway):
        await keyless.tokens.shown(beside.double.token(user))


async def test_an_answer_about_another_is_none(beside: Beside) -> None:
    user, other = beside.double.signs_up(), beside.double.signs_up("eve@example.org")
    beside.double.users[user] = beside.double.users[other]
    with pytest.raises(ProviderAway):
        await beside.tokens.shown(beside.double.signed(beside.double.claims(user, sub=user)))


@pytest.mark.parametrize(
    "answer", [httpx.Response(500), httpx.Response(400), httpx.Response(200, text="[]")]
)
async def test_a_project_that_is_away_is_told(beside: Beside, answer: httpx.Response) -> None:
    token = beside.double.token(beside.double.signs_up())
    fetcher = Fetcher(
        Spoken(
            {
                "abc.supabase.test": lambda asked: (
                    answer if asked.url.path.endswith("/user") else beside.double.handle(asked)
                )
            }
        )
    )
    with pytest.raises(ProviderAway):
        await SupabaseTokens(fetcher, beside.settings, lambda: beside.now).shown(token)
    beside.double.away = True
    with pytest.raises(ProviderAway):
        await beside.tokens.shown(token)


async def test_made_up_names_of_keys_ask_once_a_minute(beside: Beside) -> None:
    claims = beside.double.claims(beside.double.signs_up())
    for _ in range(9):
        made_up = jwt.encode({"alg": "ES256", "kid": str(uuid4())}, claims, OTHER, ["ES256"])
        with pytest.raises(BadSupabaseToken):
            await beside.tokens.shown(made_up)
    assert beside.double.asked.count("GET /auth/v1/.well-known/jwks.json") == 1


async def test_without_a_project_no_token_is_taken() -> None:
    assert NoProject().tenant is None
    with pytest.raises(NoSupabaseProject):
        await NoProject().shown("x")


@given(
    st.dictionaries(
        st.sampled_from(["iss", "sub", "aud", "exp", "iat", "nbf", "role", "is_anonymous"]),
        st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.text()),
        min_size=1,
        max_size=3,
    )
)
async def test_whatever_a_claim_is_it_is_refused_or_believed_for_what_it_says(
    bent: dict[str, Any],
) -> None:
    beside = _beside()
    user = beside.double.signs_up()
    claims = {**beside.double.claims(user), **bent}
    try:
        shown = await beside.tokens.shown(beside.double.signed(claims))
    except (BadSupabaseToken, NotAPerson):
        return
    assert shown.subject == user
    assert (claims["role"], claims["is_anonymous"]) == ("authenticated", False)


def test_settings_show_no_secret() -> None:
    settings = replace(_beside().settings, jwt_secret="hidden")
    assert "hidden" not in repr(settings)
