"""Where the SQL of the schema is: beside an installed program, or in the tree."""

from pathlib import Path

import skillbridge


def migrations() -> Path:
    package = Path(skillbridge.__file__).parent
    installed = package / "migrations"
    return installed if installed.is_dir() else package.parents[1] / "migrations"
