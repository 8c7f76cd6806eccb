"""`skillbridge tenants`: what those who run an installation do with an organisation."""

import asyncio
import json
import signal
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest
from tests.conftest import Urls
from tests.integration.cli.conftest import Invoke
from tests.support.programs.command import program
from tests.support.timing.patience import PATIENCE

pytestmark = pytest.mark.row("B11")

SLUG, WHY = "kano", ("--reason", "a pilot")
MANY = 40_000


@pytest.fixture
def kano(invoke: Invoke, installation: Urls) -> Urls:
    assert invoke("migrate").exit_code == 0
    assert invoke("seed").exit_code == 0
    assert "kano is" in invoke("tenants", "found", SLUG, "Kano Hub").output
    return installation


def execute(url: str, sql: str) -> list[asyncpg.Record]:
    async def run() -> list[asyncpg.Record]:
        connection = await asyncpg.connect(url)
        try:
            return list(await connection.fetch(sql))
        finally:
            await connection.close()

    return asyncio.run(run())


def rows(url: str, table: str, slug: str = SLUG) -> int:
    found = execute(
        url,
        f"select count(*) from {table} where tenant_id ="
        f" (select id from tenants where slug = '{slug}')",
    )
    return int(found[0][0])


EVENTS = f"""
insert into events (id, tenant_id, name, payload, at)
select gen_random_uuid(), t.id, 'TenantResumed', '{{"reason": "one of many"}}', now()
from tenants as t, generate_series(1, {MANY}) where t.slug = '{SLUG}'
"""


def test_settings_are_shown_changed_listed_and_rolled_back(invoke: Invoke, kano: Urls) -> None:
    settings = ("tenants", "settings")
    assert json.loads(invoke(*settings, "show", SLUG).output)["version"] == 0
    changes = ("matching.skill=5000", "matching.availability=1000", "ai=off", "languages=fr,wo")
    done = invoke(*settings, "set", SLUG, *changes, "branding.name=Kano Hub", *WHY)
    said = json.loads(done.output)
    assert (said["version"], said["changed_by"], said["reason"]) == (1, None, "a pilot")
    assert said["settings"]["matching"]["skill"] == 5_000
    assert said["settings"]["languages"] == ["fr", "wo"]
    assert said["settings"]["features"]["registration"] is True
    off = invoke(*settings, "set", SLUG, "features.registration=false", *WHY)
    assert json.loads(off.output)["settings"]["features"]["registration"] is False
    back = invoke(*settings, "rollback", SLUG, "1", *WHY)
    assert json.loads(back.output)["settings"]["features"]["registration"] is True
    assert invoke(*settings, "history", SLUG).output.count("a pilot") == 3
    assert [row["version"] for row in execute(kano.admin, OF_EVENTS)] == ["1", "2", "3"]


OF_EVENTS = """
select payload ->> 'version' as version from events
where name = 'TenantSettingsChanged' order by recorded_at
"""


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("matching.skill=9000", "sum to 10000"),
        ("matching.luck=1", "luck"),
        ("branding.colour=#ffee00", "darker"),
        ("languages=english", "length <= 3"),
        ("languages=qq", "ISO 639"),
        ("ai=maybe", "maybe"),
        ("nonsense", "PART.NAME=VALUE"),
        ("secrets.key=1", "secrets"),
        ("limits.roadmaps_a_day=0", "1"),
    ],
)
def test_what_cannot_be_meant_is_refused(
    invoke: Invoke, kano: Urls, change: str, told: str
) -> None:
    done = invoke("tenants", "settings", "set", SLUG, change, *WHY)
    assert done.exit_code != 0
    assert told in " ".join(done.output.split())
    assert rows(kano.admin, "tenant_settings") == 0


def test_an_export_holds_every_row_with_its_hash(
    invoke: Invoke, kano: Urls, tmp_path: Path
) -> None:
    to = tmp_path / "export"
    done = invoke("tenants", "export", "skillbridge", str(to))
    assert done.exit_code == 0, done.output
    manifest = json.loads((to / "manifest.json").read_text())
    assert manifest["tenant"]["slug"] == "skillbridge"
    assert {path.name for path in to.iterdir()} == {*manifest["files"], "manifest.json"}
    for name, said in manifest["files"].items():
        content = (to / name).read_bytes()
        assert sha256(content).hexdigest() == said["sha256"]
        lines = content.splitlines()
        assert len(lines) == said["rows"] == rows(kano.admin, name[:-6], "skillbridge")
        assert all(json.loads(line)["tenant_id"] == manifest["tenant"]["id"] for line in lines)
        assert (to / name).stat().st_mode & 0o077 == 0
    assert {"users.jsonl", "profiles.jsonl", "mentors.jsonl"} <= set(manifest["files"])
    assert "is there already" in invoke("tenants", "export", "skillbridge", str(to)).output


def test_a_tenant_is_erased_also_after_a_kill(invoke: Invoke, kano: Urls) -> None:
    execute(kano.admin, EVENTS)
    before = {table: rows(kano.admin, table, "skillbridge") for table in ("users", "events")}
    erase = ("tenants", "erase", SLUG, "--confirm", SLUG)
    assert "cannot erase what is active" in invoke(*erase).output
    assert invoke("tenants", "suspend", SLUG, *WHY).exit_code == 0
    refused = invoke("tenants", "erase", SLUG, "--confirm", "skillbridge")
    assert "confirm it by its slug" in refused.output

    async def killed() -> None:
        connection = await asyncpg.connect(kano.admin)
        async with program(*erase) as process, asyncio.timeout(PATIENCE):
            while await connection.fetchval("select count(*) from events") > MANY:
                pass
            process.send_signal(signal.SIGKILL)
            await process.wait()
        await connection.close()

    asyncio.run(killed())
    assert 0 < rows(kano.admin, "events") < MANY
    assert "cannot resume" in invoke("tenants", "resume", SLUG, *WHY).output
    assert invoke(*erase).exit_code == 0
    assert execute(kano.admin, f"select from tenants where slug = '{SLUG}'") == []
    assert (
        execute(kano.admin, "select from events where payload ->> 'reason' = 'one of many'") == []
    )
    after = {table: rows(kano.admin, table, "skillbridge") for table in ("users", "events")}
    assert after == before
    assert "there is no tenant" in invoke(*erase).output


def test_tenants_are_listed_and_slugs_have_a_form(invoke: Invoke, kano: Urls) -> None:
    del kano
    listed = invoke("tenants", "list").output
    assert SLUG in listed
    assert "nobody" not in listed
    for slug in ("nobody", "-a", "A", "a" * 64, "ä"):
        assert invoke("tenants", "found", "--", slug, "Name").exit_code == 1, slug
    assert invoke("tenants", "suspend", str(uuid4()), *WHY).exit_code == 1
