"""Where files are kept."""

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Folder:
    """On this machine: for one, or for several that share a file system."""

    path: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """Of Amazon S3, or of any server of its contract."""

    endpoint: str
    name: str
    region: str
    key_id: str
    secret: str = field(repr=False)
