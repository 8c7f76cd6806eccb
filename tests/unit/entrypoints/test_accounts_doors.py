"""Small parts of the doors of accounts."""

from collections.abc import Collection
from dataclasses import dataclass, field
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillbridge.domain.ids import SessionId, TenantId
from skillbridge.entrypoints.http import revocation
from skillbridge.entrypoints.http.markup import to_page, to_paragraphs
from skillbridge.entrypoints.http.revocation import Revocations
from skillbridge.entrypoints.http.versions import BadIfMatch, etag, seen_version

HERE = TenantId(uuid4())


@dataclass
class Ended:
    """Counts how often it is asked."""

    over: set[SessionId] = field(default_factory=set)
    asked: int = 0

    async def among(
        self, tenant_id: TenantId, session_ids: Collection[SessionId]
    ) -> frozenset[SessionId]:
        assert tenant_id == HERE
        self.asked += 1
        return frozenset(self.over.intersection(session_ids))


@pytest.mark.row("C1")
async def test_an_end_is_known_within_two_seconds_and_asked_about_once_in_two() -> None:
    now, ended, session_id = 100.0, Ended(), SessionId(uuid4())
    revocations = Revocations(ended, seconds=lambda: now)
    assert not await revocations.include(HERE, session_id)
    ended.over.add(session_id)
    now = 101.9
    assert not await revocations.include(HERE, session_id)
    assert ended.asked == 1
    now = 102.0
    for _ in range(3):
        assert await revocations.include(HERE, session_id)
        now += 3600
    assert ended.asked == 2, "what has ended stays so"


@pytest.mark.row("C1")
async def test_only_so_many_sign_ins_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(revocation, "REMEMBERED", 2)
    revocations = Revocations(Ended())
    for _ in range(5):
        assert not await revocations.include(HERE, SessionId(uuid4()))
    assert len(revocations._known) <= 2


@pytest.mark.row("B9")
@given(st.integers(1, 10**9 - 1))
def test_an_etag_comes_back_as_the_version(version: int) -> None:
    assert seen_version(etag(version)) == version


@pytest.mark.row("B9")
def test_without_a_condition_any_version_will_do() -> None:
    assert seen_version(None) is None
    assert seen_version(" * ") is None


@pytest.mark.row("B9")
@pytest.mark.parametrize("header", ["", "3", 'W/"3"', '"x"', '"1", "2"', '"99999999999"'])
def test_what_was_no_etag_of_ours_is_refused(header: str) -> None:
    with pytest.raises(BadIfMatch):
        seen_version(header)


@pytest.mark.row("C5")
@given(st.text(max_size=200))
def test_no_text_becomes_markup(text: str) -> None:
    made = to_paragraphs(text)
    for tag in ("<p>", "</p>", "</a>"):
        made = made.replace(tag, "")
    assert "<" not in made.replace('<a href="', "")


@pytest.mark.row("C5")
def test_links_are_made_and_cannot_break_out() -> None:
    made = to_paragraphs('see https://example.org/?a=1&b="><script> now\n\nbye')
    assert made == (
        '<p>see <a href="https://example.org/?a=1&amp;b=&quot;&gt;&lt;script&gt;">'
        "https://example.org/?a=1&amp;b=&quot;&gt;&lt;script&gt;</a> now</p><p>bye</p>"
    )


@pytest.mark.row("C5")
def test_a_page_names_its_language_and_allows_no_script() -> None:
    page = to_page("a < b", "<p>x</p>")
    assert "<title>a &lt; b | SkillBridge</title>" in page.content
    assert '<html lang="en">' in page.content
    assert page.headers["Content-Security-Policy"].startswith("default-src 'none'")
