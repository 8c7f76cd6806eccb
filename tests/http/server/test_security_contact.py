"""Whom to tell of a weakness, where people look for it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.support.http.endpoints import open_endpoints

from skillbridge.settings.addresses import PublicUrl, SecurityContact

pytestmark = pytest.mark.row("C5")

WHERE = "/.well-known/security.txt"


async def test_whoever_finds_a_weakness_is_told_whom_to_tell(tmp_path: Path) -> None:
    contact, url = SecurityContact("security@example.org"), PublicUrl("https://example.org/api")
    async with open_endpoints(tmp_path, security_contact=contact, public_url=url) as opened:
        answer = await opened.client.get(WHERE, headers={"host": "example.org"})
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    told = dict(line.split(": ", 1) for line in answer.text.splitlines())
    expires = datetime.fromisoformat(told.pop("Expires"))
    assert timedelta(days=30) < expires - datetime.now(UTC) < timedelta(days=365)
    assert told == {
        "Contact": "mailto:security@example.org",
        "Preferred-Languages": "en",
        "Canonical": "https://example.org/api/.well-known/security.txt",
    }


async def test_an_installation_that_names_nobody_has_none(tmp_path: Path) -> None:
    async with open_endpoints(tmp_path) as opened:
        assert (await opened.client.get(WHERE)).status_code == 404
