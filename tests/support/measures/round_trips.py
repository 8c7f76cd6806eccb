"""How often a use case goes to the database and back: counted at the driver, bounded by name.

`World.do` counts each call on PostgreSQL, so that whatever the tests do is held to its bound, new
use cases among it. A statement is a round trip, `BEGIN` with its settings and `COMMIT` are one
each; what the driver asks once a connection, to prepare a statement, is not counted.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

import asyncpg

from skillbridge.adapters.postgres.engine import database

USUAL = 5
"""The beginning, a read, a write, what happened with what follows, and the commit."""
BOUNDS = {
    "WarnOfSignals": 13,  # what waits is sealed, and counted by its place
    "WarnOfWaitingSignals": 13,
    "AcceptMatch": 7,
    "AmendProfile": 8,
    "ChangePassword": 16,
    "ChangeTenantSettings": 6,
    "BeginAvatar": 6,  # one more: nobody else of the tenant begins meanwhile
    "BeginDeviceLink": 10,
    "BeginLink": 10,
    "BeginPasskeyRegistration": 7,
    "ConfirmAddress": 14,
    "ConfirmAddressByCode": 14,
    "ConfirmCohortRun": 7,
    "ConfirmSecondFactor": 12,
    "CreatePersonalToken": 10,
    "CreateServiceToken": 8,
    "CancelErasure": 6,
    "DownloadExport": 8,  # the proof, and the archive
    "RequestErasure": 14,  # the proof, then the request; and more for who was second
    "RequestExport": 14,
    "DisableAccount": 9,
    "DiscardCohortRun": 7,
    "FinishPasskeyLogin": 18,
    "FinishPasskeyRegistration": 10,
    "FinishPasskeySecondFactor": 19,
    "FinishPasskeyStepUp": 13,
    "ListPlacements": 6,
    "EnrolSecondFactor": 14,
    "LinkByDevice": 17,
    "EnableAccount": 6,
    "BeginMailedFactor": 17,
    "BeginMailedSecondFactor": 12,
    "BeginMailedStepUp": 12,
    "FinishMailedFactor": 20,
    "FinishMailedSecondFactor": 24,
    "FinishMailedStepUp": 20,
    "LinkIdentity": 12,
    "LinkSupabase": 17,
    "LogIn": 22,  # 14, and more for who begins anew because somebody else renewed the hash
    "GrantRole": 6,
    "LogOut": 9,
    "OfferMentoring": 6,
    "OrderCohortRun": 7,
    "RefreshSession": 9,
    "RegisterUser": 6,
    "RemovePasskeyOf": 10,
    "BeginPhone": 14,
    "FinishPhone": 18,
    "RemovePhone": 11,
    "BeginTextedFactor": 18,
    "BeginTextedSecondFactor": 15,
    "BeginTextedStepUp": 14,
    "FinishTextedFactor": 20,
    "FinishTextedSecondFactor": 22,
    "FinishTextedStepUp": 18,
    "RemovePasskey": 9,
    "RemoveSecondFactor": 10,
    "RenamePasskey": 8,
    "RemoveSecondFactorOf": 9,
    "ReplaceRecoveryCodes": 10,
    "RequestAddressChange": 12,
    "RequestMatch": 9,
    "RequestPasswordReset": 6,
    "RequestRoadmap": 11,
    "RequestSignInCode": 9,
    "ResetPassword": 20,
    "RevokeEverySession": 7,
    "RevokeRole": 8,
    "RevokeSessions": 7,
    "RollBackTenantSettings": 7,
    "SignInWithIdentity": 32,  # 20, and more for who finds that somebody else was first
    "SignInByDevice": 37,  # as above, and the question that is held while the provider is asked
    "SignInWithSupabase": 34,  # as by an identity, and which tenant the project is of
    "StepUp": 12,
    "ResumeTenant": 6,
    "SuspendTenant": 6,
    "SuggestMentors": 12,
    "SyncSupabaseUser": 9,  # the tenant, and what the account is, before and after
    "TakeSupabaseChange": 16,
    "UnlinkIdentityOf": 10,
    "UnlinkIdentity": 11,
    "UpdateProfile": 8,
    "VerifyEmail": 12,
    "VerifySecondFactor": 17,
    "VerifyEmailByCode": 18,
    "VerifySignInCode": 18,
}
"""What costs more today, and no more than that; a use case that is not here has the usual bound."""
AS_MUCH_AS_THERE_IS = {
    "ApplyPlacements",
    "ContinueUpload",
    "EraseTenant",
    "BeginErasures",
    "EndMatches",
    "EraseAccount",
    "ExpireCohortRuns",
    "ExpireMatches",
    "ForgetAuthorizations",
    "ForgetByAge",
    "ForgetUploads",
    "MakeExport",
    "NotifyPeople",
    "SealAudit",
    "PreviewRetention",
    "SealSecretsAnew",
    "WatchAudit",
}
"""These work through a list, one after the other."""
ABOUT_TYPES = ("typeinfo", "'jit'")
"""In what the driver asks of a type that a connection meets for the first time."""
UNCOUNTED = (*ABOUT_TYPES, "app.tenant_now()")
"""And what a process asks once a second for each tenant, however many ask it."""


@dataclass
class Trips:
    made: list[str] = field(default_factory=list)
    """The statements, in their order."""


_trips: ContextVar[Trips | None] = ContextVar("trips", default=None)


@contextmanager
def counted() -> Iterator[Trips]:
    """The round trips of this task, and of those that it starts, during the block."""
    trips = Trips()
    token = _trips.set(trips)
    try:
        yield trips
    finally:
        _trips.reset(token)


async def require(use_case: type[Any], trips: Trips) -> None:
    """Fails for a use case that went to the database more often than it may."""
    await asyncio.sleep(0)  # the driver tells of the last one a moment later
    name = use_case.__name__
    if name not in AS_MUCH_AS_THERE_IS:
        told = "\n".join((f"{len(trips.made)} round trips of {name}", *trips.made))
        assert len(trips.made) <= BOUNDS.get(name, USUAL), told


def _note(query: asyncpg.connection.LoggedQuery) -> None:
    trips = _trips.get()
    if trips is not None and not any(word in query.query for word in UNCOUNTED):
        trips.made.append(query.query)


async def prepare(driver: Any) -> None:
    """In place of what the pool does with each new connection."""
    await _prepare(driver)
    driver.add_query_logger(_note)


_prepare = database._prepare
database._prepare = prepare
