"""Migrations are SQL files, and what can be made anew is written as it is now.

`sql/current` holds every function, trigger, policy and grant, each in one place: a file for each
topic, which can be applied again and again. A migration that changes one applies its file, and
keeps the text before it as `sql/former/<number of the migration>/<topic>.sql`. So what any earlier
migration applied is still there: the text that the next change kept or, where none came, the
current one. A migration taken back applies what it kept.
"""

from pathlib import Path

from alembic import context, op

SQL = Path(__file__).parent / "sql"
TOPICS = (
    "actor",
    "stamps",
    "tenants",
    "accounts",
    "users",
    "sign_ins",
    "registrations",
    "proofs",
    "api_tokens",
    "second_factors",
    "phones",
    "passkeys",
    "identities",
    "progress",
    "lifecycles",
    "mentors",
    "search",
    "jobs",
    "audit",
    "privacy",
    "uploads",
    "policies",
    "grants",
    "supabase",
)
"""In the order in which they are applied: each stands on those before it."""


def run(*names: str) -> None:
    """Runs these files of `sql`."""
    for name in names:
        _execute((SQL / name).read_text("utf-8"))


def apply(number: str, *topics: str) -> None:
    """Makes these topics what they were when the migration of this number was written."""
    for topic in sorted(topics, key=TOPICS.index):
        _execute(text_of(topic, number))


def restore(number: str) -> None:
    """Makes the topics that the migration of this number has changed what they were before it."""
    kept = (SQL / "former" / number).glob("*.sql")
    for path in sorted(kept, key=lambda path: TOPICS.index(path.stem)):
        _execute(path.read_text("utf-8"))


def text_of(topic: str, number: str) -> str:
    """What the topic's file said when the migration of this number was the newest."""
    kept = SQL.glob(f"former/*/{topic}.sql")
    later = sorted(path for path in kept if path.parent.name > number)
    current = SQL / "current" / f"{topic}.sql"
    return (later or [current])[0].read_text("utf-8")


def _execute(script: str) -> None:
    """Goes to the driver as a whole, which takes many statements where SQLAlchemy's prepared path
    takes one; without a connection (`alembic --sql`) it is written out.
    """
    if context.is_offline_mode():
        context.static_output(script)
        return
    driver = op.get_bind().connection.dbapi_connection
    assert driver is not None
    driver.run_async(lambda connection: connection.execute(script))
