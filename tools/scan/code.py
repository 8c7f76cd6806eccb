"""Scanners that read files: bandit, semgrep, detect-secrets, pip-audit, cargo-deny."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tools.scan.outcome import ROOT, Finding, Looked, NotLooked, Outcome, Scanner

BIN = ROOT / ".venv-scan/bin"
RULES = "tools/scan/rules"
PLANTED = "tools/scan/planted/laws.py"
CODE = ("src", "tools", "migrations")
_GUESSED = ("Base64HighEntropyString", "HexHighEntropyString", "KeywordDetector")
"""Detectors of whatever looks like chance or stands beside the word password: the project is full of both."""
_AWS = "AKIA" + "IOSFODNN7" + "EXAMPLE"
"""The key of Amazon's own documentation, in three pieces: this file holds none."""


def bandit() -> Scanner:
    def read(*paths: str) -> Outcome:
        told = _json(BIN / "bandit", "-q", "-c", "pyproject.toml", "-f", "json", "-r", *paths)
        found = [
            Finding(
                it["test_id"],
                _short(it["filename"]),
                f"{it['issue_text']} (line {it['line_number']})",
            )
            for it in told["results"]
        ]
        return Looked(f"{told['metrics']['_totals']['loc']:,} lines", found)

    return Scanner(
        "bandit", _version("bandit"), lambda: read(*CODE, "--exclude", "*/planted/*"),
        lambda: read(PLANTED), frozenset({"B605", "B301", "B306"}),
    )  # fmt: skip


def semgrep() -> Scanner:
    def read(*paths: str) -> Outcome:
        told = _json(
            BIN / "semgrep", "scan", "--config", RULES, "--json", "--metrics=off", "--quiet",
            "--disable-version-check", "--no-git-ignore", *paths,
        )  # fmt: skip
        found = [
            Finding(
                it["check_id"].rpartition(".")[2],
                it["path"],
                f"{it['extra']['message']} (line {it['start']['line']})",
            )
            for it in told["results"]
        ]
        found += [
            Finding("unread", str(it.get("path", "")), it["message"]) for it in told["errors"]
        ]
        return Looked(f"{len(told['paths']['scanned'])} files, {len(_rules())} rules", found)

    return Scanner(
        "semgrep", _version("semgrep"), lambda: read(*CODE, "--exclude", "planted"),
        lambda: read(PLANTED), _rules(),
    )  # fmt: skip


def detect_secrets() -> Scanner:
    def read(folder: Path, *more: str) -> Outcome:
        plugins = [word for name in _GUESSED for word in ("--disable-plugin", name)]
        told = _json(BIN / "detect-secrets", "-C", folder, "scan", *plugins, *more)
        found = [
            Finding(it["type"], name, f"line {it['line_number']}")
            for name, several in told["results"].items()
            for it in several
        ]
        return Looked(
            f"{len(told['plugins_used'])} kinds of keys, all files of the repository", found
        )

    def planted() -> Outcome:
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, "key.txt").write_text(
                f"aws = '{_AWS}'\n-----BEGIN RSA " + "PRIVATE KEY-----\n"
            )
            return read(Path(folder), "--all-files")

    return Scanner(
        "detect-secrets", _version("detect-secrets"), lambda: read(ROOT), planted,
        frozenset({"AWS Access Key", "Private Key"}),
    )  # fmt: skip


def pip_audit() -> Scanner:
    def read(*locks: Path) -> Outcome:
        known, unknown, found = 0, 0, []
        for lock in locks:
            command = [
                BIN / "pip-audit",
                "--disable-pip",
                "--require-hashes",
                "-r",
                lock,
                "-f",
                "json",
            ]
            done = _run(*command, "--progress-spinner", "off")
            if not done.stdout.startswith("{"):
                return NotLooked(f"the index does not answer: {done.stderr.strip()[-200:]}")
            for one in json.loads(done.stdout)["dependencies"]:
                known += "vulns" in one
                unknown += "vulns" not in one
                found += [
                    Finding(it["id"], one["name"], it["description"][:100])
                    for it in one.get("vulns", ())
                ]
        if unknown and not known:
            return NotLooked(
                f"the index knows of none of {unknown} packages whether they have weaknesses"
            )
        lacking = (
            [Finding("unlooked", lock.name, f"{unknown} packages are unknown there")]
            if unknown
            else []
        )
        return Looked(f"{known} packages of the locks", [*found, *lacking])

    def planted() -> Outcome:
        with tempfile.TemporaryDirectory() as folder:
            lock = Path(folder, "old.txt")
            lock.write_text("urllib3==1.24.1 --hash=sha256:" + "0" * 64 + "\n")
            return read(lock)

    locks = sorted(ROOT.glob("requirements*.lock"))
    return Scanner(
        "pip-audit",
        _version("pip-audit"),
        lambda: read(*locks),
        planted,
        frozenset({"PYSEC-2019-132"}),
    )


def cargo_deny() -> Scanner:
    def read(config: Path, *checks: str) -> Outcome:
        if not (cargo := shutil.which("cargo")) or _run(cargo, "deny", "--version").returncode:
            return NotLooked("cargo-deny is not installed: cargo install cargo-deny --locked")
        done = _run(
            cargo, "deny", "--manifest-path", "matcher-rs/Cargo.toml", "--config", config, "--format", "json",
            "check", *checks,
        )  # fmt: skip
        said = [json.loads(line) for line in done.stderr.splitlines() if line.startswith("{")]
        found = [
            Finding(it["fields"].get("code", "failed"), "matcher-rs", it["fields"]["message"])
            for it in said
            if it["type"] == "diagnostic" and it["fields"]["severity"] == "error"
        ]
        if done.returncode and not found:
            return NotLooked(done.stderr.strip()[-200:])
        return Looked(f"crates of the matcher: {', '.join(checks)}", found)

    def planted() -> Outcome:
        with tempfile.TemporaryDirectory() as folder:
            config = Path(folder, "deny.toml")
            config.write_text('[bans]\ndeny = [{ crate = "bytes" }]\n')
            return read(config, "bans")

    checks = ("bans", "licenses", "sources")
    return Scanner(
        "cargo-deny", lambda: _run("cargo", "deny", "--version").stdout.strip().removeprefix("cargo-deny "),
        lambda: read(ROOT / "matcher-rs/deny.toml", *checks), planted, frozenset({"banned"}),
    )  # fmt: skip


def _rules() -> frozenset[str]:
    lines = Path(ROOT, RULES, "laws.yaml").read_text(encoding="utf-8").splitlines()
    return frozenset(line.removeprefix("  - id: ") for line in lines if line.startswith("  - id: "))


def _version(program: str) -> Any:
    def version() -> str:
        asked = [
            BIN / "python",
            "-c",
            f"from importlib.metadata import version as v; print(v('{program}'))",
        ]
        return _run(*asked).stdout.strip()

    return version


def _json(*command: object) -> Any:
    done = _run(*command)
    try:
        return json.loads(done.stdout)
    except json.JSONDecodeError:
        sys.exit(f"{command[0]} broke:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")


def _run(*command: object) -> "subprocess.CompletedProcess[str]":
    words: Sequence[str] = [str(word) for word in command]
    environment = {
        **os.environ,
        "PATH": f"{BIN}:{os.environ['PATH']}",
        "SEMGREP_SEND_METRICS": "off",
    }
    return subprocess.run(
        words, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )


def _short(name: str) -> str:
    return name.removeprefix("./")
