"""CSRF: what a browser sends along by itself does something for pages of our own alone.

That is a cookie, and a form that is posted without a script. All else needs a token in a header or a body in JSON,
for which a page of another origin has to ask first (CORS). Browsers say in `Sec-Fetch-Site` where a request comes
from (W3C Fetch Metadata), older ones in `Origin`; programs say neither, and carry no cookies of anybody.
"""

from collections.abc import Mapping

from skillbridge.domain.errors import Forbidden

_HERE = frozenset({b"same-origin", b"none"})
"""`none` is the person: an address that was typed in, or a link of another program."""


class OtherSite(Forbidden):
    """A page of another site made the browser send this."""

    def __init__(self) -> None:
        super().__init__(
            "a page of another site sent this: open the page of ours, and send it there"
        )


def must_be_ours(headers: Mapping[bytes, bytes], origin: bytes, *, by_form: bool = False) -> None:
    """Raises OtherSite. `origin` is the one that the installation has for the public.

    Our pages tell nobody where they are, so the form of one has the `Origin` `null` where there is no
    `Sec-Fetch-Site`; it proves itself by the secret of its mail.
    """
    said = headers.get(b"origin", origin)
    ours = said == origin or (by_form and said == b"null")
    site = headers.get(b"sec-fetch-site")
    if not (ours if site is None else site in _HERE):
        raise OtherSite
