"""Which way mail goes."""

from pathlib import Path

import pytest

from skillbridge.adapters.mail.folder import FolderMailer
from skillbridge.adapters.mail.smtp import SmtpMailer
from skillbridge.application.accounts.ports.mails import Mailer
from skillbridge.entrypoints import wiring
from skillbridge.entrypoints.wiring import memory
from skillbridge.settings import Settings, SmtpUrl


@pytest.mark.row("A3")
@pytest.mark.parametrize(("url", "kind"), [("", FolderMailer), ("smtp://h:25", SmtpMailer)])
async def test_a_mail_server_is_used_where_one_is_given(
    url: str, kind: type, tmp_path: Path
) -> None:
    settings = Settings(env="test", home=tmp_path, smtp_url=SmtpUrl(url))
    container = wiring.make_container(*memory.providers(), *wiring.outside(settings))
    assert isinstance(await container.get(Mailer), kind)
    await container.close()
