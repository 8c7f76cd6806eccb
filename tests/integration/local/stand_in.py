"""A stand-in for every program of the stack: starts in milliseconds and notes what it was told."""

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

HOME = Path(os.environ["SKILLBRIDGE_HOME"])
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nOK"


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def serve(port: int) -> None:
    with socket.create_server(("127.0.0.1", port)) as server:
        while True:
            connection, _ = server.accept()
            with connection:
                connection.recv(4096)
                connection.sendall(ANSWER)


def worker() -> None:
    """Start a helper that SIGTERM does not end, as a worker's own children may be."""
    with subprocess.Popen([sys.executable, "-I", "-S", __file__, "stubborn"]):
        signal.pause()


def stubborn() -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    note = HOME / "stubborn.new"
    note.write_text(str(os.getpid()))
    note.rename(HOME / "stubborn.pid")
    signal.pause()


def matcher() -> None:
    say(json.dumps({"listening": f"127.0.0.1:{os.getpid()}"}))
    signal.pause()


def cargo() -> None:
    """Build when the test says so: it writes the exit code into the pipe `go`."""
    say("   Compiling matcher-server")
    say("{ not every line in braces is a message }")
    os.mkfifo(HOME / "go")
    code = int((HOME / "go").read_text())
    if code == 0:
        server = {"name": "matcher-server", "kind": ["bin"]}
        artefact = {"reason": "compiler-artifact", "target": server}
        say(json.dumps(artefact | {"executable": os.environ["CARGO_BUILT"]}))
    else:
        say("error[E0308]: mismatched types")
    sys.exit(code)


def seed() -> None:
    account = {"role": "learner", "email": "ada@example.org", "password": "kola-nut-lagos"}
    Path(os.environ["SKILLBRIDGE_DEMO_FILE"]).write_text(json.dumps([account]))


def main(role: str, *rest: str) -> None:
    (HOME / f"seen-{role}.json").write_text(json.dumps(dict(os.environ)))
    if role == "serve":
        serve(int(rest[rest.index("--port") + 1]))
    elif role == "fail":
        sys.exit("relation badges does not exist")
    elif role in {"worker", "stubborn", "matcher", "cargo", "seed"}:
        globals()[role]()


if __name__ == "__main__":
    main(*sys.argv[1:])
