"""The end of an account: asked for, thought over, carried out in steps, and certified."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from skillbridge.application.accounts.end_of_access import end_access
from skillbridge.application.accounts.mails import MailToOwner, mail
from skillbridge.application.accounts.own_account import OwnAccount
from skillbridge.application.accounts.ports.api_tokens import ApiTokens
from skillbridge.application.accounts.ports.mails import Mail, Mailer
from skillbridge.application.accounts.ports.sign_ins import SignIns
from skillbridge.application.accounts.ports.supabase import SupabaseUsers
from skillbridge.application.accounts.ports.users import Users
from skillbridge.application.ended_sign_ins import tell_ended
from skillbridge.application.ports.fanout import Fanout
from skillbridge.application.ports.files import KEPT, PARTS, Files, of_person
from skillbridge.application.ports.jobs import Step
from skillbridge.application.ports.tenants import Tenants, is_called
from skillbridge.application.ports.transaction import Transaction
from skillbridge.application.privacy.ports import Archives, PersonalData, PrivacyRequests
from skillbridge.application.privacy.views import PrivacyRequestView
from skillbridge.domain.actor import Actor
from skillbridge.domain.errors import Unavailable
from skillbridge.domain.events.privacy import ErasureBegun, ErasureRequested
from skillbridge.domain.ids import PrivacyRequestId
from skillbridge.domain.privacy.cooling_off import CoolingOff
from skillbridge.domain.privacy.request import (
    NoErasure,
    PrivacyRequest,
    RequestKind,
    RequestState,
)

BEGIN_EVERY = timedelta(minutes=10)
BEGUN_AT_ONCE = 100
"""Erasures that one job begins: the next slot takes the rest."""
SUPABASE = "supabase"
"""The store outside of ours."""
FILES = "files"
"""The store of files, in a folder or a bucket."""
ACCOUNTS = "accounts"
"""Erased before all others: nobody signs in any more while they are."""


class StillThere(Unavailable):
    """Something was written while its person was erased: the job looks again."""


@dataclass(frozen=True, slots=True)
class RequestErasure:
    """Who asks again is shown what waits. Raises StepUpNeeded, SignInOver, AccountDisabled."""

    transaction: Transaction
    account: OwnAccount
    requests: PrivacyRequests
    cooling_off: CoolingOff

    async def __call__(self, actor: Actor) -> PrivacyRequestView:
        async with self.transaction(actor.before_authentication) as tx:
            await self.account.proved(actor, at=await tx.now())
        async with self.transaction(actor) as tx:
            asked, told = PrivacyRequest.for_erasure(
                PrivacyRequestId(uuid4()),
                actor.tenant_id,
                actor.user_id,
                at=await tx.now(),
                cooling_off=self.cooling_off.time,
            )
            if await self.requests.add(asked):
                tx.emit(*told)
            else:  # one is open already
                asked = await self.requests.newest(actor.user_id, asked.kind) or asked
        return PrivacyRequestView.of(asked)


@dataclass(frozen=True, slots=True)
class CancelErasure:
    """Its person has thought again; logging in anew says the same. Raises NoErasure, IllegalMove, StaleWrite."""

    transaction: Transaction
    requests: PrivacyRequests

    async def __call__(self, actor: Actor) -> None:
        async with self.transaction(actor) as tx:
            found = await self.requests.newest(actor.user_id, RequestKind.ERASURE)
            if found is None or not found.open:
                raise NoErasure
            found.cancel(at=await tx.now())
            await self.requests.cancel(found)


@dataclass(frozen=True, slots=True)
class BeginErasures:
    """By the clock: those that were not cancelled in time. Run twice, it begins each once."""

    transaction: Transaction
    requests: PrivacyRequests

    async def __call__(self, actor: Actor, slot: str) -> None:  # noqa: ARG002  due is due in any slot
        async with self.transaction(actor) as tx:
            now = await tx.now()
            for request in await self.requests.overdue(now, limit=BEGUN_AT_ONCE):
                tx.emit(*request.begin(at=now))
                await self.requests.save(request)


@dataclass(frozen=True, slots=True)
class EraseAccount:
    """Store by store, each in a step that leaves its receipt: a worker that takes over goes on from there.

    The account goes first, so that nobody signs in meanwhile; then the stores of others, then each context. Once
    nothing is found any more the person gets the certificate, and only then their address is forgotten.
    Raises SupabaseAway, FilesAway and StillThere, whereupon the job tries again.
    """

    step: Step
    requests: PrivacyRequests
    personal_data: PersonalData
    archives: Archives
    users: Users
    sign_ins: SignIns
    api_tokens: ApiTokens
    supabase: SupabaseUsers
    files: Files
    tenants: Tenants
    fanout: Fanout
    mailer: Mailer

    async def __call__(self, actor: Actor, event: ErasureBegun) -> None:
        request = await self._close(actor, event)
        if request is None:
            return
        if SUPABASE not in request.receipts:
            await self._tell_supabase(actor, request)
        for context in self.personal_data.contexts():
            if context not in request.receipts:
                await self._erase(actor, request, context)
        if FILES not in request.receipts:
            await self._forget_files(actor, request)
        await self._must_be_gone(actor, request)
        await self._certify(actor, event)

    async def _close(self, actor: Actor, event: ErasureBegun) -> PrivacyRequest | None:
        """None when another attempt has come to the end already."""
        ended = []
        async with self.step(actor) as tx:
            request = await self.requests.get(event.request_id)
            if request is None or request.state is not RequestState.RUNNING:
                return None
            if ACCOUNTS not in request.receipts:
                now, user = await tx.now(), await self.users.find(request.user_id)
                request.address = user.email if user else request.address
                ended = list(
                    await end_access(self.sign_ins, self.api_tokens, request.user_id, at=now)
                )
                await self._keep(request, ACCOUNTS, now)
        await tell_ended(self.fanout, ended)
        return request

    async def _tell_supabase(self, actor: Actor, request: PrivacyRequest) -> None:
        told = await is_called(self.tenants, self.supabase.tenant, actor.tenant_id)
        if told:
            await self.supabase.remove(request.user_id)
        request.receipts[SUPABASE] = {"users": int(told)}
        async with self.step(actor):
            await self.requests.save(request)

    async def _forget_files(self, actor: Actor, request: PrivacyRequest) -> int:
        """After the rows, so that no other is made; how many were found, which are added to the receipt."""
        areas = [of_person(area, request.tenant_id, request.user_id) for area in (PARTS, KEPT)]
        gone = sum([await self.files.forget(area) for area in areas])
        counted = _sum(request.receipts.get(FILES, {}), {"objects": gone})
        request.receipts[FILES] = counted
        async with self.step(actor):
            await self.requests.save(request)
        return gone

    async def _erase(self, actor: Actor, request: PrivacyRequest, context: str) -> None:
        async with self.step(actor) as tx:
            await self._keep(request, context, await tx.now())

    async def _keep(self, request: PrivacyRequest, context: str, at: datetime) -> None:
        """Erases, and leaves the receipt in the same transaction."""
        request.receipts[context] = await self.personal_data.erase(context, request.user_id, at=at)
        await self.requests.save(request)

    async def _must_be_gone(self, actor: Actor, request: PrivacyRequest) -> None:
        """What came in between is erased, too, and looked for once more by the next attempt."""
        found = {}
        if again := await self._forget_files(actor, request):
            found[FILES] = again
        async with self.step(actor) as tx:
            now = await tx.now()
            for context in self.personal_data.contexts():
                if left := await self.personal_data.left(context, request.user_id):
                    found[context] = left
                    erased = await self.personal_data.erase(context, request.user_id, at=now)
                    request.receipts[context] = _sum(request.receipts[context], erased)
            if found:
                await self.requests.save(request)
        if found:
            raise StillThere(f"rows or files came while a person was erased: {found}")

    async def _certify(self, actor: Actor, event: ErasureBegun) -> None:
        async with self.step(actor) as tx:
            request, now = await self.requests.get(event.request_id), await tx.now()
            if request is None or request.state is not RequestState.RUNNING:
                return
            request.certificate = request.certificate or self.archives.certify(said(request, now))
            await self.requests.save(request)
        if request.address:
            await self.mailer.send(certificate_mail(event, request.address, request.certificate))
        async with self.step(actor) as tx:
            done = await self.requests.get(event.request_id)
            if done is not None and done.state is RequestState.RUNNING:
                tx.emit(*done.finish_erasure(at=now))
                await self.requests.save(done)


def said(request: PrivacyRequest, at: datetime) -> dict[str, object]:
    """What the certificate says: whose request by its number, and how much of what is gone."""
    return {
        "request": str(request.id),
        "tenant": str(request.tenant_id),
        "asked_at": request.asked_at.isoformat(),
        "erased_at": at.isoformat(),
        "stores": {store: dict(counts) for store, counts in sorted(request.receipts.items())},
        "left": 0,
    }


def certificate_mail(event: ErasureBegun, to: str, certificate: str) -> Mail:
    return mail(
        event,
        to,
        "Your account is erased",
        "What SkillBridge kept of you is deleted, or says nothing of you any more. This is the last mail, and "
        "your address is forgotten with it.",
        "The certificate, signed, which names each store and how much was erased there:",
        certificate,
    )


def _sum(one: Mapping[str, int], other: Mapping[str, int]) -> dict[str, int]:
    return {name: one.get(name, 0) + other.get(name, 0) for name in {**one, **other}}


class TellOfErasure(MailToOwner):
    """Its person learns until when they may think again, and how."""

    async def __call__(self, actor: Actor, event: ErasureRequested) -> None:
        at = event.acts_at
        await self.send(
            actor,
            event,
            "Your account will be erased",
            f"You asked for it. From {at:%H:%M} UTC, {at.day}{at: %B %Y} on, everything that is kept of you is "
            "deleted, and nobody can bring it back.",
            "If you think again, log in before then: that alone stops it.",
            "If you did not ask for it, log in, and set a new password, which ends every other sign-in.",
        )
