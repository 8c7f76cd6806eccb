"""Notices go to the project signed, by their ids and kinds; what does not come through fails nothing."""

import json
from base64 import b64encode
from datetime import UTC, datetime
from hmac import digest
from uuid import uuid4

import httpx
import pytest
from structlog.testing import capture_logs
from tests.support.identities.providers import Spoken

from skillbridge.adapters.oauth.fetching import Fetcher
from skillbridge.adapters.oauth.settings import SupabaseSettings
from skillbridge.adapters.oauth.supabase_notices import SignedNotices
from skillbridge.domain.ids import EventId, NoticeId, UserId
from skillbridge.domain.notifications.notice import Notice

pytestmark = pytest.mark.row("B8", "J2")

NOW = datetime(2026, 5, 6, 7, 8, 9, tzinfo=UTC)
KEY = b"a key of thirty-two bytes or so."
SETTINGS = SupabaseSettings("https://abc.supabase.test", "test", notices_key=KEY)
NOTICE = Notice(
    id=NoticeId(uuid4()),
    user_id=UserId(uuid4()),
    event_id=EventId(uuid4()),
    kind="MatchRequested",
    about="secret",
    title="Amina asks you",
    body="She is from Kano.",
    link="/matches/1",
    created_at=NOW,
)


class Functions:
    """Of the project, which answers all with one status."""

    def __init__(self, status: int) -> None:
        self.status = status
        self.asked: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        return httpx.Response(self.status, json={})


def pushing(functions: Functions) -> SignedNotices:
    fetcher = Fetcher(Spoken({"abc.supabase.test": functions}))
    return SignedNotices(fetcher, SETTINGS, lambda: NOW)


async def test_it_is_signed_and_says_no_word_of_what_the_notice_says() -> None:
    functions = Functions(204)
    await pushing(functions).push([NOTICE])
    (asked,) = functions.asked
    assert str(asked.url) == "https://abc.supabase.test/functions/v1/notice-created"
    told = {"id": str(NOTICE.id), "user_id": str(NOTICE.user_id), "kind": "MatchRequested"}
    assert json.loads(asked.content) == {"notices": [told]}
    said = asked.headers
    mac = digest(
        KEY,
        f"{said['webhook-id']}.{int(NOW.timestamp())}.".encode() + asked.content,
        "sha256",
    )
    assert said["webhook-signature"] == f"v1,{b64encode(mac).decode()}"
    assert said["webhook-timestamp"] == str(int(NOW.timestamp()))


@pytest.mark.parametrize("status", [401, 404, 422, 500, 503])
async def test_what_does_not_come_through_is_in_the_log(status: int) -> None:
    with capture_logs() as logs:
        await pushing(Functions(status)).push([NOTICE])
    (line,) = logs
    assert line["event"] == "supabase.notices_not_pushed"
    assert str(status) in line["reason"]
    assert "Kano" not in str(line)
