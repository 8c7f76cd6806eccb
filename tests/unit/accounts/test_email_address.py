"""One spelling for each address."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillbridge.domain.accounts.email_address import BadEmail, normalised, pseudonym

pytestmark = pytest.mark.row("C1")


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        ("  Amina@Example.ORG ", "amina@example.org"),
        ("a.b+tag@mail.example.org", "a.b+tag@mail.example.org"),
        ("amina@Bücher.example", "amina@xn--bcher-kva.example"),
        ("amina@faß.de", "amina@xn--fa-hia.de"),
        ("amina@fass.de", "amina@fass.de"),
        ("amina@ΣΑΣ.example", "amina@xn--mxa9ab.example"),
        ("amina@xn--n3h.example", "amina@xn--n3h.example"),
        ("amina@例え。example", "amina@xn--r8jz45g.example"),
        ("\u200eamina@example.org\u200f", "amina@example.org"),
        ("amina@cafe\u0301.example", "amina@xn--caf-dma.example"),
        ("\ufeffamina@example.org\u3000", "amina@example.org"),
    ],
)
def test_an_address_has_one_spelling(raw: str, kept: str) -> None:
    assert normalised(raw) == kept
    assert normalised(kept) == kept


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "amina",
        "@example.org",
        "amina@",
        "amina@localhost",
        "a b@example.org",
        "amina@example..org",
        ".amina@example.org",
        "amina@-example.org",
        "amina@example.org\r\nBcc: x@example.org",
        "amina\r\n@example.org",
        "a,b@example.org",
        "amïna@example.org",
        f"{'x' * 65}@example.org",
        f"amina@{'x' * 64}.org",
        f"amina@{'.'.join(['x' * 60] * 5)}.org",
        "amina@\ud800.org",
        "amina@☃.example",
        "amina@a\u200db.example",
        "amina@example.org" + " " * 1000,
    ],
)
def test_what_cannot_be_an_address_is_refused(raw: str) -> None:
    with pytest.raises(BadEmail) as caught:
        normalised(raw)
    assert caught.value.field == "email"


@pytest.mark.parametrize(
    ("local", "why"),
    [
        ("josé", "U+00E9 LATIN SMALL LETTER E WITH ACUTE"),
        ("\u0430mina", "U+0430 CYRILLIC SMALL LETTER A"),
        ("ami\u200bna", "U+200B ZERO WIDTH SPACE"),
        ('"a b"', "U+0022 QUOTATION MARK"),
        ("Amina <amina", "U+0020 SPACE"),
        ("mailto:amina", "U+003A COLON"),
        ("x" * 65, "at most 64 characters; this has 65"),
        ("a..b", "dot"),
        (".a", "dot"),
        ("a.", "dot"),
    ],
)
def test_what_is_wrong_before_the_at_is_named(local: str, why: str) -> None:
    with pytest.raises(BadEmail, match=re.escape(why)):
        normalised(f"{local}@example.org")


@given(st.text(max_size=300))
def test_whatever_is_typed_the_answer_is_an_address_or_a_refusal(raw: str) -> None:
    try:
        kept = normalised(raw)
    except BadEmail:
        return
    assert kept == kept.lower()
    assert kept.isascii()
    assert kept.isprintable()
    assert len(kept) <= 254


def test_a_pseudonym_does_not_show_the_address() -> None:
    assert "amina" not in pseudonym("amina@example.org")
    assert pseudonym("amina@example.org") == pseudonym("amina@example.org")
