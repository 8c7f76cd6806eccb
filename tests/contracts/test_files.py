"""What every store of files promises: a folder, and what speaks S3."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.support.servers.s3_server import (
    BUCKET,
    KEY_ID,
    REGION,
    SECRET,
    Asked,
    S3Server,
    s3_serving,
    signature,
)

from skillbridge.adapters.files.objects import ObjectFiles, bucket, folder
from skillbridge.adapters.files.settings import Bucket, Folder
from skillbridge.application.ports.files import FilesAway, NoFile

pytestmark = pytest.mark.row("D4")


def at(server: S3Server, secret: str = SECRET) -> ObjectFiles:
    return ObjectFiles(
        bucket(
            Bucket(endpoint=server.url, name=BUCKET, region=REGION, key_id=KEY_ID, secret=secret)
        )
    )


@pytest.fixture
async def server() -> AsyncIterator[S3Server]:
    async with s3_serving() as made:
        yield made


@pytest.fixture(params=["folder", "s3"])
def files(request: pytest.FixtureRequest, tmp_path: Path, server: S3Server) -> ObjectFiles:
    if request.param == "folder":
        return ObjectFiles(folder(Folder(tmp_path / "files")))
    return at(server)


async def test_what_is_put_is_there_by_its_name(files: ObjectFiles, server: S3Server) -> None:
    await files.put("parts/a/1", b"one")
    await files.put("parts/a/1", b"one")
    await files.put("parts/a/2", b"")
    assert [await files.get(f"parts/a/{n}") for n in (1, 2)] == [b"one", b""]
    with pytest.raises(NoFile):
        await files.get("parts/a/3")
    assert server.refused == 0


async def test_what_is_forgotten_is_gone_and_nothing_beside_it(files: ObjectFiles) -> None:
    for name in ("parts/a/1", "parts/a/b/2", "parts/ab/3", "kept/a/4"):
        await files.put(name, b"x")
    assert await files.forget("parts/a") == 2
    assert await files.forget("parts/a") == 0
    assert await files.get("parts/ab/3") == await files.get("kept/a/4") == b"x"


async def test_what_is_younger_stays(files: ObjectFiles) -> None:
    await files.put("parts/a/1", b"x")
    hour = timedelta(hours=1)
    assert await files.forget("parts", before=datetime.now(UTC) - hour) == 0
    assert await files.forget("parts", before=datetime.now(UTC) + hour) == 1


async def test_a_key_that_is_not_ours_is_refused_and_not_told(server: S3Server) -> None:
    with pytest.raises(FilesAway) as caught:
        await at(server, "another" * 4).put("parts/a", b"x")
    assert server.refused == 1
    assert server.objects == {}
    assert KEY_ID not in str(caught.value)


async def test_a_store_that_is_away_is_asked_a_few_times_and_then_left_alone(
    server: S3Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    files, server.broken = at(server), True
    for _ in range(5):
        with pytest.raises(FilesAway):
            await files.get("parts/a")
    asked = server.asked
    assert asked <= 5 * 3
    with pytest.raises(FilesAway):
        await files.get("parts/a")
    assert server.asked == asked


async def test_a_folder_that_is_no_folder_is_away(tmp_path: Path) -> None:
    files = ObjectFiles(folder(Folder(tmp_path / "files")))
    (tmp_path / "files" / "parts").write_text("in the way")
    with pytest.raises(FilesAway):
        await files.put("parts/a/1", b"x")


def found(folder: Path) -> list[Path]:
    return list(folder.iterdir())


async def test_no_name_leads_out_of_the_folder(tmp_path: Path) -> None:
    """Names are made of ids alone; were one not, it would still lead nowhere."""
    files = ObjectFiles(folder(Folder(tmp_path / "files")))
    for name in ("../outside", "parts/../../outside", "parts/../outside"):
        with pytest.raises(ValueError, match="illegal"):
            await files.put(name, b"x")
    await files.put("/outside", b"x")
    assert [one.name for one in found(tmp_path)] == ["files"]


def test_the_server_of_these_tests_signs_as_amazon_has_published() -> None:
    """Source: "Example: GET Object" of the page that the server is written from."""
    asked = Asked(
        "GET",
        "/test.txt",
        {
            "host": "examplebucket.s3.amazonaws.com",
            "range": "bytes=0-9",
            "x-amz-content-sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "x-amz-date": "20130524T000000Z",
        },
    )
    found = signature(
        asked,
        "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        "20130524/us-east-1/s3/aws4_request",
        "host;range;x-amz-content-sha256;x-amz-date",
    )
    assert found == "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"
