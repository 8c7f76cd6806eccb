"""What is sealed opens in its place and nowhere else."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillbridge.adapters.crypto.keys import KeyRing
from skillbridge.adapters.crypto.sealing import Sealer
from skillbridge.application.ports.field_encryption import NotOpened

pytestmark = pytest.mark.row("C2", "C5")
OLD, BOTH, NEW = (Sealer(KeyRing.of(secrets, "seal")) for secrets in (["a"], ["b", "a"], ["b"]))
PLACE = b"table/column/row"


@given(st.binary(max_size=100), st.binary(max_size=40))
def test_what_was_sealed_is_there_again(value: bytes, place: bytes) -> None:
    sealed = NEW.seal(value, place)
    assert value not in sealed or len(value) < 6
    assert NEW.open(sealed, place) == value


@pytest.mark.asvs("11.3.4")
def test_the_same_value_is_never_sealed_twice_alike() -> None:
    sealed = [NEW.seal(b"secret", PLACE) for _ in range(20)]
    assert all(one[6:18] != other[6:18] for one, other in combinations(sealed, 2))


@pytest.mark.asvs("11.3.3")
def test_it_opens_nothing_in_another_place() -> None:
    with pytest.raises(NotOpened):
        NEW.open(NEW.seal(b"secret", PLACE), PLACE + b"2")


@pytest.mark.asvs("11.3.2", "11.3.3")
@given(st.data())
def test_it_opens_nothing_once_a_bit_was_changed(data: st.DataObject) -> None:
    sealed = bytearray(NEW.seal(b"secret", PLACE))
    at = data.draw(st.integers(0, len(sealed) - 1))
    sealed[at] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(NotOpened):
        NEW.open(bytes(sealed), PLACE)


@pytest.mark.parametrize("length", range(34))
def test_a_part_of_it_opens_nothing(length: int) -> None:
    with pytest.raises(NotOpened):
        NEW.open(NEW.seal(b"", PLACE)[:length], PLACE)


def test_an_older_key_opens_until_it_is_gone() -> None:
    sealed = OLD.seal(b"secret", PLACE)
    assert BOTH.open(sealed, PLACE) == b"secret"
    assert not sealed.startswith(BOTH.key)
    assert BOTH.seal(b"secret", PLACE).startswith(BOTH.key)
    with pytest.raises(NotOpened):
        NEW.open(sealed, PLACE)
