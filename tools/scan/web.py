"""wapiti against a server of ours, which it is led through by the contract."""

import asyncio
import json
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from skillbridge.local.health import is_ready
from skillbridge.local.ports import free_port
from skillbridge.local.waiting import until
from tools.scan.outcome import ROOT, Finding, Looked, Outcome, Scanner

WAPITI = ROOT / ".venv-wapiti/bin/wapiti"
MODULES = "sql,xss,exec,file,crlf,redirect,ssrf,http_headers,csp,cookieflags,xxe"
SECONDS, OF_EACH = 60, 10
"""For all of it, and for each kind of attack."""
START = 120
"""Seconds for the server to be ready, on a busy machine."""


def wapiti() -> Scanner:
    return Scanner(
        "wapiti", _version, _at_ours, _at_a_bad_one, frozenset({"Reflected Cross Site Scripting"})
    )


def _version() -> str:
    asked = [
        str(WAPITI.with_name("python")),
        "-c",
        "from importlib.metadata import version as v; print(v('wapiti3'))",
    ]
    return subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()


def _at_ours() -> Outcome:
    with _serving() as (url, log):
        outcome = _attack(url, "--swagger", f"{url}/openapi.json", modules=MODULES)
        broken = [line for line in log.read_text().splitlines() if "status=5" in line]
    return Looked(
        outcome.at,
        [*outcome.findings, *(Finding("fault", "server", line[:300]) for line in broken)],
    )


def _at_a_bad_one() -> Outcome:
    with _answering(_Echo) as server:
        return _attack(f"http://127.0.0.1:{server.server_port}", modules="xss")


def _attack(url: str, *more: str, modules: str) -> Looked:
    """What its attacks make the server ask of others is asked of an ear of ours: nothing leaves the machine."""
    with tempfile.TemporaryDirectory() as folder, _answering(_Ear) as ear:
        report, elsewhere = Path(folder, "report.json"), f"http://127.0.0.1:{ear.server_port}/"
        command = [
            str(WAPITI), "-u", f"{url}/", *more, "-m", modules, "--max-scan-time", str(SECONDS),
            "--max-attack-time", str(OF_EACH), "--flush-session", "--store-session", folder,
            "--store-config", folder, "--external-endpoint", elsewhere, "--internal-endpoint", elsewhere,
            "--no-bugreport", "-f", "json", "-o", str(report), "-v", "0",
        ]  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if not report.exists():
            sys.exit(f"wapiti broke:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
        told = json.loads(report.read_text(encoding="utf-8"))
        asked = [
            Finding("asked-elsewhere", path, "the server asked what an attacker named")
            for path in ear.asked
        ]
    found = [
        Finding(kind, it["path"], it["info"])
        for part in ("vulnerabilities", "anomalies")
        for kind, several in told[part].items()
        for it in several
    ]
    return Looked(
        f"{told['infos']['crawled_pages_nbr']} requests of the contract, {modules}", found + asked
    )


class _Server(ThreadingHTTPServer):
    def __init__(self, handler: type[BaseHTTPRequestHandler]) -> None:
        super().__init__(("127.0.0.1", 0), handler)
        self.asked: list[str] = []


@contextmanager
def _answering(handler: type[BaseHTTPRequestHandler]) -> Iterator[_Server]:
    server = _Server(handler)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def _serving() -> Iterator[tuple[str, Path]]:
    """The memory stack, and what it logs."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder, "log")
        with log.open("w") as told:
            command = [
                sys.executable,
                "-m",
                "skillbridge",
                "serve",
                "--memory",
                "--port",
                str(port),
            ]
            process = subprocess.Popen(command, stdout=told, stderr=told)
            try:
                asyncio.run(_ready(port, process))
                yield url, log
            finally:
                process.terminate()
                process.wait()


async def _ready(port: int, process: "subprocess.Popen[bytes]") -> None:
    """Raises TimeoutError, and SystemExit for a server that has ended."""
    async with asyncio.timeout(START):
        await until(lambda: _answers(port, process), every=0.2)


async def _answers(port: int, process: "subprocess.Popen[bytes]") -> bool:
    if process.poll() is not None:
        sys.exit("the server that wapiti looks at ended before it was ready")
    return await is_ready(port)


class _Quiet(BaseHTTPRequestHandler):
    server: _Server

    def say(self, kind: str, text: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  its own name for it
        pass


class _Echo(_Quiet):
    """Says what it was told, as it was told."""

    def do_GET(self) -> None:
        said = parse_qs(urlsplit(self.path).query).get("name", ["you"])[0]
        self.say("text/html", f'<html><body><a href="/?name=x">x</a> Hello {said}</body></html>')


class _Ear(_Quiet):
    """Keeps what it is asked. wapiti itself asks whether it is there and what it heard, and is told nothing."""

    def do_GET(self) -> None:
        if self.path != "/" and not self.path.startswith("/get_"):
            self.server.asked.append(self.path)
        self.say("application/json", "{}")
