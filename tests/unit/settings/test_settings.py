"""Settings are read from the environment, and a server's must be safe."""

import re
from base64 import b64encode, urlsafe_b64encode
from hashlib import sha512
from pathlib import Path
from typing import get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import FieldInfo

from skillbridge.settings import (
    LOCAL_KEY,
    DatabaseUrl,
    Secret,
    Settings,
    UnsafeSettings,
    kinds,
    load,
    read_dotenv,
    unsafe,
    variable,
)
from skillbridge.settings.model import FIELDS

pytestmark = pytest.mark.row("A3")

STRONG = "vXb1Uo9qk3WZ0rT5yLs7Hc2Nf8MjQe4D"
SAFE = {
    "SKILLBRIDGE_ENV": "production",
    "SKILLBRIDGE_SECRET_KEYS": STRONG,
    "SKILLBRIDGE_PUBLIC_URL": "https://skillbridge.test",
    "SMTP_URL": "smtp://mail.test:25",
    "SKILLBRIDGE_MAIL_FROM": "SkillBridge <no-reply@skillbridge.org>",
    "DATABASE_URL": "postgresql://skillbridge_app:x@db/sb?sslrootcert=system",
    "DATABASE_AUTH_URL": "postgresql://skillbridge_auth:x@db/sb?sslrootcert=system",
    "DATABASE_WORKER_URL": "postgresql://skillbridge_worker:x@db/sb?sslrootcert=system",
    "REDIS_URL": "rediss://cache:6379/0",
}


LOCAL = {"SKILLBRIDGE_ENV": "local"}


def refusal(given: dict[str, str]) -> str:
    with pytest.raises(UnsafeSettings) as refused:
        load(given)
    return str(refused.value)


TRUTHS = {name: it for name, it in get_type_hints(Settings).items() if it is bool}


@pytest.mark.parametrize("name", TRUTHS)
def test_what_is_true_or_false_is_read_as_it_is_meant(name: str) -> None:
    github = {"SKILLBRIDGE_GITHUB_CLIENT_ID": "Iv1.x", "SKILLBRIDGE_GITHUB_CLIENT_SECRET": "y"}
    given = LOCAL | github
    for text in ("true", "True", "1", "yes", "ON"):
        assert getattr(load(given | {variable(name): text}), name) is True, text
    for text in ("false", "False", "0", "no", "off"):
        assert getattr(load(given | {variable(name): text}), name) is False, text
    assert "'maybe' is neither true nor false" in refusal(given | {variable(name): "maybe"})


def test_a_laptop_says_that_it_is_one_and_no_more() -> None:
    assert load(LOCAL).secret_keys == (LOCAL_KEY,)


def test_where_we_are_is_never_guessed() -> None:
    told = "SKILLBRIDGE_ENV is not set: say one of: local, test, staging, production"
    assert told in refusal({})


def test_names_of_variables() -> None:
    assert variable("port") == "PORT"
    assert variable("database_url") == "DATABASE_URL"
    assert variable("home") == "SKILLBRIDGE_HOME"


def test_values_are_read_by_their_type() -> None:
    given = {"PORT": "9000", "SKILLBRIDGE_HOME": "/tmp/x", "MATCHER_URL_FILE": "/run/url"}
    settings = load(LOCAL | given)
    assert (settings.port, settings.home) == (9000, Path("/tmp/x"))
    assert settings.matcher_url_file == Path("/run/url")
    keys = load(LOCAL | {"SKILLBRIDGE_SECRET_KEYS": "new, old"}).secret_keys
    assert keys == (Secret("new"), Secret("old"))


@pytest.mark.parametrize("written", ["Production", " production ", "PRODUCTION"])
def test_blanks_and_capitals_around_a_choice_do_no_harm(written: str) -> None:
    assert load(SAFE | {"SKILLBRIDGE_ENV": written}).env == "production"


@pytest.mark.parametrize("short", ["prod", "prodution", "produktion"])
def test_a_choice_that_cannot_be_meant_is_refused_with_the_nearest(short: str) -> None:
    assert 'did you mean "production"?' in refusal({"SKILLBRIDGE_ENV": short})


def test_a_matcher_that_believes_anybody_is_none_for_a_server() -> None:
    named = {"MATCHER_URL": "https://matcher.test"}
    for weak in ({}, {"MATCHER_SECRET": "s" * 31}):
        assert "MATCHER_SECRET is missing" in refusal(SAFE | named | weak)
    assert load(SAFE | named | {"MATCHER_SECRET": "s" * 32}).matcher_secret == "s" * 32
    assert load(SAFE).matcher_secret == load(LOCAL | named).matcher_secret == ""


def test_how_long_a_job_is_held_and_how_often_it_is_tried() -> None:
    given = {"SKILLBRIDGE_JOB_LEASE_SECONDS": "0.5", "SKILLBRIDGE_JOB_ATTEMPTS": "3"}
    settings = load(LOCAL | given)
    assert (settings.job_lease_seconds, settings.job_attempts) == (0.5, 3)


BOUNDED = [field for field in FIELDS if "number from" in kinds.limits(field.type)]


@pytest.mark.parametrize("field", BOUNDED, ids=lambda field: field.name)
@pytest.mark.parametrize("text", ["-5", "0", "9999999", "1e2", "nan", "inf", "8_0", "٨", "eighty"])
def test_every_number_has_bounds_that_its_refusal_tells(field: FieldInfo, text: str) -> None:
    name = variable(field.name)
    assert f"- {name} {text!r} is not {kinds.limits(field.type)}" in refusal(LOCAL | {name: text})


def test_each_setting_that_is_a_number_has_bounds() -> None:
    """Whoever adds one gives it limits, which stand in the refusal and in .env.example."""
    hints = get_type_hints(Settings)
    numbers = [name for name, kind in hints.items() if kind in {int, float}]
    plain = [field.name for field in FIELDS if field.type in {int, float}]
    assert len(numbers) == len(BOUNDED) > 3
    assert plain == []


def test_an_empty_variable_is_no_variable() -> None:
    assert load(LOCAL | {"PORT": ""}).port == 8000


@pytest.mark.parametrize("name", ["SKILLBRIDGE_SECRET_KEYS", "SKILLBRIDGE_CORS_ORIGINS"])
@pytest.mark.parametrize("text", ["key,", ",key", ","])
def test_a_comma_too_many_is_refused(name: str, text: str) -> None:
    told = refusal(LOCAL | {name: text})
    assert re.search(rf"{name} (.*; )?entry [12]: it is empty, there is a comma too many", told)


def test_every_bad_entry_of_a_list_is_named_by_its_place_and_why() -> None:
    told = refusal(
        LOCAL
        | {
            "SKILLBRIDGE_CORS_ORIGINS": "app.example.org,https://ok.example.org,https://a/b",
            "SKILLBRIDGE_TRUSTED_PROXIES": "10.0.0.0/33, 10.0.0.1, nobody",
            "SKILLBRIDGE_SECRET_KEYS": "hid\u200bden,fine,hid\x07den",
        }
    )
    assert "CORS_ORIGINS entry 1: it must begin with http:// or https://" in told
    assert "; entry 3: 'https://a/b' says more than an origin: keep https://a" in told
    assert "TRUSTED_PROXIES entry 1: '10.0.0.0/33' is no network" in told
    assert "; entry 3: 'nobody' is no network" in told
    assert "SECRET_KEYS entry 1: a sign that nobody sees stands inside (U+200B)" in told
    assert "; entry 3: a sign that nobody sees stands inside (U+0007)" in told
    assert "entry 2" not in told
    assert "hid" not in told


def test_the_only_entry_of_a_list_needs_no_place() -> None:
    told = refusal(LOCAL | {"SKILLBRIDGE_TRUSTED_PROXIES": "nobody"})
    assert "SKILLBRIDGE_TRUSTED_PROXIES 'nobody' is no network" in told


def test_every_key_that_is_no_good_is_named_by_its_place() -> None:
    told = refusal(SAFE | {"SKILLBRIDGE_SECRET_KEYS": f"{STRONG[:31]},{STRONG},{'n' * 40},short"})
    assert "SECRET_KEYS has an entry 1 that is shorter than 32" in told
    assert "SECRET_KEYS has an entry 3 that can be guessed" in told
    assert "SECRET_KEYS has an entry 4 that is shorter than 32" in told
    assert "entry 2" not in told


@pytest.mark.asvs("13.3.1")
def test_a_secret_may_stand_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "url").write_text("postgresql://u:p@h/d\n")
    given = {"DATABASE_URL_FILE": str(tmp_path / "url")}
    assert load(LOCAL | given).database_url == "postgresql://u:p@h/d"


def test_signing_keys_may_stand_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "keys").write_text("new,old\n")
    given = {"SKILLBRIDGE_SECRET_KEYS_FILE": str(tmp_path / "keys")}
    assert load(LOCAL | given).secret_keys == (Secret("new"), Secret("old"))


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    nowhere = tmp_path / "nowhere"
    told = f"REDIS_URL is in a file that cannot be read (REDIS_URL_FILE={nowhere}): No such file"
    assert told in refusal(LOCAL | {"REDIS_URL_FILE": str(nowhere)})


@pytest.mark.asvs("13.3.1")
def test_secrets_do_not_show_themselves() -> None:
    settings = Settings(env="test", database_url=DatabaseUrl("postgresql://u:hidden@h/d"))
    assert "hidden" not in repr(settings)


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("SKILLBRIDGE_SECRET_KEY", "did you mean SKILLBRIDGE_SECRET_KEYS?"),
        ("SKILLBRIDGE_TRUSTED_PROXY", "did you mean SKILLBRIDGE_TRUSTED_PROXIES?"),
        ("DATABASE_ULR", "did you mean DATABASE_URL?"),
        ("SKILLBRIDGE_WARP", "see .env.example"),
        ("SKILLBRDGE_WARP", "see .env.example"),
        ("SKILLBRDGE_PORT", "did you mean PORT?"),
        ("SKILLBRIDGE_PORT", "did you mean PORT?"),
        ("SKILLBRIDGE_PROT", "did you mean PORT?"),
        ("SKILBRIDGE_DATABASE_URL", "did you mean DATABASE_URL?"),
        ("SKILLBRIDGE_SMTP_URL_FILE", "did you mean SMTP_URL_FILE?"),
        ("SKILLBRIDG_PUBLIC_ULR", "did you mean SKILLBRIDGE_PUBLIC_URL?"),
        ("skillbridge_home", "did you mean SKILLBRIDGE_HOME?"),
        ("database_url", "did you mean DATABASE_URL?"),
    ],
)
def test_a_misspelt_variable_is_told_with_the_nearest_name(name: str, near: str) -> None:
    assert load(LOCAL | {name: "hidden"}).notes == (f"{name} is no setting: {near}",)


def test_a_refusal_names_the_misspelt_beside_what_is_missing() -> None:
    told = refusal({"SKILBRIDGE_ENV": "local"})
    assert "SKILLBRIDGE_ENV is not set" in told
    assert "- SKILBRIDGE_ENV is no setting: did you mean SKILLBRIDGE_ENV?" in told


def test_variables_of_others_are_not_told() -> None:
    given = {"PATH": "/bin", "REDIS_PORT": "tcp://10.0.0.1:6379", "SKILLBRIDGE_DEMO_FILE": "/x"}
    assert load(LOCAL | given).notes == ()


def test_everything_that_is_wrong_is_told_at_once() -> None:
    told = refusal({
        "SKILLBRIDGE_ENV": "prod",
        "DATABASE_POOL": "-5",
        "SMTP_URL": "smtp://u:p@ss#w@mail.example:587",
        "DATABASE_URL": "postgresql://a:b@h/d?channel_binding=require",
        "SKILLBRIDGE_TRUSTED_PROXIES": "10.0.0.0/33",
        "SKILLBRIDGE_CORS_ORIGINS": "https://x/y",
        "SKILLBRIDGE_SECRET_KEYS": "key,",
        "OPENAI_API_KEY": "sk-\u200b",
    })  # fmt: skip
    dangers = (
        *("PUBLIC_URL", "MAIL_FROM", "DATABASE_AUTH_URL", "DATABASE_WORKER_URL", "REDIS_URL"),
    )
    assert len(told.splitlines()) == 1 + 8 + len(dangers) + len(["a key that is short"])
    assert all(danger in told for danger in dangers)


def test_a_safe_server_starts() -> None:
    assert load(SAFE).env == "production"


def test_two_strong_keys_are_taken_while_one_gives_way_to_the_other() -> None:
    keys = load(SAFE | {"SKILLBRIDGE_SECRET_KEYS": f"{STRONG[::-1]},{STRONG}"}).secret_keys
    assert keys == (Secret(STRONG[::-1]), Secret(STRONG))


UNSAFE = [
    ("SKILLBRIDGE_SECRET_KEYS", LOCAL_KEY, "SECRET_KEYS is not set"),
    ("SKILLBRIDGE_SECRET_KEYS", f"{STRONG},{LOCAL_KEY}", "SECRET_KEYS is not set"),
    ("SKILLBRIDGE_SECRET_KEYS", "short", "shorter than 32"),
    ("SKILLBRIDGE_SECRET_KEYS", STRONG[:31], "shorter than 32"),
    ("SKILLBRIDGE_SECRET_KEYS", f"{STRONG},{STRONG[:31]}", "shorter than 32"),
    ("SKILLBRIDGE_SECRET_KEYS", f"{STRONG},{'n' * 40}", "can be guessed"),
    ("SKILLBRIDGE_SECRET_KEYS", "n" * 40, "can be guessed"),
    ("SKILLBRIDGE_SECRET_KEYS", "0123456789abcdef" * 3, "can be guessed"),
    ("SKILLBRIDGE_SECRET_KEYS", "abcdefghijklmnopqrstuvwxyz0123456789", "can be guessed"),
    ("SKILLBRIDGE_SECRET_KEYS", "go-on-and-on-" * 4, "can be guessed"),
    ("SKILLBRIDGE_SECRET_KEYS", "My-Secret-Q7x-of-the-Server-Zw31", "can be guessed"),
    ("SKILLBRIDGE_PUBLIC_URL", "http://skillbridge.test", "https://"),
    ("SKILLBRIDGE_CORS_ORIGINS", "https://a.test,*", "CORS_ORIGINS"),
    ("SKILLBRIDGE_CORS_ORIGINS", "null", "`null` lets every site in"),
    ("SKILLBRIDGE_TRUSTED_PROXIES", "*", "TRUSTED_PROXIES"),
    ("SKILLBRIDGE_TRUSTED_PROXIES", "0.0.0.0/0", "TRUSTED_PROXIES"),
    ("SKILLBRIDGE_TRUSTED_PROXIES", "128.0.0.0/1", "TRUSTED_PROXIES"),
    ("SKILLBRIDGE_TRUSTED_PROXIES", "::/0", "TRUSTED_PROXIES"),
    ("SKILLBRIDGE_MAIL_FROM", "no-reply@skillbridge.invalid", "no address of yours"),
    ("SMTP_URL", "", "SMTP_URL"),
    ("SMTP_TLS", "offered", "SMTP_TLS is offered"),
    ("SMTP_TLS", "none", "SMTP_TLS is none"),
    ("DATABASE_URL", "", "DATABASE_URL is not set"),
    *(
        (name, f"postgresql://one:x@db/sb{tls}", f"{name} is read by anyone on the way, or")
        for name in (
            *("DATABASE_URL", "DATABASE_AUTH_URL", "DATABASE_WORKER_URL", "DATABASE_ADMIN_URL"),
        )
        for tls in (
            "",
            "?sslmode=disable",
            "?sslmode=allow",
            "?sslmode=prefer",
            "?sslmode=require",
        )
    ),
    ("DATABASE_AUTH_URL", "", "DATABASE_AUTH_URL is not set"),
    ("DATABASE_AUTH_URL", SAFE["DATABASE_URL"], "DATABASE_URL must be a login of its own"),
    (
        "DATABASE_AUTH_URL",
        SAFE["DATABASE_WORKER_URL"],
        "DATABASE_AUTH_URL must be a login of its own",
    ),
    (
        "DATABASE_ADMIN_URL",
        SAFE["DATABASE_AUTH_URL"],
        "DATABASE_AUTH_URL must be a login of its own",
    ),
    ("DATABASE_WORKER_URL", "", "DATABASE_WORKER_URL is not set"),
    ("DATABASE_WORKER_URL", SAFE["DATABASE_URL"], "login of its own"),
    ("DATABASE_WORKER_URL", f"{SAFE['DATABASE_URL']}&options=-cx=y", "login of its own"),
    ("DATABASE_ADMIN_URL", SAFE["DATABASE_URL"], "DATABASE_URL must be a login of its own"),
    ("REDIS_URL", "", "REDIS_URL is not set"),
    ("REDIS_URL", "redis://cache:6379/0", "REDIS_URL is read by anyone"),
    ("REDIS_URL", "rediss://cache:6379/0?ssl_cert_reqs=none", "REDIS_URL is read by anyone"),
    ("MATCHER_URL", "http://matcher:9000", "MATCHER_URL is read by anyone"),
]


@pytest.mark.asvs("12.3.3", "13.3.1")
@pytest.mark.parametrize("env", ["staging", "production"])
@pytest.mark.parametrize(("variable", "value", "told"), UNSAFE)
def test_each_unsafe_setting_of_a_server_is_refused_by_name(
    env: str, variable: str, value: str, told: str
) -> None:
    assert told in refusal({**SAFE, "SKILLBRIDGE_ENV": env, variable: value})


UNREADABLE = {
    "PORT": "http",
    "SKILLBRIDGE_PUBLIC_URL": "skillbridge.test",
    "SKILLBRIDGE_SECRET_KEYS": "hid\u200bden",
    "SKILLBRIDGE_CORS_ORIGINS": "app.example.org",
    "SKILLBRIDGE_TRUSTED_PROXIES": "nobody",
    "SKILLBRIDGE_MAIL_FROM": "nobody",
    "SMTP_URL": "mail.test",
    "SMTP_TLS": "some",
    "DATABASE_URL": "postgresql://a:b@db/sb?channel_binding=require",
    "DATABASE_WORKER_URL": "mysql://a:b@db/sb",
    "DATABASE_ADMIN_URL": "postgresql://a:b@db/sb?sslmod=require",
    "REDIS_URL": "cache",
    "MATCHER_URL": "matcher",
    "OPENAI_API_KEY": "a b",
}
BESIDE = {
    ("SMTP_URL", "SMTP_TLS is "),
    ("DATABASE_URL", "login of its own"),
    ("DATABASE_AUTH_URL", "login of its own"),
    ("DATABASE_WORKER_URL", "login of its own"),
}
"""What is dangerous only beside something that is read."""


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_cannot_be_read_hides_no_danger_of_another(name: str) -> None:
    fault = {name: UNREADABLE[name]}
    for other, value, told in UNSAFE:
        if other != name and not any(name == one and words in told for one, words in BESIDE):
            both = refusal(SAFE | {other: value} | fault)
            assert told in both, (name, other)
            assert f"- {name} " in both


@pytest.mark.parametrize(
    ("variable", "fault", "value", "told"),
    [
        ("SKILLBRIDGE_SECRET_KEYS", "hid\u200bden", "short", "an entry {} that is shorter than 32"),
        ("SKILLBRIDGE_SECRET_KEYS", "hid\u200bden", "n" * 40, "an entry {} that can be guessed"),
        ("SKILLBRIDGE_CORS_ORIGINS", "https://x/y", "*", "`*` lets every site in"),
        ("SKILLBRIDGE_TRUSTED_PROXIES", "nobody", "0.0.0.0/0", "`0.0.0.0/0` lets anyone forge"),
    ],
)
def test_an_entry_that_cannot_be_read_hides_no_danger_of_the_next(
    variable: str, fault: str, value: str, told: str
) -> None:
    for entries, bad, dangerous in (([fault, value], 1, 2), ([value, "", fault], 3, 1)):
        both = refusal(SAFE | {variable: ",".join(entries)})
        assert f"entry {bad}: " in both
        assert told.format(dangerous) in both


def test_what_the_unreadable_neighbour_makes_dangerous_is_told_too() -> None:
    assert "MATCHER_SECRET is missing" in refusal(SAFE | {"MATCHER_URL": "matcher"})
    key = {"OPENAI_API_KEY": "a b", "OPENAI_BASE_URL": "http://models.test/v1"}
    assert "OPENAI_BASE_URL shows the key" in refusal(SAFE | key)


@pytest.mark.parametrize(
    ("env", "server"), [("prod", True), ("stagin", True), ("lokal", False), ("x", False)]
)
def test_who_misspells_a_server_hears_of_its_dangers_at_once(env: str, server: bool) -> None:
    told = refusal({"SKILLBRIDGE_ENV": env})
    assert f"- SKILLBRIDGE_ENV {env!r} is none of" in told
    assert ("SKILLBRIDGE_SECRET_KEYS is not set" in told) == server


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("DATABASE_URL", "postgresql://skillbridge_app:x@127.0.0.1/sb"),
        ("DATABASE_URL", "postgresql://skillbridge_app:x@%2Frun%2Fpostgresql/sb"),
        ("DATABASE_URL", "postgresql://skillbridge_app:x@/sb?host=/run/postgresql"),
        ("REDIS_URL", "redis://localhost:6379/0"),
        ("REDIS_URL", "unix:///run/valkey.sock"),
        ("MATCHER_URL", "http://[::1]:9000"),
        ("SKILLBRIDGE_TRUSTED_PROXIES", "10.0.0.0/8, fd00::/16"),
    ],
)
def test_what_stays_on_the_server_may_go_in_the_clear(variable: str, value: str) -> None:
    guarded = {"MATCHER_SECRET": "s" * 32}
    assert load({**SAFE, **guarded, variable: value}).on_server


@given(st.integers(), st.sampled_from(["hex", "base64", "urlsafe"]))
def test_a_random_key_is_never_taken_for_one_that_can_be_guessed(seed: int, kind: str) -> None:
    raw = sha512(str(seed).encode()).digest()
    key = {
        "hex": raw[:16].hex(),
        "base64": b64encode(raw[:32]).decode(),
        "urlsafe": urlsafe_b64encode(raw[:24]).decode(),
    }[kind]
    assert load(SAFE | {"SKILLBRIDGE_SECRET_KEYS": key}).on_server


def test_every_danger_is_told_at_once() -> None:
    named = [name for name, _ in unsafe(Settings(env="production"))]
    assert named == [
        "SKILLBRIDGE_SECRET_KEYS",
        "SKILLBRIDGE_PUBLIC_URL",
        "SMTP_URL",
        "SKILLBRIDGE_MAIL_FROM",
        "DATABASE_AUTH_URL",
        "DATABASE_URL",
        "DATABASE_WORKER_URL",
        "REDIS_URL",
    ]


def test_a_password_does_not_leave_for_a_mail_server_in_the_clear() -> None:
    given = {"SMTP_URL": "smtp://u:p@mail.test", "SMTP_TLS": "none"}
    assert "SMTP_TLS is none: the password in SMTP_URL would be sent" in refusal(LOCAL | given)
    assert load(LOCAL | given | {"SMTP_URL": "smtp://u:p@127.0.0.1"}).smtp_tls == "none"


def test_certificates_that_are_none_are_told_by_name(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("no certificates")
    for path in ("ca.pem", "nowhere.pem"):
        told = f"SMTP_CA_FILE cannot be read ({tmp_path / path})"
        assert told in refusal(LOCAL | {"SMTP_CA_FILE": str(tmp_path / path)})


def test_a_dotenv_is_read_by_itself_and_the_environment_wins(tmp_path: Path) -> None:
    dotenv = tmp_path / ".env"
    dotenv.touch(mode=0o600)
    dotenv.write_text("# ours\nPORT=1\nexport SKILLBRIDGE_ENV='test'\nSMTP_URL=a#b $HOME # c\n")
    found = {"PORT": "2"}
    read_dotenv(dotenv, found)
    assert found == {"PORT": "2", "SKILLBRIDGE_ENV": "test", "SMTP_URL": "a#b $HOME"}


@pytest.mark.parametrize("mode", [0o604, 0o644, 0o602, 0o666])
def test_a_dotenv_that_everybody_may_read_is_refused(tmp_path: Path, mode: int) -> None:
    (tmp_path / ".env").write_text("PORT=1\n")
    (tmp_path / ".env").chmod(mode)
    with pytest.raises(UnsafeSettings, match="everybody on this machine may read it: chmod 600"):
        read_dotenv(tmp_path / ".env", {})


def test_a_dotenv_that_cannot_be_read_is_told_by_its_line_and_no_secret(tmp_path: Path) -> None:
    dotenv = tmp_path / ".env"
    dotenv.touch(mode=0o600)
    dotenv.write_text('PORT=1\nSMTP_URL="hidden\n')
    with pytest.raises(UnsafeSettings, match=r"line 2: write NAME=value") as refused:
        read_dotenv(dotenv, {})
    assert "hidden" not in str(refused.value)
    dotenv.write_text('SMTP_URL="hidden\nPORT=1\n= 2\n')
    with pytest.raises(UnsafeSettings, match=r"lines 1 and 3: write NAME=value"):
        read_dotenv(dotenv, {})
    dotenv.write_bytes(b"A=\xff\n")
    with pytest.raises(UnsafeSettings, match="cannot be read: UnicodeDecodeError"):
        read_dotenv(dotenv, {})


def test_without_a_dotenv_nothing_is_read(tmp_path: Path) -> None:
    found: dict[str, str] = {}
    read_dotenv(tmp_path / ".env", found)
    assert found == {}


@pytest.mark.asvs("13.3.1")
def test_the_two_keys_of_a_supabase_project_are_not_mixed_up() -> None:
    """The publishable one goes along with what a stranger asks for: the other opens the whole project."""
    project = LOCAL | {"SKILLBRIDGE_SUPABASE_URL": "https://abc.supabase.co"}
    told = refusal(project | {"SKILLBRIDGE_SUPABASE_ANON_KEY": "sb_secret_abcdefgh"})
    assert "SUPABASE_ANON_KEY is the project's secret key" in told
    assert "abcdefgh" not in told
    told = refusal(project | {"SKILLBRIDGE_SUPABASE_SERVICE_KEY": "sb_publishable_abcdefgh"})
    assert "SUPABASE_SERVICE_KEY is the publishable key" in told


@pytest.mark.row("D4")
def test_a_bucket_is_reached_with_all_that_belongs_to_it_or_files_are_in_a_folder() -> None:
    bucket = {
        "SKILLBRIDGE_FILES_S3_BUCKET": "files",
        "SKILLBRIDGE_FILES_S3_URL": "https://s3.eu-west-1.amazonaws.com",
        "SKILLBRIDGE_FILES_S3_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
        "SKILLBRIDGE_FILES_S3_SECRET": STRONG,
    }
    assert load(LOCAL | bucket).files_s3_bucket == "files"
    for name in bucket:
        told = refusal(LOCAL | {other: it for other, it in bucket.items() if other != name})
        assert "go together: set both, or none" in told
        assert STRONG not in told
    key = {name: it for name, it in bucket.items() if name.endswith(("KEY_ID", "SECRET"))}
    assert "none is named" in refusal(LOCAL | key)
    assert "nobody could send" in refusal(
        SAFE | {name: it for name, it in bucket.items() if name not in key}
    )
    both = LOCAL | bucket | {"SKILLBRIDGE_FILES_DIR": "files"}
    assert "one place for files" in refusal(both)
    clear = SAFE | bucket | {"SKILLBRIDGE_FILES_S3_URL": "http://s3.example.org"}
    assert "shows people's files" in refusal(clear)


@pytest.mark.row("D4")
def test_how_large_a_file_may_be_is_for_the_installation_to_say() -> None:
    assert load(LOCAL).upload_mebibytes == 8
    for wrong in ("0", "65", "many"):
        assert "UPLOAD_MEBIBYTES" in refusal(LOCAL | {"SKILLBRIDGE_UPLOAD_MEBIBYTES": wrong})
