"""TCP ports of this machine: finding a free one, and naming who holds a taken one."""

import errno
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from skillbridge.local.errors import CannotStart

HOST = "127.0.0.1"
LISTENING = "0A"  # the kernel's word for it in /proc/net/tcp


def is_free(port: int) -> bool:
    try:
        _try(HOST, port)
    except OSError:
        return False
    return True


def _try(host: str, port: int) -> None:
    """Raises OSError where it cannot be had alone: who would share theirs holds it, too."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        trial.bind((host, port))


def free_port(preferred: int | None = None) -> int:
    """Return a port nobody listens on, the preferred one if possible.

    Another program may take it before we do: whoever binds it must be ready to ask again.
    """
    if preferred and is_free(preferred):
        return preferred
    with socket.socket() as trial:
        trial.bind((HOST, 0))
        port: int = trial.getsockname()[1]
    return port


def require_free(port: int) -> None:
    """Refuse a taken port, naming its holder where the system tells."""
    if is_free(port):
        return
    holder = holder_of(port) or "another program"
    other = free_port(port + 1 if port < 65535 else None)  # noqa: PLR2004 - the highest TCP port
    raise CannotStart(
        f"Port {port} is taken by {holder}. "
        f"Choose another: PORT={other} make run, or skillbridge up --port {other}."
    )


@contextmanager
def alone_at(host: str, port: int) -> Iterator[None]:
    """Nobody else's server at this port, nor a second of ours that starts at the same moment.

    The server's processes share their port (SO_REUSEPORT), and a second server would join them
    without a word. The kernel drops the name with its holder. Raises CannotStart.
    """
    with socket.socket(socket.AF_UNIX) as mark:
        try:
            if sys.platform == "linux":
                mark.bind(f"\0skillbridge-port-{port}")
            _try(host, port)
        except OSError as error:
            raise CannotStart(_not_to_be_had(host, port, error)) from error
        yield


def _not_to_be_had(host: str, port: int, error: OSError) -> str:
    if error.errno != errno.EADDRINUSE:
        return f"{host} port {port} cannot be used: {error.strerror}"
    holder = holder_of(port) or "another program"
    return f"port {port} is taken by {holder}: stop that, or choose another: --port {free_port()}"


def holder_of(port: int) -> str | None:
    """Return "name (pid N)" of the listener on `port`, as far as /proc shows it to us."""
    inodes = {f"socket:[{inode}]" for inode in _listening_inodes(port)}
    for descriptor in Path("/proc").glob("[0-9]*/fd/*") if inodes else ():
        try:
            if str(descriptor.readlink()) in inodes:
                process = descriptor.parents[1]
                return f"{(process / 'comm').read_text().strip()} (pid {process.name})"
        except OSError:  # it ended meanwhile, or belongs to someone else
            continue
    return None


def _listening_inodes(port: int) -> set[str]:
    rows: list[list[str]] = []
    for table in (Path("/proc/net/tcp"), Path("/proc/net/tcp6")):
        if table.exists():
            rows += [line.split() for line in table.read_text().splitlines()[1:]]
    suffix = f":{port:04X}"
    return {row[9] for row in rows if row[1].endswith(suffix) and row[3] == LISTENING}
