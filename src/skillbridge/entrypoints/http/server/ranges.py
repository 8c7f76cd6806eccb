"""`Range`: the rest of a download that broke off (RFC 9110 section 14).

One range is served; what asks for several, or cannot be read, gets the whole, as the RFC allows. `If-Range` names
the representation that the first part was of.
"""

import re
from hashlib import sha256
from typing import Annotated

from litestar import Response
from litestar.params import HeaderParameter

Range = Annotated[
    str | None,
    HeaderParameter(
        name="Range", description="The part that is missing, such as `bytes=4096-`; one alone."
    ),
]
IfRange = Annotated[
    str | None,
    HeaderParameter(
        name="If-Range",
        description="The `ETag` of the part that you have: the whole comes if it is another by now.",
    ),
]
_ONE = re.compile(r"bytes=(?:([0-9]{1,15})-([0-9]{0,15})|-([0-9]{1,15}))")


def part_of(
    content: bytes, media_type: str, name: str, asked: str | None, if_range: str | None
) -> Response[bytes]:
    """206 with the part that is asked for, or 200 with the whole. `name`: of the file."""
    tag = f'"{sha256(content).hexdigest()[:32]}"'
    headers = {
        "Accept-Ranges": "bytes",
        "Cache-Control": "no-store",
        "Content-Disposition": f'attachment; filename="{name}"',
        "ETag": tag,
    }
    found = bounds(asked, len(content)) if if_range in {None, tag} else None
    if found is None:
        return Response(content, media_type=media_type, headers=headers)
    start, end = found
    headers["Content-Range"] = f"bytes {start}-{end - 1}/{len(content)}"
    return Response(content[start:end], status_code=206, media_type=media_type, headers=headers)


def bounds(asked: str | None, size: int) -> tuple[int, int] | None:
    """From the first byte to behind the last one; None for the whole."""
    read = _ONE.fullmatch(asked or "")
    if read is None:
        return None
    first, last, suffix = read.groups()
    if suffix is not None:
        start, end = max(size - int(suffix), 0), size
    else:
        start, end = int(first), min(int(last) + 1, size) if last else size
    return (start, end) if start < end else None
