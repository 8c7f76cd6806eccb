"""Odd JSON means the same to our reader and to the matcher's, or one of them refuses it."""

from collections.abc import AsyncIterator

import httpx
import msgspec
import pytest
from tests.support.given.mentors import TENANT
from tests.support.matcher.matcher_process import MatcherProcess, built
from tests.support.matcher.matcher_words import MENTORS, NEED
from tests.support.timing.patience import PATIENCE

from skillbridge.adapters.matcher.wire import RankIn, need_in, snapshot_body
from skillbridge.application.ranking.ports.pool import Snapshot

pytestmark = [pytest.mark.row("G3", "C5"), pytest.mark.asvs("1.5.3")]

BODY = msgspec.json.encode(RankIn(need_in(NEED), 2)).decode()
ALIKE: dict[str, tuple[str, str]] = {
    "as it is": ("", ""),
    "space everywhere": ('"k":2', '\n\t "k" \r : 2 '),
    "space of Unicode": ('"k":2', '\u00a0"k":2'),
    "a mark of the order of bytes": ('{"need"', '\ufeff{"need"'),
    "a name in escapes": ('"k":2', '"\\u006b":2'),
    "a name in capitals": ('"k":2', '"K":2'),
    "a country in escapes": ('"country":"NG"', '"country":"\\u004eG"'),
    "half a pair": ('"country":"NG"', '"country":"\\ud800"'),
    "a pair the wrong way round": ('"country":"NG"', '"country":"\\udc00\\ud800"'),
    "a raw line break": ('"country":"NG"', '"country":"N\nG"'),
    "an escape that is none": ('"country":"NG"', '"country":"\\x4eG"'),
    "another quote": ('"country":"NG"', "\"country\":'NG'"),
    "a comma too many": ('"k":2', '"k":2,'),
    "a comma in front": ('"k":2', ',"k":2'),
    "no comma": (',"k":2', ' "k":2'),
    "a comment": ('"k":2', '/* two */"k":2'),
    "a number in a text": ('"k":2', '"k":"2"'),
    "two with a point": ('"k":2', '"k":2.5'),
    "a whole number with a point": ('"k":2', '"k":2.0'),
    "a whole number as a power": ('"k":2', '"k":2e0'),
    "plus": ('"k":2', '"k":+2'),
    "noughts in front": ('"k":2', '"k":02'),
    "a point without a digit": ('"k":2', '"k":2.'),
    "in hexadecimal": ('"k":2', '"k":0x2'),
    "a power beyond all": ('"k":2', '"k":1e999'),
    "no number": ('"k":2', '"k":NaN'),
    "without an end": ('"k":2', '"k":Infinity'),
    "true": ('"k":2', '"k":true'),
    "null": ('"k":2', '"k":null'),
    "a list of one": ('"k":2', '"k":[2]'),
    "an object in the place of a list": ('"languages":[', '"languages":{"0":['),
    "nothing": (BODY, ""),
    "cut off": ("}", ""),
    "something after it": ('"k":2}', '"k":2}{}'),
    "a list around it": (BODY, f"[{BODY}]"),
}
"""What is replaced in a good request, and by what: it means one thing, or neither reader takes it."""
OURS_ALONE = {
    "minus": ('"k":2', '"k":-2'),
    "minus nothing": ('"utc_offset":60', '"utc_offset":-0'),
    "beyond 32 bits": ('"utc_offset":60', '"utc_offset":4294967356'),
    "beyond 64 bits": ('"k":2', '"k":18446744073709551618'),
    "beyond all": ('"k":2', f'"k":{"9" * 400}'),
    "a NUL": ('"country":"NG"', '"country":"\\u0000"'),
    "twice, the same": ('"k":2', '"k":2,"k":2'),
    "twice, and not the same": ('"k":2', '"k":1,"k":2'),
}
"""Our reader takes it, which knows no bounds of what we write ourselves, and the matcher's does not."""


@pytest.fixture(scope="module")
async def matcher() -> AsyncIterator[httpx.AsyncClient]:
    process = await MatcherProcess(await built()).start()
    async with httpx.AsyncClient(
        base_url=f"{process.url}/v1/tenants/{TENANT}/", timeout=PATIENCE, trust_env=False
    ) as client:
        pool = snapshot_body(Snapshot(1, MENTORS), None)
        put = await client.put("pool", content=pool, headers={"content-type": "application/json"})
        assert put.is_success, put.text
        yield client
    await process.kill()


async def ranked(matcher: httpx.AsyncClient, text: bytes) -> bytes | None:
    """The matcher's answer; None where it refuses the text, in words."""
    answer = await matcher.post("rank", content=text, headers={"content-type": "application/json"})
    assert answer.status_code in {200, 400, 422}, answer.text
    return answer.content if answer.status_code == 200 else None


def read(text: bytes) -> RankIn | None:
    """By our reader; None where it refuses the text."""
    try:
        return msgspec.json.decode(text, type=RankIn)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None


def odd(old: str, new: str) -> bytes:
    head, found, tail = BODY.rpartition(old) if old else ("", "", BODY)
    assert found == old
    return f"{head}{new}{tail}".encode()


@pytest.mark.parametrize("what", ALIKE)
async def test_it_means_the_same_or_neither_takes_it(matcher: httpx.AsyncClient, what: str) -> None:
    text = odd(*ALIKE[what])
    theirs, ours = await ranked(matcher, text), read(text)
    assert (theirs is None) == (ours is None)
    if ours is not None:
        assert await ranked(matcher, msgspec.json.encode(ours)) == theirs


@pytest.mark.parametrize("what", OURS_ALONE)
async def test_the_matcher_is_the_stricter_one(matcher: httpx.AsyncClient, what: str) -> None:
    text = odd(*OURS_ALONE[what])
    assert await ranked(matcher, text) is None
    assert read(text) is not None
