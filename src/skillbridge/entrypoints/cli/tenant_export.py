"""The folder of an export: a file of JSON lines for each table, and a manifest.

It has its name only once it is whole, and nobody but its owner may read it.
"""

import json
import os
import shutil
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

import typer

from skillbridge.domain.tenancy.tenant import Tenant
from skillbridge.entrypoints.database import schema_revision


@dataclass
class _File:
    file: BinaryIO
    digest: Any = field(default_factory=sha256)
    rows: int = 0
    size: int = 0


class Folder:
    def __init__(self, to: Path) -> None:
        if to.exists():
            raise typer.BadParameter(f"{to} is there already: name another folder")
        self._to = to
        self._part = to.with_name(f"{to.name}.part")
        self._files: dict[str, _File] = {}

    def __enter__(self) -> Self:
        shutil.rmtree(self._part, ignore_errors=True)  # of a run that was killed
        self._part.mkdir(mode=0o700, parents=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, _: object, __: TracebackType | None
    ) -> None:
        for one in self._files.values():
            one.file.close()
        if kind is not None:
            shutil.rmtree(self._part, ignore_errors=True)

    def write(self, table: str, row: str) -> None:
        if table not in self._files:
            self._files[table] = _File(self._open(f"{table}.jsonl"))
        one, line = self._files[table], row.encode() + b"\n"
        one.file.write(line)
        one.digest.update(line)
        one.rows += 1
        one.size += len(line)

    def finish(self, tenant: Tenant) -> int:
        """Writes the manifest, then gives the folder its name; how many rows there are."""
        tables = {
            f"{table}.jsonl": {
                "rows": one.rows,
                "bytes": one.size,
                "sha256": one.digest.hexdigest(),
            }
            for table, one in sorted(self._files.items())
        }
        manifest = {
            "tenant": {"id": str(tenant.id), "slug": tenant.slug, "name": tenant.name},
            "exported_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "schema": schema_revision(),
            "files": tables,
        }
        with self._open("manifest.json") as file:
            file.write(json.dumps(manifest, indent=2, ensure_ascii=False).encode() + b"\n")
        for one in self._files.values():
            one.file.close()
        self._part.rename(self._to)
        return sum(one.rows for one in self._files.values())

    def _open(self, name: str) -> BinaryIO:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        return os.fdopen(os.open(self._part / name, flags, mode=0o600), "wb")
