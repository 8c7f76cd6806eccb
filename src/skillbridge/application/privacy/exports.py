"""A copy of what is kept of somebody: asked for, made by a worker, and told of by mail."""

from dataclasses import dataclass
from uuid import uuid4

from skillbridge.application.accounts.mails import MailToOwner
from skillbridge.application.accounts.own_account import OwnAccount
from skillbridge.application.ports.transaction import Transaction
from skillbridge.application.privacy.ports import (
    Archives,
    Exports,
    PersonalData,
    PrivacyReads,
    PrivacyRequests,
)
from skillbridge.application.privacy.views import ExportView
from skillbridge.domain.actor import Actor
from skillbridge.domain.events.privacy import ExportReady, ExportRequested
from skillbridge.domain.ids import PrivacyRequestId
from skillbridge.domain.privacy.request import (
    EXPORT_KEPT,
    PrivacyRequest,
    RequestKind,
    RequestState,
)


@dataclass(frozen=True, slots=True)
class RequestExport:
    """Once a day: who asks again is shown the one that is there.

    Raises StepUpNeeded, SignInOver, AccountDisabled.
    """

    transaction: Transaction
    account: OwnAccount
    requests: PrivacyRequests

    async def __call__(self, actor: Actor) -> ExportView:
        async with self.transaction(actor.before_authentication) as tx:
            await self.account.proved(actor, at=await tx.now())
        async with self.transaction(actor) as tx:
            now, kind = await tx.now(), RequestKind.EXPORT
            found = await self.requests.newest(actor.user_id, kind)
            if found is None or not found.serves(at=now):
                found, told = PrivacyRequest.for_export(
                    PrivacyRequestId(uuid4()), actor.tenant_id, actor.user_id, at=now
                )
                if await self.requests.add(found):
                    tx.emit(*told)
                else:  # asked at the same time, elsewhere
                    found = await self.requests.newest(actor.user_id, kind) or found
        return ExportView(found.id, found.state, found.asked_at, found.due_at)


@dataclass(frozen=True, slots=True)
class MakeExport:
    """Gathers what each context keeps of the person; run again, it makes the same archive anew."""

    transaction: Transaction
    requests: PrivacyRequests
    exports: Exports
    personal_data: PersonalData
    archives: Archives

    async def __call__(self, actor: Actor, event: ExportRequested) -> None:
        async with self.transaction(actor) as tx:
            request = await self.requests.get(event.request_id)
            if request is None or request.state is not RequestState.WAITING:
                return
            now = await tx.now()
            data = {
                context: found
                for context in sorted(self.personal_data.contexts())
                if (found := await self.personal_data.export(context, request.user_id))
            }
            archive = self.archives.pack(request.user_id, data, now)
            await self.exports.put(request, archive, now + EXPORT_KEPT)
            tx.emit(*request.finish_export(at=now))
            await self.requests.save(request)


@dataclass(frozen=True, slots=True)
class DownloadExport:
    """The archive itself, to who has proved lately who they are: it holds all that a thief could want.

    Raises NoExport, StepUpNeeded, SignInOver, AccountDisabled.
    """

    transaction: Transaction
    account: OwnAccount
    reads: PrivacyReads

    async def __call__(self, actor: Actor) -> bytes:
        async with self.transaction(actor.before_authentication) as tx:
            await self.account.proved(actor, at=await tx.now())
        return await self.reads.archive(actor)


class TellOfExport(MailToOwner):
    """Its person learns that it can be downloaded; who did not ask learns that somebody else is in."""

    async def __call__(self, actor: Actor, event: ExportReady) -> None:
        end = event.expires_at
        await self.send(
            actor,
            event,
            "The copy of your data is ready",
            f"You can download it in your account until {end.day}{end: %B %Y}: log in, and look under "
            "privacy.",
            "If you did not ask for it, somebody else is signed in to your account: set a new password by "
            "mail, which ends every sign-in.",
        )
