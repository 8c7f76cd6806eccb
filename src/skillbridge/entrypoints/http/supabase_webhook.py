"""/v1/webhooks/supabase: what a Supabase project tells of its users."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from dishka import FromDishka
from litestar import Request, Router
from litestar.params import HeaderParameter, JSONBody

from skillbridge.application.accounts.ports.supabase import Delivery
from skillbridge.application.accounts.supabase_changes import TakeSupabaseChange
from skillbridge.application.ports.clock import Clock
from skillbridge.domain.accounts.supabase import (
    BadWebhook,
    NoSupabaseProject,
    SupabaseChange,
    is_banned,
)
from skillbridge.domain.actor import Actor
from skillbridge.entrypoints.http.server.auth import unauthenticated
from skillbridge.entrypoints.http.server.operations import post

AnyRequest = Request[Any, Any, Any]
WebhookId = Annotated[str, HeaderParameter(name="webhook-id", description="Of this message.")]
WebhookTimestamp = Annotated[
    str, HeaderParameter(name="webhook-timestamp", description="In seconds, as Unix counts them.")
]
WebhookSignature = Annotated[
    str,
    HeaderParameter(
        name="webhook-signature",
        description="`v1,` and the HMAC-SHA256 in base64; several are parted by blanks.",
    ),
]


Moment = Annotated[
    str, msgspec.Meta(max_length=64, description="A time as PostgreSQL writes it, `infinity` too.")
]


class SupabaseRecord(msgspec.Struct, frozen=True):
    """Of a row of `auth.users` what counts here."""

    id: UUID
    email: Annotated[str, msgspec.Meta(max_length=320)] | None = None
    email_confirmed_at: Moment | None = None
    banned_until: Moment | None = None
    deleted_at: Moment | None = None
    is_anonymous: bool | None = False
    raw_user_meta_data: dict[str, Any] | None = None


class SupabaseMessage(msgspec.Struct, frozen=True):
    """As database webhooks of Supabase write it; whatever else stands in it is not read."""

    type: Literal["INSERT", "UPDATE", "DELETE"]
    table: Literal["users"]
    schema: Literal["auth"]
    record: SupabaseRecord | None = None
    old_record: SupabaseRecord | None = None


@post(
    "/webhooks/supabase",
    guards=[unauthenticated],
    security=[{}],
    status_code=204,
    refuses=[NoSupabaseProject, BadWebhook],
)
async def take_supabase_change(
    data: JSONBody[SupabaseMessage],
    request: AnyRequest,
    actor: FromDishka[Actor],
    clock: FromDishka[Clock],
    take: FromDishka[TakeSupabaseChange],
    webhook_id: WebhookId,
    webhook_timestamp: WebhookTimestamp,
    webhook_signature: WebhookSignature,
) -> None:
    """For the project alone: signed by Standard Webhooks, made within the last five minutes, counted once.

    A user with a verified address gets an account, if that has none; who is banned or deleted is signed out.
    """
    body = await request.body()
    delivery = Delivery(webhook_id, webhook_timestamp, webhook_signature, body)
    row = data.old_record if data.type == "DELETE" else data.record
    await take(actor, delivery, _change(row, gone=data.type == "DELETE", at=clock()))


def _change(row: SupabaseRecord | None, *, gone: bool, at: datetime) -> SupabaseChange | None:
    if row is None:
        return None
    verified = row.email_confirmed_at is not None and not row.is_anonymous
    said = row.raw_user_meta_data or {}
    name = said.get("full_name") or said.get("name")
    return SupabaseChange(
        row.id,
        row.email if verified else None,
        name if isinstance(name, str) else "",
        banned=is_banned(row.banned_until, at=at),
        gone=gone or row.deleted_at is not None,
    )


routes = Router("/v1", route_handlers=[take_supabase_change], tags=["accounts"])
