"""Small parts of the endpoints of accounts."""

from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass, field
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.timing.patience import PATIENCE

from skillbridge.adapters.memory.signals import MemoryFanout
from skillbridge.application.ended_sign_ins import TOPIC, listening, tell_ended
from skillbridge.domain.ids import SessionId, TenantId
from skillbridge.entrypoints.http.server import revocation
from skillbridge.entrypoints.http.server.markup import to_page, to_paragraphs
from skillbridge.entrypoints.http.server.revocation import Revocations
from skillbridge.entrypoints.http.server.versions import BadIfMatch, etag, seen_versions, tagged

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


@dataclass(frozen=True)
class Held:
    version: int


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
async def test_what_this_process_ends_is_over_at_once() -> None:
    ended, session_id = Ended(), SessionId(uuid4())
    revocations = Revocations(ended, seconds=lambda: 100.0)
    assert not await revocations.include(HERE, session_id)
    revocations.ended_here(session_id)
    assert await revocations.include(HERE, session_id)
    assert ended.asked == 1, "and nobody else is asked about again"


@pytest.mark.row("C1")
@pytest.mark.asvs("7.4.1")
async def test_an_answer_from_before_the_end_does_not_undo_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ended, session_id = Ended(), SessionId(uuid4())
    revocations = Revocations(ended, seconds=lambda: 100.0)

    async def overtaken(*_: object) -> frozenset[SessionId]:
        revocations.ended_here(session_id)
        return frozenset()

    monkeypatch.setattr(Ended, "among", overtaken)
    assert await revocations.include(HERE, session_id)


@pytest.mark.row("C1", "C2")
async def test_what_was_told_of_is_asked_about_again() -> None:
    ended, session_id, other = Ended(), SessionId(uuid4()), SessionId(uuid4())
    revocations = Revocations(ended, seconds=lambda: 100.0)
    for one in (session_id, other):
        assert not await revocations.include(HERE, one)
    ended.over.add(session_id)
    revocations.look_again(session_id)
    assert await revocations.include(HERE, session_id)
    assert not await revocations.include(HERE, other)
    assert ended.asked == 3
    ended.over.clear()
    revocations.look_again(session_id)
    assert await revocations.include(HERE, session_id), "what has ended stays so"


@pytest.mark.row("C1", "C2")
async def test_an_answer_from_before_it_was_told_of_is_not_remembered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now, ended, session_id = 100.0, Ended(), SessionId(uuid4())
    revocations = Revocations(ended, seconds=lambda: now)

    async def overtaken(*_: object) -> frozenset[SessionId]:
        nonlocal now
        now = 100.1
        revocations.look_again(session_id)
        return frozenset()

    with monkeypatch.context() as slow:
        slow.setattr(Ended, "among", overtaken)
        assert not await revocations.include(HERE, session_id)
    ended.over.add(session_id)
    assert await revocations.include(HERE, session_id)


@pytest.mark.row("C2")
async def test_many_ends_are_told_in_a_few_messages_and_nonsense_is_passed_over() -> None:
    fanout = MemoryFanout()
    named = [SessionId(uuid4()) for _ in range(101)]
    async with listening(fanout) as told:
        await tell_ended(fanout, named)
        await fanout.publish(TOPIC, b"short")
        await fanout.publish(TOPIC, named[0].bytes + b"more")
        heard = [await told.next(within=PATIENCE) for _ in range(4)]
        assert await told.next(within=0) == []
    assert [len(some) for some in heard] == [100, 1, 0, 1]
    assert [*heard[0], *heard[1]] == named


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
    for tag in (etag(version), f"W/{etag(version)}", f'"{version}-gzip"', f'W/"{version}-br"'):
        assert seen_versions(tag) == frozenset({version})


@pytest.mark.row("B9")
def test_without_a_condition_any_version_will_do() -> None:
    assert seen_versions(None) is None
    assert seen_versions(" * ") is None


@pytest.mark.row("B9")
@pytest.mark.parametrize(
    ("header", "versions"),
    [
        ('"1", W/"2" ,,"3-zstd"', {1, 2, 3}),
        (',"7"', {7}),
        ('"x"', set()),
        ('"99999999999", "03", "-1", "3-lzma", ""', set()),
        ('"a,b", "2"', {2}),
    ],
)
def test_a_list_names_each_of_its_versions_and_what_was_never_ours_names_none(
    header: str, versions: set[int]
) -> None:
    assert seen_versions(header) == frozenset(versions)


@pytest.mark.row("B9")
@pytest.mark.parametrize(
    "header",
    ["", " ", ",", "3", "W/3", 'w/"3"', '"3', '3"', '"3" "4"', '"1", *', '"a b"', '"\x7f"'],
)
def test_what_is_no_list_of_tags_is_refused(header: str) -> None:
    with pytest.raises(BadIfMatch):
        seen_versions(header)


@pytest.mark.row("B9")
@pytest.mark.parametrize(
    ("header", "held"),
    [
        ('"3"', '"3"'),
        ('W/"3"', '"3"'),
        ('"1", "3-br"', '"3-br"'),
        ("*", '"3"'),
        ('"2"', None),
        ("3", None),
        ('"3', None),
        ("", None),
        (None, None),
    ],
)
def test_what_is_held_already_is_not_sent_again(header: str | None, held: str | None) -> None:
    answer = tagged(Held(version=3), header)
    assert answer.status_code == (304 if held else None)
    assert answer.headers["ETag"] == (held or '"3"')


@given(st.text(alphabet='W/"-,* \t3br\x00é', max_size=60))
def test_no_condition_is_a_fault_of_ours(header: str) -> None:
    with suppress(BadIfMatch):
        assert all(version >= 0 for version in seen_versions(header) or ())
    assert tagged(Held(version=3), header).status_code in {None, 304}


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
