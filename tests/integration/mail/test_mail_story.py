"""The mail of a registration, by real programs through mail servers of every temper."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import quote
from uuid import uuid4

import httpx
import pytest
import trustme
from tests.support.programs.children import Program
from tests.support.programs.scene import Scene
from tests.support.servers.mail_servers import PASSWORD, MailServer, certificates, mail_server
from tests.support.timing.patience import PATIENCE

from skillbridge.local.ports import HOST

pytestmark = pytest.mark.row("C1")

MAIL_JOB = "jobs where tenant_id = $1 and kind like '%Mail'"


async def register(scene: Scene) -> str:
    """Somebody registers; returns their address."""
    address = f"amina.{uuid4().hex}@example.org"
    person = {"email": address, "name": "Amina Bello", "password": "violet tractor hums at dawn"}
    api = await scene.stage.serving()
    async with httpx.AsyncClient(
        base_url=api.url, headers={"X-Tenant": scene.world.slug}, timeout=PATIENCE
    ) as http:
        answer = await http.post("/v1/auth/register", json=person)
    assert answer.status_code == 202, answer.text
    return address


async def settled(scene: Scene, state: str) -> None:
    """The job of the tenant's only mail has come to this state."""

    async def there() -> bool:
        query = f"select state = $2 from {MAIL_JOB}"
        return bool(await scene.value(query, scene.world.tenant_id, state))

    await scene.until(there)


async def tries(scene: Scene) -> int:
    query = f"select attempts from {MAIL_JOB}"
    return int(await scene.value(query, scene.world.tenant_id))


@asynccontextmanager
async def a_worker(scene: Scene, server: MailServer, **given: str) -> AsyncIterator[Program]:
    worker = await scene.stage.worker(**{"SMTP_URL": server.url, "SMTP_TLS": "none"} | given)
    try:
        yield worker
    finally:
        await worker.kill()


async def test_a_server_with_starttls_gets_the_mail_encrypted_and_once(
    scene: Scene, tmp_path: Path
) -> None:
    authority = trustme.CA()
    with mail_server(authority) as server:
        given = {
            "SMTP_URL": f"smtp://amina:{quote(PASSWORD, safe='')}@{HOST}:{server.port}",
            "SMTP_TLS": "required",
            "SMTP_CA_FILE": str(certificates(authority, tmp_path)),
        }
        async with a_worker(scene, server, **given):
            address = await register(scene)
            await settled(scene, "done")
    assert [mail["To"] for mail in server.inbox.mails] == [address]
    assert server.inbox.encrypted == [True]


async def test_a_server_without_starttls_is_sent_nothing_and_the_log_says_why(
    scene: Scene,
) -> None:
    with mail_server() as server:
        async with a_worker(scene, server, SMTP_TLS="required") as worker:
            await register(scene)
            await settled(scene, "dead")
    assert server.inbox.asked == 0
    assert "STARTTLS" in json.dumps(worker.said("job.failed"))


async def test_a_refusal_for_good_is_tried_once_and_told_in_the_servers_words(
    scene: Scene,
) -> None:
    with mail_server() as server:
        server.inbox.to_recipients = ["550 5.1.1 <{address}>: no such mailbox"] * 9
        async with a_worker(scene, server) as worker:
            address = await register(scene)
            await settled(scene, "dead")
    assert (server.inbox.asked, await tries(scene)) == (1, 1)
    [told] = worker.said("job.refused")
    words = "the mail server refuses this mail for good: 550 5.1.1 <the address>: no such mailbox"
    assert told["reason"] == words
    assert address not in worker.log.read_text("utf-8")


async def test_a_greylisting_server_gets_the_mail_later_and_once(scene: Scene) -> None:
    with mail_server() as server:
        server.inbox.to_recipients = ["451 4.7.1 <{address}> greylisted, come back later"]
        async with a_worker(scene, server) as worker:
            address = await register(scene)
            await settled(scene, "done")
    assert [mail["To"] for mail in server.inbox.mails] == [address]
    assert (server.inbox.asked, await tries(scene)) == (2, 2)
    assert address not in worker.log.read_text("utf-8")


async def test_a_mail_whose_answer_was_lost_comes_twice_under_one_id(scene: Scene) -> None:
    """Nobody can know whether the server has it; a mail that never comes is worse."""
    with mail_server() as server:
        server.inbox.to_mails = [""]
        async with a_worker(scene, server):
            await register(scene)
            await settled(scene, "done")
    first, second = server.inbox.mails
    assert first["Message-ID"] == second["Message-ID"]
