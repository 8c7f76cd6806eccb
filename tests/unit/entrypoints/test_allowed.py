"""Who is told which secret."""

import pytest

from skillbridge.local.allowed import SECRETS, Child, only
from skillbridge.settings import Settings, UnsafeSettings, load, unsafe, variable
from skillbridge.settings.dangers import NEEDED, Program
from skillbridge.settings.kinds import is_secret
from skillbridge.settings.model import FIELDS

pytestmark = pytest.mark.row("A5")

SECRET = {field.name for field in FIELDS if is_secret(field.type)}
EVERYTHING = {variable(field.name): "x" for field in FIELDS} | {
    f"{variable(name)}_FILE": "x" for name in SECRET
}


def test_every_secret_has_somebody_who_works_with_it() -> None:
    assert frozenset().union(*SECRETS.values()) >= SECRET


@pytest.mark.parametrize("child", list(SECRETS))
def test_a_child_is_told_its_own_secrets_and_nothing_foreign(child: Child) -> None:
    foreign = {"AWS_SECRET_ACCESS_KEY": "x", "CARGO_REGISTRY_TOKEN": "x", "PGPASSWORD": "x"}
    told = only(EVERYTHING | foreign, child)
    own = {variable(name) for name in SECRETS[child] & SECRET}
    hidden = {variable(name) for name in SECRET} | {f"{variable(name)}_FILE" for name in SECRET}
    expected = own | {f"{name}_FILE" for name in own} if child != "cargo" else set()
    assert told.keys() & hidden == expected
    assert not told.keys() & foreign.keys()


def test_only_who_speaks_to_the_outside_is_told_of_a_proxy() -> None:
    proxy = {"HTTPS_PROXY": "http://u:p@proxy"}
    assert {child for child in SECRETS if only(proxy, child)} == {"worker", "cargo"}


def test_the_matcher_alone_is_told_its_own_settings() -> None:
    given = {"MATCHER_ASSIGN_SECONDS": "5", "MATCHER_LOG": "debug"}
    assert only(given, "matcher") == given
    assert not any(only(given, child) for child in SECRETS if child != "matcher")


@pytest.mark.parametrize("program", list(NEEDED))
def test_on_a_server_a_program_asks_for_what_it_works_with(program: Program) -> None:
    named = {name for name, why in unsafe(Settings(env="production"), program) if "not set" in why}
    assert named == {variable(field) for field in NEEDED[program]}
    assert NEEDED[program] <= SECRETS[program]


def test_in_production_the_api_starts_without_the_workers_login() -> None:
    given = {
        "SKILLBRIDGE_ENV": "production",
        "SKILLBRIDGE_SECRET_KEYS": "bN5dW0tqk3H8sZr1xYpUe7gLcV2mJ9aTfQoD4iKhRwE=",
        "SKILLBRIDGE_PUBLIC_URL": "https://skillbridge.example.org",
        "DATABASE_URL": "postgresql://skillbridge_app:x@127.0.0.1/sb",
        "DATABASE_AUTH_URL": "postgresql://skillbridge_auth:x@127.0.0.1/sb",
        "REDIS_URL": "redis://127.0.0.1/0",
    }
    assert load(given, program="api").on_server
    with pytest.raises(UnsafeSettings, match="DATABASE_WORKER_URL is not set"):
        load(given, program="worker")
