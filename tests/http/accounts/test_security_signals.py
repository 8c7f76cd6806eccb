"""Each kind of security signal by real requests: one entry of the trail, one mail to administrators."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import text
from tests.http.accounts.conftest import Clients
from tests.http.accounts.test_accounts import CREDENTIALS, EMAIL, arrive, bearer
from tests.support.given.device import Device
from tests.support.given.world import World

from skillbridge.adapters.postgres.engine.statements import Read
from skillbridge.adapters.postgres.notifications import reads as notice_reads
from skillbridge.application.accounts.guesses import Guesses
from skillbridge.application.accounts.views import SentMail
from skillbridge.application.audit.ports import Anchors, AuditReads
from skillbridge.application.audit.sealing import SealAudit
from skillbridge.application.audit.views import AuditEntry, Search
from skillbridge.application.audit.watching import WatchAudit
from skillbridge.application.paging import PageRequest
from skillbridge.application.ports.cache import Cache
from skillbridge.domain.actor import Role
from skillbridge.domain.audit.chain import Anchor, Seal

pytestmark = [pytest.mark.row("C6"), pytest.mark.asvs("16.3.3")]

BOSS = "boss@example.org"
LOG_IN, REFRESH = "/v1/auth/login", "/v1/auth/refresh"
STUFFED, GUESSED, KEYLESS, PROBED = 30, 15, 10, 40


@dataclass
class Told:
    """What a signal left behind."""

    entry: AuditEntry
    mail: SentMail


async def entries(world: World, action: str = "SecuritySignalRaised") -> Sequence[AuditEntry]:
    found: Sequence[AuditEntry] = await world.items(
        AuditReads, "search", world.system(), Search(action=action), PageRequest(100)
    )
    return found


async def warnings(world: World) -> list[SentMail]:
    await world.settle()
    return [mail for mail in await world.mails() if mail.to == BOSS]


async def the_signal(world: World, kind: str, title: str) -> AuditEntry:
    """The only one; and the only mail, to administrators alone, tells of it."""
    (entry,) = await entries(world)
    assert entry.details["kind"] == kind
    assert entry.category == "intrusion_detection"
    (mail,) = await warnings(world)
    assert mail.subject == "A security signal"
    assert f"Once: {title} ({kind})" in mail.text
    assert EMAIL not in mail.text
    await world.settle()
    assert len(await warnings(world)) == 1
    (warned,) = await entries(world, "AdministratorsWarned")
    assert (warned.details["kinds"], warned.details["numbers"]) == ([kind], [1])
    return entry


async def wrong(client: httpx.AsyncClient, email: str) -> int:
    answer = await client.post(LOG_IN, json={"email": email, "password": "none of theirs"})
    return answer.status_code


@pytest.fixture(autouse=True)
async def _boss(world: World) -> None:
    await world.person(Role.ADMIN, email=BOSS)


@pytest.mark.asvs("6.3.1")
async def test_passwords_of_many_accounts_from_one_network(
    world: World, client_at: Clients
) -> None:
    thief = client_at("198.51.100.66")
    for number in range(STUFFED - 1):
        assert await wrong(thief, f"person{number}@example.org") == 401
    for _ in range(3):
        await wrong(thief, "person0@example.org")
        await wrong(client_at("203.0.113.5"), "person99@example.org")
    assert await entries(world) == [], "the same account again, and another network, count nothing"
    for number in range(STUFFED, STUFFED + 40):
        await wrong(thief, f"person{number}@example.org")
    title = "Passwords of many accounts were tried from one network"
    entry = await the_signal(world, "stuffing", title)
    assert entry.details["network"] == "198.51.100.0/24", "whose network, and not whose household"
    assert (entry.subject_id, entry.actor_kind) == (None, "nobody")


async def test_a_school_that_mistypes_at_home_is_no_thief(world: World, client_at: Clients) -> None:
    """Who signed in from there before is no stranger: thousands may be behind one address."""
    school, cache = client_at("198.51.100.66"), await world.api.get(Cache)
    for number in range(STUFFED + 5):
        email = f"person{number}@example.org"
        known = Guesses(cache, world.tenant_id, email, "198.51.100.66", None)
        await known.remember_network()
        assert await wrong(school, email) == 401
    assert await entries(world) == []


async def test_where_no_tenant_is_by_that_name_the_same_is_answered(
    world: World, client_at: Clients
) -> None:
    """And nobody of another tenant is told."""
    for number in range(GUESSED + 5):
        answer = await client_at(f"198.51.100.{number}").post(
            LOG_IN, json={**CREDENTIALS, "password": "wrong"}, headers={"X-Tenant": "no-such-one"}
        )
        assert (answer.status_code, answer.json()["type"]) == (401, "/problems/wrong-credentials")
    assert await entries(world) == []
    assert await warnings(world) == []


@pytest.mark.asvs("6.3.1")
@pytest.mark.parametrize("there", [True, False])
async def test_many_passwords_for_one_account_from_many_networks(
    world: World, client_at: Clients, there: bool
) -> None:
    """Where there is no account the same is done: the signal is of none, and tells nobody which."""
    if there:
        await arrive(world, client_at("192.0.2.7"))
    for number in range(GUESSED - 1):
        assert await wrong(client_at(f"198.51.100.{number}"), EMAIL) == 401
    assert await entries(world) == []
    for number in range(GUESSED, GUESSED + 10):
        await wrong(client_at(f"198.51.100.{number}"), EMAIL)
    title = "Many passwords or codes were tried for one account"
    entry = await the_signal(world, "guessing", title)
    assert entry.subject_id is not None
    assert EMAIL not in str(entry)


async def test_who_is_let_in_is_never_counted(world: World, client: httpx.AsyncClient) -> None:
    await arrive(world, client)
    for _ in range(GUESSED + 5):
        assert (await client.post(LOG_IN, json=CREDENTIALS)).status_code == 200
    assert await entries(world) == []


async def refreshed(
    client: httpx.AsyncClient, tokens: dict[str, Any], **headers: str
) -> httpx.Response:
    return await client.post(
        REFRESH, json={"refresh_token": tokens["refresh_token"]}, headers=headers
    )


async def test_a_refresh_token_that_was_used_before(
    world: World, client: httpx.AsyncClient
) -> None:
    old = await arrive(world, client)
    newer = (await refreshed(client, old)).json()
    assert (await refreshed(client, newer)).status_code == 200
    for _ in range(5):
        assert (await refreshed(client, old)).status_code == 401
    await world.settle()
    entry = await the_signal(world, "token-theft", "A credential was used by two parties")
    (stolen,) = await entries(world, "SessionStolen")
    assert entry.subject_id == stolen.subject_id


async def test_a_token_without_its_key_again_and_again(
    world: World, client: httpx.AsyncClient
) -> None:
    await arrive(world, client)
    phone = Device()
    tokens = (await client.post(LOG_IN, json=CREDENTIALS, headers={"DPoP": phone.proof()})).json()
    for _ in range(KEYLESS - 1):
        answer = await refreshed(client, tokens)
        assert answer.json()["type"] == "/problems/key-missing"
    assert await entries(world) == [], "anybody with a dead copy can do that, and mails nobody"
    for _ in range(30):
        await refreshed(client, tokens)
    title = "Refresh tokens that are bound to a device came from elsewhere, again and again"
    await the_signal(world, "key-missing", title)
    proof = phone.proof(REFRESH, tokens["refresh_token"])
    assert (await refreshed(client, tokens, DPoP=proof)).status_code == 200


async def test_somebody_asks_for_many_things_that_are_not_theirs(
    world: World, client: httpx.AsyncClient
) -> None:
    tokens = await arrive(world, client)
    one = uuid4()
    for _ in range(PROBED + 5):
        assert (await client.get(f"/v1/roadmaps/{one}", headers=bearer(tokens))).status_code == 404
    for _ in range(PROBED):
        picture = f"/v1/people/{uuid4()}/avatar"
        assert (await client.get(picture, headers=bearer(tokens))).status_code == 404
    assert await entries(world) == [], "neither who asks again, nor who shows a list of people"
    assert (await client.get("/v1/audit", headers=bearer(tokens))).status_code == 403
    for _ in range(PROBED - 3):
        await client.get(f"/v1/roadmaps/{uuid4()}", headers=bearer(tokens))
    assert await entries(world) == []
    for _ in range(PROBED):
        await client.get(f"/v1/roadmaps/{uuid4()}", headers=bearer(tokens))
    title = "Somebody asked for many things that are not theirs"
    entry = await the_signal(world, "probing", title)
    assert entry.actor_id == entry.subject_id is not None
    assert entry.network == "192.0.2.0/24"


@pytest.mark.parametrize("world", ["postgres"], indirect=True)
async def test_what_the_database_refuses_though_the_rules_let_it_through(
    world: World,
    client: httpx.AsyncClient,
    monkeypatch: pytest.MonkeyPatch,
    contradictions: list[str],
) -> None:
    """As if SQL had got into a statement: the login may not read what signs people in."""
    tokens = await arrive(world, client)
    monkeypatch.setattr(notice_reads, "UNREAD", Read(text("select 1 from refresh_tokens")))
    for _ in range(3):
        answer = await client.get("/v1/notices/unread-count", headers=bearer(tokens))
        assert (answer.status_code, answer.json()["type"]) == (403, "/problems/forbidden")
    title = "The database refused what the rules had let through"
    contradictions.clear()  # no contract names what should never happen
    entry = await the_signal(world, "database-refused", title)
    assert entry.actor_id == entry.subject_id is not None


async def test_a_trail_that_is_not_what_was_written(
    world: World, client: httpx.AsyncClient
) -> None:
    await arrive(world, client)
    await world.do(SealAudit, world.system())
    assert (await world.do(WatchAudit, world.system())).findings == []
    assert await entries(world) == []
    anchors: Anchors = await world.worker.get(Anchors)
    await anchors.add(Anchor(world.tenant_id, Seal(1, b"x" * 32), datetime.now(UTC)))
    for _ in range(3):
        assert (await world.do(WatchAudit, world.system())).findings
    entry = await the_signal(world, "chain-broken", "The audit trail is not what was written")
    assert (entry.details["reason"], entry.details["severity"]) == ("rewritten", "critical")
