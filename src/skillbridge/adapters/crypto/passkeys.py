"""This side of Web Authentication, by py_webauthn: what is asked of authenticators, and what is believed.

No attestation is asked for: who made a device is nobody's business here. Source: Web Authentication
level 3, sections 7.1 and 7.2.
"""

import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from secrets import token_bytes
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ec import generate_private_key as new_ec_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from webauthn import verify_authentication_response, verify_registration_response
from webauthn.helpers import (
    decode_credential_public_key,
    decoded_public_key_to_cryptography,
    encode_cbor,
    parse_attestation_object,
)
from webauthn.helpers.cose import COSECRV, COSEKTY, COSEAlgorithmIdentifier, COSEKey
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AttestationFormat,
    AuthenticationCredential,
    AuthenticatorAssertionResponse,
    AuthenticatorAttestationResponse,
    CredentialDeviceType,
    RegistrationCredential,
)

from skillbridge.adapters.crypto.ceremonies import SignedCeremonies
from skillbridge.application.accounts.ports.passkeys import Made, Signed, ToCreate, ToGet
from skillbridge.domain.accounts.passkey import (
    LONGEST_ID,
    Ceremony,
    CeremonyOver,
    Credential,
    Passkey,
    PasskeyRefused,
    UnfitPasskey,
)
from skillbridge.domain.accounts.user import User

ALGORITHMS = (
    COSEAlgorithmIdentifier.EDDSA,
    COSEAlgorithmIdentifier.ECDSA_SHA_256,
    COSEAlgorithmIdentifier.RSASSA_PKCS1_v1_5_SHA_256,
)
"""Ed25519, ES256 and RS256 (Windows Hello): the three that Web Authentication recommends."""
FORMATS = {AttestationFormat.NONE, AttestationFormat.PACKED}
"""A device that attests itself says `packed` where none was asked for."""
RSA_BITS = range(2048, 4097)
UNREADABLE = "it cannot be read"
_BASE64URL = re.compile(r"[A-Za-z0-9_-]*")


@dataclass(frozen=True, slots=True)
class WebAuthnRelyingParty:
    """`rp_id` is the host whose passkeys are meant, `origins` the only pages and apps that may ask for them."""

    ceremonies: SignedCeremonies
    rp_id: str
    origins: Sequence[str]

    def nonce(self) -> bytes:
        return token_bytes(16)

    def to_create(self, ceremony: Ceremony, user: User, present: Sequence[Passkey]) -> ToCreate:
        return ToCreate(
            _text(self.ceremonies.written(ceremony)),
            self.rp_id,
            _text(user.id.bytes),
            user.email,
            tuple(int(one) for one in ALGORITHMS),
            tuple(_text(one.credential_id) for one in present),
        )

    def to_get(self, ceremony: Ceremony) -> ToGet:
        return ToGet(_text(self.ceremonies.written(ceremony)), self.rp_id)

    def asked(self, answer: Made | Signed) -> Ceremony:
        return self.ceremonies.read(_challenge(answer))

    def _believed(self, answer: Made | Signed) -> bytes:
        """The challenge that was answered, if it is one of ours."""
        challenge = _challenge(answer)
        self.ceremonies.read(challenge)
        return challenge

    def credential_of(self, answer: Signed) -> bytes:
        try:
            return _credential(answer.credential_id)
        except ValueError as error:
            raise PasskeyRefused(UNREADABLE) from error

    def created(self, answer: Made) -> Credential:
        try:
            return self._created(answer)
        except CeremonyOver:
            raise
        except WebAuthnException as error:
            raise UnfitPasskey(_words(error)) from error
        except Exception as error:  # whatever a parser of hostile bytes raises
            raise UnfitPasskey(UNREADABLE) from error

    def counted(self, answer: Signed, passkey: Passkey | None) -> int:
        try:
            return self._counted(answer, passkey)
        except (CeremonyOver, PasskeyRefused):
            raise
        except WebAuthnException as error:
            if isinstance(error.__context__, InvalidSignature):
                raise PasskeyRefused from error
            raise PasskeyRefused(_words(error)) from error
        except Exception as error:  # as above
            raise PasskeyRefused(UNREADABLE) from error

    def _created(self, answer: Made) -> Credential:
        found = verify_registration_response(
            credential=RegistrationCredential(
                answer.credential_id,
                _credential(answer.credential_id),
                AuthenticatorAttestationResponse(_client_data(answer), _attestation(answer)),
            ),
            expected_challenge=self._believed(answer),
            expected_rp_id=self.rp_id,
            expected_origin=list(self.origins),
            require_user_verification=True,
            supported_pub_key_algs=list(ALGORITHMS),
        )
        if found.credential_id != _credential(answer.credential_id):
            raise WebAuthnException("its id is not that of the credential")
        _must_be_sound(found.credential_public_key)
        return Credential(
            found.credential_id,
            found.credential_public_key,
            found.sign_count,
            found.credential_device_type is CredentialDeviceType.MULTI_DEVICE,
        )

    def _counted(self, answer: Signed, passkey: Passkey | None) -> int:
        """A signature is looked at in any case, also where no passkey is known: time tells nothing."""
        found = verify_authentication_response(
            credential=AuthenticationCredential(
                answer.credential_id,
                _credential(answer.credential_id),
                AuthenticatorAssertionResponse(
                    _client_data(answer),
                    _bytes(answer.authenticator_data),
                    _bytes(answer.signature),
                ),
            ),
            expected_challenge=self._believed(answer),
            expected_rp_id=self.rp_id,
            expected_origin=list(self.origins),
            credential_public_key=passkey.public_key if passkey else _nobodys_key(),
            credential_current_sign_count=0,  # which counter may follow, the domain says
            require_user_verification=True,
        )
        if passkey is None or not self._of_its_owner(answer, passkey):
            raise PasskeyRefused
        return found.new_sign_count

    def _of_its_owner(self, answer: Signed, passkey: Passkey) -> bool:
        """Whoever was not named beforehand is named by the device (section 7.2, step 6)."""
        if answer.user_handle is None:
            return self.asked(answer).user_id is not None
        return _bytes(answer.user_handle) == passkey.user_id.bytes


def _challenge(answer: Made | Signed) -> bytes:
    """Raises CeremonyOver where there is none."""
    try:
        return _bytes(json.loads(_bytes(answer.client_data))["challenge"])
    except Exception as error:  # as above
        raise CeremonyOver from error


def _client_data(answer: Made | Signed) -> bytes:
    """Raises WebAuthnException for a page within another's, which the library lets pass."""
    raw = _bytes(answer.client_data)
    if json.loads(raw).get("crossOrigin"):
        raise WebAuthnException("it was asked for by a page within a page of another origin")
    return raw


def _attestation(answer: Made) -> bytes:
    """Raises WebAuthnException for one with certificates: nobody asked, so none is parsed."""
    raw = _bytes(answer.attestation)
    attested = parse_attestation_object(raw)
    if attested.fmt not in FORMATS or attested.att_stmt.x5c:
        raise WebAuthnException("its maker attests it, which was not asked for")
    return raw


def _credential(text: str) -> bytes:
    raw = _bytes(text)
    if not 0 < len(raw) <= LONGEST_ID:
        raise ValueError("no credential has such an id")
    return raw


def _bytes(text: str) -> bytes:
    """Of base64url without padding, as browsers write it; raises ValueError for anything else."""
    if not _BASE64URL.fullmatch(text):
        raise ValueError("no base64url")
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def _words(error: Exception) -> str:
    """The library's, which name what was expected; what was sent may make them long."""
    said = str(error)[:300]
    return (
        f"{said} (SKILLBRIDGE_PASSKEY_ORIGINS names pages and apps)" if "origin" in said else said
    )


def _must_be_sound(public_key: bytes) -> None:
    """Its kind is that of its algorithm: else one could be verified as another."""
    decoded: Any = decode_credential_public_key(public_key)
    key = decoded_public_key_to_cryptography(decoded)
    match decoded.alg, key:
        case COSEAlgorithmIdentifier.EDDSA, Ed25519PublicKey():
            sound = True
        case COSEAlgorithmIdentifier.ECDSA_SHA_256, EllipticCurvePublicKey():
            sound = isinstance(key.curve, SECP256R1)
        case COSEAlgorithmIdentifier.RSASSA_PKCS1_v1_5_SHA_256, RSAPublicKey():
            sound = key.key_size in RSA_BITS
        case _:
            sound = False
    if not sound:
        raise WebAuthnException("its key is not one of its algorithm")


@cache
def _nobodys_key() -> bytes:
    """Of which nobody has the other half."""
    numbers = new_ec_key(SECP256R1()).public_key().public_numbers()
    return encode_cbor(
        {
            COSEKey.KTY: COSEKTY.EC2,
            COSEKey.ALG: COSEAlgorithmIdentifier.ECDSA_SHA_256,
            COSEKey.CRV: COSECRV.P256,
            COSEKey.X: numbers.x.to_bytes(32),
            COSEKey.Y: numbers.y.to_bytes(32),
        }
    )
