"""TCP ports of this machine: finding a free one, and naming who holds a taken one."""

import errno
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psutil

from skillbridge.local.errors import CannotStart

HOST = "127.0.0.1"


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
    """Return "name (pid N)" of the listener on `port`, as far as the system shows it to us."""
    with suppress(psutil.Error):  # it ended meanwhile, or belongs to someone else
        for one in psutil.net_connections("tcp"):
            here = one.laddr and one.laddr.port == port
            if here and one.status == psutil.CONN_LISTEN and one.pid:
                return f"{psutil.Process(one.pid).name()} (pid {one.pid})"
    return None
