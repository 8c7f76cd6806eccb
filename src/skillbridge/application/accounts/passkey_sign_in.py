"""Signing in with a passkey: alone, or as the second half of a log-in."""

from collections.abc import MutableMapping
from dataclasses import dataclass, replace

from skillbridge.application.accounts.passkey_answers import Looked, PasskeyAnswers
from skillbridge.application.accounts.ports.passkeys import RelyingParty, Signed, ToGet
from skillbridge.application.accounts.ports.second_factors import Challenges
from skillbridge.application.accounts.refusals import refusals_told
from skillbridge.application.accounts.signing_in import SigningIn, Wanted
from skillbridge.application.accounts.views import LoggedIn
from skillbridge.application.ports.clock import Clock
from skillbridge.domain.accounts.passkey import Ceremony, PasskeyBehind, PasskeyRefused, Purpose
from skillbridge.domain.accounts.second_factor import Challenge
from skillbridge.domain.accounts.sign_in import Origin, SignIn
from skillbridge.domain.accounts.user import User
from skillbridge.domain.actor import Actor
from skillbridge.domain.authentication import PASSKEY, Method


@dataclass(frozen=True, slots=True)
class BeginPasskeyLogin:
    """What a device is asked for. Nothing is stored and nobody is named: it is the same for all."""

    party: RelyingParty
    clock: Clock

    async def __call__(self, actor: Actor) -> ToGet:
        nonce, now = self.party.nonce(), self.clock()
        return self.party.to_get(Ceremony.begin(Purpose.LOG_IN, actor.tenant_id, nonce, at=now))


@dataclass(frozen=True, slots=True)
class BeginPasskeySecondFactor:
    """What a device is asked for in place of a code; raises ChallengeOver for what no log-in answered."""

    challenges: Challenges
    party: RelyingParty
    clock: Clock

    async def __call__(self, actor: Actor, challenge: str) -> ToGet:  # noqa: ARG002  it names its tenant
        half, nonce = self.challenges.read(challenge), self.party.nonce()
        ceremony = Ceremony.begin(
            *(Purpose.SECOND_FACTOR, half.tenant_id, nonce, half.user_id),
            within=challenge,
            at=self.clock(),
        )
        return self.party.to_get(ceremony)


@dataclass(frozen=True, slots=True)
class _ByPasskey(SigningIn):
    answers: PasskeyAnswers

    async def signed_in(
        self,
        actor: Actor,
        looked: Looked,
        user: User,
        wanted: Wanted,
        *methods: Method,
        half: Challenge | None = None,
    ) -> LoggedIn:
        """Raises PasskeyBehind after its owner will have been told."""
        async with self.starting(user, wanted):
            sign_in = await self._started(actor, looked, wanted, half)
            if sign_in is None:
                raise PasskeyBehind
        return await self.logged_in(user, sign_in, wanted, *methods)

    async def _started(
        self, actor: Actor, looked: Looked, wanted: Wanted, half: Challenge | None
    ) -> SignIn | None:
        """None where the counter went back: what is told of that has to be committed."""
        async with self.transaction(actor) as tx:
            now, user = await tx.now(), await self.users.get(looked.owner)
            user.may_sign_in()
            if half is not None:
                half.must_hold(user, wanted.use.key, at=now)
                await self.must_still_open(half)
            if not await self.answers.use_up(tx, looked):
                return None
            return await self.start(tx, user, wanted, at=now)


class FinishPasskeyLogin(_ByPasskey):
    """A passkey whose owner was verified on the device starts a sign-in, of two factors.

    The challenge names its tenant. Raises CeremonyOver; PasskeyRefused, the same for an unknown passkey and
    one that did not sign this; AccountDisabled only once it has; PasskeyBehind, of which the owner is told;
    and BadProof before anything is looked at.
    """

    async def __call__(
        self, actor: Actor, answer: Signed, *, origin: Origin, device: str = ""
    ) -> LoggedIn:
        key = self.device_keys.proved(origin.proof)
        known: dict[str, str] = {}
        with refusals_told(known):
            return await self._logged_in(actor, answer, key, origin, device, known)

    async def _logged_in(
        self,
        actor: Actor,
        answer: Signed,
        key: bytes | None,
        origin: Origin,
        device: str,
        known: MutableMapping[str, str],
    ) -> LoggedIn:
        asked = self.answers.party.asked(answer)
        anonymous = replace(actor, tenant_id=asked.tenant_id)
        async with self.transaction(anonymous, read_only=True) as tx:
            asked.must_be(Purpose.LOG_IN, asked.tenant_id, at=await tx.now())
            passkey = await self.answers.kept(answer)
            user = None if passkey is None else await self.users.find(passkey.user_id)
        if user is not None:
            known["user"] = str(user.id)
        looked = self.answers.looked_at(asked, answer, passkey)
        if user is None:  # it was removed, with its passkeys to follow
            raise PasskeyRefused
        user.may_sign_in()
        wanted = await self.wanted(user, origin, key=key, device=device)
        return await self.signed_in(anonymous, looked, user, wanted, *PASSKEY)


class FinishPasskeySecondFactor(_ByPasskey):
    """What a log-in was asked for, and a passkey of the account in place of a code: starts the sign-in.

    Raises ChallengeOver, KeyMissing and AccountDisabled as a code does, and CeremonyOver, PasskeyRefused
    and PasskeyBehind as a passkey does that signs in alone.
    """

    async def __call__(
        self, actor: Actor, challenge: str, answer: Signed, *, origin: Origin, device: str = ""
    ) -> LoggedIn:
        key = self.device_keys.proved(origin.proof)
        known: dict[str, str] = {}
        with refusals_told(known):
            half = self.challenges.read(challenge)
            known["user"] = str(half.user_id)
            return await self._second(actor, challenge, half, answer, key, origin, device)

    async def _second(
        self,
        actor: Actor,
        challenge: str,
        half: Challenge,
        answer: Signed,
        key: bytes | None,
        origin: Origin,
        device: str,
    ) -> LoggedIn:
        asked = self.answers.party.asked(answer)
        anonymous = replace(actor, tenant_id=half.tenant_id)
        async with self.transaction(anonymous, read_only=True) as tx:
            now = await tx.now()
            user = half.must_hold(await self.users.find(half.user_id), key, at=now)
            purpose = Purpose.SECOND_FACTOR
            asked.must_be(purpose, half.tenant_id, half.user_id, within=challenge, at=now)
            passkey = await self.answers.kept(answer)
        looked = self.answers.looked_at(asked, answer, passkey)
        wanted = await self.wanted(user, origin, key=key, device=device)
        methods = (half.method, *PASSKEY)
        return await self.signed_in(anonymous, looked, user, wanted, *methods, half=half)
