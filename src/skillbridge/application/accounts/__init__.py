"""Registering and signing in: what accounts can do."""

from skillbridge.application.accounts.addresses import (
    ConfirmAddress,
    ConfirmAddressByCode,
    RequestAddressChange,
)
from skillbridge.application.accounts.administration import (
    DisableAccount,
    EnableAccount,
    GrantRole,
    RemoveSecondFactorOf,
    RevokeEverySession,
    RevokeRole,
    RevokeSessions,
)
from skillbridge.application.accounts.authorizing import (
    Authorizing,
    FindReturn,
    ForgetAuthorizations,
)
from skillbridge.application.accounts.device_authorizing import DeviceAuthorizing
from skillbridge.application.accounts.device_sign_in import (
    BeginDeviceLink,
    BeginDeviceSignIn,
    LinkByDevice,
    SignInByDevice,
)
from skillbridge.application.accounts.guess_mails import WarnOfGuesses
from skillbridge.application.accounts.held_roles import HeldRoles
from skillbridge.application.accounts.identities import BeginSignIn, NewAccounts, SignInWithIdentity
from skillbridge.application.accounts.known_devices import KnownDevices
from skillbridge.application.accounts.mails import (
    SendAlreadyRegisteredMail,
    SendVerificationMail,
    TellOfIdentity,
    TellOfSecondFactor,
    WarnOfNewDevice,
    WarnOfTheft,
)
from skillbridge.application.accounts.own_account import OwnAccount
from skillbridge.application.accounts.own_identities import (
    BeginLink,
    LinkIdentity,
    UnlinkIdentity,
)
from skillbridge.application.accounts.own_sign_ins import (
    EndOtherSessions,
    EndSession,
    ForgetSignIns,
)
from skillbridge.application.accounts.passkey_answers import PasskeyAnswers
from skillbridge.application.accounts.passkey_mails import TellOfPasskey
from skillbridge.application.accounts.passkey_sign_in import (
    BeginPasskeyLogin,
    BeginPasskeySecondFactor,
    FinishPasskeyLogin,
    FinishPasskeySecondFactor,
)
from skillbridge.application.accounts.passkey_step_up import BeginPasskeyStepUp, FinishPasskeyStepUp
from skillbridge.application.accounts.passkeys import (
    BeginPasskeyRegistration,
    FinishPasskeyRegistration,
    ForgetChallenges,
    RemovePasskey,
    RenamePasskey,
)
from skillbridge.application.accounts.passwords import (
    ChangePassword,
    RequestPasswordReset,
    ResetPassword,
)
from skillbridge.application.accounts.personal_tokens import (
    CreatePersonalToken,
    ForgetApiTokens,
    RevokePersonalToken,
)
from skillbridge.application.accounts.phones import BeginPhone, FinishPhone, GetPhone, RemovePhone
from skillbridge.application.accounts.proof_mails import (
    SendAddressMail,
    SendFactorCode,
    SendResetMail,
    SendSignInCode,
    TellAddressChanged,
    TellAddressChangeRequested,
    TellPasswordChanged,
)
from skillbridge.application.accounts.proofs import ForgetProofs
from skillbridge.application.accounts.registration import (
    ForgetRegistrations,
    RegisterUser,
    ResendVerification,
    VerifyEmail,
)
from skillbridge.application.accounts.registration_codes import VerifyEmailByCode
from skillbridge.application.accounts.role_mails import TellOfRole
from skillbridge.application.accounts.second_factor import (
    ConfirmSecondFactor,
    EnrolSecondFactor,
    RemoveSecondFactor,
    ReplaceRecoveryCodes,
)
from skillbridge.application.accounts.second_step import VerifySecondFactor
from skillbridge.application.accounts.sent_codes import MailedCodes
from skillbridge.application.accounts.sent_factor import (
    BeginMailedFactor,
    BeginTextedFactor,
    FinishMailedFactor,
    FinishTextedFactor,
)
from skillbridge.application.accounts.sent_second_step import (
    BeginMailedSecondFactor,
    BeginTextedSecondFactor,
    FinishMailedSecondFactor,
    FinishTextedSecondFactor,
)
from skillbridge.application.accounts.sent_step_up import (
    BeginMailedStepUp,
    BeginTextedStepUp,
    FinishMailedStepUp,
    FinishTextedStepUp,
)
from skillbridge.application.accounts.service_tokens import (
    CreateServiceToken,
    RevokeServiceToken,
)
from skillbridge.application.accounts.sessions import LogIn, LogOut, RefreshSession
from skillbridge.application.accounts.sign_in_codes import RequestSignInCode, VerifySignInCode
from skillbridge.application.accounts.signal_mails import TellAdministrators
from skillbridge.application.accounts.step_up import StepUp
from skillbridge.application.accounts.supabase import (
    LinkSupabase,
    SignInWithSupabase,
    SupabaseBans,
    SupabaseVisitors,
)
from skillbridge.application.accounts.supabase_changes import TakeSupabaseChange
from skillbridge.application.accounts.supabase_users import SyncSupabaseUser
from skillbridge.application.accounts.tenant_mailer import TenantMailer
from skillbridge.application.accounts.texted_codes import TextedCodes
from skillbridge.application.accounts.texts import SendTextedCode, TellOfPhone
from skillbridge.application.accounts.token_mails import TellOfPersonalToken
from skillbridge.application.accounts.ways_in import RemovePasskeyOf, UnlinkIdentityOf

USE_CASES = (
    RegisterUser,
    VerifyEmail,
    VerifyEmailByCode,
    ResendVerification,
    ForgetRegistrations,
    LogIn,
    RequestSignInCode,
    VerifySignInCode,
    VerifySecondFactor,
    RefreshSession,
    LogOut,
    EndSession,
    EndOtherSessions,
    ForgetSignIns,
    RequestPasswordReset,
    ResetPassword,
    ChangePassword,
    RequestAddressChange,
    ConfirmAddress,
    ConfirmAddressByCode,
    ForgetProofs,
    GrantRole,
    RemoveSecondFactorOf,
    RevokeSessions,
    RevokeEverySession,
    RevokeRole,
    DisableAccount,
    EnableAccount,
    SendVerificationMail,
    SendAlreadyRegisteredMail,
    WarnOfTheft,
    StepUp,
    EnrolSecondFactor,
    ConfirmSecondFactor,
    RemoveSecondFactor,
    ReplaceRecoveryCodes,
    BeginMailedFactor,
    FinishMailedFactor,
    BeginMailedSecondFactor,
    FinishMailedSecondFactor,
    BeginMailedStepUp,
    FinishMailedStepUp,
    BeginPhone,
    FinishPhone,
    GetPhone,
    RemovePhone,
    BeginTextedFactor,
    FinishTextedFactor,
    BeginTextedSecondFactor,
    FinishTextedSecondFactor,
    BeginTextedStepUp,
    FinishTextedStepUp,
    SendTextedCode,
    TellOfPhone,
    TellOfSecondFactor,
    WarnOfNewDevice,
    WarnOfGuesses,
    TellAdministrators,
    SendResetMail,
    SendSignInCode,
    SendFactorCode,
    SendAddressMail,
    TellPasswordChanged,
    TellAddressChangeRequested,
    TellAddressChanged,
    BeginPasskeyLogin,
    FinishPasskeyLogin,
    BeginPasskeySecondFactor,
    FinishPasskeySecondFactor,
    BeginPasskeyStepUp,
    FinishPasskeyStepUp,
    BeginPasskeyRegistration,
    FinishPasskeyRegistration,
    RenamePasskey,
    RemovePasskey,
    ForgetChallenges,
    TellOfPasskey,
    CreatePersonalToken,
    RevokePersonalToken,
    ForgetApiTokens,
    TellOfPersonalToken,
    TellOfRole,
    CreateServiceToken,
    RevokeServiceToken,
    BeginSignIn,
    FindReturn,
    SignInWithIdentity,
    SignInWithSupabase,
    LinkSupabase,
    BeginLink,
    LinkIdentity,
    UnlinkIdentity,
    UnlinkIdentityOf,
    RemovePasskeyOf,
    BeginDeviceSignIn,
    SignInByDevice,
    BeginDeviceLink,
    LinkByDevice,
    ForgetAuthorizations,
    TellOfIdentity,
    SyncSupabaseUser,
    TakeSupabaseChange,
)

PARTS = (
    Authorizing,
    DeviceAuthorizing,
    HeldRoles,
    KnownDevices,
    MailedCodes,
    NewAccounts,
    OwnAccount,
    PasskeyAnswers,
    SupabaseBans,
    SupabaseVisitors,
    TenantMailer,
    TextedCodes,
)
"""What several use cases are made of."""
