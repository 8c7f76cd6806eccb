"""A sealed value opens in its own table, column and row; a blind index finds equal ones of one tenant."""

from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillbridge.adapters.crypto.field_encryption import AesGcmFields
from skillbridge.adapters.crypto.keys import KeyRing
from skillbridge.adapters.crypto.sealing import Sealer
from skillbridge.application.ports.field_encryption import NotOpened, SealedColumn
from skillbridge.domain.ids import TenantId

pytestmark = pytest.mark.row("C5")


def with_secrets(*secrets: str) -> AesGcmFields:
    seal, index = KeyRing.of(secrets, "seal"), KeyRing.of(secrets, "blind-index")
    return AesGcmFields(Sealer(seal), index)


OLD, BOTH, NEW = with_secrets("a"), with_secrets("b", "a"), with_secrets("b")
COLUMN = SealedColumn("cards", "sealed_number", "id", "number_index")
ROW, TENANT = UUID(int=1), TenantId(UUID(int=2))
ELSEWHERE = [
    (SealedColumn("notes", "sealed_number", "id"), ROW),
    (SealedColumn("cards", "sealed_name", "id"), ROW),
    (COLUMN, UUID(int=3)),
]


@given(st.binary(max_size=100), st.uuids())
def test_what_was_sealed_is_there_again(value: bytes, row: UUID) -> None:
    assert NEW.open(NEW.seal(value, COLUMN, row), COLUMN, row) == value


@pytest.mark.asvs("11.3.3")
@pytest.mark.parametrize(("column", "row"), ELSEWHERE)
def test_it_opens_in_its_own_table_column_and_row_alone(column: SealedColumn, row: UUID) -> None:
    sealed = NEW.seal(b"secret", COLUMN, ROW)
    with pytest.raises(NotOpened):
        NEW.open(sealed, column, row)


def test_equal_values_have_one_index_in_a_tenant_and_column_and_another_elsewhere() -> None:
    def index(value: bytes, column: SealedColumn = COLUMN, tenant: TenantId = TENANT) -> bytes:
        return NEW.seal_and_index(value, column, uuid4(), tenant).index

    assert index(b"one") == index(b"one")
    others = [
        index(b"two"),
        index(b"one", tenant=TenantId(UUID(int=9))),
        *(index(b"one", column) for column, _ in ELSEWHERE[:2]),
    ]
    assert len({index(b"one"), *others}) == 5
    assert all(len(one) == 32 for one in others)


def test_the_index_needs_a_key_that_seals_nothing() -> None:
    sealer = NEW.sealer
    same_ring = AesGcmFields(sealer, sealer.ring)
    assert same_ring.indexes(b"one", COLUMN, TENANT) != NEW.indexes(b"one", COLUMN, TENANT)
    assert OLD.indexes(b"one", COLUMN, TENANT) != NEW.indexes(b"one", COLUMN, TENANT)


def test_while_keys_change_a_value_is_found_by_what_either_made() -> None:
    older, newer = (one.seal_and_index(b"one", COLUMN, ROW, TENANT).index for one in (OLD, NEW))
    assert BOTH.indexes(b"one", COLUMN, TENANT) == (newer, older)
    assert BOTH.seal_and_index(b"one", COLUMN, ROW, TENANT).index == newer
    assert list(BOTH.older_keys) == [OLD.sealer.key]
    assert list(NEW.older_keys) == []
    assert BOTH.open(OLD.seal(b"one", COLUMN, ROW), COLUMN, ROW) == b"one"
