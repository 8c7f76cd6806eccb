"""Registering and signing in: what accounts can do."""

from skillbridge.application.accounts.administration import (
    DisableAccount,
    EnableAccount,
    GrantRole,
    RevokeRole,
    RevokeSessions,
)
from skillbridge.application.accounts.mails import (
    SendAlreadyRegisteredMail,
    SendVerificationMail,
    WarnOfTheft,
)
from skillbridge.application.accounts.registration import (
    ForgetRegistrations,
    RegisterUser,
    ResendVerification,
    VerifyEmail,
)
from skillbridge.application.accounts.sessions import LogIn, LogOut, RefreshSession

USE_CASES = (
    RegisterUser,
    VerifyEmail,
    ResendVerification,
    ForgetRegistrations,
    LogIn,
    RefreshSession,
    LogOut,
    GrantRole,
    RevokeSessions,
    RevokeRole,
    DisableAccount,
    EnableAccount,
    SendVerificationMail,
    SendAlreadyRegisteredMail,
    WarnOfTheft,
)
