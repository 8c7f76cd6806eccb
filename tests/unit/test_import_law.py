"""The law of imports holds: importlinter.ini, kept by the import linter itself."""

import os
import subprocess
import sys
from configparser import ConfigParser
from pathlib import Path
from shutil import copytree, ignore_patterns

import pytest

ROOT = Path(__file__).parents[2]
LAW = ROOT / "importlinter.ini"

PLANTED = [
    ("application.paging", "skillbridge.adapters.resilience"),
    ("domain.level", "msgspec"),
    ("application.outages", "structlog"),
    ("domain.roadmaps.brief", "skillbridge.domain.progress.journey"),
    ("domain.mentors.mentor", "skillbridge.domain.matching.match"),
    ("domain.events.progress", "skillbridge.domain.events.matching"),
    ("application.gamification.badges", "skillbridge.application.notifications.views"),
    ("application.matching.views", "skillbridge.application.ranking.views"),
    ("application.roadmaps.drafting", "skillbridge.application.mentors.views"),
    ("adapters.mail.folder", "skillbridge.adapters.redis.cache"),
    ("adapters.mail.message", "skillbridge.settings.model"),
    ("adapters.postgres.notifications.reads", "skillbridge.adapters.postgres.roadmaps.reads"),
    ("adapters.postgres.notifications.writes", "skillbridge.adapters.postgres.gamification.tables"),
    ("adapters.postgres.roadmaps.writes", "skillbridge.application.roadmaps.views"),
    ("entrypoints.heartbeat", "skillbridge.adapters.redis.cache"),
    ("entrypoints.in_memory", "skillbridge.adapters.postgres.provider"),
    ("entrypoints.http.fields", "skillbridge.entrypoints.worker.app"),
    ("entrypoints.http.server.paging", "skillbridge.entrypoints.http.roadmaps"),
    ("entrypoints.http.server.quotas", "skillbridge.application.accounts.ports.users"),
    ("local.home", "skillbridge.domain.ids"),
    ("application.roadmaps.drafting", "skillbridge.application.profiles.views"),
    ("application.gamification.badges", "skillbridge.domain.accounts.user"),
    ("application.gamification.badges", "skillbridge.domain.notifications.notice"),
    ("application.gamification.badges", "skillbridge.domain.progress.journey"),
    ("application.gamification.badges", "skillbridge.domain.resources.resource"),
    ("application.gamification.badges", "skillbridge.domain.roadmaps.brief"),
    ("application.progress.completion", "skillbridge.domain.cohorts.cohort"),
    ("application.progress.completion", "skillbridge.domain.gamification.badges"),
    ("application.progress.completion", "skillbridge.domain.matching.match"),
    ("application.progress.completion", "skillbridge.domain.mentors.mentor"),
    ("application.progress.completion", "skillbridge.domain.profiles.profile"),
    ("application.progress.completion", "skillbridge.domain.audit.entry"),
    ("application.progress.completion", "skillbridge.domain.tenancy.tenant"),
    ("application.progress.completion", "skillbridge.domain.privacy.request"),
    ("application.progress.completion", "skillbridge.domain.uploads.upload"),
    ("application.progress.completion", "skillbridge.domain.ranking.score"),
]
"""A module and what it may not import; each contract has at least one."""


def judged(folder: Path) -> subprocess.CompletedProcess[str]:
    """What the linter says of the package in this folder."""
    command = [str(Path(sys.executable).with_name("lint-imports")), "--config", str(LAW)]
    wide = {**os.environ, "COLUMNS": "1000"}
    return subprocess.run(
        [*command, "--no-cache"], cwd=folder, capture_output=True, text=True, check=False, env=wide
    )


@pytest.fixture(scope="module")
def verdict(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Of a copy in which all that is planted stands."""
    folder = tmp_path_factory.mktemp("planted")
    package = ROOT / "src" / "skillbridge"
    copy = copytree(package, folder / "skillbridge", ignore=ignore_patterns("__pycache__"))
    for importer, imported in PLANTED:
        with copy.joinpath(*importer.split(".")).with_suffix(".py").open("a") as module:
            module.write(f"\nimport {imported}\n")
    return judged(folder).stdout


@pytest.mark.row("A1")
def test_no_import_breaks_the_law() -> None:
    done = judged(ROOT)
    assert done.returncode == 0, done.stdout


@pytest.mark.row("A1")
@pytest.mark.parametrize(("importer", "imported"), PLANTED)
def test_an_import_against_the_law_is_seen(verdict: str, importer: str, imported: str) -> None:
    assert f"skillbridge.{importer} -> {imported} (l." in verdict


@pytest.mark.row("A1")
def test_each_contract_refuses_something(verdict: str) -> None:
    law = ConfigParser()
    law.read(LAW)
    names = [law[section]["name"] for section in law.sections() if "contract" in section]
    assert [name for name in names if f"{name} BROKEN" not in verdict] == []
