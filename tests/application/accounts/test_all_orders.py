"""Any order of what an owner and a stranger can do around an account: no path sets a password or an
address, links an identity or signs in without using up its own proof.

`make prove P=access` tries 10,000 orders; ORDERS=… another number.
"""

import asyncio
import os
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from tests.application.accounts.identity_orders import (
    AMINA,
    FINISHES,
    HOME,
    LATER,
    MALLORY,
    OWNER,
    SIGNS_IN,
    STRANGER,
    IdentityOrders,
    Somebody,
    nth,
    somebody,
)
from tests.support.given.orders import Town

from skillbridge.application.accounts.addresses import (
    ConfirmAddress,
    ConfirmAddressByCode,
    RequestAddressChange,
)
from skillbridge.application.accounts.own_identities import UnlinkIdentity
from skillbridge.application.accounts.passwords import (
    ByCode,
    ByLink,
    ChangePassword,
    RequestPasswordReset,
    ResetPassword,
)
from skillbridge.application.accounts.ports.proofs import ProofSecrets
from skillbridge.application.accounts.registration import (
    RegisterUser,
    ResendVerification,
    VerifyEmail,
)
from skillbridge.application.accounts.sessions import LogIn
from skillbridge.application.ports.access_tokens import Tokens
from skillbridge.domain.accounts.one_time_proof import Purpose
from skillbridge.domain.actor import Actor
from skillbridge.domain.errors import SkillBridgeError
from skillbridge.settings import Settings

pytestmark = pytest.mark.row("C1", "A9")

ORDERS = int(os.environ.get("ORDERS", "40"))
STEPS = 25
BATCH = 250
"""Hypothesis remembers what it tried: a gigabyte for 10,000 at once."""
MANY = 1000
"""So many orders have had each kind of success."""
LINK = r"/v1/auth/{}\?token=(\S+)"
CODE = r"\b\d{4} \d{4}\b"


address = st.sampled_from((AMINA, LATER, MALLORY))


class Orders(IdentityOrders):
    runner: ClassVar[asyncio.Runner]
    done: ClassVar[Counter[str]]

    @initialize()
    def two_accounts(self) -> None:
        self.town.begin_anew()
        for who in (OWNER, STRANGER):
            self.register(who, who.mailboxes[0], 0)
            self.confirm_registration(who, 0, 0)
            self.log_in(who, who.mailboxes[0], 0)
        assert len(self.actors) == 2

    def act(self, use_case: type[Any], actor: Actor, *args: Any, **said: Any) -> Any:
        """What it returns; None where it was refused, which changes nothing."""
        try:
            with (
                self.nothing_without_its_proof(use_case),
                self.no_identity_without_its_proof(use_case, actor),
            ):
                result = self.runner.run(self.town.do(use_case, actor, *args, **said))
        except SkillBridgeError:
            return None
        self.done[use_case.__name__] += 1
        return result

    @contextmanager
    def nothing_without_its_proof(self, use_case: type[Any]) -> Iterator[None]:
        users, proofs = dict(self.town.users()), dict(self.town.proofs())
        sign_ins = set(self.town.sign_ins())
        users = {id_: replace(user) for id_, user in users.items()}
        try:
            yield
        finally:
            used = [
                one
                for one in self.town.proofs().values()
                if one.used_at and (one.id not in proofs or proofs[one.id].used_at is None)
            ]
            for id_, user in self.town.users().items():
                before = users.get(id_)
                if before is None:
                    assert use_case is VerifyEmail or use_case in SIGNS_IN
                    assert use_case is VerifyEmail or user.password_hash is None
                    continue
                if user.password_hash != before.password_hash and use_case is not ChangePassword:
                    (proof,) = used
                    assert (proof.purpose, proof.user_id) == (Purpose.RESET_PASSWORD, id_)
                if user.email != before.email:
                    (proof,) = used
                    assert (proof.purpose, proof.user_id) == (Purpose.CHANGE_ADDRESS, id_)
                    assert (proof.email, proof.former_email) == (user.email, before.email)
            assert users.keys() <= self.town.users().keys()
            assert sign_ins == set(self.town.sign_ins()) or use_case in {LogIn, *SIGNS_IN}
            assert all(proofs[one.id].open(at=one.used_at) for one in used if one.used_at)

    def mail(self, who: Somebody, pattern: str, number: int) -> str:
        found = self.town.found(pattern, *who.mailboxes)
        return found[number] if number < len(found) else ""

    @rule(who=somebody, to=address, number=nth)
    def register(self, who: Somebody, to: str, number: int) -> None:
        password = who.passwords[number % 2]
        self.act(RegisterUser, self.nobody, to, password, "Somebody", origin=HOME)

    @rule(who=somebody, number=nth, other=nth)
    def confirm_registration(self, who: Somebody, number: int, other: int) -> None:
        token = self.mail(who, LINK.format("verify"), number)
        self.act(VerifyEmail, self.nobody, token, who.passwords[other % 2], origin=HOME)

    @rule(to=address)
    def ask_again(self, to: str) -> None:
        self.act(ResendVerification, self.nobody, to, origin=HOME)

    @rule(to=address)
    def forget(self, to: str) -> None:
        self.act(RequestPasswordReset, self.nobody, to, origin=HOME)

    @rule(who=somebody, number=nth, other=nth)
    def reset_by_link(self, who: Somebody, number: int, other: int) -> None:
        answer = ByLink(self.mail(who, LINK.format("reset"), number))
        self.act(ResetPassword, self.nobody, answer, who.passwords[other % 2], origin=HOME)

    @rule(who=somebody, to=address, number=nth, other=nth)
    def reset_by_code(self, who: Somebody, to: str, number: int, other: int) -> None:
        answer = ByCode(to, self.mail(who, CODE, number) or "0000 0000")
        self.act(ResetPassword, self.nobody, answer, who.passwords[other % 2], origin=HOME)

    @rule(who=somebody, to=address, number=nth)
    def log_in(self, who: Somebody, to: str, number: int) -> None:
        password = who.passwords[number % 2]
        self.signed_in(who, self.act(LogIn, self.nobody, to, password, origin=HOME))

    def signed_in(self, who: Somebody, signed: Any) -> None:
        if signed:
            tokens: Tokens = self.runner.run(self.town.container.get(Tokens))
            said = tokens.verify(signed.access_token)
            actor = Actor.person(said.user_id, said.tenant_id, said.roles, said.session_id)
            self.actors.append((who, replace(actor, proved_at=said.proved_at)))

    @rule(number=nth, present=nth, chosen=nth)
    def change_password(self, number: int, present: int, chosen: int) -> None:
        who, actor = self.actors[-1 - number % len(self.actors)]
        words = who.passwords[present % 2], who.passwords[chosen % 2]
        self.act(ChangePassword, actor, *words, origin=HOME)

    @rule(number=nth, to=address, present=nth)
    def change_address(self, number: int, to: str, present: int) -> None:
        """An owner wants no address of a stranger; a stranger wants any."""
        who, actor = self.actors[-1 - number % len(self.actors)]
        if who is STRANGER or to in who.mailboxes:
            password = who.passwords[present % 2]
            self.act(RequestAddressChange, actor, to, password, origin=HOME)

    @rule(who=somebody, number=nth)
    def confirm_address(self, who: Somebody, number: int) -> None:
        """A stranger opens what comes; an owner, as the mail says, what she has asked for."""
        token = self.mail(who, LINK.format("email"), number)
        if who is STRANGER or token in self.asked_for():
            self.act(ConfirmAddress, self.nobody, token)

    def asked_for(self) -> set[str]:
        secrets: ProofSecrets = self.runner.run(self.town.container.get(ProofSecrets))
        hers = {actor.user_id for who, actor in self.actors if who is OWNER}
        asked = (one for one in self.town.proofs().values() if one.user_id in hers)
        return {secrets.link(one).partition("token=")[2] for one in asked}

    @rule(number=nth, other=nth)
    def confirm_address_by_code(self, number: int, other: int) -> None:
        who, actor = self.actors[-1 - number % len(self.actors)]
        code = self.mail(who, CODE, other) or "0000 0000"
        self.act(ConfirmAddressByCode, actor, code)

    @rule(minutes=st.sampled_from((10, 31)))
    def wait(self, minutes: int) -> None:
        """As if what was mailed had been mailed so much earlier."""
        for id_, one in self.town.proofs().items():
            earlier = one.expires_at - timedelta(minutes=minutes)
            self.town.proofs()[id_] = replace(one, expires_at=earlier)

    @invariant()
    def an_address_is_its_readers(self) -> None:
        for user in self.town.users().values():
            (reader,) = [who for who in (OWNER, STRANGER) if user.email in who.mailboxes]
            kept = user.password_hash
            assert kept is None or kept.removeprefix("of ") in reader.passwords

    @invariant()
    def an_address_has_one_account(self) -> None:
        addresses = [user.email for user in self.town.users().values()]
        assert len(addresses) == len(set(addresses))


def test_no_order_sets_a_password_or_an_address_without_its_own_proof(tmp_path: Path) -> None:
    Orders.town = Town.made(Settings(env="test", home=tmp_path))
    Orders.done = Counter()
    with asyncio.Runner() as Orders.runner:
        for told in range(0, ORDERS, BATCH):
            orders = min(BATCH, ORDERS - told)
            once = settings(max_examples=orders, stateful_step_count=STEPS, database=None)
            run_state_machine_as_test(Orders, settings=once)
            print(f"{told + orders} orders; {dict(sorted(Orders.done.items()))}")  # noqa: T201  shown by `make prove`
        Orders.runner.run(Orders.town.container.close())
    proved = (ResetPassword, ConfirmAddress, ConfirmAddressByCode, ChangePassword, VerifyEmail)
    identified = (*FINISHES, UnlinkIdentity)
    assert ORDERS < MANY or all(Orders.done[one.__name__] for one in (*proved, *identified))
