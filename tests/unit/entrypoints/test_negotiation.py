"""What a client would rather have, whatever it wrote."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillbridge.entrypoints.http.server.negotiation import preferred_coding, preferred_kind

CODINGS = ("br", "zstd", "gzip")
KINDS = ("application/json", "text/html")


@pytest.mark.parametrize(
    ("header", "coding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip, zstd", "zstd"),
        ("GZIP", "gzip"),
        ("gzip;q=1.0, br;q=0.5", "gzip"),
        ("br;q=0, *", "zstd"),
        ("*;q=0", None),
        ("identity", None),
        ("identity, gzip;q=0.5", None),
        ("identity;q=0.5, gzip", "gzip"),
        ("deflate", None),
        ("br;q=1e999, gzip", "gzip"),
        ("br;q=nan, gzip;q=0.1", "gzip"),
        ("gzip;q=2", None),
        ("gzip" + "," * 2_000, None),
        ("", None),
    ],
)
def test_a_coding_is_chosen_by_its_weight(header: str, coding: str | None) -> None:
    assert preferred_coding(header, CODINGS) == coding


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        ("", "application/json"),
        ("*/*", "application/json"),
        ("text/html,application/xhtml+xml,*/*;q=0.8", "text/html"),
        ("text/*", "text/html"),
        ("text/html;q=0.1, application/json", "application/json"),
        ("text/html;level=1;q=0.9, application/*;q=0.1", "text/html"),
        ("*/*;q=1e999", "application/json"),
        ("image/png", "application/json"),
    ],
)
def test_a_kind_is_chosen_by_its_weight(header: str, kind: str) -> None:
    assert preferred_kind(header, KINDS) == kind


@given(st.text(alphabet="gzipbr*/;q=0.1,e9 naif\x00", max_size=80))
def test_no_wish_is_a_fault_of_ours(header: str) -> None:
    assert preferred_coding(header, CODINGS) in {None, *CODINGS}
    assert preferred_kind(header, KINDS) in KINDS
