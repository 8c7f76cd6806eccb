"""Notifications: telling people what happened."""

from skillbridge.application.notifications.notices import (
    MarkAllNoticesRead,
    MarkNoticeRead,
    NotifyPeople,
)

USE_CASES = (NotifyPeople, MarkNoticeRead, MarkAllNoticesRead)
