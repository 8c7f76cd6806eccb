"""Migrations that are SQL files."""

from pathlib import Path

from alembic import context, op


def run(version: str, *names: str) -> None:
    """Runs files of `sql/`, which lies beside the folder of the migration file `version`.

    Each goes to the driver as a whole, which takes many statements where SQLAlchemy's prepared
    path takes one; without a connection (`alembic --sql`) it is written out.
    """
    folder = Path(version).parents[1] / "sql"
    for name in names:
        script = (folder / name).read_text("utf-8")
        if context.is_offline_mode():
            context.static_output(script)
            continue
        driver = op.get_bind().connection.dbapi_connection
        assert driver is not None
        driver.run_async(lambda connection, script=script: connection.execute(script))
