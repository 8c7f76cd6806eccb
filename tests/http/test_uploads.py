"""/v1/me/avatar, /v1/uploads and /v1/avatars, as clients of tus 1.0.0 use them."""

import asyncio
import hashlib
from base64 import b64encode
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import httpx
import pytest
from tests.support.attacks.pictures import encoded
from tests.support.given.pictures import stored
from tests.support.http.asking import bearer, open_asking
from tests.support.http.endpoints import Endpoints

from skillbridge.domain.actor import Actor
from skillbridge.entrypoints.http import uploads
from skillbridge.entrypoints.http.server.middleware import BodyTime

pytestmark = pytest.mark.row("D4")

PART = 1024 * 1024
PICTURE = encoded("PNG", (16, 16))
OFFSETS = {"Content-Type": "application/offset+octet-stream", "Tus-Resumable": "1.0.0"}


def problem(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"].rpartition("/")[2]


async def begin(ask: Endpoints, actor: Actor, size: int, **headers: str) -> httpx.Response:
    said = {"Upload-Length": str(size), **headers}
    return await ask(actor, "POST", "/v1/me/avatar", headers=said)


async def go_on(
    ask: Endpoints, actor: Actor, place: str, at: int, content: Any, **headers: str
) -> httpx.Response:
    said = {**OFFSETS, "Upload-Offset": str(at), **headers}
    return await ask(actor, "PATCH", place, headers=said, content=content)


async def a_picture(ask: Endpoints, actor: Actor) -> dict[str, Any]:
    place = (await begin(ask, actor, len(PICTURE))).headers["location"]
    await go_on(ask, actor, place, 0, PICTURE)
    await ask.world.settle()
    found: dict[str, Any] = (await ask(actor, "GET", "/v1/me/avatar")).json()
    return found


async def test_a_file_is_announced_broken_off_looked_for_and_gone_on_with(
    endpoints: Endpoints,
) -> None:
    amina = await endpoints.world.learner()
    begun = await begin(endpoints, amina, len(PICTURE))
    place = begun.headers["location"]
    assert begun.status_code == 201
    assert begun.headers["tus-resumable"] == "1.0.0"
    first = await go_on(endpoints, amina, place, 0, PICTURE[:20])
    assert (first.status_code, first.headers["upload-offset"]) == (204, "20")
    looked = await endpoints(amina, "HEAD", place, headers={"Tus-Resumable": "1.0.0"})
    assert looked.status_code == 200
    assert looked.headers["upload-offset"] == "20"
    assert looked.headers["upload-length"] == str(len(PICTURE))
    assert looked.headers["cache-control"] == "no-store"
    assert looked.headers["upload-expires"].endswith(" GMT")
    last = await go_on(endpoints, amina, place, 20, PICTURE[20:])
    assert last.headers["upload-offset"] == str(len(PICTURE))
    assert (await endpoints(amina, "GET", place)).json()["state"] == "received"
    await endpoints.world.settle()
    assert (await endpoints(amina, "GET", place)).json()["state"] == "done"


async def test_a_picture_is_downloaded_once_and_kept_for_good(endpoints: Endpoints) -> None:
    amina = await endpoints.world.learner()
    (small, large) = (await a_picture(endpoints, amina))["variants"]
    assert (small["side"], large["side"]) == (64, 256)
    sized = await endpoints(amina, "HEAD", small["url"])
    assert sized.headers["content-length"] == str(small["size"])
    answer = await endpoints(amina, "GET", small["url"])
    assert (answer.status_code, len(answer.content)) == (200, small["size"])
    assert answer.headers["content-type"] == "image/webp"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-disposition"] == 'inline; filename="avatar-64.webp"'
    assert answer.headers["cache-control"] == "private, max-age=31536000, immutable"
    held = {"If-None-Match": answer.headers["etag"]}
    again = await endpoints(amina, "GET", small["url"], headers=held)
    assert (again.status_code, again.content) == (304, b"")
    other = await endpoints(amina, "GET", small["url"], headers={"If-None-Match": '"x"'})
    assert other.status_code == 200


async def test_a_picture_is_for_who_may_see_the_profile(endpoints: Endpoints) -> None:
    amina, other = await endpoints.world.learner(), await endpoints.world.learner()
    view = await a_picture(endpoints, amina)
    theirs = f"/v1/people/{amina.user_id}/avatar"
    assert (await endpoints(amina, "GET", theirs)).json() == view
    for path in (theirs, view["variants"][0]["url"], f"/v1/people/{uuid4()}/avatar"):
        assert problem(await endpoints(other, "GET", path)) == (404, "unknown-avatar")
    nowhere = f"/v1/avatars/{view['id']}/65"
    assert problem(await endpoints(amina, "GET", nowhere)) == (404, "unknown-avatar")
    assert (await endpoints(amina, "DELETE", "/v1/me/avatar")).status_code == 204
    gone = await endpoints(amina, "DELETE", "/v1/me/avatar")
    assert problem(gone) == (404, "unknown-avatar")


@pytest.mark.asvs("5.2.1")
async def test_the_size_is_said_before_a_byte_is_sent(endpoints: Endpoints) -> None:
    amina = await endpoints.world.learner()
    too_large = await begin(endpoints, amina, 8 * 1024 * 1024 + 1)
    assert problem(too_large) == (413, "upload-too-large")
    assert "8388608 bytes at most" in too_large.json()["detail"]
    assert problem(await begin(endpoints, amina, 0)) == (422, "empty-upload")
    for wrong in ("-1", "1e3", "many", ""):
        refused = await endpoints(amina, "POST", "/v1/me/avatar", headers={"Upload-Length": wrong})
        assert problem(refused) == (400, "invalid-request"), wrong
    assert problem(await endpoints(amina, "POST", "/v1/me/avatar")) == (400, "invalid-request")


async def test_what_does_not_fit_is_refused_with_the_way_out(endpoints: Endpoints) -> None:
    amina = await endpoints.world.learner()
    place = (await begin(endpoints, amina, 10)).headers["location"]
    assert problem(await go_on(endpoints, amina, place, 3, b"x")) == (409, "offset-elsewhere")
    more = await go_on(endpoints, amina, place, 0, b"x" * 11)
    assert problem(more) == (413, "upload-too-large")
    json = await endpoints(amina, "PATCH", place, json={}, headers={"Upload-Offset": "0"})
    assert problem(json) == (415, "unsupported-media-type")
    unknown = f"/v1/uploads/{uuid4()}"
    assert problem(await go_on(endpoints, amina, unknown, 0, b"x")) == (404, "unknown-upload")
    other = await go_on(endpoints, amina, place, 0, b"x", **{"Tus-Resumable": "0.2.2"})
    assert problem(other) == (412, "unsupported-tus-version")
    assert other.headers["tus-version"] == "1.0.0"
    assert (await endpoints(amina, "DELETE", place)).status_code == 204
    assert problem(await endpoints(amina, "DELETE", place)) == (404, "unknown-upload")
    assert problem(await endpoints(amina, "GET", place)) == (404, "unknown-upload")


async def test_what_was_changed_on_the_way_is_sent_again(endpoints: Endpoints) -> None:
    amina = await endpoints.world.learner()
    place = (await begin(endpoints, amina, 6)).headers["location"]

    def of(name: str, content: bytes) -> dict[str, str]:
        digest = b64encode(hashlib.new(name, content).digest()).decode()
        return {"Upload-Checksum": f"{name} {digest}"}

    broken = await go_on(endpoints, amina, place, 0, b"abc", **of("sha256", b"abC"))
    assert problem(broken) == (460, "checksum-mismatch")
    for name, part, at in (("sha256", b"abc", 0), ("sha1", b"def", 3)):
        good = await go_on(endpoints, amina, place, at, part, **of(name, part))
        assert good.status_code == 204, good.text
    for wrong in ("md5 kAFQmDzST7DWlj99KOF/cg==", "sha1", "sha1 ???", "sha256 "):
        refused = await go_on(endpoints, amina, place, 6, b"", **{"Upload-Checksum": wrong})
        assert problem(refused) == (400, "unsupported-checksum"), wrong


@pytest.mark.asvs("5.3.2", "5.4.1")
@pytest.mark.parametrize(
    "name",
    [
        *("../../etc/passwd", "..\\..\\boot.ini", "/etc/passwd", "a\0.png", "CON", "x" * 4_000),
        *("a.php;.png", "\u202egnp.exe", "%2e%2e%2f", '"; rm -rf /', "picture.svg", "."),
    ],
)
async def test_no_name_of_a_client_is_a_name_of_ours(endpoints: Endpoints, name: str) -> None:
    """tus clients tell the file's name and kind: both are read past, on the way in and on the way out."""
    amina = await endpoints.world.learner()
    told = b64encode(name.encode()).decode()
    said = {"Upload-Metadata": f"filename {told},filetype {b64encode(b'text/html').decode()}"}
    place = (await begin(endpoints, amina, len(PICTURE), **said)).headers["location"]
    assert (await go_on(endpoints, amina, place, 0, PICTURE)).status_code == 204
    await endpoints.world.settle()
    upload_id = place.rpartition("/")[2]
    folder = f"kept/{amina.tenant_id}/{amina.user_id}/{upload_id}"
    assert await stored(endpoints.world) == [f"{folder}/256.webp", f"{folder}/64.webp"]
    download = await endpoints(amina, "GET", f"/v1/avatars/{upload_id}/64")
    assert download.headers["content-disposition"] == 'inline; filename="avatar-64.webp"'
    assert download.headers["content-type"] == "image/webp"


async def test_a_body_is_taken_as_it_comes_and_what_came_before_it_broke_off_stays(
    endpoints: Endpoints, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A part arrives, then nothing for too long: the server answers, and has kept it."""
    assert uploads.continue_upload.opt["streams"] == BodyTime(idle=15, whole=600)
    monkeypatch.setitem(uploads.continue_upload.opt, "streams", BodyTime(idle=0.2, whole=5))
    amina = await endpoints.world.learner()
    place = (await begin(endpoints, amina, 2 * PART)).headers["location"]

    async def body() -> AsyncIterator[bytes]:
        yield bytes(PART)
        yield b"and a little"
        await asyncio.Event().wait()

    async with open_asking(endpoints.world) as asking:
        asking.headers = await bearer(endpoints.world, amina.roles, amina.user_id)
        said = {**OFFSETS, **asking.headers, "Upload-Offset": "0"}
        slow = await asking.client.patch(place, headers=said, content=body())
    assert problem(slow) == (408, "body-too-slow")
    looked = await endpoints(amina, "HEAD", place)
    assert looked.headers["upload-offset"] == str(PART + 12)


async def test_two_who_send_the_same_part_at_once_make_one_file(endpoints: Endpoints) -> None:
    amina = await endpoints.world.learner()
    place = (await begin(endpoints, amina, 2 * PART)).headers["location"]
    one, other = bytes(PART), b"\1" * PART
    answers = await asyncio.gather(
        *(go_on(endpoints, amina, place, 0, content) for content in (one, other))
    )
    assert sorted(it.status_code for it in answers) == [204, 409]
    looked = await endpoints(amina, "HEAD", place)
    assert looked.headers["upload-offset"] == str(PART)


async def test_the_same_announcement_with_a_key_is_one_upload(endpoints: Endpoints) -> None:
    amina, key = await endpoints.world.learner(), {"Idempotency-Key": str(uuid4())}
    first, again = [await begin(endpoints, amina, 5, **key) for _ in range(2)]
    assert first.headers["location"] == again.headers["location"]
    assert again.headers["idempotency-replayed"] == "true"
