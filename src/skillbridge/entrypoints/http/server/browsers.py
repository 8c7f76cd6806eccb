"""What answers tell browsers, whichever operation made them.

A document, which a browser would show and let act, may do nothing by itself unless its page says what it
needs: no script, no form, no frame around it, no address of ours told to others, no camera. Data need none of this:
with `nosniff` they are shown as nothing else, and a header is a price on a slow line.
"""

RawHeaders = list[tuple[bytes, bytes]]

_DOCUMENTS = (b"text/html", b"image/svg", b"application/xhtml")
_OF_DOCUMENTS: RawHeaders = [
    (
        b"content-security-policy",
        b"default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    (b"referrer-policy", b"no-referrer"),
]
_SNIFF_NOTHING = (b"x-content-type-options", b"nosniff")
_NEVER_IN_THE_CLEAR = (b"strict-transport-security", b"max-age=31536000; includeSubDomains")
"""For a year. Source: RFC 6797."""


def of_each(public_url: str) -> RawHeaders:
    """What every answer of an installation has, by the address that it has for the public."""
    encrypted = public_url.startswith("https://")
    return [_SNIFF_NOTHING, *([_NEVER_IN_THE_CLEAR] if encrypted else [])]


def of_document(headers: RawHeaders) -> RawHeaders:
    """What a document lacks that its page has not said itself; nothing for data."""
    kind = next((value for name, value in headers if name == b"content-type"), b"")
    if not kind.startswith(_DOCUMENTS):
        return []
    said = {name for name, _ in headers}
    return [(name, value) for name, value in _OF_DOCUMENTS if name not in said]
