"""`skillbridge audit` as an operator types it."""

import json
from pathlib import Path
from uuid import uuid4

import pytest
from tests.conftest import Urls
from tests.integration.cli.conftest import Invoke
from tests.integration.cli.test_doctor_and_jobs import execute

pytestmark = pytest.mark.row("C6")


@pytest.fixture
def tenant(invoke: Invoke, installation: Urls) -> Urls:
    assert invoke("migrate").exit_code == 0
    found = "insert into tenants (id, slug, name) values ($1, 'skillbridge', 'SkillBridge')"
    execute(installation.admin, found, uuid4())
    return installation


def test_what_operators_do_is_found_verified_and_exported(
    invoke: Invoke, tenant: Urls, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUDO_USER", "amina")
    assert invoke("service-tokens", "make", "sums", "--scope", "cohorts:read").exit_code == 0
    told = invoke("audit", "search", "--action", "ServiceTokenCreated").output
    assert "amina" in told
    assert "sums" in told
    assert invoke("audit", "anchor").exit_code == 0
    verified = invoke("audit", "verify")
    assert (verified.exit_code, verified.output.splitlines()[-1]) == (0, "nothing is wrong")
    assert invoke("audit", "anchor").exit_code == 0
    [line] = (tmp_path / "audit-anchors.jsonl").read_text().splitlines()
    assert json.loads(line)["n"] == 2
    first, second = map(json.loads, invoke("audit", "export").output.splitlines())
    assert (first["event"]["action"], first["user"]["name"]) == ("ServiceTokenCreated", "amina")
    assert (second["event"]["action"], second["event"]["sequence"]) == ("AuditSearched", 2)
    rest = invoke("audit", "export", "--after", "2").output
    assert rest == "", "that they were taken has no seal yet"


def test_a_trail_that_is_broken_ends_with_one_and_says_where(invoke: Invoke, tenant: Urls) -> None:
    for name in ("one", "two"):
        assert invoke("service-tokens", "make", name, "--scope", "cohorts:read").exit_code == 0
    assert invoke("audit", "verify").exit_code == 0
    execute(tenant.admin, "alter table audit_entries disable trigger all")
    execute(tenant.admin, "delete from audit_entries where n = 1")
    broken = invoke("audit", "verify")
    assert broken.exit_code == 1
    assert "place 1: missing" in broken.output


def test_signals_are_counted_by_kind_for_people_and_for_programs(
    invoke: Invoke, tenant: Urls
) -> None:
    assert invoke("service-tokens", "make", "one", "--scope", "cohorts:read").exit_code == 0
    assert invoke("audit", "verify").exit_code == 0
    execute(tenant.admin, "alter table audit_entries disable trigger all")
    execute(tenant.admin, "delete from audit_entries where n = 1")
    for _ in range(2):
        assert invoke("audit", "verify").exit_code == 1
    told = invoke("audit", "signals").output
    assert "chain-broken" in told
    assert "The audit trail is not what was written" in told
    lines = map(
        json.loads, invoke("audit", "signals", "--days", "30", "--json").output.splitlines()
    )
    found = {line["kind"]: (line["severity"], line["raised"]) for line in lines}
    assert found["chain-broken"] == ("critical", 1), "once a day, however often somebody looks"
    assert found["stuffing"] == ("high", 0)
    assert len(found) == 7
    assert "AuditSearched" in invoke("audit", "search").output
