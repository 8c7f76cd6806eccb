"""The JSON of Web Authentication, by its own names: what browsers take in, and what they answer.

`PublicKeyCredential.parseCreationOptionsFromJSON()`, `parseRequestOptionsFromJSON()` and `toJSON()` read
and write it (level 3, section 5.1). Of an answer only what is needed is read; browsers say more, and
more with each year, so here unknown members are passed over. Bytes are base64url without padding.
"""

from typing import Annotated, Literal

import msgspec

from skillbridge.application.accounts.ports.passkeys import Made, Signed, ToCreate, ToGet
from skillbridge.domain.accounts.passkey import CHALLENGE_LIFE, NAME
from skillbridge.entrypoints.http.fields import Device
from skillbridge.entrypoints.http.server.free_text import in_body

TIMEOUT = int(CHALLENGE_LIFE.total_seconds() * 1000)
CHALLENGE = (
    "AQAAAAAAAEAAgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAGkqvEjzT1Q0FkuX2Q4E1lxlAAAAAAAAAAAAAAAAAAAAAAAA"
    "AAAAAAAAAAAAAAAAAAB3u0Y4Vg2jv9S8yq0hZ7n5xw3cE6tK1mRr"
)
CREDENTIAL_ID = "sL3cQm0Yx2v7HkEwRj9uXw"


def _base64url(most: int, example: str) -> msgspec.Meta:
    return msgspec.Meta(max_length=most, pattern="^[A-Za-z0-9_-]*$", examples=[example])


CredentialId = Annotated[str, _base64url(1364, CREDENTIAL_ID)]
ClientData = Annotated[
    str,
    _base64url(4096, "eyJ0eXBlIjoid2ViYXV0aG4uZ2V0IiwiY2hhbGxlbmdlIjoi4oCmIn0"),
]
PublicKey = Literal["public-key"]


class RelyingPartyEntity(msgspec.Struct, frozen=True):
    id: Annotated[str, msgspec.Meta(examples=["skillbridge.example.org"])]
    name: str = "SkillBridge"


class UserEntity(msgspec.Struct, frozen=True, rename="camel"):
    """What the device shows its owner; the id tells of nobody."""

    id: Annotated[str, msgspec.Meta(examples=["PyUE4E-JQdOaDAMF6CwzAQ"])]
    name: Annotated[str, msgspec.Meta(examples=["amina@example.org"])]
    display_name: Annotated[str, msgspec.Meta(examples=["amina@example.org"])]


class Parameter(msgspec.Struct, frozen=True):
    """An algorithm of COSE: -8 is Ed25519, -7 ES256, -257 RS256."""

    alg: Annotated[int, msgspec.Meta(examples=[-8])]
    type: PublicKey = "public-key"


class Descriptor(msgspec.Struct, frozen=True):
    """A credential that the account has."""

    id: Annotated[str, msgspec.Meta(examples=[CREDENTIAL_ID])]
    type: PublicKey = "public-key"


class AuthenticatorSelection(msgspec.Struct, frozen=True, rename="camel"):
    """The device keeps the key with its account, and verifies its owner."""

    resident_key: Literal["required"] = "required"
    user_verification: Literal["required"] = "required"


class CreationOptions(msgspec.Struct, frozen=True, rename="camel"):
    """For `PublicKeyCredential.parseCreationOptionsFromJSON()`."""

    rp: RelyingPartyEntity
    user: UserEntity
    challenge: Annotated[str, msgspec.Meta(examples=[CHALLENGE])]
    pub_key_cred_params: tuple[Parameter, ...]
    exclude_credentials: tuple[Descriptor, ...]
    timeout: Annotated[int, msgspec.Meta(examples=[TIMEOUT])] = TIMEOUT
    authenticator_selection: AuthenticatorSelection = AuthenticatorSelection()
    attestation: Literal["none"] = "none"


class RequestOptions(msgspec.Struct, frozen=True, rename="camel"):
    """For `PublicKeyCredential.parseRequestOptionsFromJSON()`."""

    challenge: Annotated[str, msgspec.Meta(examples=[CHALLENGE])]
    rp_id: Annotated[str, msgspec.Meta(examples=["skillbridge.example.org"])]
    timeout: Annotated[int, msgspec.Meta(examples=[TIMEOUT])] = TIMEOUT
    user_verification: Literal["required"] = "required"


class ToBeCreated(msgspec.Struct, frozen=True):
    """What `navigator.credentials.create()` takes, as JSON."""

    public_key: CreationOptions

    @classmethod
    def of(cls, asked: ToCreate) -> "ToBeCreated":
        name = asked.user_name
        return cls(
            CreationOptions(
                RelyingPartyEntity(asked.rp_id),
                UserEntity(asked.user_id, name, name),
                asked.challenge,
                tuple(Parameter(alg) for alg in asked.algorithms),
                tuple(Descriptor(one) for one in asked.present),
            )
        )


class ToBeSigned(msgspec.Struct, frozen=True):
    """What `navigator.credentials.get()` takes, as JSON."""

    public_key: RequestOptions

    @classmethod
    def of(cls, asked: ToGet) -> "ToBeSigned":
        return cls(RequestOptions(asked.challenge, asked.rp_id))


class AttestationResponse(msgspec.Struct, frozen=True):
    client_data: ClientData = msgspec.field(name="clientDataJSON")
    attestation: Annotated[str, _base64url(16_384, "o2NmbXRkbm9uZWdhdHRTdG10oGhhdXRoRGF0YQ")] = (
        msgspec.field(name="attestationObject")
    )


class NewCredential(msgspec.Struct, frozen=True):
    """What `navigator.credentials.create()` gave, by its `toJSON()`."""

    id: CredentialId
    type: PublicKey
    response: AttestationResponse


class AssertionResponse(msgspec.Struct, frozen=True):
    client_data: ClientData = msgspec.field(name="clientDataJSON")
    authenticator_data: Annotated[
        str, _base64url(4096, "SZYN5YgOjGh0NBcPZHZgW4_krrmihjLHmVzzuoMdl2MFAAAAAQ")
    ] = msgspec.field(name="authenticatorData")
    signature: Annotated[str, _base64url(1024, "MEUCIQDx1b0cQvR4")]
    user_handle: Annotated[str, _base64url(128, "PyUE4E-JQdOaDAMF6CwzAQ")] | None = msgspec.field(
        name="userHandle", default=None
    )


class Assertion(msgspec.Struct, frozen=True):
    """What `navigator.credentials.get()` gave, by its `toJSON()`."""

    id: CredentialId
    type: PublicKey
    response: AssertionResponse

    @property
    def signed(self) -> Signed:
        said = self.response
        return Signed(
            self.id, said.client_data, said.authenticator_data, said.signature, said.user_handle
        )


class Named(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What its owner calls it."""

    name: Annotated[str, in_body(NAME, "My phone")]


class NewPasskey(Named, frozen=True):
    credential: NewCredential

    @property
    def made(self) -> Made:
        said = self.credential.response
        return Made(self.credential.id, said.client_data, said.attestation)


class ByPasskey(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    credential: Assertion


class PasskeyLogin(ByPasskey, frozen=True):
    device: Device = ""


class LoginChallenge(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The first half of a log-in."""

    challenge: Annotated[
        str, msgspec.Meta(max_length=300, description="Of the log-in, good for five minutes.")
    ]


class PasskeySecondFactor(LoginChallenge, frozen=True):
    credential: Assertion
    device: Device = ""
