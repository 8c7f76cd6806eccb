"""Messages of a Supabase project, signed by Standard Webhooks (github.com/standard-webhooks)."""

import re
from base64 import b64encode
from hmac import compare_digest, digest

from skillbridge.adapters.oauth.fetching import is_visible
from skillbridge.adapters.oauth.settings import SupabaseSettings
from skillbridge.application.accounts.ports.supabase import Delivery
from skillbridge.application.ports.clock import Clock
from skillbridge.domain.accounts.supabase import BadWebhook

TOLERATED = 300
"""Seconds between the time of a message and ours."""
LONGEST_ID = 256
MOST_SIGNATURES = 16
"""While the secret is changed a message has two."""
_TIME = re.compile(r"[0-9]{1,12}")


class NoHooks:
    """Where no secret is in the settings: nobody is believed."""

    tenant: str | None = None
    issuer = ""

    def must_be_signed(self, delivery: Delivery) -> None:  # noqa: ARG002  none is
        raise BadWebhook


class SignedHooks:
    """Believed by the secret that the project signs with."""

    def __init__(self, settings: SupabaseSettings, clock: Clock) -> None:
        self._key, self._clock = settings.webhook_key, clock
        self.issuer = settings.issuer
        self.tenant: str | None = settings.tenant

    def must_be_signed(self, delivery: Delivery) -> None:
        if not (0 < len(delivery.id) <= LONGEST_ID and is_visible(delivery.id)):
            raise BadWebhook
        if not _TIME.fullmatch(delivery.timestamp):
            raise BadWebhook
        if abs(self._clock().timestamp() - int(delivery.timestamp)) > TOLERATED:
            raise BadWebhook
        ours = signature(self._key, delivery.id, delivery.timestamp, delivery.body)
        theirs = delivery.signature.encode("utf-8", "surrogatepass").split(b" ")[:MOST_SIGNATURES]
        if not any(compare_digest(ours, one) for one in theirs):
            raise BadWebhook


def signature(key: bytes, id_: str, timestamp: str, body: bytes) -> bytes:
    """As it stands in `webhook-signature`."""
    return b"v1," + b64encode(digest(key, f"{id_}.{timestamp}.".encode() + body, "sha256"))
