"""Texts by Africa's Talking, against a server that speaks its contract."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest
from tests.support.servers.sms_gateway import NO_RECIPIENT, Reply, SmsGateway, sms_gateway, taken

from skillbridge.adapters.sms import africas_talking
from skillbridge.adapters.sms.africas_talking import AfricasTalking
from skillbridge.adapters.sms.settings import AfricasTalkingSettings
from skillbridge.application.accounts.ports.phones import OutcomeUnknown, Sms, SmsUnavailable
from skillbridge.application.ports.jobs import RefusedForGood
from skillbridge.domain.accounts.phone import PhoneNumber

pytestmark = pytest.mark.row("J1", "L13")
SMS = Sms("key", PhoneNumber("+2348031234567"), "SkillBridge code: 4821 0937.")


@asynccontextmanager
async def sending(
    *replies: Reply, sender: str = ""
) -> AsyncIterator[tuple[SmsGateway, AfricasTalking]]:
    async with sms_gateway(*replies) as gateway:
        settings = AfricasTalkingSettings(
            username="bridge", api_key="atsk_key", sender=sender, url=gateway.url
        )
        ours = AfricasTalking(settings)
        yield gateway, ours
        await ours.aclose()


@pytest.mark.parametrize("code", [100, 101, 102])
async def test_a_text_is_handed_over_as_the_contract_says(code: int) -> None:
    async with sending(Reply(body=taken(code)), sender="SkillBridge") as (gateway, ours):
        await ours.send(SMS)
    assert gateway.paths == ["POST /version1/messaging HTTP/1.1"]
    assert gateway.forms == [
        {
            "username": "bridge",
            "to": "+2348031234567",
            "message": "SkillBridge code: 4821 0937.",
            "bulkSMSMode": "1",
            "from": "SkillBridge",
        }
    ]
    (headers,) = gateway.headers
    assert headers["apikey"] == "atsk_key"
    assert headers["accept"] == "application/json"
    assert headers["content-type"] == "application/x-www-form-urlencoded"


def test_a_sandbox_is_asked_at_its_own_address() -> None:
    sandbox = AfricasTalkingSettings(username="sandbox", api_key="atsk_1")
    live = AfricasTalkingSettings(username="bridge", api_key="atsk_1")
    assert sandbox.base_url == "https://api.sandbox.africastalking.com"
    assert live.base_url == "https://api.africastalking.com"
    assert "atsk_1" not in repr(live)


@pytest.mark.parametrize(
    "reply",
    [
        *(Reply(body=taken(code)) for code in (402, 405, 500, 501, 502)),
        Reply(body=NO_RECIPIENT),
        *(Reply(status=status) for status in (401, 403, 429)),
    ],
)
async def test_what_was_surely_not_sent_may_be_sent_later(reply: Reply) -> None:
    async with sending(reply) as (_, ours):
        with pytest.raises(SmsUnavailable):
            await ours.send(SMS)


@pytest.mark.parametrize(
    "reply",
    [*(Reply(body=taken(code)) for code in (401, 403, 404, 406, 407, 409)), Reply(status=400)],
)
async def test_what_is_refused_for_good_is_not_tried_again(reply: Reply) -> None:
    async with sending(reply) as (_, ours):
        with pytest.raises(RefusedForGood):
            await ours.send(SMS)


@pytest.mark.parametrize(
    "reply",
    [
        Reply(drops=True),
        *(Reply(status=status) for status in (302, 500, 502, 504)),
        Reply(body=b"<html>"),
        Reply(body=b"[" * 10_000),
        Reply(body=b'{"SMSMessageData": null}'),
        Reply(body=b'{"SMSMessageData": {"Recipients": [{}]}}'),
        Reply(body=taken(999)),
        Reply(body=b" " * 70_000),
    ],
)
async def test_what_may_have_been_sent_is_said_to_be_unknown(reply: Reply) -> None:
    async with sending(reply) as (gateway, ours):
        with pytest.raises(OutcomeUnknown):
            await ours.send(SMS)
    assert len(gateway.forms) == 1


async def test_an_answer_that_never_comes_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(africas_talking, "SECONDS", 0.05)
    async with sending(Reply(hangs=True)) as (_, ours):
        with pytest.raises(OutcomeUnknown):
            await ours.send(SMS)


async def test_a_gateway_that_cannot_be_reached_took_nothing() -> None:
    async with sms_gateway() as gateway:
        url = gateway.url
    ours = AfricasTalking(AfricasTalkingSettings(username="bridge", api_key="k", url=url))
    for _ in range(4):  # the last finds the breaker open
        with pytest.raises(SmsUnavailable):
            await ours.send(SMS)
    await ours.aclose()


async def test_a_gateway_that_fails_is_left_alone_for_a_while() -> None:
    async with sending(Reply(status=500)) as (gateway, ours):
        for _ in range(3):
            with pytest.raises(OutcomeUnknown):
                await ours.send(SMS)
        with pytest.raises(SmsUnavailable, match="resting"):
            await ours.send(SMS)
    assert len(gateway.forms) == 3


async def test_a_text_of_two_messages_is_sent_to_nobody() -> None:
    async with sending() as (gateway, ours):
        with pytest.raises(RefusedForGood):
            await ours.send(Sms("key", SMS.to, "ọ" * 71))
    assert gateway.forms == []


@pytest.mark.asvs("16.2.5")
async def test_neither_number_nor_code_nor_key_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for reply in (Reply(), Reply(status=500), Reply(body=taken(406))):
        async with sending(reply) as (_, ours):
            with suppress(OutcomeUnknown, RefusedForGood):
                await ours.send(SMS)
    for secret in ("8031234567", "0937", "atsk_key"):
        assert secret not in caplog.text
