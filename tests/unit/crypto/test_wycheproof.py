"""Project Wycheproof's vectors: what our access tokens are verified with answers as each says.

`WYCHEPROOF=folder` names one with more of its files; then every token in them is shown to our verifier,
which takes none of their algorithms.
"""

import json
import os
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from joserfc.jwk import OKPKey

from skillbridge.adapters.crypto.access_tokens import ALGORITHM, REGISTRY, JwtTokens
from skillbridge.adapters.crypto.keys import KeyRing
from skillbridge.application.ports.access_tokens import BadAccessToken

pytestmark = pytest.mark.row("C1")

FOLDER = Path(os.environ.get("WYCHEPROOF", Path(__file__).parent / "wycheproof"))


def vectors(name: str) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Each with its group."""
    for group in json.loads((FOLDER / name).read_text())["testGroups"]:
        yield from ((group, vector) for vector in group["tests"])


def verified(public: bytes, message: bytes, signature: bytes) -> bool:
    x = urlsafe_b64encode(public).rstrip(b"=").decode()
    key = OKPKey.import_key({"kty": "OKP", "crv": "Ed25519", "x": x})
    return bool(REGISTRY.get_alg(ALGORITHM).verify(message, signature, key))


def test_each_signature_is_answered_as_the_vector_says() -> None:
    seen = {"valid": 0, "invalid": 0}
    for group, vector in vectors("ed25519_test.json"):
        given = (group["publicKey"]["pk"], vector["msg"], vector["sig"])
        answer = "valid" if verified(*map(bytes.fromhex, given)) else "invalid"
        assert answer == vector["result"], vector
        seen[answer] += 1
    assert seen == {"valid": 88, "invalid": 63}


@pytest.mark.parametrize("name", sorted(file.name for file in FOLDER.glob("json_web_*_test.json")))
def test_no_token_of_another_algorithm_is_taken(name: str) -> None:
    ring = KeyRing.of(["a secret of our own"], "access/ed25519")
    tokens = JwtTokens(ring, "https://api.example.org", lambda: datetime.now(UTC))
    shown = [vector["jws" if "jws" in vector else "jwe"] for _, vector in vectors(name)]
    assert len(shown) >= 20
    for token in shown:
        with pytest.raises(BadAccessToken):
            tokens.verify(token if isinstance(token, str) else json.dumps(token))
