"""Messages of a Supabase project are believed by their signature, and for five minutes."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.identities.supabase_double import TENANT, WEBHOOK_KEY, SupabaseDouble

from skillbridge.adapters.oauth.settings import SupabaseSettings
from skillbridge.adapters.oauth.supabase_hooks import NoHooks, SignedHooks
from skillbridge.application.accounts.ports.supabase import Delivery
from skillbridge.domain.accounts.supabase import BadWebhook
from skillbridge.settings.values import WebhookSecret

pytestmark = pytest.mark.row("C4")
URL = "https://abc.supabase.test"
NOW = datetime(2026, 5, 6, 7, 8, 9, tzinfo=UTC)
HOOKS = SignedHooks(SupabaseSettings(URL, TENANT, webhook_key=WEBHOOK_KEY), lambda: NOW)


def delivery(body: bytes = b'{"type":"INSERT"}', *, late: float = 0) -> Delivery:
    said = SupabaseDouble(URL).headers(body, at=NOW.timestamp() - late)
    return Delivery(said["webhook-id"], said["webhook-timestamp"], said["webhook-signature"], body)


@pytest.mark.parametrize("late", [-300, 0, 300])
def test_a_message_of_the_project_is_believed(late: float) -> None:
    HOOKS.must_be_signed(delivery(late=late))


def test_the_example_of_standard_webhooks_is_believed() -> None:
    """Its specification signs this so."""
    secret = WebhookSecret("v1,whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    at = datetime.fromtimestamp(1614265330, UTC)
    hooks = SignedHooks(SupabaseSettings(URL, TENANT, webhook_key=secret.key), lambda: at)
    hooks.must_be_signed(
        Delivery(
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            "1614265330",
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
            b'{"test": 2432232314}',
        )
    )


def test_while_the_secret_is_changed_a_message_has_two_signatures() -> None:
    said = delivery()
    HOOKS.must_be_signed(replace(said, signature=f"v1,AAAA v1a,BBBB {said.signature}"))


BENT: dict[str, dict[str, Any]] = {
    "another body": {"body": b'{"type":"DELETE"}'},
    "another id": {"id": "msg_2"},
    "no id": {"id": ""},
    "an id of 10 kB": {"id": "x" * 10_240},
    "an id that is not ASCII": {"id": "é"},
    "no signature": {"signature": ""},
    "another version": {"signature": "v2,AAAA"},
    "a signature without a version": {"signature": "AAAA"},
    "signs that are none": {"signature": "v1,\ud800 \x00é"},
    "no time": {"timestamp": ""},
    "a time before all": {"timestamp": "-1"},
    "a time with a fraction": {"timestamp": f"{NOW.timestamp()}"},
    "a time in other digits": {"timestamp": "١٦١٤٢٦٥٣٣٠"},
    "a time of 10 kB": {"timestamp": "9" * 10_240},
}


@pytest.mark.parametrize("name", BENT)
def test_a_message_that_was_bent_is_not_believed(name: str) -> None:
    with pytest.raises(BadWebhook):
        HOOKS.must_be_signed(replace(delivery(), **BENT[name]))


@pytest.mark.parametrize("late", [301, -301, 86_400])
def test_a_message_of_another_time_is_not_believed(late: float) -> None:
    with pytest.raises(BadWebhook):
        HOOKS.must_be_signed(delivery(late=late))


@given(st.binary(max_size=200), st.binary(max_size=200))
def test_a_signature_is_for_one_body(signed: bytes, sent: bytes) -> None:
    said = replace(delivery(signed), body=sent)
    if signed == sent:
        HOOKS.must_be_signed(said)
        return
    with pytest.raises(BadWebhook):
        HOOKS.must_be_signed(said)


def test_without_a_secret_nothing_is_believed() -> None:
    assert (NoHooks().tenant, NoHooks().issuer) == (None, "")
    with pytest.raises(BadWebhook):
        NoHooks().must_be_signed(delivery())


@pytest.mark.parametrize("text", ["v1,whsec_!", "whsec_AAAA", "secret", "v1,whsec_é"])
def test_a_secret_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"whsec|bytes"):
        WebhookSecret(text)


def test_no_secret_is_none() -> None:
    assert WebhookSecret().key == b""
