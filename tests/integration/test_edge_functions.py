"""The Edge Functions under Deno, between a database's webhooks, our API, our worker and Realtime."""

import json
from base64 import b64encode
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from uuid import uuid4

import httpx
import pytest
from structlog.testing import capture_logs
from tests.support.identities.providers import served
from tests.support.identities.supabase_double import (
    ANON_KEY,
    SERVICE_KEY,
    WEBHOOK_KEY,
    SupabaseDouble,
)
from tests.support.programs.command import program
from tests.support.programs.edge_function import TRIES, EdgeFunction, edge_function
from tests.support.timing.patience import PATIENCE

from skillbridge.adapters.oauth.fetching import Fetcher
from skillbridge.adapters.oauth.settings import SupabaseSettings
from skillbridge.adapters.oauth.supabase_hooks import SignedHooks, signature
from skillbridge.adapters.oauth.supabase_notices import SignedNotices
from skillbridge.application.accounts.ports.supabase import Delivery
from skillbridge.domain.ids import EventId, NoticeId, UserId
from skillbridge.domain.notifications.notice import Notice
from skillbridge.local.health import until_ready
from skillbridge.local.ports import HOST, free_port

pytestmark = pytest.mark.row("B8")

CALLER = "what the database says to the function"
NOTICES_KEY = b"another key, of 32 bytes and so."
SECRET = f"v1,whsec_{b64encode(WEBHOOK_KEY).decode()}"
CANARY = "$2a$10$zanzibarcanary"
NOW = datetime.now(UTC)
NOTICE = Notice(
    id=NoticeId(uuid4()),
    user_id=UserId(uuid4()),
    event_id=EventId(uuid4()),
    kind="MatchRequested",
    about="x",
    title="Amina asks you",
    body="She is from Kano.",
    link="/matches/1",
    created_at=NOW,
)


def row(**more: Any) -> dict[str, Any]:
    """Of auth.users, with all that GoTrue keeps there; what is secret in it holds the canary."""
    return {
        "id": "0b8f1c3e-64a4-4d6c-9b3f-6d2f2a1c0001",
        "instance_id": "00000000-0000-0000-0000-000000000000",
        "aud": "authenticated",
        "role": "authenticated",
        "email": "amina@example.org",
        "encrypted_password": CANARY,
        "email_confirmed_at": "2026-01-02T03:04:05.678901+00:00",
        **dict.fromkeys(
            (
                *("confirmation_token", "recovery_token", "email_change_token_new", "phone"),
                *("reauthentication_token", "email_change", "phone_change_token"),
            ),
            CANARY,
        ),
        "raw_app_meta_data": {"provider": "email", "note": CANARY},
        "raw_user_meta_data": {"full_name": "Amina Bello", "address": CANARY},
        "banned_until": None,
        "deleted_at": None,
        "is_anonymous": False,
        "last_sign_in_at": "2026-01-02T03:04:05+00:00",
        "updated_at": "2026-01-02T03:04:05+00:00",
        **more,
    }


def webhook(kind: str, record: Any = None, old: Any = None, **more: Any) -> bytes:
    """As the trigger `supabase_functions.http_request` writes it."""
    said = {"type": kind, "table": "users", "schema": "auth", "record": record, "old_record": old}
    return json.dumps({**said, **more}).encode()


@dataclass
class Recorder:
    """In the place of our API: it keeps what it is sent, and answers as it is told."""

    statuses: list[int] = field(default_factory=list)
    """Of the next answers; afterwards 204."""
    sent: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    def take(self, headers: dict[str, str], body: bytes) -> int:
        self.sent.append((headers, body))
        return self.statuses.pop(0) if self.statuses else 204


@pytest.fixture
def recorder(api: tuple[Recorder, str]) -> Recorder:
    kept = api[0]
    kept.statuses.clear()
    kept.sent.clear()
    return kept


@pytest.fixture(scope="module")
def api() -> Iterator[tuple[Recorder, str]]:
    kept = Recorder()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            self.send_response(kept.take(headers, body))
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  as http.server has it
            """Nobody reads it."""

    server = ThreadingHTTPServer((HOST, 0), Handler)
    Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield kept, f"http://{HOST}:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
async def changed(
    api: tuple[Recorder, str], tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[EdgeFunction]:
    """In front of the recorder."""
    folder = tmp_path_factory.mktemp("deno")
    async with user_changed(folder, api[1]) as found:
        yield found


def user_changed(folder: Path, url: str) -> Any:
    return edge_function(
        "user-changed",
        folder,
        SKILLBRIDGE_URL=f"{url}/",
        SKILLBRIDGE_WEBHOOK_SECRET=SECRET,
        DATABASE_WEBHOOK_SECRET=CALLER,
    )


@dataclass
class Realtime:
    double: SupabaseDouble
    function: EdgeFunction

    @property
    def url(self) -> str:
        return str(self.function.client.base_url).rstrip("/")


@pytest.fixture
async def realtime(tmp_path: Path) -> AsyncIterator[Realtime]:
    with served() as beside:
        settings = {
            "SUPABASE_URL": beside.supabase.url,
            "SUPABASE_SERVICE_ROLE_KEY": SERVICE_KEY,
            "SKILLBRIDGE_NOTICES_SECRET": f"v1,whsec_{b64encode(NOTICES_KEY).decode()}",
        }
        async with edge_function("notice-created", tmp_path, **settings) as function:
            yield Realtime(beside.supabase, function)


def believed(headers: dict[str, str], body: bytes) -> bool:
    """By our own API, or it raises."""
    hooks = SignedHooks(
        SupabaseSettings("https://abc.supabase.test", "test", webhook_key=WEBHOOK_KEY),
        lambda: datetime.now(UTC),
    )
    said = headers["webhook-id"], headers["webhook-timestamp"], headers["webhook-signature"]
    hooks.must_be_signed(Delivery(*said, body))
    return True


async def test_a_user_who_is_banned_there_is_signed_out_here_and_a_replay_does_it_once(
    tmp_path: Path,
) -> None:
    """From a row of auth.users to our own server and back."""
    port = free_port()
    with served() as beside:
        project = beside.supabase
        settings = {
            "SKILLBRIDGE_SUPABASE_URL": project.url,
            "SKILLBRIDGE_SUPABASE_ANON_KEY": ANON_KEY,
            "SKILLBRIDGE_SUPABASE_WEBHOOK_SECRET": SECRET,
        }
        url = f"http://{HOST}:{port}"
        serving = program("serve", "--memory", "--port", str(port), **settings)
        async with (
            serving,
            httpx.AsyncClient(base_url=url, timeout=PATIENCE, trust_env=False) as client,
        ):
            await until_ready(port)
            async with user_changed(tmp_path, url) as function:
                user = project.signs_up()
                record = row(id=user)

                async def told(kind: str, **more: Any) -> bytes:
                    body = webhook(kind, {**record, **more}, record)
                    answer = await function.take(body, x_webhook_secret=CALLER)
                    assert answer.status_code == 204, answer.text
                    return body

                async def signs_in() -> dict[str, str]:
                    said = {"access_token": project.token(user)}
                    answer = await client.post("/v1/auth/supabase", json=said)
                    assert answer.status_code == 200, answer.text
                    return {"Authorization": f"Bearer {answer.json()['access_token']}"}

                async def is_in(headers: dict[str, str]) -> bool:
                    return (await client.get("/v1/me", headers=headers)).status_code == 200

                await told("INSERT")
                hers = await signs_in()
                assert await is_in(hers)
                ban = await told("UPDATE", banned_until="2126-01-02T03:04:05+00:00")
                assert not await is_in(hers)
                await told("UPDATE", banned_until="2020-01-02T03:04:05+00:00")
                hers = await signs_in()
                replayed = await function.take(ban, x_webhook_secret=CALLER)
                assert replayed.status_code == 204
                assert await is_in(hers), "the same message has the same id, which counted before"


async def test_no_secret_of_a_row_leaves_the_project(
    changed: EdgeFunction, recorder: Recorder
) -> None:
    for body in (
        webhook("INSERT", row()),
        webhook("UPDATE", row(email="amina@new.example"), row()),
        webhook("DELETE", None, row()),
    ):
        answer = await changed.take(body, x_webhook_secret=CALLER)
        assert answer.status_code == 204, answer.text
    assert len(recorder.sent) == 3
    for headers, body in recorder.sent:
        assert believed(headers, body)
        assert CANARY.encode() not in body
    _, inserted = recorder.sent[0]
    assert json.loads(inserted)["record"] == {
        "id": row()["id"],
        "email": "amina@example.org",
        "email_confirmed_at": "2026-01-02T03:04:05.678901+00:00",
        "banned_until": None,
        "deleted_at": None,
        "is_anonymous": False,
        "raw_user_meta_data": {"full_name": "Amina Bello"},
    }
    log = changed.log.read_text("utf-8")
    assert not any(word in log for word in (CANARY, "amina", CALLER, SECRET))


async def test_what_changes_nothing_that_counts_is_not_sent_on(
    changed: EdgeFunction, recorder: Recorder
) -> None:
    """Every sign-in there changes a row."""
    again = row(last_sign_in_at="2026-02-02T03:04:05+00:00", encrypted_password="other")
    answer = await changed.take(webhook("UPDATE", again, row()), x_webhook_secret=CALLER)
    assert answer.status_code == 204
    assert recorder.sent == []


@pytest.mark.parametrize(
    ("secret", "body", "status"),
    [
        (None, webhook("INSERT", row()), 401),
        ("", webhook("INSERT", row()), 401),
        (CALLER[:-1], webhook("INSERT", row()), 401),
        (CALLER, b"", 400),
        (CALLER, b"{", 400),
        (CALLER, b"\xff\xfe", 400),
        (CALLER, b"[]", 422),
        (CALLER, b"null", 422),
        (CALLER, webhook("INSERT", row(), table="sessions"), 422),
        (CALLER, webhook("INSERT", row(), schema="public"), 422),
        (CALLER, webhook("TRUNCATE"), 422),
        (CALLER, b" " * (1024 * 1024 + 1), 413),
    ],
)
async def test_what_is_no_message_of_the_database_goes_no_further(
    changed: EdgeFunction, recorder: Recorder, secret: str | None, body: bytes, status: int
) -> None:
    said = {} if secret is None else {"x_webhook_secret": secret}
    answer = await changed.take(body, **said)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == status
    assert recorder.sent == []


async def test_it_is_taken_by_post_alone(changed: EdgeFunction) -> None:
    answer = await changed.client.put("/", content=b"{}")
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


async def test_what_may_pass_is_tried_again_under_the_same_id(
    changed: EdgeFunction, recorder: Recorder
) -> None:
    recorder.statuses = [503, 429]
    answer = await changed.take(webhook("INSERT", row()), x_webhook_secret=CALLER)
    assert answer.status_code == 204
    assert len(recorder.sent) == TRIES
    assert len({headers["webhook-id"] for headers, _ in recorder.sent}) == 1
    assert all(believed(headers, body) for headers, body in recorder.sent)


async def test_an_api_that_is_away_is_told_so_that_the_caller_tries_again(
    changed: EdgeFunction, recorder: Recorder
) -> None:
    recorder.statuses = [500] * TRIES
    answer = await changed.take(webhook("INSERT", row()), x_webhook_secret=CALLER)
    assert (answer.status_code, len(recorder.sent)) == (503, TRIES)


@pytest.mark.parametrize("status", [301, 400, 401, 422])
async def test_what_our_api_refuses_is_not_sent_again(
    changed: EdgeFunction, recorder: Recorder, status: int
) -> None:
    recorder.statuses = [status]
    answer = await changed.take(webhook("INSERT", row()), x_webhook_secret=CALLER)
    assert (answer.status_code, len(recorder.sent)) == (502, 1)
    assert str(status) in answer.json()["detail"]


async def test_a_function_without_its_settings_does_not_start_and_says_which(
    tmp_path: Path,
) -> None:
    with pytest.raises(AssertionError, match="DATABASE_WEBHOOK_SECRET is not set"):
        async with edge_function(
            "user-changed",
            tmp_path,
            SKILLBRIDGE_URL="https://skillbridge.example.org",
            SKILLBRIDGE_WEBHOOK_SECRET=SECRET,
            DATABASE_WEBHOOK_SECRET=" ",
        ):
            """It is never there."""


async def test_a_notice_of_ours_is_heard_on_the_private_channel_of_its_person(
    realtime: Realtime,
) -> None:
    project = SupabaseSettings(realtime.url, "test", notices_key=NOTICES_KEY)
    fetcher = Fetcher(httpx.AsyncHTTPTransport())
    push = SignedNotices(fetcher, project, lambda: datetime.now(UTC))
    other = replace(NOTICE, id=NoticeId(uuid4()), user_id=UserId(uuid4()), kind="BadgeAwarded")
    await push.push([NOTICE, other])
    assert realtime.double.broadcasts == [
        {
            "topic": f"user:{one.user_id}",
            "event": "notice",
            "payload": {"id": str(one.id), "kind": one.kind},
            "private": True,
        }
        for one in (NOTICE, other)
    ]
    realtime.double.away = True
    with capture_logs() as logs:
        await push.push([NOTICE])
    assert [line["event"] for line in logs] == ["supabase.notices_not_pushed"]
    await fetcher.aclose()
    log = realtime.function.log.read_text("utf-8")
    assert not any(word in log for word in (SERVICE_KEY, str(NOTICE.user_id)))


def notices(*these: Any) -> bytes:
    return json.dumps({"notices": list(these)}).encode()


TOLD = {"id": str(NOTICE.id), "user_id": str(NOTICE.user_id), "kind": NOTICE.kind}


def headers_of(
    body: bytes, *, key: bytes = NOTICES_KEY, id_: str = "msg_1", late: float = 0
) -> dict[str, str]:
    at = str(int((datetime.now(UTC) - timedelta(seconds=late)).timestamp()))
    signed = signature(key, id_, at, body).decode()
    return {"webhook_id": id_, "webhook_timestamp": at, "webhook_signature": signed}


async def test_what_we_did_not_sign_within_five_minutes_is_pushed_to_nobody(
    realtime: Realtime,
) -> None:
    body = notices(TOLD)
    good = headers_of(body)
    forged = [
        {},
        {**good, "webhook_signature": ""},
        {**good, "webhook_signature": good["webhook_signature"].removeprefix("v1,")},
        {**good, "webhook_signature": good["webhook_signature"].replace("v1,", "v1a,")},
        {**good, "webhook_id": "msg_2"},
        {**good, "webhook_id": ""},
        {**good, "webhook_timestamp": str(int(good["webhook_timestamp"]) + 1)},
        {**good, "webhook_timestamp": "NaN"},
        {**good, "webhook_timestamp": ""},
        headers_of(body, key=WEBHOOK_KEY),
        headers_of(body, late=400),
        headers_of(body, late=-400),
        headers_of(notices(TOLD, TOLD)),
    ]
    for headers in forged:
        answer = await realtime.function.take(body, **headers)
        assert answer.status_code == 401, headers
    assert realtime.double.broadcasts == []
    both = f"v1,AAAA {good['webhook_signature']}"
    answer = await realtime.function.take(body, **{**good, "webhook_signature": both})
    assert answer.status_code == 204, "while the secret is changed a message has two signatures"


@pytest.mark.parametrize(
    "body",
    [
        b"{}",
        notices(),
        notices(*[TOLD] * 101),
        notices("x"),
        notices(None),
        notices({**TOLD, "user_id": "*"}),
        notices({**TOLD, "user_id": f"{NOTICE.user_id}\n"}),
        notices({**TOLD, "user_id": None}),
        notices({**TOLD, "kind": "<b>"}),
        notices({**TOLD, "id": 7}),
        notices(TOLD, {**TOLD, "id": ""}),
    ],
)
async def test_what_is_no_notice_is_pushed_to_nobody_not_even_in_part(
    realtime: Realtime, body: bytes
) -> None:
    answer = await realtime.function.take(body, **headers_of(body))
    assert answer.status_code == 422, answer.text
    assert realtime.double.broadcasts == []
