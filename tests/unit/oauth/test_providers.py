"""What providers may answer, well and badly: nobody is signed in by an answer that does not hold."""

import asyncio
import json
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hmac import digest
from secrets import token_urlsafe
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OKPKey, RSAKey
from tests.support.identities.openid_provider import CLIENT, KEY, OpenIdProvider
from tests.support.identities.providers import Identified, Spoken, identified
from tests.support.timing.patience import PATIENCE, turns

from skillbridge.adapters.oauth import fetching
from skillbridge.adapters.oauth.fetching import Fetcher
from skillbridge.adapters.oauth.provider import configured
from skillbridge.application.accounts.ports.identities import Asked, IdentityProvider, ProviderAway
from skillbridge.domain.accounts.authorization import NotAuthorized
from skillbridge.domain.accounts.identity import IdentityClaims

pytestmark = pytest.mark.row("C4")
ASKED = Asked("state", "v" * 43, "n" * 43)
Claims = dict[str, Any]


@dataclass
class Beside:
    """Providers, and what our adapters make of them, at a time that the test moves."""

    doubles: Identified
    now: datetime

    def __post_init__(self) -> None:
        fetcher = Fetcher(Spoken(self.doubles.by_host))
        self.known = configured(self.doubles.settings, fetcher, lambda: self.now)
        self.providers = self.known.providers

    @property
    def campus(self) -> OpenIdProvider:
        return self.doubles.campus

    async def shown(
        self, name: str, asked: Asked | None = None, *, answer: Asked | None = None
    ) -> IdentityClaims:
        """The whole way; `answer` is what was begun where another request is finished."""
        asked = asked or Asked("state", "v" * 43, token_urlsafe())
        provider: IdentityProvider = self.providers[name]
        double: Any = getattr(self.doubles, name)
        brought = double.visit(await provider.address(answer or asked))
        return await provider.shown(brought["code"], asked)


@pytest.fixture
def beside() -> Beside:
    return Beside(identified(), datetime.now(UTC))


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post"])
async def test_an_honest_answer_shows_who_came(beside: Beside, method: str) -> None:
    beside.campus.methods = (method,)
    issuer = beside.campus.issuer
    assert await beside.shown("campus") == IdentityClaims(
        issuer, "7f3a", "amina@example.org", "Amina Bello"
    )
    github = beside.doubles.github.url
    expected = IdentityClaims(github, "583231", "amina@example.org", "Amina Bello")
    assert await beside.shown("github") == expected


@pytest.mark.asvs("10.4.1")
async def test_the_address_is_exact_and_hides_the_verifier(beside: Beside) -> None:
    for name in ("github", "campus"):
        url = await beside.providers[name].address(ASKED)
        said = dict(parse_qsl(urlsplit(url).query))
        assert said["redirect_uri"] == f"http://127.0.0.1:8000/v1/auth/providers/{name}/callback"
        assert said["code_challenge_method"] == "S256"
        assert ASKED.verifier not in url
    assert said["nonce"] == ASKED.nonce


@pytest.mark.asvs("10.4.6", "10.2.1")
@pytest.mark.parametrize("name", ["github", "campus"])
async def test_a_code_wants_the_verifier_of_its_own_request(beside: Beside, name: str) -> None:
    other = Asked("state", "w" * 43, "n" * 43)
    with pytest.raises(NotAuthorized):
        await beside.shown(name, ASKED, answer=other)


async def test_a_token_answers_its_own_request(beside: Beside) -> None:
    with pytest.raises(NotAuthorized):
        await beside.shown("campus", ASKED, answer=Asked("state", ASKED.verifier, "m" * 43))


NOW = datetime.now(UTC).timestamp()
LIES: dict[str, Callable[[Claims], Claims]] = {
    "another issuer": lambda c: {**c, "iss": "https://rival.test"},
    "the issuer with a slash": lambda c: {**c, "iss": f"{c['iss']}/"},
    "another client": lambda c: {**c, "aud": "another"},
    "no client": lambda c: {**c, "aud": []},
    "two clients, and to whom is not said": lambda c: {**c, "aud": [CLIENT, "another"]},
    "given to another client": lambda c: {**c, "azp": "another"},
    "two clients, given to another": lambda c: {**c, "aud": [CLIENT, "x"], "azp": "x"},
    "ended": lambda c: {**c, "exp": NOW - 3600},
    "of yesterday": lambda c: {**c, "iat": NOW - 86_400},
    "of tomorrow": lambda c: {**c, "iat": NOW + 86_400},
    "no end": lambda c: {n: v for n, v in c.items() if n != "exp"},
    "no nonce": lambda c: {n: v for n, v in c.items() if n != "nonce"},
    "an empty nonce": lambda c: {**c, "nonce": ""},
    "a subject with NUL": lambda c: {**c, "sub": "a\0"},
    "no subject": lambda c: {n: v for n, v in c.items() if n != "sub"},
    "an empty subject": lambda c: {**c, "sub": ""},
    "a subject of 10 kB": lambda c: {**c, "sub": "x" * 10_240},
    "a subject that is not ASCII": lambda c: {**c, "sub": "é"},
    "a number for a subject": lambda c: {**c, "sub": 7},
}


@pytest.mark.asvs("6.8.1", "10.2.1")
@pytest.mark.parametrize("lie", LIES)
async def test_an_id_token_of_other_claims_signs_nobody_in(beside: Beside, lie: str) -> None:
    beside.campus.signs = lambda claims: beside.campus.signed(LIES[lie](claims))
    with pytest.raises(NotAuthorized):
        await beside.shown("campus")


@pytest.mark.parametrize(
    ("claim", "value"), [("aud", [CLIENT]), ("azp", CLIENT), ("email", "a\0@b.example")]
)
async def test_what_is_said_in_another_form_is_read(
    beside: Beside, claim: str, value: object
) -> None:
    beside.campus.signs = lambda claims: beside.campus.signed({**claims, claim: value})
    shown = await beside.shown("campus")
    assert shown.email == (None if claim == "email" else "amina@example.org")


def _plain(part: Any) -> str:
    raw = part if isinstance(part, bytes) else json.dumps(part).encode()
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def _by_secret(secret: bytes, header: Claims, claims: Claims) -> str:
    said = f"{_plain({'alg': 'HS256', **header})}.{_plain(claims)}"
    return f"{said}.{_plain(digest(secret, said.encode(), 'sha256'))}"


def _changed(token: str, claims: Claims) -> str:
    header, _, signature = token.split(".")
    return f"{header}.{_plain(claims)}.{signature}"


OTHER = RSAKey.generate_key(2048, {"kid": "first"})
PEM = KEY.as_pem(private=False)
FORGERIES: dict[str, Callable[[Claims], str]] = {
    "no algorithm": lambda c: f"{_plain({'alg': 'none'})}.{_plain(c)}.",
    "None, spelled otherwise": lambda c: f"{_plain({'alg': 'nOnE', 'kid': 'first'})}.{_plain(c)}.",
    "HS256 by the public key": lambda c: _by_secret(PEM, {"kid": "first"}, c),
    "HS256 by the secret of the client": lambda c: _by_secret(b"s3cret:+/", {}, c),
    "another key of the same name": lambda c: jwt.encode(
        {"alg": "RS256", "kid": "first"}, c, OTHER, ["RS256"]
    ),
    "its own key in the header": lambda c: jwt.encode(
        {"alg": "RS256", "jwk": OTHER.as_dict(private=False)}, c, OTHER, ["RS256"]
    ),
    "keys from elsewhere": lambda c: jwt.encode(
        {"alg": "RS256", "kid": "first", "jku": "https://evil.test/jwks"}, c, KEY, ["RS256"]
    ),
    "an algorithm of another kind of key": lambda c: jwt.encode(
        {"alg": "ES256", "kid": "first"}, c, ECKey.generate_key("P-256"), ["ES256"]
    ),
    "an algorithm that nobody believes": lambda c: jwt.encode(
        {"alg": "RS512", "kid": "first"}, c, KEY, ["RS512"]
    ),
    "claims that were changed": lambda c: _changed(
        jwt.encode({"alg": "RS256", "kid": "first"}, c, KEY, ["RS256"]), {**c, "sub": "1"}
    ),
    "nothing": lambda c: "",
    "no token": lambda c: "a.b",
    "bytes": lambda c: "\x00.\xff.é",
    "a list for claims": lambda c: f"{_plain({'alg': 'RS256', 'kid': 'first'})}.{_plain([1])}.AAAA",
    "a header that is a list": lambda c: f"{_plain([])}.{_plain(c)}.AAAA",
    "a name of a key that is none": lambda c: (
        f"{_plain({'alg': 'RS256', 'kid': 7})}.{_plain(c)}.AA"
    ),
    "100 kB": lambda c: jwt.encode(
        {"alg": "RS256", "kid": "first"}, {**c, "more": "x" * 100_000}, KEY, ["RS256"]
    ),
}


@pytest.mark.asvs("6.8.2")
@pytest.mark.parametrize("forgery", FORGERIES)
async def test_a_forged_id_token_signs_nobody_in(beside: Beside, forgery: str) -> None:
    beside.campus.signs = FORGERIES[forgery]
    with pytest.raises((NotAuthorized, ProviderAway)):
        await beside.shown("campus")


@pytest.mark.parametrize(
    ("algorithm", "key"),
    [
        ("RS256", KEY),
        ("PS256", KEY),
        ("ES256", ECKey.generate_key("P-256", {"kid": "first"})),
        ("EdDSA", OKPKey.generate_key("Ed25519", {"kid": "first"})),
    ],
)
@pytest.mark.filterwarnings("ignore:EdDSA is deprecated")
async def test_the_usual_algorithms_are_read(beside: Beside, algorithm: str, key: Any) -> None:
    keys = {"keys": [{"kty": "new"}, key.as_dict(private=False)]}
    beside.campus.answers = lambda asked: (
        httpx.Response(200, json=keys) if asked.url.path == "/jwks" else None
    )
    beside.campus.signs = lambda claims: jwt.encode(
        {"alg": algorithm, "kid": "first"}, claims, key, [algorithm]
    )
    assert (await beside.shown("campus")).subject == "7f3a"


async def test_a_short_rsa_key_is_none(beside: Beside) -> None:
    with pytest.warns():
        short = RSAKey.generate_key(1024, {"kid": "first"})
    beside.campus.key = short
    beside.campus.signs = beside.campus.signed
    with pytest.warns(), pytest.raises(NotAuthorized):
        await beside.shown("campus")


def looks(beside: Beside) -> int:
    return beside.campus.asked.count("/jwks")


async def test_unknown_names_of_keys_cause_one_look_a_minute(beside: Beside) -> None:
    await beside.shown("campus")
    beside.campus.signs = lambda claims: beside.campus.signed(claims, kid="made up")
    for _ in range(20):
        with pytest.raises(NotAuthorized):
            await beside.shown("campus")
    assert looks(beside) == 1
    beside.now += timedelta(seconds=61)
    for _ in range(20):
        with pytest.raises(NotAuthorized):
            await beside.shown("campus")
    assert looks(beside) == 2


async def test_a_key_that_was_turned_is_found(beside: Beside) -> None:
    await beside.shown("campus")
    beside.campus.key = RSAKey.generate_key(2048, {"kid": "second"})
    beside.now += timedelta(seconds=61)
    await beside.shown("campus")
    assert looks(beside) == 2


async def test_what_is_known_is_kept_for_an_hour(beside: Beside) -> None:
    for _ in range(3):
        await beside.shown("campus")
    configuration = "/.well-known/openid-configuration"
    assert (looks(beside), beside.campus.asked.count(configuration)) == (1, 1)
    beside.now += timedelta(minutes=61)
    beside.campus.signs = lambda claims: beside.campus.signed(
        {**claims, "iat": beside.now.timestamp(), "exp": beside.now.timestamp() + 60}
    )
    await beside.shown("campus")
    assert (looks(beside), beside.campus.asked.count(configuration)) == (2, 2)


BAD: dict[str, Callable[[], httpx.Response]] = {
    "HTML": lambda: httpx.Response(200, html="<h1>Sign in to the captive portal</h1>"),
    "500": lambda: httpx.Response(500, json={}),
    "503": lambda: httpx.Response(503, text="busy"),
    "429": lambda: httpx.Response(429, json={}),
    "a redirect": lambda: httpx.Response(302, headers={"location": "https://rival.test/jwks"}),
    "10 MB": lambda: httpx.Response(200, content=b'{"keys":[' + b" " * 10_000_000 + b"]}"),
    "packed": lambda: httpx.Response(
        200, headers={"content-encoding": "x-packed"}, content=b"\x1f\x8b"
    ),
    "nothing": lambda: httpx.Response(200),
    "a list": lambda: httpx.Response(200, json=[7]),
    "deep": lambda: httpx.Response(200, content=b"[" * 100_000),
    "no UTF-8": lambda: httpx.Response(200, content=b'{"keys": "\xff"}'),
    "null": lambda: httpx.Response(200, json=None),
}
PLACES = {
    "/.well-known/openid-configuration": "campus",
    "/jwks": "campus",
    "/token": "campus",
    "/login/oauth/access_token": "github",
    "/user": "github",
    "/user/emails": "github",
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("bad", BAD)
async def test_a_provider_that_answers_badly_is_away(beside: Beside, place: str, bad: str) -> None:
    name = PLACES[place]
    double: Any = getattr(beside.doubles, name)
    double.answers = lambda asked: BAD[bad]() if asked.url.path == place else None
    with pytest.raises(ProviderAway) as away:
        await beside.shown(name)
    assert away.value.retry_after > 0
    assert beside.doubles.rival.asked == []
    double.answers = lambda _: None
    await beside.shown(name)


@pytest.mark.parametrize("place", PLACES)
async def test_a_slow_provider_is_away(
    beside: Beside, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "SECONDS", 0.05)
    name = PLACES[place]

    class Slow(Spoken):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            if request.url.path == place:
                await asyncio.Event().wait()
            return await super().handle_async_request(request)

    beside.providers = configured(
        beside.doubles.settings, Fetcher(Slow(beside.doubles.by_host)), lambda: beside.now
    ).providers
    with pytest.raises(ProviderAway):
        await beside.shown(name)


@pytest.mark.parametrize("name", ["github", "campus"])
async def test_few_wait_for_a_provider_that_hangs(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Each of them has one of the process's hundred places: were they all there, nobody else would be served."""
    monkeypatch.setattr(fetching, "LONGEST_WAIT", PATIENCE)
    provider = hanging(name)
    begun = [asyncio.create_task(provider.shown("code", ASKED)) for _ in range(200)]
    await turns()
    refused = [one for one in begun if one.done()]
    assert len(begun) - len(refused) == fetching.MOST_WAITING
    assert {type(one.exception()) for one in refused} == {ProviderAway}
    for one in begun:
        one.cancel()
    await asyncio.wait(begun)
    again = asyncio.create_task(provider.shown("code", ASKED))
    await turns()
    assert not again.done(), "there is a place once more"
    again.cancel()
    await asyncio.wait({again})


@pytest.mark.parametrize("name", ["github", "campus"])
async def test_nobody_waits_for_ever(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(fetching, "LONGEST_WAIT", 0)
    with pytest.raises(ProviderAway):
        await hanging(name).shown("code", ASKED)


def hanging(name: str) -> IdentityProvider:
    doubles = identified()
    made = configured(doubles.settings, Fetcher(_Hangs()), lambda: datetime.now(UTC))
    return made.providers[name]


class _Hangs(httpx.AsyncBaseTransport):
    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await asyncio.Event().wait()
        raise AssertionError


@pytest.mark.parametrize(
    "lie",
    [
        {"issuer": "https://rival.test"},
        {"token_endpoint": "http://campus.test/token"},
        {"jwks_uri": "file:///etc/passwd"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"authorization_endpoint": "https://"},
    ],
)
async def test_a_configuration_of_another_issuer_or_without_tls_is_none(
    beside: Beside, lie: dict[str, str]
) -> None:
    said = beside.campus.configuration() | lie
    beside.campus.answers = lambda asked: (
        httpx.Response(200, json=said) if "well-known" in asked.url.path else None
    )
    with pytest.raises(ProviderAway):
        await beside.shown("campus")


@pytest.mark.parametrize(
    ("error", "refused"),
    [
        ("bad_verification_code", NotAuthorized),
        ("incorrect_client_credentials", ProviderAway),
        ("redirect_uri_mismatch", ProviderAway),
        ("anything new", ProviderAway),
    ],
)
async def test_github_tells_failures_with_200(
    beside: Beside, error: str, refused: type[Exception]
) -> None:
    beside.doubles.github.answers = lambda asked: (
        httpx.Response(200, json={"error": error}) if "access_token" in asked.url.path else None
    )
    with pytest.raises(refused):
        await beside.shown("github")


@pytest.mark.parametrize(
    "user",
    [{"id": "583231"}, {"id": True}, {"login": "amina"}, {"id": 1.5}, {"id": 0}, {"id": 10**300}],
)
async def test_github_knows_people_by_a_number(beside: Beside, user: dict[str, Any]) -> None:
    beside.doubles.github.user = user
    with pytest.raises(ProviderAway):
        await beside.shown("github")


async def test_secrets_stand_in_no_log(beside: Beside, capsys: pytest.CaptureFixture[str]) -> None:
    beside.campus.answers = lambda asked: (
        httpx.Response(400, json={"error": "invalid_client"})
        if asked.url.path == "/token"
        else None
    )
    with pytest.raises(ProviderAway):
        await beside.shown("campus", ASKED)
    shown = "".join(capsys.readouterr()) + repr(beside.doubles.settings)
    assert "invalid_client" in shown
    for secret in ("s3cret", ASKED.verifier, ASKED.nonce):
        assert secret not in shown
