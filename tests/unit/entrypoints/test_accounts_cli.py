"""The operator's commands about accounts."""

import asyncio
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
import typer
from dishka import AsyncContainer
from typer.testing import CliRunner

from skillbridge.adapters.mail.folder import FolderMailer
from skillbridge.adapters.memory.store import Store
from skillbridge.application.accounts.ports.mails import Mail
from skillbridge.domain.accounts.identity import Identity
from skillbridge.domain.accounts.user import User
from skillbridge.domain.actor import Role
from skillbridge.domain.ids import IdentityId, TenantId, UserId
from skillbridge.entrypoints import wiring
from skillbridge.entrypoints.cli.mailbox import mailbox
from skillbridge.entrypoints.cli.service_tokens import service_tokens
from skillbridge.entrypoints.cli.users import users
from skillbridge.entrypoints.wiring import memory, stack
from skillbridge.settings import Settings

pytestmark = pytest.mark.row("C1", "C3")

WHY = ["--reason", "A test"]
cli = CliRunner(env={"COLUMNS": "200"})


@dataclass
class Installation:
    """One tenant with one account, as every command finds it."""

    home: Path
    store: Store = field(default_factory=Store)
    amina: User = field(init=False)

    def __post_init__(self) -> None:
        tenant = TenantId(uuid4())
        self.store.tenants["skillbridge"] = tenant
        self.amina = User(UserId(uuid4()), tenant, "amina@example.org", "hash")
        self.store.rows[tenant, "users"] = {self.amina.id: self.amina}

    def container(self, _: Settings) -> AsyncContainer:
        beside = wiring.outside(Settings(env="test", home=self.home))
        return wiring.make_container(*memory.providers(self.store), *beside)

    def roles(self) -> frozenset[Role]:
        kept: User = self.store.rows[self.amina.tenant_id, "users"][self.amina.id]
        return kept.roles


@pytest.fixture
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Installation:
    made = Installation(tmp_path)
    monkeypatch.setattr(stack, "worker", made.container)
    monkeypatch.setattr(stack, "api", made.container)
    return made


@pytest.fixture
def mailbox_app() -> typer.Typer:
    app = typer.Typer()
    app.command()(mailbox)
    return app


def test_accounts_are_listed(installation: Installation) -> None:
    done = cli.invoke(users, ["list"])
    assert done.exit_code == 0
    assert "amina@example.org" in done.output
    assert "learner" in done.output


def test_a_role_is_granted_and_said_when_it_was_there(installation: Installation) -> None:
    assert "is mentor\n" in cli.invoke(users, ["grant", "amina@example.org", "mentor", *WHY]).output
    assert Role.MENTOR in installation.roles()
    again = cli.invoke(users, ["grant", "Amina@example.org", "mentor", *WHY])
    assert "is mentor already" in again.output


def test_a_tenant_that_is_not_there_is_told_without_a_word_of_headers(
    installation: Installation,
) -> None:
    done = cli.invoke(users, ["list", "--tenant", "nowhere"])
    assert (done.exit_code, done.output) == (1, "there is no tenant 'nowhere'\n")


def test_sign_ins_are_ended(installation: Installation) -> None:
    done = cli.invoke(users, ["revoke-sessions", "amina@example.org", *WHY])
    assert "0 sign-ins and tokens of amina@example.org have ended" in done.output
    assert "0 sign-ins have ended" in cli.invoke(users, ["revoke-every-session"]).output


def test_a_role_is_revoked_and_said_when_it_was_not_there(installation: Installation) -> None:
    cli.invoke(users, ["grant", "amina@example.org", "mentor", *WHY])
    revoke = ["revoke-role", "amina@example.org", "mentor", *WHY]
    assert "is no longer mentor" in cli.invoke(users, revoke).output
    assert installation.roles() == {Role.LEARNER}
    assert "is not mentor" in cli.invoke(users, revoke).output


def test_a_service_gets_a_token_that_is_listed_and_revoked(installation: Installation) -> None:
    del installation
    wish = ["make", "sums", "--scope", "cohorts:read"]
    made = cli.invoke(service_tokens, wish)
    assert made.exit_code == 0, made.output
    assert re.fullmatch(r"sb_svc_[0-9A-Za-z]{71}\n", made.output)
    listed = cli.invoke(service_tokens, ["list"]).output
    assert "sums" in listed
    assert "cohorts:read" in listed
    assert made.output.strip() not in listed
    assert "sums is revoked" in cli.invoke(service_tokens, ["revoke", "sums"]).output
    again = cli.invoke(service_tokens, ["revoke", "sums"])
    assert (again.exit_code, "no token of this name" in again.output) == (1, True)
    for name, scope in (("sums", "users:write"), ("S u m s", "cohorts:read")):
        refused = cli.invoke(service_tokens, ["make", name, "--scope", scope])
        assert refused.exit_code == 1, refused.output


def test_an_identity_is_unlinked_for_a_reason(installation: Installation) -> None:
    tenant, owner = installation.amina.tenant_id, installation.amina.id
    id_ = IdentityId(uuid4())
    row = Identity(id_, tenant, owner, "https://github.com", "583231", NOW)
    rows = installation.store.rows
    rows[tenant, "identities"] = {id_: row}
    unlink = ["unlink", "amina@example.org", "https://github.com"]
    assert cli.invoke(users, unlink).exit_code == 2, "a reason is wanted"
    unknown = cli.invoke(users, ["unlink", "amina@example.org", "phone", "--passkey", *WHY])
    assert (unknown.exit_code, "it has none at all" in unknown.output) == (1, True)
    assert list(rows[tenant, "identities"]) == [id_]
    assert "no longer opens with it" in cli.invoke(users, [*unlink, *WHY]).output
    assert not rows[tenant, "identities"]
    again = cli.invoke(users, [*unlink, *WHY])
    assert (again.exit_code, "it has none at all" in again.output) == (1, True)


def test_an_account_is_disabled_shown_so_and_enabled(installation: Installation) -> None:
    for command, told in (
        ("disable", "is disabled\n"),
        ("disable", "is disabled already"),
        ("enable", "is enabled\n"),
        ("enable", "is enabled already"),
    ):
        assert told in cli.invoke(users, [command, "amina@example.org", *WHY]).output
        shown = cli.invoke(users, ["search", "AMINA"]).output
        assert ("disabled" in shown) == (command == "disable")


def test_a_search_goes_on_where_it_stopped(installation: Installation) -> None:
    tenant = installation.amina.tenant_id
    for n in range(3):
        user = User(UserId(uuid4()), tenant, f"b{n}@example.org", "hash")
        installation.store.rows[tenant, "users"][user.id] = user
    first = cli.invoke(users, ["search", "@example", "--limit", "3"]).output
    assert "amina@example.org" in first
    assert "b2@example.org" not in first
    assert "add --after b1@example.org" in first
    rest = cli.invoke(users, ["search", "@example", "--after", "b1@example.org"]).output
    assert "b2@example.org" in rest
    assert "there are more" not in rest


@pytest.mark.parametrize(
    "command",
    [
        ["grant", "no@example.org", "mentor", *WHY],
        ["revoke-role", "no@example.org", "mentor", *WHY],
        ["disable", "no@example.org", *WHY],
        ["enable", "no@example.org", *WHY],
        ["list", "--tenant", "nowhere"],
    ],
)
def test_what_is_not_there_ends_with_a_word_and_a_status(
    installation: Installation, command: list[str]
) -> None:
    done = cli.invoke(users, command)
    assert done.exit_code == 1
    assert "no" in done.output


def test_the_mailbox_shows_the_newest_last(
    installation: Installation, mailbox_app: typer.Typer
) -> None:
    assert "no mail yet" in cli.invoke(mailbox_app).output
    mailer = FolderMailer(installation.home / "mail", "no-reply@example.org", lambda: NOW)
    for key in ("first", "second"):
        asyncio.run(mailer.send(Mail(key, "amina@example.org", key, "https://link [x]", "")))
    output = cli.invoke(mailbox_app).output
    assert output.index("first") < output.index("second")
    assert "https://link [x]" in output
    assert "first" not in cli.invoke(mailbox_app, ["--limit", "1"]).output


NOW = datetime(2026, 1, 1, tzinfo=UTC)
