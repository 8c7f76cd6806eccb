"""Profiles: what people tell about themselves."""

from skillbridge.application.profiles.changes import AmendProfile, UpdateProfile

USE_CASES = (UpdateProfile, AmendProfile)
