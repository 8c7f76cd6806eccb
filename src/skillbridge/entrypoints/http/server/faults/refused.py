"""What is refused before any rule of the domain is asked."""

from typing import Any

from litestar.exceptions import HTTPException, ValidationException


class Refused(HTTPException):
    """Refused as the general problem of this name."""

    def __init__(self, slug: str, status: int, **headers: str) -> None:
        told = {name.replace("_", "-"): value for name, value in headers.items()}
        super().__init__(status_code=status, headers=told)
        self.slug = slug


class Unreadable(Refused):
    """A body that is no JSON; `why` is told to who sent it."""

    def __init__(self, why: str) -> None:
        super().__init__("malformed-request", 400)
        self.why = why


class Misshapen(ValidationException):
    """A body that is JSON and not what the operation takes: `kind` is what it should be."""

    def __init__(self, refusal: str, kind: Any, raw: bytes) -> None:
        super().__init__(refusal)
        self.kind, self.raw = kind, raw
