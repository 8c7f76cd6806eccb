"""How tokens of programs are written, and which texts are none."""

import re
from uuid import UUID, uuid4
from zlib import crc32

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillbridge.adapters.crypto.api_tokens import PREFIX, SIGNS, Base62Tokens
from skillbridge.application.ports.api_tokens import BadApiToken
from skillbridge.domain.accounts.api_token import digest
from skillbridge.domain.ids import TenantId

pytestmark = pytest.mark.row("C3")
TEXT = Base62Tokens()


def number(signs: str) -> int:
    found = 0
    for sign in signs:
        found = found * 62 + SIGNS.index(sign)
    return found


@given(st.uuids())
def test_a_token_says_its_tenant_and_is_known_by_its_hash(tenant: UUID) -> None:
    token = TEXT.new(TenantId(tenant))
    shown = TEXT.read(token)
    assert (shown.tenant_id, shown.hash) == (tenant, digest(token))
    assert TEXT.is_one(token)


def test_that_of_a_service_can_be_told_from_a_persons() -> None:
    token = TEXT.new(TenantId(uuid4()), service=True)
    assert token.startswith("sb_svc_")
    assert TEXT.is_one(token)
    assert TEXT.read(token).hash == digest(token)
    other = TEXT.read(token.replace("sb_svc_", "sb_pat_"))
    assert other.hash != digest(token)


def test_it_is_found_by_one_pattern_and_its_checksum() -> None:
    """As a scanner of secrets does, which has none of our code."""
    token = TEXT.new(TenantId(uuid4()))
    assert re.fullmatch(r"sb_pat_[0-9A-Za-z]{71}", token)
    body = token[len(PREFIX) : -6]
    assert number(token[-6:]) == crc32(body.encode())


def test_its_secret_has_256_bits_that_are_new_each_time() -> None:
    tenant = TenantId(UUID(int=0))
    secrets = [number(TEXT.new(tenant)[len(PREFIX) : -6]) for _ in range(200)]
    assert len(set(secrets)) == 200
    assert max(secrets) < 2**256
    for bit in range(256):
        assert 0 < sum(secret >> bit & 1 for secret in secrets) < 200, bit


WHOLE = TEXT.new(TenantId(uuid4()))
"""One for all trials: what they draw depends on it."""


@given(st.data())
def test_any_slip_of_one_sign_is_noticed(data: st.DataObject) -> None:
    token = WHOLE
    place = data.draw(st.integers(len(PREFIX), len(token) - 1))
    other = data.draw(st.sampled_from(SIGNS).filter(lambda sign: sign != token[place]))
    with pytest.raises(BadApiToken):
        TEXT.read(token[:place] + other + token[place + 1 :])


@given(st.data())
def test_two_signs_in_each_others_place_are_noticed(data: st.DataObject) -> None:
    token = WHOLE
    place = data.draw(st.integers(len(PREFIX), len(token) - 2))
    swapped = token[:place] + token[place + 1] + token[place] + token[place + 2 :]
    if swapped != token:
        with pytest.raises(BadApiToken):
            TEXT.read(swapped)


@given(st.text(max_size=100) | st.text(max_size=80).map(lambda text: PREFIX + text))
def test_no_other_text_is_one(text: str) -> None:
    with pytest.raises(BadApiToken):
        TEXT.read(text)


def checked(body: str) -> str:
    """With the checksum that the body has, whoever wrote it."""
    value, signs = crc32(body.encode()), ""
    for _ in range(6):
        value, sign = divmod(value, 62)
        signs = SIGNS[sign] + signs
    return PREFIX + body + signs


@pytest.mark.parametrize(
    "text",
    [
        checked("z" * 65),  # of more than 384 bits
        checked("1" * 64),
        checked("1" * 66),
        checked("1" * 65).replace("sb_pat_", "sb_xyz_"),
        checked("1" * 65).swapcase(),
        checked("1" * 65) + "\x00",
        checked("\u0391" + "1" * 64),
        checked("1" * 64 + "\uff21"),
        checked("-" + "1" * 64),
        checked("\ud800".encode("utf-8", "surrogatepass").decode("latin-1") + "1" * 62),
        "\ud800" * 78,
        PREFIX + "A" * 1_000_000,
        PREFIX,
        "",
    ],
)
def test_what_only_looks_like_one_is_refused(text: str) -> None:
    with pytest.raises(BadApiToken, match="sb_pat_"):
        TEXT.read(text)


def test_a_body_with_its_checksum_is_read() -> None:
    assert TEXT.read(checked("1" * 65)).hash == digest(checked("1" * 65))
