"""What each program asks for on a server, and what may not go there in the clear."""

from pathlib import Path

import pytest
from tests.unit.settings.test_settings import LOCAL, SAFE, STRONG, refusal

from skillbridge.settings import UnsafeSettings, load
from skillbridge.settings.dangers import Program

ADMIN = {"DATABASE_ADMIN_URL": "postgresql://admin:x@db/sb?sslrootcert=system"}
CANNOT_DO_WITHOUT: dict[Program, set[str]] = {
    "api": {"DATABASE_URL", "DATABASE_AUTH_URL", "REDIS_URL", "SKILLBRIDGE_SECRET_KEYS"},
    "worker": {"DATABASE_WORKER_URL", "REDIS_URL", "SKILLBRIDGE_SECRET_KEYS", "SMTP_URL"},
    "migrate": {"DATABASE_ADMIN_URL"},
    "seed": {"DATABASE_WORKER_URL", "REDIS_URL"},
}
ASKED = sorted(set().union(*CANNOT_DO_WITHOUT.values()))


@pytest.mark.parametrize("name", ASKED)
@pytest.mark.parametrize("program", CANNOT_DO_WITHOUT)
def test_each_program_asks_for_what_it_cannot_do_without_and_no_more(
    program: Program, name: str
) -> None:
    given = {**SAFE, **ADMIN, name: ""}
    if name not in CANNOT_DO_WITHOUT[program]:
        assert load(given, program).on_server
        return
    with pytest.raises(UnsafeSettings, match=f"{name} is not set"):
        load(given, program)


@pytest.mark.asvs("12.3.2", "12.3.3")
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "postgresql://skillbridge_app:x@db/sb?sslmode=prefer"),
        ("DATABASE_URL", "postgresql://skillbridge_app:x@127.0.0.1,db/sb"),
        ("DATABASE_URL", "postgresql://skillbridge_app:x@db/sb?sslmode=require"),
        ("DATABASE_AUTH_URL", "postgresql://skillbridge_auth:x@db/sb"),
        ("DATABASE_WORKER_URL", "postgresql://skillbridge_worker:x@db/sb"),
        ("DATABASE_ADMIN_URL", "postgresql://admin:x@db/sb"),
        ("REDIS_URL", "rediss://cache:6379/0?ssl_check_hostname=false"),
    ],
)
def test_what_leaves_the_machine_is_encrypted_for_one_whose_name_is_known(
    name: str, value: str
) -> None:
    assert f"{name} is read by anyone on the way" in refusal(SAFE | {name: value})


def test_a_models_key_is_not_shown_on_the_way() -> None:
    plain = {"OPENAI_BASE_URL": "http://models.test/v1"}
    assert "OPENAI_BASE_URL shows the key" in refusal(SAFE | plain | {"OPENAI_API_KEY": STRONG})
    assert load(SAFE | plain).on_server, "a model of one's own, without a key"


@pytest.mark.parametrize("key", ["sk 1", "sk-é"])
def test_a_key_that_no_header_can_carry_is_refused(key: str) -> None:
    assert "OPENAI_API_KEY a blank or a sign that is not ASCII" in refusal(
        LOCAL | {"OPENAI_API_KEY": key}
    )


def test_a_file_is_read_for_a_secret_alone(tmp_path: Path) -> None:
    path = tmp_path / "value"
    path.write_text("9000\n")
    given = LOCAL | {"PORT_FILE": str(path), "OPENAI_API_KEY_FILE": str(path)}
    settings = load(given)
    assert (settings.port, settings.openai_api_key) == (8000, "9000")
