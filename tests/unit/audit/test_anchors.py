"""The file of anchors: what stands there was signed here, and only more is ever added."""

from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

from skillbridge.adapters.anchors.file import FileAnchors
from skillbridge.adapters.crypto.anchor_keys import Ed25519AnchorKeys
from skillbridge.adapters.crypto.keys import KeyRing
from skillbridge.domain.audit.chain import Anchor, Seal
from skillbridge.domain.errors import Unavailable
from skillbridge.domain.ids import TenantId

pytestmark = [pytest.mark.row("C6"), pytest.mark.asvs("16.4.2")]

HERE, ABROAD = TenantId(UUID(int=1)), TenantId(UUID(int=2))
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def anchors(path: Path, *secrets: str) -> FileAnchors:
    return FileAnchors(path, Ed25519AnchorKeys(KeyRing.of(secrets, "audit-anchor/ed25519")))


def anchor(tenant_id: TenantId, n: int) -> Anchor:
    return Anchor(tenant_id, Seal(n, bytes([n]) * 32), NOW)


async def test_each_tenant_finds_its_own(tmp_path: Path) -> None:
    kept = anchors(tmp_path / "new" / "anchors.jsonl", "one")
    for one in (anchor(HERE, 1), anchor(ABROAD, 2), anchor(HERE, 3)):
        await kept.add(one)
    assert list((await kept.of(HERE)).anchors) == [anchor(HERE, 1), anchor(HERE, 3)]
    assert (await kept.of(HERE)).forged == 0
    assert kept.path.stat().st_mode & 0o077 == 0


async def test_older_keys_verify_and_dropped_ones_say_nothing(tmp_path: Path) -> None:
    path = tmp_path / "anchors.jsonl"
    await anchors(path, "one").add(anchor(HERE, 1))
    await anchors(path, "two", "one").add(anchor(HERE, 2))
    both = await anchors(path, "two", "one").of(HERE)
    assert (len(both.anchors), both.forged) == (2, 0)
    newer = await anchors(path, "two").of(HERE)
    assert (list(newer.anchors), newer.forged) == ([anchor(HERE, 2)], 0)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"n":1', '"n":2'),
        ("01" * 32, "02" * 32),
        ("2026-03-02", "2026-03-03"),
        ('"signature":"', '"signature":"00'),
        ('"signature":"', '"signature":"no hex'),
        (str(HERE), str(ABROAD)),
    ],
)
async def test_what_was_changed_is_no_anchor(tmp_path: Path, old: str, new: str) -> None:
    kept = anchors(tmp_path / "anchors.jsonl", "one")
    await kept.add(anchor(HERE, 1))
    text = kept.path.read_text()
    assert old in text
    kept.path.write_text(text.replace(old, new))
    for tenant_id in (HERE, ABROAD):
        found = await kept.of(tenant_id)
        assert (list(found.anchors), found.forged) == ([], 1)


async def test_a_file_that_cannot_be_read_or_written_is_told(tmp_path: Path) -> None:
    for kept in (anchors(tmp_path, "one"),):
        with pytest.raises(Unavailable):
            await kept.add(anchor(HERE, 1))
        with pytest.raises(Unavailable):
            await kept.of(HERE)
