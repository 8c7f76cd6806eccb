"""Exports and certificates that everybody can verify: signed with Ed25519, as JWS (RFC 7515, RFC 9864)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from joserfc import jws
from joserfc.jwk import OKPKey

from skillbridge.adapters.crypto.keys import Key, KeyRing
from skillbridge.adapters.personal_data.schema import VERSION, export_schema
from skillbridge.application.privacy.ports import Rows
from skillbridge.application.privacy.views import VerifyingKey
from skillbridge.domain.ids import UserId

ALGORITHM = "Ed25519"
README = """This is what SkillBridge keeps of you.

data.json        the data, by context and table
schema.json      what data.json looks like (JSON Schema, draft 2020-12)
signature.jws    names the SHA-256 of both; its keys are at {address}
"""


@dataclass(frozen=True, slots=True)
class SignedArchives:
    ring: KeyRing
    public_url: str

    def pack(self, user_id: UserId, data: Mapping[str, Mapping[str, Rows]], at: datetime) -> bytes:
        whole = {
            "version": VERSION,
            "person": str(user_id),
            "made_at": at.isoformat(),
            "data": data,
        }
        files = {"data.json": _json(whole), "schema.json": _json(export_schema())}
        digests = {name: sha256(content).hexdigest() for name, content in files.items()}
        files["signature.jws"] = self._signed("skillbridge-export+jws", digests).encode()
        address = f"{self.public_url.rstrip('/')}/v1/privacy/keys"
        files["README.txt"] = README.format(address=address).encode()
        packed = BytesIO()
        with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
            for name, content in files.items():
                entry = ZipInfo(name, at.utctimetuple()[:6])
                entry.compress_type = ZIP_DEFLATED
                archive.writestr(entry, content)
        return packed.getvalue()

    def certify(self, said: Mapping[str, object]) -> str:
        return self._signed("skillbridge-erasure+jws", said)

    def keys(self) -> list[VerifyingKey]:
        return [
            VerifyingKey(key.id, str(_ed25519(key).as_dict(private=False)["x"]))
            for key in self.ring.newest_first
        ]

    def _signed(self, kind: str, said: Mapping[str, object]) -> str:
        key = self.ring.signing
        header = {"alg": ALGORITHM, "typ": kind, "kid": key.id}
        return jws.serialize_compact(header, _json(said), _ed25519(key), algorithms=[ALGORITHM])


def _ed25519(key: Key) -> OKPKey:
    return OKPKey.import_key(OKPKey.binding.from_private_bytes("Ed25519", key.value))


def _json(what: object) -> bytes:
    return json.dumps(what, ensure_ascii=False, indent=1).encode()
