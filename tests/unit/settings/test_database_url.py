"""The address of a database: every name that libpq knows is kept, left out with a word, or refused."""

from pathlib import Path
from urllib.parse import quote

import pytest
from asyncpg import connect_utils
from hypothesis import given
from hypothesis import strategies as st

from skillbridge.adapters.postgres.engine.address import arguments
from skillbridge.settings import DatabaseUrl
from skillbridge.settings.database_url import DROPPED, REFUSED, TAKEN

pytestmark = pytest.mark.row("A3")

FRONT = "postgresql://ada:pw@db.example:5432/skillbridge"
LIBPQ = [
    "host",
    "hostaddr",
    "port",
    "dbname",
    "user",
    "password",
    "passfile",
    "require_auth",
    "channel_binding",
    "connect_timeout",
    "client_encoding",
    "options",
    "application_name",
    "fallback_application_name",
    "keepalives",
    "keepalives_idle",
    "keepalives_interval",
    "keepalives_count",
    "tcp_user_timeout",
    "replication",
    "gssencmode",
    "sslmode",
    "requiressl",
    "sslnegotiation",
    "sslcompression",
    "sslcert",
    "sslkey",
    "sslkeylogfile",
    "sslpassword",
    "sslcertmode",
    "sslrootcert",
    "sslcrl",
    "sslcrldir",
    "sslsni",
    "requirepeer",
    "ssl_min_protocol_version",
    "ssl_max_protocol_version",
    "min_protocol_version",
    "max_protocol_version",
    "krbsrvname",
    "gsslib",
    "gssdelegation",
    "scram_client_key",
    "scram_server_key",
    "service",
    "servicefile",
    "target_session_attrs",
    "load_balance_hosts",
    "oauth_issuer",
    "oauth_client_id",
    "oauth_client_secret",
    "oauth_scope",
]
"""The keywords of PostgreSQL 18: "34.1.2. Parameter Key Words"."""


def refusal(text: str) -> str:
    with pytest.raises(ValueError, match=r".+") as refused:
        DatabaseUrl(text)
    return str(refused.value)


def driver(url: str) -> tuple[list[object], dict[str, object]]:
    """What asyncpg makes of an address: where to, and how."""
    none = dict.fromkeys((
        "host", "port", "user", "password", "passfile", "database", "ssl", "service", "servicefile",
        "direct_tls", "server_settings", "target_session_attrs", "krbsrvname", "gsslib",
    ))  # fmt: skip
    addresses, parameters = connect_utils._parse_connect_dsn_and_args(  # type: ignore[attr-defined]  # not public
        **none | arguments(url)
    )
    return addresses, {name: getattr(parameters, name) for name in parameters._fields}


@pytest.mark.parametrize("name", LIBPQ)
def test_every_keyword_of_libpq_has_its_answer(name: str) -> None:
    assert name in TAKEN.keys() | DROPPED.keys() | REFUSED.keys()


def test_a_keyword_whose_harm_depends_on_its_value_is_refused_with_words_for_the_others() -> None:
    assert {name for name, values in DROPPED.items() if values is not None} <= REFUSED.keys()
    assert not TAKEN.keys() & (DROPPED.keys() | REFUSED.keys())


@pytest.mark.parametrize(
    "query",
    ["connect_timeout=10", "keepalives=1", "gssencmode=disable", "pgbouncer=true", "schema=public",
     "channel_binding=prefer", "sslsni=1", "load_balance_hosts=random", "replication=off"],
)  # fmt: skip
def test_what_changes_nothing_is_left_out_with_a_word(query: str) -> None:
    made = DatabaseUrl(f"{FRONT}?{query}")
    assert made == FRONT
    assert made.notes == (
        f"{query.split('=', maxsplit=1)[0]}= is left out: the driver does not take it",
    )


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("channel_binding=require", "channel_binding=require cannot be kept here: take it out and"),
        ("gssencmode=require", "gssencmode=require cannot be kept here: ask for sslmode"),
        ("schema=tenant_1", "schema=tenant_1 cannot be kept here: the tables are in"),
        ("require_auth=scram-sha-256", "require_auth=… cannot be kept here"),
        ("oauth_client_secret=hidden", "oauth_client_secret=… cannot be kept here"),
        ("service=mine", "service=… cannot be kept here: write out"),
        ("sslmode=requir", "sslmode= is one of: allow, disable, prefer, require, verify-ca"),
        ("sslmod=require", "sslmod is not known: did you mean sslmode?"),
        ("search_path=x", "search_path is not known: a server's own setting is options=-c"),
        ("sslmode=require&sslrootcert=system", "goes with sslmode=verify-full, not require"),
        ("sslrootcert=system&sslcert=/x", "sslcert= wants the roots in a file"),
        ("sslrootcert=/nowhere/ca.pem", "the file of sslrootcert= cannot be read: No such file"),
        ("sslnegotiation=direct", "goes with sslmode=require or more"),
        ("sslnegotiation=direct&sslmode=prefer", "goes with sslmode=require or more"),
        ("sslmode", "must be name=value"),
        ("options=a@b", "write @ as %40"),
    ],
)
def test_what_would_be_weaker_or_is_not_known_is_refused_by_its_name(query: str, told: str) -> None:
    assert told in refusal(f"{FRONT}?{query}")


@pytest.mark.asvs("12.3.2")
def test_a_certificate_is_verified_with_roots_that_are_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    told = "sslmode=verify-full needs roots to verify with: add sslrootcert=system"
    assert told in refusal(f"{FRONT}?sslmode=verify-full")
    (tmp_path / ".postgresql").mkdir()
    (tmp_path / ".postgresql" / "root.crt").touch()
    assert DatabaseUrl(f"{FRONT}?sslmode=verify-full").asked["sslmode"] == "verify-full"


def test_the_roots_of_the_system_verify_the_name_too() -> None:
    url = DatabaseUrl(f"{FRONT}?sslrootcert=system")
    assert url == f"{FRONT}?sslrootcert=system&sslmode=verify-full"
    _, asked = driver(url)
    context = asked["ssl"]
    assert context.check_hostname is True  # type: ignore[attr-defined]  # an SSLContext
    assert context.verify_mode.name == "CERT_REQUIRED"  # type: ignore[attr-defined]  # the same


@pytest.mark.parametrize(
    "front", ["postgres", "postgresql+asyncpg", "postgresql+psycopg", "POSTGRES"]
)
def test_what_others_put_in_front_means_the_same(front: str) -> None:
    assert DatabaseUrl(FRONT.replace("postgresql", front)) == FRONT


@pytest.mark.parametrize("text", ["mysql://h/d", "host=h dbname=d", "h:5432/d"])
def test_what_is_no_address_of_postgresql_is_refused(text: str) -> None:
    assert "must begin with postgresql://" in refusal(text)


@given(st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=30))
def test_the_driver_reads_what_we_read(password: str) -> None:
    url = f"postgres://ada:{quote(password, safe='')}@db.example:5433/skillbridge?sslmode=require"
    addresses, asked = driver(DatabaseUrl(url))
    assert addresses == [("db.example", 5433)]
    assert (asked["user"], asked["password"]) == ("ada", password)


@given(
    st.text(st.characters(exclude_categories=["C", "Z"]) | st.just(" "), min_size=1, max_size=30)
)
def test_what_stands_behind_the_question_mark_reaches_the_server_as_it_was_meant(text: str) -> None:
    _, asked = driver(DatabaseUrl(f"{FRONT}?options={quote(text, safe='')}"))
    assert asked["server_settings"] == {"options": text}


def test_several_hosts_and_sockets_are_kept() -> None:
    url = DatabaseUrl("postgresql://u:p@a:1,b:2/d?target_session_attrs=read-write")
    assert driver(url)[0] == [("a", 1), ("b", 2)]
    assert url.hosts == ["a", "b"]
    socket = DatabaseUrl("postgresql://u:p@%2Frun%2Fpostgresql/d")
    assert driver(socket)[0] == ["/run/postgresql/.s.PGSQL.5432"]
    assert not socket.open_on_the_way
    assert DatabaseUrl("postgresql:///d?host=/run&user=ada").login == "ada"


@pytest.mark.asvs("12.3.2")
@pytest.mark.parametrize("mode", ["disable", "allow", "prefer", "require", "verify-ca"])
def test_what_anyone_on_the_way_can_read_or_answer_is_known(mode: str, tmp_path: Path) -> None:
    roots = tmp_path / "ca.pem"
    roots.touch()
    tls = f"sslmode={mode}&sslrootcert={roots}"
    assert DatabaseUrl(FRONT).open_on_the_way
    assert DatabaseUrl(f"{FRONT}?{tls}").open_on_the_way
    assert DatabaseUrl(f"postgresql://u:p@127.0.0.1,db/d?{tls}").open_on_the_way
    assert not DatabaseUrl(f"postgresql://u:p@127.0.0.1/d?{tls}").open_on_the_way
    assert not DatabaseUrl(f"{FRONT}?sslmode=verify-full&sslrootcert={roots}").open_on_the_way
    assert not DatabaseUrl(f"{FRONT}?sslrootcert=system").open_on_the_way
