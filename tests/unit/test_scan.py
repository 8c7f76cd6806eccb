"""What makes a scan fail: a fault, a scanner that does not see, one that did not look, an exception too many."""

import re
from dataclasses import replace

import pytest
import yaml  # type: ignore[import-untyped]  # that of Schemathesis; one plan is read by it
from jsonschema_rs import validator_for
from tools.scan import __main__ as scan
from tools.scan.code import PLANTED
from tools.scan.outcome import ROOT, Allowed, Finding, Looked, NotLooked, Scanner, allowed

pytestmark = [pytest.mark.row("C11"), pytest.mark.asvs("15.2.1")]

FAULT = Finding("rule", "src/one.py", "a fault")


def scanner(*found: Finding, planted: tuple[Finding, ...] = (FAULT,)) -> Scanner:
    return Scanner(
        "toy",
        lambda: "1.0",
        lambda: Looked("one file", found),
        lambda: Looked("planted", planted),
        frozenset({"rule"}),
    )


def wrong(one: Scanner, *, must_look: bool = False) -> list[str]:
    return list(scan.complaints([scan.scanned(one)], must_look=must_look))


def let(monkeypatch: pytest.MonkeyPatch, *these: Allowed) -> None:
    monkeypatch.setattr(scan, "allowed", lambda: list(these))


def test_what_is_found_fails_it(monkeypatch: pytest.MonkeyPatch) -> None:
    let(monkeypatch)
    assert wrong(scanner()) == []
    assert wrong(scanner(FAULT)) == ["toy: src/one.py: rule: a fault"]


def test_a_reason_lets_that_finding_pass_and_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    let(monkeypatch, Allowed("toy", "rule", "src/*", "because"))
    assert wrong(scanner(FAULT)) == []
    assert wrong(scanner(FAULT, replace(FAULT, rule="other"))) == [
        "toy: src/one.py: other: a fault"
    ]
    assert wrong(scanner(FAULT, replace(FAULT, file="tests/one.py"))) == [
        "toy: tests/one.py: rule: a fault"
    ]


def test_a_reason_that_nothing_needs_fails_it(monkeypatch: pytest.MonkeyPatch) -> None:
    let(monkeypatch, Allowed("toy", "rule", "src/*", "because"))
    assert wrong(scanner()) == ["allowed.toml: nothing needs toy rule src/* any more"]


def test_a_scanner_that_misses_what_was_planted_has_seen_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    let(monkeypatch)
    assert wrong(scanner(planted=())) == ["toy does not see its planted fault: rule"]


def test_one_that_could_not_look_says_so_and_fails_where_it_must(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    let(monkeypatch, Allowed("toy", "rule", "src/*", "because"))
    away = replace(scanner(), look=lambda: NotLooked("no network"))
    assert wrong(away) == []
    assert wrong(away, must_look=True) == ["toy did not look: no network"]
    assert "not looked: no network" in scan.page([scan.scanned(away)])


def test_the_report_names_what_was_found_to_be_none(monkeypatch: pytest.MonkeyPatch) -> None:
    let(monkeypatch, Allowed("toy", "rule", "src/*", "because"))
    page = scan.page([scan.scanned(scanner(FAULT))])
    assert "| toy 1.0 | one file: nothing found, 1 allowed | 1 of 1 |" in page
    assert "| toy | rule | `src/*` | because |" in page


def test_every_exception_has_its_reason() -> None:
    assert all(len(one.why) > 10 for one in allowed())


def test_every_law_has_its_planted_fault() -> None:
    """By name; that it is found, `make scan` shows each time."""
    laws = (ROOT / "tools/scan/rules/laws.yaml").read_text(encoding="utf-8").split("\n  - id: ")[1:]
    planted = (ROOT / PLANTED).read_text(encoding="utf-8")
    for law in laws:
        assert f"def {law.partition(chr(10))[0].replace('-', '_')}(" in planted


NAMED = {"type": "string", "minLength": 1}
JOB = {
    "type": "object",
    "required": ["type", "parameters"],
    "properties": {"parameters": {"type": "object"}, "rules": {"type": "array", "minItems": 1}},
    "additionalProperties": {},
}
"""Of https://www.zaproxy.org/docs/desktop/addons/automation-framework, what the plan uses."""
PARAMETERS = {
    "passiveScan-config": {"maxAlertsPerRule", "scanOnlyInScope"},
    "replacer": {"deleteAllRules"},
    "openapi": {"apiFile", "apiUrl", "targetUrl", "context", "user"},
    "spider": {"context", "url", "maxDuration", "maxDepth", "maxChildren"},
    "passiveScan-wait": {"maxDuration"},
    "activeScan": {"context", "policy", "maxRuleDurationInMins", "maxScanDurationInMins"},
    "report": {"template", "reportDir", "reportFile", "reportTitle"},
    "exitStatus": {"errorLevel", "warnLevel", "okExitValue"},
}
PLAN = {
    "type": "object",
    "required": ["env", "jobs"],
    "additionalProperties": False,
    "properties": {
        "env": {
            "type": "object",
            "required": ["contexts"],
            "properties": {
                "contexts": {
                    "type": "array",
                    "minItems": 1,
                    "items": {
                        "type": "object",
                        "required": ["name", "urls"],
                        "additionalProperties": False,
                        "properties": {
                            "name": NAMED,
                            **{
                                part: {"type": "array", "items": NAMED}
                                for part in ("urls", "includePaths", "excludePaths")
                            },
                        },
                    },
                },
                "vars": {"type": "object", "additionalProperties": {"type": "string"}},
                "parameters": {
                    "type": "object",
                    "additionalProperties": {"type": "boolean"},
                },
            },
        },
        "jobs": {"type": "array", "minItems": 1, "items": JOB},
    },
}


def test_the_plan_for_zap_is_one() -> None:
    plan = yaml.safe_load((ROOT / "tools/scan/zap.yaml").read_text(encoding="utf-8"))
    validator_for(PLAN).validate(plan)
    contexts = {one["name"] for one in plan["env"]["contexts"]}
    for job in plan["jobs"]:
        assert set(job["parameters"]) <= PARAMETERS[job["type"]], job["type"]
        assert job["parameters"].get("context", "skillbridge") in contexts
    names = set(re.findall(r"\$\{(\w+)\}", str(plan)))
    assert names == set(plan["env"]["vars"])


def test_the_threat_model_names_what_is_there() -> None:
    page = (ROOT / "docs/threat-model.md").read_text(encoding="utf-8")
    named = re.findall(r"`(tests/[\w/.]+)`", page)
    assert len(named) > 15
    assert [path for path in named if not (ROOT / path).exists()] == []
