"""The example for Vector: its parts fit each other, its options are Vector's, its fields are ours.

Where Vector is installed it is asked itself; elsewhere this says so.
"""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import yaml  # type: ignore[import-untyped]  # that of Schemathesis
from tests.unit.test_logs import names

from skillbridge.adapters.telemetry.ecs import as_ecs
from skillbridge.application.audit.ecs import document
from skillbridge.domain.audit.chain import Seal, Sealed, Written
from skillbridge.domain.audit.entry import ActorKind, Entry
from skillbridge.domain.events.event import Category
from skillbridge.domain.ids import EventId

pytestmark = pytest.mark.row("C6")

DOCS = Path(__file__).parents[2] / "docs"
PATH = DOCS.parent / "deploy" / "log-shipping" / "vector.yaml"
OPTIONS: Mapping[str, Mapping[str, set[str]]] = {
    "sources": {"file": {"include", "read_from"}},
    "transforms": {
        "remap": {"source", "drop_on_error", "reroute_dropped"},
        "filter": {"condition"},
        "log_to_metric": {"metrics"},
    },
    "sinks": {
        "elasticsearch": {"endpoints", "auth", "mode", "bulk", "data_stream", "buffer"},
        "file": {"path", "encoding"},
        "prometheus_exporter": {"address"},
    },
}
"""Of https://vector.dev/docs/reference/configuration, those that are used here."""
WITHIN = {
    "auth": {"strategy", "user", "password"},
    "bulk": {"action"},
    "data_stream": {"type", "dataset", "namespace"},
    "buffer": {"type", "max_size", "when_full"},
    "encoding": {"codec"},
}
SMALLEST_BUFFER = 268435488
"""Bytes that Vector wants of one on disk."""


@pytest.fixture
def config() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(PATH.read_text("utf-8"))
    return found


def parts(config: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for section in OPTIONS:
        for name, part in config[section].items():
            yield section, name, part


def a_signal() -> dict[str, Any]:
    line = {"event": "signal.raised", "level": "warning", "timestamp": "2026-12-01T09:00:00Z"}
    told: dict[str, Any] = {**line, "signal": "stuffing", "severity": "high", "kept": True}
    return dict(as_ecs(None, "", told))


def an_entry() -> dict[str, Any]:
    at = datetime(2026, 12, 1, tzinfo=UTC)
    by = ActorKind.SYSTEM
    entry = Entry(
        *(EventId(UUID(int=1)), "SecuritySignalRaised", Category.INTRUSION, by),
        *(None,) * 6,
        {"kind": "stuffing"},
    )
    return document(Sealed(Written(entry, at), Seal(1, bytes(32)), at))


def test_each_part_is_one_of_vectors_with_its_options(config: dict[str, Any]) -> None:
    assert set(config) == {"data_dir", "tests", *OPTIONS}
    for section, name, part in parts(config):
        allowed = OPTIONS[section][part["type"]]
        wanted = {"type"} if section == "sources" else {"type", "inputs"}
        assert wanted <= set(part) <= wanted | allowed, name
        for option, inner in WITHIN.items():
            assert set(part.get(option, {})) <= inner, (name, option)


def test_each_input_is_there_and_nothing_is_made_for_nobody(config: dict[str, Any]) -> None:
    given = {"sources": set[str](), "transforms": set[str](), "sinks": set[str]()}
    asked = set[str]()
    for section, name, part in parts(config):
        given[section].add(name)
        if part.get("reroute_dropped"):
            given[section].add(f"{name}.dropped")
        asked |= set(part.get("inputs", ()))
    assert asked == given["sources"] | given["transforms"]


def test_nothing_is_lost_while_elasticsearch_is_away_and_no_secret_stands_here(
    config: dict[str, Any],
) -> None:
    sinks = [it for _, _, it in parts(config) if it["type"] == "elasticsearch"]
    for sink in sinks:
        assert (sink["buffer"]["type"], sink["buffer"]["when_full"]) == ("disk", "block")
        assert sink["buffer"]["max_size"] >= SMALLEST_BUFFER
        assert (sink["mode"], sink["bulk"]["action"]) == ("data_stream", "create")
        said = [*sink["endpoints"], sink["auth"]["user"], sink["auth"]["password"]]
        assert all(re.fullmatch(r"\$\{[A-Z_]+:\?[a-z ]*\}", word) for word in said), said
    datasets = {sink["data_stream"]["dataset"] for sink in sinks}
    assert datasets == {a_signal()["event"]["dataset"], an_entry()["event"]["dataset"]}


def test_its_fields_are_those_of_our_lines(config: dict[str, Any]) -> None:
    """What is counted is what the program writes, not what somebody once thought that it writes."""
    ours, transforms = set(names(a_signal())), config["transforms"]
    (field, said) = transforms["signals"]["condition"].split(" == ")
    assert field.removeprefix(".") in ours
    assert json.loads(said) == a_signal()["message"]
    (metric,) = transforms["signals_counted"]["metrics"]
    templates = [re.fullmatch(r"\{\{(.+)\}\}", tag) for tag in metric["tags"].values()]
    assert {metric["field"], *(found[1] for found in templates if found)} <= ours
    assert all(templates)
    for case in config["tests"]:
        for given in case["inputs"]:
            assert set(names(json.loads(given["log_fields"]["message"]))) <= ours


def test_the_page_about_servers_names_the_same_files(config: dict[str, Any]) -> None:
    page = (DOCS / "on-a-server.md").read_text("utf-8")
    assert "log-shipping/vector.yaml" in page
    for _, _, part in parts(config):
        for path in part.get("include", ()):
            assert Path(path).name in page, path


def test_the_trail_is_taken_where_the_last_time_ended(tmp_path: Path) -> None:
    """The script of the page, with a program that says what it was asked and exports two entries."""
    page = (DOCS / "on-a-server.md").read_text("utf-8")
    (script,) = re.findall(r"```bash\n(#!/bin/sh\n.*?)```", page, re.DOTALL)
    lines = [
        json.dumps(
            {**an_entry(), "event": {**an_entry()["event"], "sequence": n}}, separators=(",", ":")
        )
        for n in (7, 18)
    ]
    (tmp_path / "lines").write_text("".join(f"{line}\n" for line in lines), "utf-8")
    program = tmp_path / "skillbridge"
    program.write_text('#!/bin/sh\necho "$@" >> asked\ncat lines\n', "utf-8")
    program.chmod(0o755)
    for _ in range(2):
        subprocess.run(
            ["/bin/sh", "-c", script], check=True, cwd=tmp_path,
            env={"PATH": f"{tmp_path}:/usr/bin:/bin"},
        )  # fmt: skip
    asked = (tmp_path / "asked").read_text("utf-8").splitlines()
    assert asked == ["audit export --after 0", "audit export --after 18"]
    taken = (tmp_path / "audit.ndjson").read_text("utf-8").splitlines()
    assert [json.loads(line)["event"]["sequence"] for line in taken] == [7, 18, 7, 18]


@pytest.mark.skipif(shutil.which("vector") is None, reason="not looked: no Vector is installed")
def test_vector_itself_takes_it() -> None:
    env = {f"ELASTICSEARCH_{name}": "https://x" for name in ("URL", "USER", "PASSWORD")}
    for command in (["validate", "--no-environment"], ["test"]):
        subprocess.run(["vector", *command, str(PATH)], check=True, env=env)
