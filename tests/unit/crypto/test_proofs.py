"""What opens a one-time proof is made of keys that are not in the database."""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillbridge.adapters.crypto.keys import KeyRing
from skillbridge.adapters.crypto.links import SignedLinks
from skillbridge.adapters.crypto.proofs import DerivedProofSecrets
from skillbridge.application.accounts.ports.proofs import BrokenLink
from skillbridge.domain.accounts.one_time_proof import CodeRefused, OneTimeProof, Purpose
from skillbridge.domain.ids import ProofId, TenantId, UserId

pytestmark = pytest.mark.row("C1")

URL = "https://skillbridge.example/"
RESET, CHANGE = Purpose.RESET_PASSWORD, Purpose.CHANGE_ADDRESS


def made(*secrets: str) -> DerivedProofSecrets:
    return DerivedProofSecrets(KeyRing.of(secrets or ("a secret",), "one-time-proof"), URL)


def proof(purpose: Purpose = RESET) -> OneTimeProof:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    return OneTimeProof(ProofId(uuid4()), TenantId(uuid4()), purpose, UserId(uuid4()), at)


def token_of(link: str) -> str:
    return link.partition("?token=")[2]


def test_a_link_says_which_proof_of_which_tenant_it_is() -> None:
    secrets, one = made(), proof()
    link = secrets.link(one)
    assert link.startswith("https://skillbridge.example/v1/auth/reset?token=")
    opened = secrets.opened(token_of(link), RESET)
    assert (opened.tenant_id, opened.proof_id) == (one.tenant_id, one.id)
    raw = urlsafe_b64decode(token_of(link) + "==")
    assert len(raw) - 32 == 256 // 8, "bits that nobody without the key can say"


def test_neither_link_nor_code_of_one_purpose_serves_another() -> None:
    secrets, one = made(), proof()
    other = replace(one, purpose=CHANGE)
    with pytest.raises(BrokenLink):
        secrets.opened(token_of(secrets.link(one)), CHANGE)
    with pytest.raises(BrokenLink):
        secrets.opened(token_of(secrets.link(other)), RESET)
    with pytest.raises(BrokenLink):
        SignedLinks(secrets.ring, URL).opened(token_of(secrets.link(one)))
    assert not secrets.is_code(secrets.code(one), other)


@pytest.mark.asvs("6.6.2")
def test_a_challenge_says_whose_code_it_is_and_is_no_link() -> None:
    secrets, one = made(), replace(proof(), purpose=Purpose.SIGN_IN)
    challenge = secrets.challenge(one)
    asked = secrets.asked(challenge, Purpose.SIGN_IN)
    assert (asked.tenant_id, asked.proof_id) == (one.tenant_id, one.id)
    with pytest.raises(CodeRefused):
        secrets.asked(challenge, RESET)
    with pytest.raises(BrokenLink):
        secrets.opened(challenge.removeprefix("sbo_"), Purpose.SIGN_IN)
    reset = proof()
    with pytest.raises(CodeRefused):
        secrets.asked(token_of(secrets.link(reset)), RESET)
    with pytest.raises(CodeRefused):
        made("another").asked(challenge, Purpose.SIGN_IN)


@given(
    st.text(max_size=100)
    | st.binary(min_size=64, max_size=64).map(lambda it: urlsafe_b64encode(it).decode())
)
def test_a_challenge_that_nobody_signed_is_refused(text: str) -> None:
    with pytest.raises(CodeRefused):
        made().asked(text, Purpose.SIGN_IN)


@given(st.binary(min_size=64, max_size=64))
def test_a_token_that_nobody_signed_is_a_broken_link(raw: bytes) -> None:
    with pytest.raises(BrokenLink):
        made().opened(urlsafe_b64encode(raw).decode(), RESET)


@given(st.text(max_size=100))
def test_nonsense_is_a_broken_link_and_no_code(text: str) -> None:
    with pytest.raises(BrokenLink):
        made().opened(text, RESET)
    assert not made().is_code(text, proof())


@pytest.mark.asvs("6.5.4")
def test_a_code_has_eight_digits_however_it_is_spaced() -> None:
    secrets, one = made(), proof()
    code = secrets.code(one)
    assert re.fullmatch(r"\d{4} \d{4}", code)
    others = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
    wide = str.maketrans(
        "0123456789", "\uff10\uff11\uff12\uff13\uff14\uff15\uff16\uff17\uff18\uff19"
    )
    for typed in (
        *(code, code.replace(" ", ""), code.replace(" ", "-"), f" {code} ", f"{code}."),
        *(code.replace(" ", sign) for sign in "\u2013\u00a0\u200f\u200b"),
        *(code.translate(others), code.translate(wide)),
    ):
        assert secrets.is_code(typed, one)
    assert not secrets.is_code(code, proof())
    assert not secrets.is_code("", one)
    assert not secrets.is_code(code[:-1], one)
    assert not secrets.is_code("\ud800", one)


def test_who_has_the_table_but_not_the_key_has_nothing_to_guess_with() -> None:
    one = proof()
    assert made("a secret").code(one) != made("another").code(one)
    assert made("a secret").link(one) != made("another").link(one)


def test_what_an_older_key_made_serves_until_it_is_dropped() -> None:
    one, old, both = proof(), made("old"), made("new", "old")
    assert both.opened(token_of(old.link(one)), RESET).proof_id == one.id
    assert both.is_code(old.code(one), one)
    assert both.code(one) == made("new").code(one)
    with pytest.raises(BrokenLink):
        made("new").opened(token_of(old.link(one)), RESET)
    assert not made("new").is_code(old.code(one), one)
