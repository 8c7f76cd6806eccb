"""Every text that people send comes back by one rule, whatever it belongs to."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import httpx
import pytest
from tests.support.given.authenticator import Authenticator
from tests.support.given.matching import mentor
from tests.support.given.world import World
from tests.support.http.asking import Asking, bearer, open_asking, refused, to_json

from skillbridge.application.accounts.ports.sign_ins import SignIns
from skillbridge.application.mentors.ports import SEARCH
from skillbridge.application.ports.access_tokens import Tokens
from skillbridge.application.ports.transaction import Transaction
from skillbridge.domain.accounts.passkey import NAME as PASSKEY_NAME
from skillbridge.domain.accounts.sign_in import SignIn, Use
from skillbridge.domain.actor import Actor, Role
from skillbridge.domain.authentication import Authentication, Method
from skillbridge.domain.ids import SessionId
from skillbridge.domain.matching.match import MESSAGE
from skillbridge.domain.mentors.mentor import HEADLINE
from skillbridge.domain.profiles.profile import BIO, NAME
from skillbridge.domain.roadmaps.brief import GOAL
from skillbridge.domain.tenancy.settings import BRAND, FOOTER, REASON
from skillbridge.domain.text import Text

pytestmark = pytest.mark.row("K1")

RULES: dict[str, Text] = {
    "RegisterUser.name": NAME,
    "UpdateProfile.name": NAME,
    "UpdateProfile.bio": BIO,
    "AmendProfile.name": NAME,
    "AmendProfile.bio": BIO,
    "OfferMentoring.headline": HEADLINE,
    "RequestMatch.message": MESSAGE,
    "RequestRoadmap.goal": GOAL,
    "SearchMentors.q": SEARCH,
    "FinishPasskeyRegistration.name": PASSKEY_NAME,
    "RenamePasskey.name": PASSKEY_NAME,
    "ChangeTenantSettings.branding.name": BRAND,
    "ChangeTenantSettings.branding.footer": FOOTER,
    "ChangeTenantSettings.reason": REASON,
    "RollBackTenantSettings.reason": REASON,
}
"""Each free text of the contract. A new one is named here; or, where it is none, below."""
NO_TEXT = {
    "email", "password", "current", "token", "code", "challenge", "proof", "refresh_token", "access_token", "device",
    "country", "number", "time_zone", "languages.items", "domain", "known.items", "skill", "language", "skills",
    "after", "resource_id", "module_id", "credential.id", "provider", "state", "handle", "secret", "binding",
    "return_to", "record.email", "old_record.email", "scopes.items", "CreatePersonalToken.name", "RevokePersonalToken.name",
    "branding.colour", "branding.reply_to", "DownloadAvatar.side", "SearchAudit.action", "SearchAudit.request",
    *(f"{row}.{column}" for row in ("record", "old_record") for column in (
        "banned_until", "deleted_at", "email_confirmed_at",
    )),
    *(f"credential.response.{one}" for one in (
        "clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle",
    )),
}  # fmt: skip
"""Codes, addresses and secrets: strings that have rules of their own."""
TYPED = {
    "joiners": ("علی‌رضا ශ්‍රී", "علی‌رضا ශ්‍රී"),
    "ideographic space": ("田中\u3000太郎", "田中 太郎"),
    "no-break space": ("Amina\u00a0Bello", "Amina Bello"),
    "letters and accents apart": ("Ame\u0301lie", "Amélie"),
    "marks of direction": ("\u200fعلی\u200e", "علی"),
    "an isolate left open": ("Ali \u2067علی", "Ali \u2067علی\u2069"),
    "a filler at the end": ("Amina\u3164", "Amina"),
}
UNFIT = {
    "an override": ("Amin\u202ea", "U+202E RIGHT-TO-LEFT OVERRIDE at letter 5"),
    "a bell": ("Ami\x07na", "U+0007 BELL at letter 4"),
    "a private sign": ("\ue000mina", "U+E000 PRIVATE SIGN at letter 1"),
}
BLANKS = ("\u3164", "\u2800", "\u1160", "\u200d", " ")


@pytest.fixture
async def ask(world: World) -> AsyncIterator[Asking]:
    async with open_asking(world) as opened:
        yield opened


def strings(contract: Any) -> Iterator[tuple[str, str, Any]]:
    """Operation, name and schema of each string that a request may hold."""
    for methods in contract["paths"].values():
        for operation in methods.values():
            body = operation.get("requestBody", {}).get("content", {})
            given = [(kind["schema"], "") for kind in body.values()]
            given += [(p["schema"], p["name"]) for p in operation.get("parameters", [])
                      if p["in"] in {"query", "path"}]  # fmt: skip
            for schema, name in given:
                yield from (
                    (operation["operationId"], *leaf) for leaf in leaves(contract, schema, name)
                )


def leaves(contract: Any, schema: Any, name: str) -> Iterator[tuple[str, Any]]:
    if ref := schema.get("$ref"):
        schema = contract["components"]["schemas"][ref.rpartition("/")[2]]
    for one in (*schema.get("oneOf", ()), *schema.get("anyOf", ())):
        yield from leaves(contract, {**schema, "oneOf": (), "anyOf": (), **one}, name)
    for inner, properties in schema.get("properties", {}).items():
        yield from leaves(contract, properties, f"{name}.{inner}".strip("."))
    if "items" in schema:
        yield from leaves(contract, schema["items"], f"{name}.items".strip("."))
    if schema.get("type") == "string" and "enum" not in schema and "format" not in schema:
        yield name, schema


def test_the_contract_tells_the_rule_of_every_free_text(ask: Asking) -> None:
    found = list(strings(ask.app.state.contract.document))
    free = {
        f"{op}.{name}": schema for op, name, schema in found if not {name, f"{op}.{name}"} & NO_TEXT
    }
    assert free.keys() == RULES.keys()
    for field, schema in free.items():
        rule = RULES[field]
        assert schema["maxLength"] == rule.most, field
        assert schema.get("minLength", 0) == rule.least, field
        assert schema["pattern"] == rule.pattern, field


async def send(ask: Asking, field: str, text: str) -> tuple[httpx.Response, str | None]:
    """The answer to a request with this text, and the text as it is shown from then on."""
    actor = await ask.world.person(*Role)
    ask.headers = await bearer(ask.world, actor.roles, actor.user_id)
    return await WAYS[field](ask, actor, text)


async def register(ask: Asking, _: Actor, text: str) -> tuple[httpx.Response, None]:
    address = f"{uuid4()}@example.org"
    body = {"email": address, "password": "violet tractor hums at dawn", "name": text}
    return await ask("POST", "/v1/auth/register", to_json(body)), None


WHOLE: dict[str, Any] = {
    "name": "Amina",
    "bio": "",
    "country": None,
    "time_zone": "UTC",
    "languages": ["en"],
    "skills": {},
    "availability": [],
}


def profile(
    method: str, field: str
) -> Callable[[Asking, Actor, str], Awaitable[tuple[httpx.Response, Any]]]:
    async def change(ask: Asking, _: Actor, text: str) -> tuple[httpx.Response, Any]:
        around = WHOLE if method == "PUT" else {}
        answer = await ask(method, "/v1/me", to_json({**around, field: text}))
        return answer, (await ask("GET", "/v1/me")).json().get(field)

    return change


OFFER = {"capacity": 2, "experience_years": 0, "accepting": True}


async def offer(ask: Asking, _: Actor, text: str) -> tuple[httpx.Response, Any]:
    answer = await ask("PUT", "/v1/me/mentor", to_json({**OFFER, "headline": text}))
    return answer, (await ask("GET", "/v1/me/mentor")).json().get("headline")


async def request_match(ask: Asking, _: Actor, text: str) -> tuple[httpx.Response, Any]:
    asked = await mentor(ask.world, name="Tunde")
    body = {"mentor_id": str(asked.user_id), "message": text}
    answer = await ask("POST", "/v1/matches", to_json(body))
    if "location" not in answer.headers:
        return answer, None
    return answer, (await ask("GET", answer.headers["location"])).json()["message"]


async def request_roadmap(ask: Asking, _: Actor, text: str) -> tuple[httpx.Response, Any]:
    answer = await ask("POST", "/v1/roadmaps", to_json({"goal": text, "domain": "python"}))
    if answer.status_code != httpx.codes.ACCEPTED:
        return answer, None
    shown = await ask("GET", f"/v1/roadmaps/{answer.json()['roadmap_id']}")
    return answer, shown.json()["goal"]


async def search(ask: Asking, _: Actor, text: str) -> tuple[httpx.Response, None]:
    return await ask("GET", f"/v1/mentors?q={quote(text)}"), None


async def proved(ask: Asking, actor: Actor) -> None:
    """As if signed in just now."""
    anonymous, now, session = ask.world.pre_authentication(), datetime.now(UTC), SessionId(uuid4())
    async with ask.world.scope(anonymous) as scope:
        sign_ins: SignIns = await scope.get(SignIns)
        tokens: Tokens = await scope.get(Tokens)
        async with (await scope.get(Transaction))(anonymous):
            use = Use(None, b"")
            await sign_ins.add(
                SignIn.start(session, actor.user_id, session.bytes * 2, use, device="", at=now)
            )
    upon = Authentication(frozenset({Method.PASSWORD}), now)
    token = tokens.issue(actor.user_id, actor.tenant_id, session, actor.roles, upon)
    ask.headers = {"Authorization": f"Bearer {token}"}


async def add_passkey(ask: Asking, actor: Actor, text: str) -> tuple[httpx.Response, Any]:
    await proved(ask, actor)
    asked = (await ask("PUT", "/v1/me/passkeys/register/begin")).json()
    body = {"name": text, "credential": Authenticator().create(asked)}
    answer = await ask("PUT", "/v1/me/passkeys/register/finish", to_json(body))
    return answer, answer.json().get("name")


async def rename_passkey(ask: Asking, actor: Actor, text: str) -> tuple[httpx.Response, Any]:
    added, _ = await add_passkey(ask, actor, "My phone")
    answer = await ask("PUT", added.headers["location"], to_json({"name": text}))
    return answer, answer.json().get("name")


BRANDING = {"name": "Kano Hub", "colour": "#0b57d0", "footer": "", "reply_to": None}


def settings(
    field: str, *, back: bool = False
) -> Callable[[Asking, Actor, str], Awaitable[tuple[httpx.Response, Any]]]:
    async def change(ask: Asking, actor: Actor, text: str) -> tuple[httpx.Response, Any]:
        await proved(ask, actor)
        path, part = f"/v1/tenants/{actor.tenant_id}/settings", uuid4().hex
        first = {"branding": {**BRANDING, "name": f"Hub {part}"}, "reason": "to begin with"}
        if field == "reason":
            first |= {} if back else {"reason": text}
        else:
            first["branding"] = {**BRANDING, "footer": part, field: text}
        answer = await ask("PATCH", path, to_json(first))
        if back:
            version = answer.json()["version"]
            await ask("PATCH", path, to_json({"ai": "off", "reason": "another one"}))
            body = to_json({"version": version, "reason": text})
            answer = await ask("POST", f"{path}/rollback", body)
            await ask("PATCH", path, to_json({"ai": "on", "reason": "as it was"}))
        said = answer.json()
        shown = said.get("settings", {}).get("branding", {}).get(field, said.get(field))
        return answer, shown

    return change


WAYS: dict[str, Callable[[Asking, Actor, str], Awaitable[tuple[httpx.Response, Any]]]] = {
    "RegisterUser.name": register,
    "UpdateProfile.name": profile("PUT", "name"),
    "UpdateProfile.bio": profile("PUT", "bio"),
    "AmendProfile.name": profile("PATCH", "name"),
    "AmendProfile.bio": profile("PATCH", "bio"),
    "OfferMentoring.headline": offer,
    "RequestMatch.message": request_match,
    "RequestRoadmap.goal": request_roadmap,
    "SearchMentors.q": search,
    "FinishPasskeyRegistration.name": add_passkey,
    "RenamePasskey.name": rename_passkey,
    "ChangeTenantSettings.branding.name": settings("name"),
    "ChangeTenantSettings.branding.footer": settings("footer"),
    "ChangeTenantSettings.reason": settings("reason"),
    "RollBackTenantSettings.reason": settings("reason", back=True),
}


@pytest.mark.parametrize("field", RULES)
async def test_what_people_type_is_kept_in_one_form(ask: Asking, field: str) -> None:
    for name, (typed, kept) in TYPED.items():
        answer, shown = await send(ask, field, typed)
        assert answer.is_success, (name, answer.text)
        assert shown in {None, kept}, name


@pytest.mark.parametrize("field", RULES)
async def test_a_refusal_names_the_field_and_the_sign(ask: Asking, field: str) -> None:
    for text, told in UNFIT.values():
        answer, _ = await send(ask, field, text)
        (error,) = refused(answer, 422)["errors"]
        assert told in error["message"]
        where = error.get("parameter") or error["pointer"].removeprefix("#/").replace("/", ".")
        assert where == field.partition(".")[2]


@pytest.mark.parametrize("field", RULES)
async def test_a_text_may_be_as_long_as_the_contract_says(ask: Asking, field: str) -> None:
    """PostgreSQL's own bounds count as the domain does."""
    most = RULES[field].most
    answer, shown = await send(ask, field, "e\u0301" * most)
    assert answer.is_success, answer.text
    assert shown in {None, "é" * most}
    answer, _ = await send(ask, field, "é" * (most + 1))
    assert f"at most {most} letters; this has {most + 1}" in refused(answer, 422)["detail"]


@pytest.mark.parametrize("field", [field for field, rule in RULES.items() if rule.least])
async def test_what_shows_nothing_is_no_text(ask: Asking, field: str) -> None:
    for blank in BLANKS:
        answer, _ = await send(ask, field, blank * 3)
        assert "that can be seen" in refused(answer, 422)["detail"]


@pytest.mark.parametrize("field", [field for field, rule in RULES.items() if rule.lines])
async def test_lines_are_kept_with_one_sign_for_their_end(ask: Asking, field: str) -> None:
    _, shown = await send(ask, field, "one\r\ntwo\rthree\n")
    assert shown == "one\ntwo\nthree"


@pytest.mark.parametrize("field", [field for field, rule in RULES.items() if not rule.links])
async def test_a_name_leads_nobody_astray(ask: Asking, field: str) -> None:
    for name in ("Win at http://evil.example", "www.evil", "evil.example/x", "evil.com"):
        answer, _ = await send(ask, field, name)
        assert "write a blank after the dot" in refused(answer, 422)["detail"]
    for name in ("St. John", "A.B. Ahmed", "Jean-Luc M.Sc."):
        answer, _ = await send(ask, field, name)
        assert answer.is_success, answer.text
