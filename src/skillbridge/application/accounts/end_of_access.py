"""An end to whatever acts for an account."""

from collections.abc import Sequence
from datetime import datetime

from skillbridge.application.accounts.ports.api_tokens import ApiTokens
from skillbridge.application.accounts.ports.sign_ins import SignIns
from skillbridge.domain.ids import SessionId, UserId


async def end_access(
    sign_ins: SignIns,
    api_tokens: ApiTokens,
    user_id: UserId,
    *,
    at: datetime,
    but: SessionId | None = None,
) -> Sequence[SessionId]:
    """Every sign-in, if need be all `but` one, and every token: whoever was in may have made one.

    Names what has ended, for `tell_ended`.
    """
    ended = await sign_ins.revoke_all(user_id, at=at, but=but)
    tokens = await api_tokens.end_all(user_id, at=at)
    return [*ended, *(SessionId(one) for one in tokens)]
