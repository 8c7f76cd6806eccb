"""Settings are read from the environment, and a server's must be safe."""

from pathlib import Path

import pytest

from skillbridge.entrypoints.settings import (
    LOCAL_KEY,
    Secret,
    Settings,
    UnsafeSettings,
    load,
    unsafe,
    variable,
)

pytestmark = pytest.mark.row("A3")

SAFE = {
    "SKILLBRIDGE_ENV": "production",
    "SKILLBRIDGE_SECRET_KEYS": "n" * 40,
    "SKILLBRIDGE_PUBLIC_URL": "https://skillbridge.test",
    "SMTP_URL": "smtp://mail.test:25",
    "DATABASE_URL": "postgresql://skillbridge_app:x@db/sb",
    "DATABASE_WORKER_URL": "postgresql://skillbridge_worker:x@db/sb",
    "REDIS_URL": "redis://cache:6379/0",
}


def test_a_laptop_needs_no_settings() -> None:
    assert load({}).env == "local"


def test_names_of_variables() -> None:
    assert variable("port") == "PORT"
    assert variable("database_url") == "DATABASE_URL"
    assert variable("home") == "SKILLBRIDGE_HOME"


def test_values_are_read_by_their_type() -> None:
    settings = load({"PORT": "9000", "SKILLBRIDGE_HOME": "/tmp/x", "MATCHER_URL_FILE": "/run/url"})
    assert (settings.port, settings.home) == (9000, Path("/tmp/x"))
    assert settings.matcher_url_file == Path("/run/url")
    keys = load({"SKILLBRIDGE_SECRET_KEYS": "new, old"}).secret_keys
    assert keys == (Secret("new"), Secret("old"))


def test_how_long_a_job_is_held_and_how_often_it_is_tried() -> None:
    given = {"SKILLBRIDGE_JOB_LEASE_SECONDS": "0.5", "SKILLBRIDGE_JOB_ATTEMPTS": "3"}
    settings = load(given)
    assert (settings.job_lease_seconds, settings.job_attempts) == (0.5, 3)


@pytest.mark.parametrize("name", ["SKILLBRIDGE_JOB_LEASE_SECONDS", "SKILLBRIDGE_JOB_ATTEMPTS"])
def test_a_job_is_held_for_a_while_and_tried_at_least_once(name: str) -> None:
    with pytest.raises(UnsafeSettings, match="the environment cannot be read"):
        load({name: "0"})


def test_an_empty_variable_is_no_variable() -> None:
    assert load({"PORT": ""}).port == 8000


def test_a_value_that_cannot_be_read_is_named() -> None:
    with pytest.raises(UnsafeSettings, match="port"):
        load({"PORT": "eighty"})


def test_a_secret_may_stand_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "url").write_text("postgresql://u:p@h/d\n")
    assert load({"DATABASE_URL_FILE": str(tmp_path / "url")}).database_url == "postgresql://u:p@h/d"


def test_signing_keys_may_stand_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "keys").write_text("new,old\n")
    given = {"SKILLBRIDGE_SECRET_KEYS_FILE": str(tmp_path / "keys")}
    assert load(given).secret_keys == (Secret("new"), Secret("old"))


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnsafeSettings, match="REDIS_URL_FILE names cannot be read"):
        load({"REDIS_URL_FILE": str(tmp_path / "nowhere")})


def test_secrets_do_not_show_themselves() -> None:
    assert "hidden" not in repr(Settings(database_url=Secret("hidden")))


def test_a_safe_server_starts() -> None:
    assert load(SAFE).env == "production"


@pytest.mark.parametrize("env", ["staging", "production"])
@pytest.mark.parametrize(
    ("variable", "value", "told"),
    [
        ("SKILLBRIDGE_SECRET_KEYS", LOCAL_KEY, "SECRET_KEYS is not set"),
        ("SKILLBRIDGE_SECRET_KEYS", "short", "shorter than 32"),
        ("SKILLBRIDGE_PUBLIC_URL", "http://skillbridge.test", "https://"),
        ("SKILLBRIDGE_CORS_ORIGINS", "https://a.test,*", "CORS_ORIGINS"),
        ("SKILLBRIDGE_TRUSTED_PROXIES", "*", "TRUSTED_PROXIES"),
        ("SMTP_URL", "", "SMTP_URL"),
        ("DATABASE_URL", "", "DATABASE_URL is not set"),
        ("DATABASE_WORKER_URL", "", "DATABASE_WORKER_URL is not set"),
        ("DATABASE_WORKER_URL", SAFE["DATABASE_URL"], "login of its own"),
        ("REDIS_URL", "", "REDIS_URL is not set"),
    ],
)
def test_each_unsafe_setting_of_a_server_is_refused_by_name(
    env: str, variable: str, value: str, told: str
) -> None:
    with pytest.raises(UnsafeSettings, match=told):
        load({**SAFE, "SKILLBRIDGE_ENV": env, variable: value})


def test_every_danger_is_told_at_once() -> None:
    dangers = list(unsafe(Settings()))
    assert len(dangers) == 6
