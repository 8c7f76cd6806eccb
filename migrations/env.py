"""Where Alembic meets the database: `skillbridge migrate` hands over an open connection."""

from typing import Any

from alembic import context

from skillbridge.adapters.postgres.tables import metadata

# Functions, policies and triggers are compared by their own tests.
OPTIONS: dict[str, Any] = {
    "target_metadata": metadata,
    "transaction_per_migration": True,
    "compare_type": True,
}

if context.is_offline_mode():
    context.configure(dialect_name="postgresql", literal_binds=True, **OPTIONS)
else:
    context.configure(connection=context.config.attributes["connection"], **OPTIONS)

with context.begin_transaction():
    context.run_migrations()
