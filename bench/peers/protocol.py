"""How a contender talks with the bench: one JSON command a line in, one JSON answer a line out."""

import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

Array: TypeAlias = "np.ndarray[Any, np.dtype[Any]]"
Answer = Mapping[str, Any]


def serve(answer: Callable[..., Answer]) -> None:
    """Answers every command until there are no more."""
    for line in sys.stdin:
        print(json.dumps(answer(**json.loads(line))), flush=True)


def array(folder: Path, name: str) -> Array:
    """What the Rust program wrote as `<name>.<type>`."""
    (path,) = folder.glob(f"{name}.*")
    return np.fromfile(path, dtype=f"<{path.suffix[1:]}")


def peak_from_now() -> int:
    """Starts the count of the peak again; what is resident now, in bytes."""
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    return _status("VmRSS")


def peak() -> int:
    """The most that was resident since, in bytes."""
    return _status("VmHWM")


def _status(key: str) -> int:
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    (found,) = (line for line in lines if line.startswith(f"{key}:"))
    return 1024 * int(found.split()[1])
