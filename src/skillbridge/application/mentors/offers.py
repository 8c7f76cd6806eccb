"""What mentors offer."""

from dataclasses import dataclass, replace

from skillbridge.application.mentors.ports import MentorReads, Mentors
from skillbridge.application.mentors.views import MyOffer
from skillbridge.application.ports.clock import Clock
from skillbridge.application.ports.transaction import Transaction
from skillbridge.domain.actor import Actor
from skillbridge.domain.events.accounts import MentoringBarred
from skillbridge.domain.mentors.mentor import Mentor, NoOfferYet, Offer


@dataclass(frozen=True, slots=True)
class OfferMentoring:
    """Someone offers mentoring, changes what they offer, or pauses; the same again changes nothing.

    Whoever offers is a mentor from their next access token on.
    """

    transaction: Transaction
    mentors: Mentors
    clock: Clock

    async def __call__(self, actor: Actor, offer: Offer) -> MyOffer:
        async with self.transaction(actor) as tx:
            mentor = await self.mentors.find(actor.user_id)
            if mentor is None:
                mentor, events = Mentor.offering(actor.user_id, offer, at=self.clock())
                await self.mentors.add(mentor)
            elif events := mentor.change(offer, at=self.clock()):
                await self.mentors.save(mentor)
            tx.emit(*events)
        return MyOffer.of(mentor)


@dataclass(frozen=True, slots=True)
class PauseOffer:
    """Who was disabled or is to be no mentor takes no more requests; the offer itself is kept."""

    transaction: Transaction
    mentors: Mentors

    async def __call__(self, actor: Actor, event: MentoringBarred) -> None:
        async with self.transaction(actor) as tx:
            mentor = await self.mentors.find(event.user_id)
            if mentor is None:
                return
            if events := mentor.change(replace(mentor.offer, accepting=False), at=await tx.now()):
                await self.mentors.save(mentor)
                tx.emit(*events)


@dataclass(frozen=True, slots=True)
class ShowMyOffer:
    """What a mentor offers now; NoOfferYet before the first offer."""

    reads: MentorReads

    async def __call__(self, actor: Actor) -> MyOffer:
        mentor = await self.reads.own(actor)
        if mentor is None:
            raise NoOfferYet
        return MyOffer.of(mentor)
