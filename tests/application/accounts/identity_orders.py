"""What an owner and a stranger can do by GitHub, among everything else around an account.

Each has one account there, and types in the codes that their own app shows. The stranger finishes whatever
anybody began, with the secrets and sign-ins of their own.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from tests.support.given.orders import Town

from skillbridge.application.accounts.device_sign_in import (
    BeginDeviceLink,
    BeginDeviceSignIn,
    LinkByDevice,
    SignInByDevice,
)
from skillbridge.application.accounts.identities import BeginSignIn, SignInWithIdentity
from skillbridge.application.accounts.own_identities import (
    BeginLink,
    LinkIdentity,
    UnlinkIdentity,
)
from skillbridge.application.accounts.registration import VerifyEmail
from skillbridge.application.accounts.sessions import LogIn
from skillbridge.domain.accounts.authorization import binding
from skillbridge.domain.accounts.sign_in import Origin
from skillbridge.domain.actor import Actor

HOME = Origin("192.0.2.7", "a browser")
AMINA, LATER, MALLORY = "amina@example.org", "amina@example.net", "mallory@example.org"
SIGNS_IN = {SignInWithIdentity, SignInByDevice}
LINKS = {LinkIdentity, LinkByDevice}
FINISHES = SIGNS_IN | LINKS


@dataclass(frozen=True)
class Somebody:
    mailboxes: tuple[str, ...]
    passwords: tuple[str, ...]
    github: int
    secret: str


OWNER = Somebody((AMINA, LATER), ("violet tractor hums", "brown ladder sings"), 1, "hers")
STRANGER = Somebody((MALLORY,), ("the password of a stranger", "another of a stranger"), 2, "his")
somebody = st.sampled_from((OWNER, STRANGER))
nth = st.integers(0, 2)
"""Of what was begun, or of the sign-ins, the newest first."""


@dataclass(frozen=True)
class Begun:
    who: Somebody
    words: tuple[str, ...]
    """State and code, or a handle."""
    by_code: bool


class IdentityOrders(RuleBasedStateMachine):
    town: ClassVar[Town]

    def __init__(self) -> None:
        super().__init__()
        self.begun: list[Begun] = []
        self.actors: list[tuple[Somebody, Actor]] = []

    def act(self, use_case: type[Any], actor: Actor, *args: Any, **said: Any) -> Any:
        """What it returns; None where it was refused."""
        raise NotImplementedError

    def signed_in(self, who: Somebody, signed: Any) -> None:
        """One more who acts, if it was not refused."""
        raise NotImplementedError

    @property
    def nobody(self) -> Actor:
        return Actor.pre_authentication(self.town.tenant_id)

    def actor(self, number: int, *, fresh: bool = True) -> tuple[Somebody, Actor]:
        who, actor = self.actors[-1 - number % len(self.actors)]
        return who, actor if fresh else replace(actor, proved_at=None)

    def sits_at_github(self, who: Somebody, number: int, *, verified: bool = True) -> None:
        """A stranger may write any address there, and verifies only what they read."""
        hers = who.mailboxes[number % len(who.mailboxes)] if verified else AMINA
        self.town.github.user = {"id": who.github, "login": "somebody", "name": "Somebody"}
        self.town.github.emails = [{"email": hers, "primary": True, "verified": verified}]

    def brought(self, who: Somebody, begun: Any) -> None:
        if begun is not None:
            said = self.town.github.visit(begun.authorization_url)
            self.begun.append(Begun(who, (said["state"], said["code"]), by_code=False))

    def typed_in(self, who: Somebody, begun: Any, *, yes: bool) -> None:
        if begun is not None:
            self.town.github.type_in(begun.user_code, yes=yes)
            self.begun.append(Begun(who, (begun.handle,), by_code=True))

    @rule(who=somebody, number=nth, verified=st.booleans())
    def begin_by_browser(self, who: Somebody, number: int, verified: bool) -> None:
        self.sits_at_github(who, number, verified=verified)
        bound = binding(who.secret)
        self.brought(who, self.act(BeginSignIn, self.nobody, "github", bound))

    @rule(who=somebody, number=nth, yes=st.booleans())
    def begin_by_code(self, who: Somebody, number: int, yes: bool) -> None:
        self.sits_at_github(who, number)
        bound = binding(who.secret)
        self.typed_in(who, self.act(BeginDeviceSignIn, self.nobody, "github", bound), yes=yes)

    @rule(number=nth, fresh=st.booleans())
    def begin_linking_by_browser(self, number: int, fresh: bool) -> None:
        who, actor = self.actor(number, fresh=fresh)
        self.sits_at_github(who, number)
        self.brought(who, self.act(BeginLink, actor, "github"))

    @rule(number=nth, fresh=st.booleans())
    def begin_linking_by_code(self, number: int, fresh: bool) -> None:
        who, actor = self.actor(number, fresh=fresh)
        self.sits_at_github(who, number)
        self.typed_in(who, self.act(BeginDeviceLink, actor, "github"), yes=True)

    def one_begun(self, who: Somebody, number: int) -> Begun | None:
        """Their own; of a stranger, anybody's."""
        found = [one for one in self.begun if who is STRANGER or one.who is who]
        return found[-1 - number % len(found)] if found else None

    @rule(who=somebody, number=nth)
    def finish_signing_in(self, who: Somebody, number: int) -> None:
        begun = self.one_begun(who, number)
        if begun is not None:
            use_case = SignInByDevice if begun.by_code else SignInWithIdentity
            words = ("github", *begun.words, who.secret)
            self.signed_in(who, self.act(use_case, self.nobody, *words, origin=HOME))

    @rule(number=nth, other=nth)
    def finish_linking(self, number: int, other: int) -> None:
        who, actor = self.actor(number)
        begun = self.one_begun(who, other)
        if begun is not None:
            use_case = LinkByDevice if begun.by_code else LinkIdentity
            self.act(use_case, actor, "github", *begun.words)

    @rule(who=somebody, number=nth, by_code=st.booleans())
    def come_by_github(self, who: Somebody, number: int, by_code: bool) -> None:
        """All of it at once, which orders of single steps seldom are."""
        if by_code:
            self.begin_by_code(who, number, yes=True)
            self.wait_for_github(1)
        else:
            self.begin_by_browser(who, number, verified=True)
        self.finish_signing_in(who, 0)

    @rule(number=nth, by_code=st.booleans())
    def link_github(self, number: int, by_code: bool) -> None:
        """As above."""
        if by_code:
            self.begin_linking_by_code(number, fresh=True)
            self.wait_for_github(1)
        else:
            self.begin_linking_by_browser(number, fresh=True)
        self.finish_linking(number, 0)

    @rule(number=nth, fresh=st.booleans(), whose=st.booleans())
    def unlink(self, number: int, fresh: bool, whose: bool) -> None:
        _, actor = self.actor(number, fresh=fresh)
        for one in list(self.town.identities().values()):
            if whose or one.user_id == actor.user_id:
                self.act(UnlinkIdentity, actor, one.id)

    @rule(minutes=st.sampled_from((1, 11)))
    def wait_for_github(self, minutes: int) -> None:
        """As if it had been begun so much earlier."""
        waited = timedelta(minutes=minutes)
        for id_, one in self.town.begun().items():
            asked = one.asked_again_at and one.asked_again_at - waited
            earlier = replace(one, expires_at=one.expires_at - waited, asked_again_at=asked)
            self.town.begun()[id_] = earlier

    @contextmanager
    def no_identity_without_its_proof(self, use_case: type[Any], actor: Actor) -> Iterator[None]:
        identities, begun = dict(self.town.identities()), dict(self.town.begun())
        users, sign_ins = set(self.town.users()), set(self.town.sign_ins())
        try:
            yield
        finally:
            now = datetime.now(UTC)
            new = [one for id_, one in self.town.identities().items() if id_ not in identities]
            gone = [one for id_, one in identities.items() if id_ not in self.town.identities()]
            used = [one for id_, one in begun.items() if id_ not in self.town.begun()]
            assert not used or (use_case in FINISHES and len(used) == 1)
            assert all(one.expires_at > now - timedelta(seconds=30) for one in used)
            for one in new:
                (proof,) = used
                assert proof.user_id == (one.user_id if use_case in LINKS else None)
                assert use_case not in LINKS or one.user_id == actor.user_id
                assert use_case not in SIGNS_IN or one.user_id not in users
            if gone:
                assert use_case is UnlinkIdentity
                assert [one.user_id for one in gone] == [actor.user_id]
                assert actor.proved_at is not None
            if self.town.sign_ins().keys() - sign_ins:
                assert use_case is LogIn or (use_case in SIGNS_IN and used[0].user_id is None)
            if made := self.town.users().keys() - users:
                assert use_case is VerifyEmail or {one.user_id for one in new} == made

    @invariant()
    def an_identity_opens_the_account_of_its_person(self) -> None:
        for one in self.town.identities().values():
            (person,) = [who for who in (OWNER, STRANGER) if str(who.github) == one.subject]
            assert self.town.users()[one.user_id].email in person.mailboxes

    @invariant()
    def an_account_has_a_way_in(self) -> None:
        opened = {one.user_id for one in self.town.identities().values()}
        for user in self.town.users().values():
            assert user.password_hash is not None or user.id in opened

    @invariant()
    def who_is_signed_in_is_who_they_are(self) -> None:
        for who, actor in self.actors:
            assert self.town.users()[actor.user_id].email in who.mailboxes
