"""How tokens of programs are written: `sb_pat_` or `sb_svc_`, the tenant and 256 random bits, a checksum.

Base 62 has no sign at which a double click or the end of a line stops, and the checksum (CRC-32, six
signs) tells scanners of secrets from any other text and us from a slip, without a database. It is no
protection: whoever can make a token can make its checksum. Source: GitHub's format of 2021.
"""

from secrets import token_bytes
from uuid import UUID
from zlib import crc32

from skillbridge.application.ports.api_tokens import BadApiToken, ParsedToken
from skillbridge.domain.accounts.api_token import digest
from skillbridge.domain.ids import TenantId

PREFIX, OF_SERVICE = "sb_pat_", "sb_svc_"
"""As long as each other."""
SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_VALUES = {sign: value for value, sign in enumerate(SIGNS)}
_UUID, _SECRET = 16, 32
_LONG, _CHECKED = 65, 6
"""Signs for 384 bits, and for 32."""
MISWRITTEN = (
    "this is not a whole token: one is `sb_pat_` or `sb_svc_` and 71 letters and digits, the last of which tell whether "
    "all came along; copy it once more, or make another one"
)


class Base62Tokens:
    def new(self, tenant_id: TenantId, *, service: bool = False) -> str:
        body = _written(int.from_bytes(tenant_id.bytes + token_bytes(_SECRET), "big"), _LONG)
        return (OF_SERVICE if service else PREFIX) + body + _checksum(body)

    def is_one(self, text: str) -> bool:
        return text.startswith((PREFIX, OF_SERVICE))

    def read(self, text: str) -> ParsedToken:
        body, checksum = text[len(PREFIX) : -_CHECKED], text[-_CHECKED:]
        if (
            len(text) != len(PREFIX) + _LONG + _CHECKED
            or not self.is_one(text)
            or not _VALUES.keys() >= set(body)
            or checksum != _checksum(body)
        ):
            raise BadApiToken(MISWRITTEN)
        number = 0
        for sign in body:
            number = number * len(SIGNS) + _VALUES[sign]
        try:
            raw = number.to_bytes(_UUID + _SECRET, "big")
        except OverflowError:
            raise BadApiToken(MISWRITTEN) from None
        return ParsedToken(TenantId(UUID(bytes=raw[:_UUID])), digest(text))


def _checksum(body: str) -> str:
    return _written(crc32(body.encode("ascii")), _CHECKED)


def _written(number: int, long: int) -> str:
    signs = ""
    for _ in range(long):
        number, value = divmod(number, len(SIGNS))
        signs = SIGNS[value] + signs
    return signs
